"""Servers that take the interface lightly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fault_server import Fault, FaultServer, ListedModel, Personality, Status
from seealso.embed.base import Lane
from seealso.errors import EmbeddingError
from server_clients import Connect, assert_rows, sentences

TEXTS = ["stop the service", "an orchestra plays", "open port 7440"]
LONG = " ".join(f"word{number}" for number in range(600))


@pytest.mark.parametrize(
    "personality",
    [
        pytest.param(Personality.vllm(), id="vllm"),
        pytest.param(Personality.llama_cpp(), id="llama.cpp"),
        pytest.param(Personality.sloppy(), id="sloppy"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"dimensions": 40}, {"model": "bag-of-words"}], ids=str)
@pytest.mark.parametrize("lane", Lane)
def test_ready_made_servers(
    fault_server: FaultServer, connect: Connect, personality: Personality, settings: dict[str, Any], lane: Lane
) -> None:
    fault_server.personality = personality
    rows = connect(fault_server, **settings).embed(TEXTS, "passage", lane)
    assert_rows(rows, TEXTS, kept=settings.get("dimensions"))


def test_vectors_of_any_length(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.personality = Personality(normalised=False, dimensions="ignores", bytes_only="refuses")
    assert_rows(connect(fault_server, dimensions=50).embed(TEXTS, "passage", Lane.BULK), TEXTS, kept=50)


@pytest.mark.parametrize("model", ["", "bag-of-words", "anything"])
def test_no_list_of_models(fault_server: FaultServer, connect: Connect, model: str) -> None:
    fault_server.personality = Personality(lists_models=False, checks_model=False)
    embedder = connect(fault_server, model=model)
    assert embedder.identify().id == f"{model or 'bag-of-words'}/64"
    assert_rows(embedder.embed(TEXTS, "passage", Lane.BULK), TEXTS)
    assert fault_server.embeddings[-1].body.get("model") == (model or None)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="an empty object"),
        pytest.param('{"data": null}', id="null"),
        pytest.param('{"data": 5}', id="a number"),
        pytest.param("<html>", id="HTML"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_list_that_is_none(fault_server: FaultServer, connect: Connect, body: str) -> None:
    fault_server.script(Status(200, body=body), path="/v1/models")
    assert connect(fault_server).identify().id == "bag-of-words/64"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"max_model_len": True}, id="true"),
        pytest.param({"max_model_len": 10**30}, id="gigantic"),
        pytest.param({"max_model_len": -5}, id="negative"),
        pytest.param({"max_model_len": "512", "meta": []}, id="text"),
        pytest.param({"max_model_len": 0.5, "root": 7}, id="a fraction"),
        pytest.param({"meta": {"n_ctx_train": None}}, id="null"),
    ],
)
def test_context_that_cannot_be(fault_server: FaultServer, connect: Connect, entry: dict[str, Any]) -> None:
    listed: Any = {"data": [None, 5, {"id": None}, {"id": {}}, {"id": "bag-of-words", "owned_by": "vllm", **entry}]}
    fault_server.script(Status(200, body=json.dumps(listed)), path="/v1/models")
    embedder = connect(fault_server)
    assert embedder.identify().max_tokens == 512
    assert_rows(embedder.embed(TEXTS, "passage"), TEXTS)


@pytest.mark.parametrize(
    ("models", "says"),
    [(("one", "two"), "has 2 models: one, two"), ((), "has 0 models"), (tuple("abcdefghijklm"), "has 13 models: a, b")],
)
def test_which_model(fault_server: FaultServer, connect: Connect, models: tuple[str, ...], says: str) -> None:
    fault_server.personality = Personality(tuple(ListedModel(name) for name in models))
    with pytest.raises(EmbeddingError, match=says) as caught:
        connect(fault_server).identify()
    assert "seealso.embedding.model" in caught.value.hint
    if models:
        assert connect(fault_server, model=models[1]).identify().id == f"{models[1]}/64"


@pytest.mark.parametrize("with_root", [True, False])
@pytest.mark.parametrize("lane", Lane)
def test_a_model_that_is_not_there(fault_server: FaultServer, connect: Connect, with_root: bool, lane: Lane) -> None:
    urls = [fault_server.url, fault_server.origin] if with_root else [fault_server.url]
    with pytest.raises(EmbeddingError, match="The model `missing` does not exist") as caught:
        connect(*urls, model="missing").embed(["a"], "query", lane)
    assert fault_server.url in str(caught.value)
    assert "seealso.embedding.model" in caught.value.hint


def test_the_name_of_the_only_model(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.personality = Personality.llama_cpp()
    assert connect(fault_server, model="whatever").identify().id == "bag-of-words/64"
    fault_server.personality.models = (ListedModel("/srv/models/Some-Model-Q8_0.gguf", "llamacpp"),)
    assert connect(fault_server).identify().id == "Some-Model-Q8_0/64"


@pytest.mark.parametrize(
    ("personality", "cut"),
    [
        pytest.param(Personality.vllm(20), 20, id="vLLM cuts it"),
        pytest.param(Personality.sloppy(20), 20, id="in silence"),
        pytest.param(Personality.llama_cpp(20), None, id="llama.cpp refuses it"),
        pytest.param(Personality(max_tokens=20, bytes_only="refuses"), None, id="vLLM refuses it"),
        pytest.param(Personality(max_tokens=20, too_long="server_error", bytes_only="refuses"), None, id="with 500"),
        pytest.param(Personality(max_tokens=20, truncate_prompt_tokens="refuses"), None, id="vLLM as it was"),
    ],
)
@pytest.mark.parametrize("lane", Lane)
def test_a_text_that_is_too_long(
    fault_server: FaultServer, connect: Connect, personality: Personality, cut: int | None, lane: Lane
) -> None:
    fault_server.personality = personality
    embedder = connect(fault_server, priorities=True)
    embedder.identify()
    short = sentences(10)
    rows = embedder.embed([*short[:3], LONG, *short[3:]], "passage", lane)
    assert_rows(rows[[0, 1, 2, *range(4, 11)]], short)
    if cut is None:
        read = [text for record in fault_server.embeddings if record.status == 200 for text in record.texts]
        (beginning,) = (text for text in read if text.startswith("word0"))
        assert LONG.startswith(beginning)
        assert 10 <= len(beginning.split()) <= 21
    else:
        beginning = " ".join(LONG.split()[:cut])
    # The last word may be half a word.
    assert_rows(rows[3:4], [beginning])
    assert len(fault_server.embeddings) < 40


def test_a_whole_document_is_shortened_to_little(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.personality = Personality.llama_cpp(16)
    document = "word " * 200_000
    assert connect(fault_server).embed([document], "passage", Lane.BULK).shape == (1, 64)
    assert len(fault_server.embeddings) < 25


def test_a_server_that_finds_everything_too_long(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.when("x", Status(400, body='{"error": "too long"}'))
    with pytest.raises(EmbeddingError, match="too long even when it is cut short"):
        embedder.embed(["x" * 1000], "query")
    with pytest.raises(EmbeddingError, match="too long even when it is cut short"):
        embedder.embed(["x" * 1000], "query", Lane.BULK)
    assert_rows(embedder.embed(["a"], "query"), ["a"])


def test_requests_of_a_limited_size(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.when(lambda texts: len(texts) > 4, Status(413))
    texts = sentences(50)
    for lane in Lane:
        assert_rows(connect(fault_server, priorities=True).embed(texts, "passage", lane), texts)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        pytest.param(Status(400), "cannot embed a short text. made to fail with 400", id="400"),
        pytest.param(Status(500), "failed with status 500", id="500"),
        pytest.param(Status(402, body="Pay first."), "It says: Pay first.", id="402"),
        pytest.param(Fault.NAN, "holds something that is not a number", id="NaN"),
        pytest.param(Fault.ZERO_VECTOR, "A vector is zero", id="zero"),
        pytest.param(Fault.NULL_VECTOR, "A vector is null", id="null"),
        pytest.param(Fault.HTML, "gave no proper answer", id="HTML"),
        pytest.param(Fault.RESET, "did not answer", id="reset"),
        pytest.param(Fault.TRUNCATED_JSON, "gave no proper answer", id="cut off"),
        pytest.param(Fault.MORE, "4 vectors came back for 3 texts", id="more"),
    ],
)
@pytest.mark.parametrize("urls", [1, 2])
def test_servers_that_cannot_be_identified(
    fault_server: FaultServer, connect: Connect, fault: Any, says: str, urls: int
) -> None:
    fault_server.when(lambda texts: True, fault)
    embedder = connect(*[fault_server.url, fault_server.origin][:urls])
    with pytest.raises(EmbeddingError, match=says):
        embedder.identify()
    for lane in Lane:
        with pytest.raises(EmbeddingError, match=says):
            embedder.embed(["a"], "query", lane)
    assert embedder.known is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1", "http://[::1]:1/v1", "http://no-such-name.invalid/v1", f"http://{'a' * 64}.invalid/v1"],
)
def test_addresses_where_nothing_is(connect: Connect, url: str) -> None:
    for lane in Lane:
        with pytest.raises(EmbeddingError, match="No embedding server answers at"):
            connect(url).embed(["a"], "query", lane)


@pytest.mark.parametrize("proxy", ["nonsense://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used(
    connect: Connect, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    # No proxy stands between us and this machine.
    assert_rows(connect(fault_server).embed(["a"], "query"), ["a"])
    with pytest.raises(EmbeddingError, match="proxy that the environment names cannot be used"):
        connect("http://embeddings.invalid/v1").identify()
