"""Embedding through a server that does all it is asked: addresses, encodings, identity, connections."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pytest

from fault_server import Fault, FaultServer, ListedModel, Personality, Status
from seealso.embed import openai
from seealso.embed.base import EmbedKind, Lane, same_model
from seealso.embed.endpoint import base_urls
from seealso.embed.identity import PROBES
from seealso.errors import EmbeddingError
from server_clients import Connect, assert_rows, expected, sentences

QWEN = "Qwen/Qwen3-Embedding-4B"


def serve(server: FaultServer, name: str, dimension: int = 64, **more: Any) -> None:
    server.personality = Personality((ListedModel(name),), dimension=dimension, **more)


@pytest.mark.parametrize("path", ["/v1", "", "/", "/v1/", "/v1/embeddings", "/embeddings"])
def test_addresses_as_people_write_them(fault_server: FaultServer, connect: Connect, path: str) -> None:
    embedder = connect(*base_urls(fault_server.origin + path, allow_insecure=False))
    assert_rows(embedder.embed(["stop the service"], "passage"), ["stop the service"])
    assert {record.path for record in fault_server.requests} == {"/v1/models", "/v1/embeddings"}


def test_an_address_without_a_version(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.personality.redirect_to = None
    urls = (f"{fault_server.url}/nothing/v1", fault_server.url)
    embedder = connect(*urls)
    assert embedder.identify().dimension == 64
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


@pytest.mark.parametrize(
    ("encoding", "reaction"),
    [("base64", "honours"), ("base64", "ignores"), ("bytes_only", "ignores"), ("bytes_only", "refuses")],
)
@pytest.mark.parametrize("owner", ["vllm", "someone"])
def test_encodings(fault_server: FaultServer, connect: Connect, encoding: str, reaction: str, owner: str) -> None:
    if (encoding, reaction) == ("base64", "refuses"):
        pytest.skip("every server that knows the interface takes the encoding that the interface has")
    fault_server.personality = Personality((ListedModel("bag-of-words", owner),), shuffled=True)
    setattr(fault_server.personality, encoding, reaction)
    texts = sentences(20)
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.forget()
    assert_rows(embedder.embed(texts, "passage", Lane.BULK), texts)
    assert_rows(embedder.embed(texts, "passage"), texts)
    raw = owner == "vllm" and encoding == "base64"
    assert {record.body["encoding_format"] for record in fault_server.embeddings} == {"bytes_only" if raw else "base64"}
    assert {record.body.get("embed_dtype") for record in fault_server.embeddings} == {"float16" if raw else None}


def test_bytes_of_another_model_are_not_taken(fault_server: FaultServer, connect: Connect) -> None:
    fault_server.script(None, Fault.WRONG_DIMENSION)
    embedder = connect(fault_server)
    embedder.identify()
    assert_rows(embedder.embed(["a"], "passage"), ["a"])
    assert fault_server.embeddings[-1].body["encoding_format"] == "base64"


def test_connections_are_kept(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server, batch_tokens=64)
    for _ in range(10):
        embedder.embed(["a"], "query")
    assert len({record.connection for record in fault_server.requests}) == 1
    texts = sentences(200)
    assert_rows(embedder.embed(texts, "passage", Lane.BULK), texts)
    assert len(fault_server.embeddings) > 30
    assert len({record.connection for record in fault_server.requests}) <= 5


@pytest.mark.parametrize("concurrency", [1, 3, 5])
def test_requests_at_a_time(fault_server: FaultServer, connect: Connect, aside: Executor, concurrency: int) -> None:
    embedder = connect(fault_server, concurrency=concurrency, batch_tokens=40)
    embedder.identify()
    fault_server.forget()
    fault_server.hold()
    texts = sentences(30)
    calls = [aside.submit(embedder.embed, texts, "passage", Lane.BULK) for _ in range(2)]
    fault_server.wait_for(lambda server: len(server.embeddings) == concurrency)
    fault_server.release()
    for call in calls:
        assert_rows(call.result(), texts)
    assert fault_server.max_in_flight == concurrency


def test_requests_are_packed_by_tokens(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server, priorities=True, batch_tokens=100)
    embedder.identify()
    fault_server.forget()
    texts = [*sentences(60, 3), *sentences(5, 80), *sentences(20, 1)]
    assert_rows(embedder.embed(texts, "passage", Lane.BULK), texts)
    sizes = [(len(record.texts), sum(len(text) for text in record.texts)) for record in fault_server.embeddings]
    assert all(count == 1 or characters <= 8 * 100 for count, characters in sizes)
    assert 10 <= len(sizes) <= 40


def test_nothing_to_embed(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    for lane in Lane:
        assert embedder.embed([], "passage", lane).shape == (0, 64)
    fault_server.forget()
    embedder.embed([], "passage", Lane.BULK)
    assert fault_server.requests == []


def test_identity(fault_server: FaultServer, connect: Connect) -> None:
    assert connect(fault_server).known is None
    embedder = connect(fault_server)
    info = embedder.identify()
    assert (info.id, info.dimension, info.max_tokens) == ("bag-of-words/64", 64, 512)
    assert info.fingerprint is not None
    assert same_model(info, embedder.identify())
    assert embedder.known is not None
    assert same_model(info, embedder.known)
    assert embedder.doubts == ()
    fault_server.change_model(1)
    other = embedder.identify()
    assert other.id == info.id
    assert not same_model(info, other)


def test_qwen_is_cut_to_the_dimension_that_suits_it(fault_server: FaultServer, connect: Connect) -> None:
    serve(fault_server, QWEN, 2560)
    embedder = connect(fault_server)
    info = embedder.identify()
    assert (info.id, info.dimension, info.max_tokens) == (f"{QWEN}/1024", 1024, 2048), "it does not say what it reads"
    rows = embedder.embed(["stop the service"], "passage", Lane.BULK)
    assert_rows(rows, ["stop the service"], dimension=2560, kept=1024)
    assert fault_server.embeddings[-1].body["dimensions"] == 1024


@pytest.mark.parametrize("reaction", ["honours", "ignores", "refuses"])
def test_shortened_vectors_are_those_of_the_server(fault_server: FaultServer, connect: Connect, reaction: Any) -> None:
    serve(fault_server, "bag-of-words", dimensions=reaction)
    embedder = connect(fault_server, dimensions=40)
    assert embedder.identify().id == "bag-of-words/40"
    assert_rows(embedder.embed(["open port 7440", "b"], "passage", Lane.BULK), ["open port 7440", "b"], kept=40)
    assert ("dimensions" in fault_server.embeddings[-1].body) == (reaction == "honours")


@pytest.mark.parametrize(
    ("name", "dimensions", "says"),
    [
        pytest.param("bag-of-words", 65, "is 65, but bag-of-words gives 64", id="more than there are"),
        pytest.param("bag-of-words", 16, "from 32 to 64", id="too few"),
        pytest.param("BAAI/bge-m3", 32, "was not trained to have its vectors cut off", id="not trained for it"),
    ],
)
def test_dimensions_that_cannot_be(
    fault_server: FaultServer, connect: Connect, name: str, dimensions: int, says: str
) -> None:
    serve(fault_server, name)
    with pytest.raises(EmbeddingError, match=says):
        connect(fault_server, dimensions=dimensions).identify()


@pytest.mark.parametrize(
    ("name", "settings", "prefixes"),
    [
        pytest.param("bag-of-words", {}, ("", "", ""), id="unknown"),
        pytest.param(QWEN, {}, ("Instruct: Given a question", "", "Instruct: Given a piece"), id="Qwen3"),
        pytest.param("intfloat/multilingual-e5-large", {}, ("query: ", "passage: ", "passage: "), id="e5"),
        pytest.param("google/embeddinggemma-300m", {}, ("task: search", "title: none", "title: none"), id="Gemma"),
        pytest.param("nomic-embed-text:v1.5", {}, ("search_query: ", "search_document: ", "search_doc"), id="nomic"),
        pytest.param(QWEN, {"query_prefix": ""}, ("", "", "Instruct: Given a piece"), id="none for queries"),
        pytest.param(QWEN, {"query_prefix": "q> "}, ("q> ", "", "Instruct: Given a piece"), id="own for queries"),
        pytest.param("bag-of-words", {"passage_prefix": "p> "}, ("", "p> ", "p> "), id="own for passages"),
    ],
)
@pytest.mark.parametrize("lane", Lane)
def test_prefixes(
    fault_server: FaultServer,
    connect: Connect,
    name: str,
    settings: dict[str, Any],
    prefixes: tuple[str, str, str],
    lane: Lane,
) -> None:
    serve(fault_server, name)
    embedder = connect(fault_server, **settings)
    kinds: tuple[EmbedKind, ...] = ("query", "passage", "related")
    for kind, prefix in zip(kinds, prefixes, strict=True):
        fault_server.forget()
        embedder.embed(["TEXT"], kind, lane)
        sent = next(text for text in fault_server.texts if text.endswith("TEXT"))
        assert sent.startswith(prefix or "TEXT")


def test_language_of_queries(fault_server: FaultServer, connect: Connect) -> None:
    serve(fault_server, QWEN)
    embedder = connect(fault_server, query_language="German")
    embedder.embed(["Wort"], "query")
    assert "The query is in German.\nQuery:Wort" in fault_server.texts[-1]
    assert embedder.identify().id == connect(fault_server).identify().id


def test_a_prefix_of_passages_makes_another_space(fault_server: FaultServer, connect: Connect) -> None:
    plain = connect(fault_server)
    one, two, default = (connect(fault_server, passage_prefix=prefix) for prefix in ("one ", "two ", ""))
    ids = [embedder.identify().id for embedder in (plain, one, two, default)]
    assert len(set(ids)) == 3
    assert ids[0] == ids[3] == "bag-of-words/64"
    assert all(name.startswith("bag-of-words/64~") for name in ids[1:3])
    # Not the same settings, and nobody knows before asking that they mean the same.
    assert len({embedder.source for embedder in (plain, one, two)}) == 3
    assert connect(fault_server).source == plain.source


@pytest.mark.parametrize(
    ("model", "end"), [("bag-of-words", "trained for."), ("Qwen3-Embedding-0.6B", "trained for, with `last`.")]
)
def test_doubtful_vectors(fault_server: FaultServer, connect: Connect, model: str, end: str) -> None:
    fault_server.personality.models = (ListedModel(model),)
    fault_server.personality.pooling = "first"
    embedder = connect(fault_server)
    embedder.identify()
    (doubt,) = embedder.doubts
    assert doubt.endswith(end)
    fault_server.down()
    with pytest.raises(EmbeddingError):
        embedder.embed(["a"], "query")
    assert embedder.doubts == (doubt,), "as it was identified last"
    fault_server.up()
    fault_server.personality.pooling = "mean"
    embedder.identify()
    assert not embedder.doubts


@pytest.mark.parametrize("unauthorized", ["string", "object"])
@pytest.mark.parametrize("lane", Lane)
def test_key(
    fault_server: FaultServer,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    unauthorized: Any,
    lane: Lane,
) -> None:
    fault_server.personality = Personality(api_key="the-secret", unauthorized=unauthorized)
    right, wrong, without = (
        connect(fault_server, key="the-secret"),
        connect(fault_server, key="my-key"),
        connect(fault_server),
    )
    assert_rows(right.embed(["a"], "passage", lane), ["a"])
    assert {record.authorization for record in fault_server.requests} == {"Bearer the-secret"}
    for embedder in (wrong, without):
        with pytest.raises(EmbeddingError, match="refuses the API key") as caught:
            embedder.embed(["a"], "passage", lane)
        assert "SEEALSO_API_KEY" in caught.value.hint
        assert "my-key" not in str(caught.value)
    fault_server.personality.api_key = "another"
    with pytest.raises(EmbeddingError, match="refuses the API key"):
        right.embed(["a"], "passage", lane)
    logged = caplog.text + "".join(repr(record.args) for record in caplog.records)
    assert "the-secret" not in logged
    assert "my-key" not in logged
    assert "the-secret" not in repr(vars(right))


def test_a_server_that_repeats_the_key(
    fault_server: FaultServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    body = '{"error": {"message": "Incorrect API key provided: the-secret"}}'
    fault_server.script(Status(401, body=body), path="/v1/models")
    fault_server.script(None, None, Status(500, body=body))
    embedder = connect(fault_server, key="the-secret")
    with pytest.raises(EmbeddingError, match=r"Incorrect API key provided: \.\.\.") as caught:
        embedder.identify()
    embedder.embed(["a"], "passage", Lane.BULK)
    assert "the-secret" not in caplog.text
    causes: BaseException | None = caught.value
    while causes is not None:
        assert "the-secret" not in repr(causes)
        causes = causes.__cause__


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("lane", Lane)
def test_redirects_are_not_followed(fault_server: FaultServer, connect: Connect, status: int, lane: Lane) -> None:
    with FaultServer() as other:
        embedder = connect(fault_server, key="the-secret")
        fault_server.personality.redirect_status = status
        for when in ("before", "after"):
            fault_server.personality.redirect_to = other.origin
            with pytest.raises(EmbeddingError, match="sends requests elsewhere") as caught:
                embedder.embed(["private"], "passage", lane)
            assert other.origin in str(caught.value), when
            fault_server.personality.redirect_to = None
            assert_rows(embedder.embed(["private"], "passage", lane), ["private"])
        assert other.requests == []


def test_a_redirect_of_the_list_alone(fault_server: FaultServer, connect: Connect) -> None:
    with FaultServer() as other:
        fault_server.script(Status(302, headers={"Location": f"{other.url}/models"}), path="/v1/models")
        with pytest.raises(EmbeddingError, match="sends requests elsewhere"):
            connect(fault_server, key="the-secret").identify()
        assert other.requests == []


@pytest.mark.parametrize("listed", [True, False])
def test_another_model_between_two_calls(fault_server: FaultServer, connect: Connect, listed: bool) -> None:
    fault_server.personality.lists_models = listed
    embedder = connect(fault_server)
    before = embedder.identify()
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])
    fault_server.change_model(1)
    for _ in range(2):  # until it is identified anew
        with pytest.raises(EmbeddingError, match="now serves another model") as caught:
            embedder.embed(["a"], "passage", Lane.BULK)
        assert "Run the update again" in caught.value.hint
    after = embedder.identify()
    assert not same_model(before, after)
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"], seed=1)


def test_questions_notice_another_model_after_a_while(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    assert_rows(embedder.embed(["a"], "query"), ["a"])
    asked = len(fault_server.texts)
    assert_rows(embedder.embed(["a", "b"], "query"), ["a", "b"])
    assert list(fault_server.texts[asked:]) == ["a", "b"], "not with every question"
    lanes = embedder._running
    assert lanes is not None
    lanes[1].client.compared -= openai.COMPARE_S
    asked = len(fault_server.texts)
    for _ in range(2):
        assert_rows(embedder.embed(["a"], "query"), ["a"])
    assert list(fault_server.texts[asked:]) == ["a", PROBES[0], "a"], "once a minute"
    lanes[1].client.compared -= openai.COMPARE_S
    monkeypatch.setattr(openai, "AWAY_S", 600.0)
    fault_server.change_model(1)
    for _ in range(2):
        with pytest.raises(EmbeddingError, match="now serves another model"):
            embedder.embed(["a"], "query")
        fault_server.forget()
    assert fault_server.requests == [], "not with each question"
    embedder.identify()
    assert_rows(embedder.embed(["a"], "query"), ["a"], seed=1)


@pytest.mark.parametrize("identifies", [False, True])
@pytest.mark.parametrize("breaks", [False, True])
def test_another_model_in_the_middle_of_a_call(
    fault_server: FaultServer, connect: Connect, aside: Executor, identifies: bool, breaks: bool
) -> None:
    embedder = connect(fault_server, batch_tokens=40, concurrency=2)
    before = embedder.identify()
    fault_server.forget()
    fault_server.hold()
    call = aside.submit(embedder.embed, sentences(30), "passage", Lane.BULK)
    fault_server.wait_for(lambda server: len(server.embeddings) == 2)
    if breaks:
        fault_server.down()
    fault_server.change_model(1)
    if breaks:
        fault_server.up()
    if identifies:  # as another thread may at any time
        asked = aside.submit(embedder.identify)
    fault_server.release()
    with pytest.raises(EmbeddingError, match="now serves another model"):
        call.result()
    if identifies:
        assert not same_model(before, asked.result())
    assert not same_model(before, embedder.identify())
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"], seed=1)


def test_a_model_of_another_dimension(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.personality.dimension = 80
    for lane in Lane:
        with pytest.raises(EmbeddingError, match="bag-of-words/80 instead of bag-of-words/64"):
            embedder.embed(["a"], "passage", lane)
    assert embedder.identify().dimension == 80


def test_a_model_of_another_name(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.personality.models = (ListedModel("other"),)
    fault_server.personality.checks_model = False
    fault_server.script(Fault.RESET)
    with pytest.raises(EmbeddingError, match="other/64 instead of bag-of-words/64"):
        embedder.embed(["a"], "passage", Lane.BULK)


def test_the_same_model_after_a_restart(fault_server: FaultServer, connect: Connect, aside: Executor) -> None:
    embedder = connect(fault_server, batch_tokens=40)
    embedder.identify()
    texts = sentences(30)
    for _ in range(2):
        fault_server.hold()
        fault_server.forget()
        call = aside.submit(embedder.embed, texts, "passage", Lane.BULK)
        fault_server.wait_for(lambda server: len(server.embeddings) == 4)
        fault_server.down()
        fault_server.release()
        assert embedder.known is not None
        fault_server.up()
        assert_rows(call.result(), texts)
    fault_server.down()
    fault_server.up()
    assert_rows(embedder.embed(["a"], "query"), ["a"])


@pytest.mark.parametrize("fault", [Fault.HANG, Status(503), Status(429), Fault.RESET, Status(500)], ids=str)
def test_a_list_that_comes_late_is_waited_for(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    from seealso.embed import bulk, http

    monkeypatch.setattr(http, "LIST_S", 0.1)
    monkeypatch.setattr(bulk, "FIRST_PATIENCE_S", 5.0)
    fault_server.script(fault, path="/v1/models")
    fault_server.personality.models = (ListedModel("bag-of-words", root="x", max_model_len=77),)
    info = connect(fault_server, model="bag-of-words").identify()
    assert info.max_tokens == 77


@pytest.mark.parametrize("error", [Status(503), Status(429), Fault.RESET], ids=str)
def test_how_a_server_is_asked_does_not_depend_on_a_moment(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    from seealso.embed import bulk

    monkeypatch.setattr(bulk, "FIRST_PATIENCE_S", 5.0)
    fault_server.script(None, error)
    embedder = connect(fault_server)
    embedder.identify()
    embedder.embed(["a"], "query")
    assert fault_server.embeddings[-1].body["encoding_format"] == "bytes_only"


def test_the_log_has_nothing_of_the_text(
    fault_server: FaultServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = connect(fault_server)
    fault_server.script(None, None, Status(500))
    for lane in Lane:
        embedder.embed(["CONFIDENTIAL"], "passage", lane)
    assert logging.getLogger("seealso").getEffectiveLevel() <= logging.DEBUG
    assert "CONFIDENTIAL" not in caplog.text


def test_vectors_come_quickly(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server, priorities=True)
    texts = sentences(2000, 10)
    started_s = time.monotonic()
    rows = embedder.embed(texts, "passage", Lane.BULK)
    assert time.monotonic() - started_s < 5
    np.testing.assert_allclose(rows, expected(texts), atol=1e-3)
