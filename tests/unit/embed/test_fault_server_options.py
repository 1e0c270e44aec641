"""How the test server takes what real servers take differently."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import numpy as np
import pytest

from fake_embedder import FakeEmbedder
from fault_server import FaultServer, Personality
from fault_server.personality import Reaction
from seealso.embed.base import Vectors

TEXTS = ["stop the service", "an orchestra plays", "open port 7440"]
EXPECTED = FakeEmbedder().embed(TEXTS, "passage")


def ask(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post("/embeddings", json={"input": TEXTS, **more})


def floats(response: httpx.Response) -> Vectors:
    return np.array([item["embedding"] for item in response.json()["data"]], np.float32)


def message(response: httpx.Response) -> str:
    text: str = response.json()["error"]["message"]
    return text


def test_api_key(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.api_key = "secret"
    assert client.get("/models").status_code == 401
    assert ask(client).json() == {"error": "Unauthorized"}
    fault_server.personality.unauthorized = "object"
    wrong = client.get("/models", headers={"Authorization": "Bearer other"})
    assert (wrong.status_code, message(wrong)) == (401, "Invalid API Key")
    right = client.get("/models", headers={"Authorization": "Bearer secret"})
    assert (right.status_code, fault_server.requests[-1].authorization) == (200, "Bearer secret")
    assert client.get(f"{fault_server.origin}/health").status_code == 200


def test_model_name(client: httpx.Client, fault_server: FaultServer) -> None:
    wrong = ask(client, model="other")
    assert (wrong.status_code, wrong.json()["error"]["type"]) == (404, "NotFoundError")
    assert ask(client).json()["model"] == "bag-of-words"
    fault_server.personality.checks_model = False
    assert ask(client, model="other").json()["model"] == "other"


@pytest.mark.parametrize(
    ("more", "dtype"),
    [
        pytest.param({}, "<f4", id="float32"),
        pytest.param({"embed_dtype": "float16"}, "<f2", id="float16"),
        pytest.param({"embed_dtype": "float16", "endianness": "big"}, ">f2", id="big-endian"),
    ],
)
def test_packed_vectors(client: httpx.Client, more: dict[str, str], dtype: str) -> None:
    packed = ask(client, encoding_format="bytes_only", **more)
    assert packed.headers["content-type"] == "application/octet-stream"
    rows = np.frombuffer(packed.content, dtype).reshape(3, 64).astype(np.float32)
    np.testing.assert_allclose(rows, EXPECTED, atol=1e-3)
    coded = ask(client, encoding_format="base64", **more).json()["data"]
    assert b"".join(base64.b64decode(item["embedding"]) for item in coded) == packed.content


@pytest.mark.parametrize("encoding", ["base64", "bytes_only"])
def test_encoding_that_is_not_understood(client: httpx.Client, fault_server: FaultServer, encoding: str) -> None:
    setattr(fault_server.personality, encoding, "ignores")
    np.testing.assert_allclose(floats(ask(client, encoding_format=encoding)), EXPECTED, atol=1e-6)
    setattr(fault_server.personality, encoding, "refuses")
    assert ask(client, encoding_format=encoding).status_code == 400
    assert ask(client, encoding_format="float").status_code == 200


@pytest.mark.parametrize(
    "more", [{"encoding_format": "morse"}, {"encoding_format": "bytes_only", "embed_dtype": "int3"}], ids=str
)
def test_encoding_that_nobody_understands(client: httpx.Client, more: dict[str, str]) -> None:
    assert ask(client, **more).status_code == 400


def test_dimensions_are_truncated_and_of_unit_length(client: httpx.Client) -> None:
    cut = EXPECTED[:, :16]
    expected = cut / np.linalg.norm(cut, axis=1, keepdims=True)
    np.testing.assert_allclose(floats(ask(client, dimensions=16)), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("reaction", "allowed", "asked", "got"),
    [
        pytest.param("honours", (), 64, 64, id="all"),
        pytest.param("honours", (), 65, None, id="too many"),
        pytest.param("honours", (), 0, None, id="none"),
        pytest.param("honours", (8, 16), 16, 16, id="listed"),
        pytest.param("honours", (8, 16), 32, None, id="not listed"),
        pytest.param("ignores", (), 16, 64, id="ignored"),
        pytest.param("refuses", (), 16, None, id="refused"),
        pytest.param("refuses", (), None, 64, id="not asked for"),
    ],
)
def test_dimensions(
    client: httpx.Client,
    fault_server: FaultServer,
    reaction: Reaction,
    allowed: tuple[int, ...],
    asked: int | None,
    got: int | None,
) -> None:
    fault_server.personality.dimensions, fault_server.personality.matryoshka_dimensions = reaction, allowed
    answer = ask(client, dimensions=asked)
    if got is None:
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "dimensions")
    else:
        assert floats(answer).shape == (3, got)


def test_dimension_of_the_model(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.dimension = 200
    rows = floats(ask(client))
    assert rows.shape == (3, 200)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_vectors_that_are_not_normalised(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.normalised = False
    rows = floats(ask(client))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    assert lengths.min() > 2
    np.testing.assert_allclose(rows / lengths, EXPECTED, atol=1e-6)


@pytest.mark.parametrize("count", [2, 3, 50])
def test_shuffled_results_keep_their_index(client: httpx.Client, fault_server: FaultServer, count: int) -> None:
    fault_server.personality.shuffled = True
    texts = [f"text {number}" for number in range(count)]
    data = client.post("/embeddings", json={"input": texts}).json()["data"]
    assert [item["index"] for item in data] != list(range(count))
    assert sorted(item["index"] for item in data) == list(range(count))
    rows = np.array([item["embedding"] for item in sorted(data, key=lambda item: item["index"])])
    expected = FakeEmbedder().embed(texts, "passage")
    np.testing.assert_allclose(rows, expected, atol=1e-6)
    packed = client.post("/embeddings", json={"input": texts, "encoding_format": "bytes_only"}).content
    np.testing.assert_allclose(np.frombuffer(packed, "<f4").reshape(count, 64), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("manner", "status", "kind", "says"),
    [
        pytest.param("vllm", 400, "BadRequestError", "maximum context length is 4 tokens", id="vllm"),
        pytest.param("llama.cpp", 400, "exceed_context_size_error", "available context size (4", id="llama.cpp"),
        pytest.param("server_error", 500, "server_error", "too large to process", id="server error"),
    ],
)
def test_one_long_text_fails_its_batch(
    client: httpx.Client, fault_server: FaultServer, manner: Any, status: int, kind: str, says: str
) -> None:
    fault_server.personality.max_tokens, fault_server.personality.too_long = 4, manner
    assert client.post("/embeddings", json={"input": ["a b c d"]}).status_code == 200
    answer = client.post("/embeddings", json={"input": ["a", "a b c d e", "b"]})
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert says in message(answer)


def test_long_texts_are_cut_in_silence(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.max_tokens, fault_server.personality.too_long = 2, "truncates"
    whole, cut = floats(client.post("/embeddings", json={"input": ["a b c d", "a b"]}))
    np.testing.assert_array_equal(whole, cut)


@pytest.mark.parametrize(
    ("asked", "more", "read"),
    [
        pytest.param(-1, {}, "a b c", id="to the model's length"),
        pytest.param(2, {}, "a b", id="to fewer"),
        pytest.param(2, {"truncation_side": "left"}, "d e", id="from the left"),
        pytest.param(4, {}, None, id="to more than the model reads"),
        pytest.param(0, {}, None, id="to nothing"),
    ],
)
def test_truncation_that_was_asked_for(
    client: httpx.Client, fault_server: FaultServer, asked: int, more: dict[str, str], read: str | None
) -> None:
    fault_server.personality.max_tokens = 3
    answer = client.post("/embeddings", json={"input": "a b c d e", "truncate_prompt_tokens": asked, **more})
    if read is None:
        assert answer.status_code == 400
    else:
        np.testing.assert_allclose(floats(answer), FakeEmbedder().embed([read], "passage"), atol=1e-6)


@pytest.mark.parametrize("reaction", ["ignores", "refuses"])
def test_truncation_that_is_not_understood(client: httpx.Client, fault_server: FaultServer, reaction: Reaction) -> None:
    fault_server.personality.max_tokens, fault_server.personality.truncate_prompt_tokens = 3, reaction
    request = {"input": "a b c d e", "truncate_prompt_tokens": -1}
    assert client.post("/embeddings", json=request).status_code == 400


def test_redirect_to_another_path(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.redirect_to = "/moved"
    answer = ask(client)
    assert (answer.status_code, answer.headers["location"]) == (307, "/moved/v1/embeddings")
    followed = client.post("/embeddings", json={"input": TEXTS}, follow_redirects=True)
    np.testing.assert_allclose(floats(followed), EXPECTED, atol=1e-6)
    assert [record.path for record in fault_server.embeddings] == ["/v1/embeddings"] * 2 + ["/moved/v1/embeddings"]
    assert fault_server.embeddings[-1].texts == tuple(TEXTS)


def test_redirect_to_another_host_shows_whether_the_key_came_along(
    client: httpx.Client, fault_server: FaultServer
) -> None:
    key = {"Authorization": "Bearer secret"}
    with FaultServer() as other:
        fault_server.personality.redirect_to = other.origin
        followed = client.post("/embeddings", json={"input": TEXTS}, headers=key, follow_redirects=True)
        assert followed.status_code == 200
        client.post(followed.url, json={"input": TEXTS}, headers=key)
        assert [record.authorization for record in other.requests] == [None, "Bearer secret"]
    assert fault_server.requests[0].authorization == "Bearer secret"


def test_redirect_in_a_loop(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.redirect_to, fault_server.personality.redirect_status = fault_server.origin, 302
    assert client.get("/models").status_code == 302
    with pytest.raises(httpx.TooManyRedirects):
        client.get("/models", follow_redirects=True)


def test_what_changes_later_does_not_touch_a_request_that_came_before(
    client: httpx.Client, fault_server: FaultServer
) -> None:
    before = Personality()
    fault_server.personality = before
    fault_server.hold()
    with pytest.raises(httpx.ReadTimeout):
        client.post("/embeddings", json={"input": TEXTS}, timeout=0.05)
    before.api_key = "secret"
    fault_server.release()
    assert ask(client).status_code == 401


@pytest.mark.parametrize(
    ("personality", "shape"),
    [
        pytest.param(Personality.vllm(), (3, 16), id="vllm"),
        pytest.param(Personality.llama_cpp(), (3, 64), id="llama.cpp"),
        pytest.param(Personality.sloppy(), (3, 64), id="sloppy"),
    ],
)
def test_ready_made_personalities(
    client: httpx.Client, fault_server: FaultServer, personality: Personality, shape: tuple[int, int]
) -> None:
    fault_server.personality = personality
    assert floats(ask(client, dimensions=16)).shape == shape
    assert ask(client, model="other").status_code == (404 if personality.checks_model else 200)
    long = " ".join(["word"] * 3000)
    assert client.post("/embeddings", json={"input": long}).status_code == (
        200 if personality.too_long == "truncates" else 400
    )
