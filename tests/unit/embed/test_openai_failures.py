"""The bulk lane against servers that fail: tried again, taken apart, or given up with a reason."""

from __future__ import annotations

import logging
import random
import re
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pytest

from fault_server import AnyFault, Fault, FaultServer, Personality, Status
from seealso.embed import bulk
from seealso.embed.base import Lane, RefusedTextsError
from seealso.embed.openai import OpenAIEmbedder
from seealso.errors import EmbeddingError
from server_clients import Connect, assert_rows, sentences

RAW, JSON = Personality(), Personality(bytes_only="refuses", base64="ignores")
"""A server that sends bytes, and one that sends lists of numbers: some faults exist only there."""

TRANSIENT = [
    pytest.param(Status(429), id="429"),
    pytest.param(Status(429, retry_after=0), id="429 at once"),
    pytest.param(Status(429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), id="429 at a date"),
    pytest.param(Status(429, retry_after="nan"), id="429 at no time"),
    pytest.param(Status(500), id="500"),
    pytest.param(Status(502, body="<html>Bad Gateway</html>", content_type="text/html"), id="502"),
    pytest.param(Status(503, retry_after=0), id="503"),
    pytest.param(Status(200, body="[" * 100_000), id="deep"),
    pytest.param(Fault.RESET, id="reset"),
    pytest.param(Fault.RESET_MID_BODY, id="reset in the body"),
    pytest.param(Fault.CUT_BODY, id="short body"),
    pytest.param(Fault.TRUNCATED_JSON, id="cut off"),
    pytest.param(Fault.HTML, id="HTML"),
    pytest.param(Fault.FEWER, id="fewer"),
    pytest.param(Fault.MORE, id="more"),
    pytest.param(Fault.WRONG_DIMENSION, id="wrong dimension"),
    pytest.param(Fault.RAGGED, id="ragged"),
    pytest.param(Fault.DUPLICATE_INDEX, id="duplicate index"),
    pytest.param(Fault.INDEX_OUT_OF_RANGE, id="index out of range"),
    pytest.param(Fault.NAN, id="NaN"),
    pytest.param(Fault.NULL_VECTOR, id="null"),
    pytest.param(Fault.ZERO_VECTOR, id="zero"),
]
ONLY_JSON = {Fault.RAGGED, Fault.DUPLICATE_INDEX, Fault.INDEX_OUT_OF_RANGE, Fault.NULL_VECTOR}


def served(connect: Connect, server: FaultServer, fault: Any = None, **settings: Any) -> OpenAIEmbedder:
    """Return an embedder that has identified its server, and for which the records begin now."""
    server.personality = JSON if isinstance(fault, Fault) and fault in ONLY_JSON else RAW
    embedder = connect(server, **settings)
    embedder.identify()
    server.forget()
    return embedder


@pytest.mark.parametrize("fault", TRANSIENT)
def test_failures_that_pass(fault_server: FaultServer, connect: Connect, fault: AnyFault) -> None:
    embedder = served(connect, fault_server, fault, batch_tokens=64)
    texts = sentences(40)
    fault_server.script(None, fault, None, fault, fault)
    rows = embedder.embed(texts, "passage", Lane.BULK)
    assert_rows(rows, texts)
    assert fault_server.faults_left == 0
    assert embedder.activity == ""


@pytest.mark.parametrize("fault", [Status(500), Status(503), Fault.RESET, Fault.NAN, Status(400)], ids=str)
def test_the_last_request_fails(fault_server: FaultServer, connect: Connect, fault: AnyFault) -> None:
    embedder = served(connect, fault_server)
    fault_server.script(None, fault)  # what confirms that the model has not changed
    assert_rows(embedder.embed(["a", "b"], "passage", Lane.BULK), ["a", "b"])


def test_a_hang_is_waited_out(fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    from seealso.embed import http

    monkeypatch.setattr(http, "READ_S", 0.2)
    monkeypatch.setattr(bulk, "PATIENCE_S", 0.15)  # shorter than it takes to notice
    embedder = served(connect, fault_server)
    for fault in (Fault.HANG, Fault.HANG_BODY):
        fault_server.script(fault)
        assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_an_answer_without_end(fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    from seealso.embed import http

    embedder = served(connect, fault_server)
    monkeypatch.setattr(http, "MAX_BODY", 10_000)
    fault_server.script(Status(200, body=" " * 100_000))
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_how_long_the_server_asks_to_wait(
    fault_server: FaultServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = served(connect, fault_server)
    fault_server.script(Status(429, retry_after="0.3"))
    embedder.embed(["a"], "passage", Lane.BULK)
    first, second = fault_server.embeddings[:2]
    assert second.arrived_s - first.arrived_s >= 0.28
    assert "Trying again in 0.3 s." in caplog.text
    fault_server.script(Status(429, retry_after=3000))  # longer than patience lasts
    with pytest.raises(EmbeddingError, match="failed with status 429"):
        embedder.embed(["a"], "passage", Lane.BULK)


def test_waiting_time_is_needed_even_if_none_is_asked(fault_server: FaultServer, connect: Connect) -> None:
    embedder = served(connect, fault_server)
    fault_server.script(*[Status(429, retry_after=0)] * 8)
    embedder.embed(["a"], "passage", Lane.BULK)
    arrived_s = [record.arrived_s for record in fault_server.embeddings[:9]]
    assert arrived_s[-1] - arrived_s[0] >= 0.15  # half of 0.01 + 0.02 + 0.04 + 5 x 0.05


@pytest.mark.parametrize("connected", [True, False])
def test_a_server_that_is_away_for_good(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, aside: Executor, connected: bool
) -> None:
    monkeypatch.setattr(bulk, "PATIENCE_S", 0.3)
    monkeypatch.setattr(bulk, "FIRST_PATIENCE_S", 0.3)
    embedder = connect(fault_server)
    if connected:
        embedder.identify()
    fault_server.down()
    call = aside.submit(embedder.embed, sentences(10), "passage", Lane.BULK)
    said = ""
    while not call.done():
        said = embedder.activity or said
    with pytest.raises(EmbeddingError, match=f"No embedding server answers at {fault_server.url}") as caught:
        call.result()
    assert "What was finished is kept" in caught.value.hint
    assert said.startswith(f"No embedding server answers at {fault_server.url}")
    assert "Trying again in 0." in said
    assert embedder.activity == ""
    fault_server.up()
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_a_server_that_is_away_for_a_moment(fault_server: FaultServer, connect: Connect, aside: Executor) -> None:
    embedder = served(connect, fault_server, batch_tokens=64)
    texts = sentences(40)
    fault_server.hold()
    call = aside.submit(embedder.embed, texts, "passage", Lane.BULK)
    fault_server.wait_for(lambda server: len(server.embeddings) == 4)
    fault_server.down()
    fault_server.release()
    while not embedder.activity:
        assert not call.done()
    fault_server.up()
    assert_rows(call.result(), texts)


POISONS = [
    pytest.param(Status(400), "made to fail with 400", id="400"),
    pytest.param(Status(422), "made to fail with 422", id="422"),
    pytest.param(Status(500), "made to fail with 500", id="500"),
    pytest.param(Status(200, body="{}"), "no `data`|sent 1 numbers", id="no answer"),
    pytest.param(Fault.NAN, "not a number", id="NaN"),
    pytest.param(Fault.INFINITY, "not a number", id="infinity"),
    pytest.param(Fault.NULL_VECTOR, "null", id="null"),
    pytest.param(Fault.ZERO_VECTOR, "zero", id="zero"),
    pytest.param(Fault.RESET, "did not answer", id="reset"),
    pytest.param(Fault.RESET_MID_BODY, "did not answer", id="reset in the body"),
    pytest.param(Fault.RAGGED, "gave no proper answer|sent 63 numbers", id="ragged"),
    pytest.param(Fault.DUPLICATE_INDEX, "1 texts", id="duplicate index"),
]


@pytest.mark.parametrize(("fault", "reason"), POISONS)
def test_a_poisoned_text(fault_server: FaultServer, connect: Connect, fault: AnyFault, reason: str) -> None:
    embedder = served(connect, fault_server, fault, priorities=True)
    texts = sentences(256)
    texts[77] += " POISON"
    fault_server.when("POISON", fault)
    with pytest.raises(RefusedTextsError, match="1 of 256 texts cannot be embedded; text 77") as caught:
        embedder.embed(texts, "passage", Lane.BULK)
    assert list(caught.value.refused) == [77]
    assert re.search(reason, caught.value.refused[77])
    good = [position for position in range(256) if position != 77]
    assert not caught.value.vectors[77].any()
    assert_rows(caught.value.vectors[good], [texts[position] for position in good])
    # Eight halvings, each with a good half and a probe; after a lost connection the server is looked at anew.
    lost = fault in (Fault.RESET, Fault.RESET_MID_BODY)
    assert len(fault_server.requests) <= (20 + 8 * 7 if lost else 12 + 8 * 4)


@pytest.mark.parametrize("fault", [Status(400), Status(500), Fault.NAN], ids=str)
@pytest.mark.parametrize("bad", [(0,), (0, 1), (5, 30, 59), tuple(range(10, 50))], ids=lambda bad: f"{len(bad)} texts")
def test_poisoned_texts(fault_server: FaultServer, connect: Connect, fault: AnyFault, bad: tuple[int, ...]) -> None:
    embedder = served(connect, fault_server, batch_tokens=150)
    texts = [f"{text} POISON" if number in bad else text for number, text in enumerate(sentences(60))]
    fault_server.when("POISON", fault)
    with pytest.raises(RefusedTextsError) as caught:
        embedder.embed(texts, "passage", Lane.BULK)
    assert sorted(caught.value.refused) == list(bad)
    good = [position for position in range(60) if position not in bad]
    assert_rows(caught.value.vectors[good], [texts[position] for position in good])


def test_only_poisoned_texts(fault_server: FaultServer, connect: Connect) -> None:
    embedder = served(connect, fault_server)
    fault_server.when(lambda texts: any(text.startswith("w") for text in texts), Status(400, body='{"error": "no"}'))
    with pytest.raises(RefusedTextsError, match="3 of 3 texts") as caught:
        embedder.embed(sentences(3), "passage", Lane.BULK)
    assert caught.value.refused == {0: "no", 1: "no", 2: "no"}
    assert not np.any(caught.value.vectors)


@pytest.mark.parametrize(
    "fault",
    [
        Status(500),
        Status(400),
        Status(422),
        Status(503),
        Status(418),
        Fault.NAN,
        Fault.ZERO_VECTOR,
        Fault.HTML,
        Fault.RESET,
    ],
    ids=str,
)
def test_a_server_that_is_broken(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, fault: AnyFault
) -> None:
    monkeypatch.setattr(bulk, "PATIENCE_S", 0.1)
    embedder = served(connect, fault_server, priorities=True)
    fault_server.when(lambda texts: True, fault)
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed(sentences(500), "passage", Lane.BULK)
    assert not isinstance(caught.value, RefusedTextsError)
    assert len(fault_server.requests) < 100
    fault_server.clear_faults()
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_a_server_that_breaks_while_a_request_is_taken_apart(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PATIENCE_S", 0.1)
    embedder = served(connect, fault_server, priorities=True)
    fault_server.script(Status(400), None)  # refused, and the probe finds it well
    fault_server.when(lambda texts: len(fault_server.embeddings) > 2, Status(400))
    with pytest.raises(EmbeddingError, match="cannot embed what it could before") as caught:
        embedder.embed(sentences(8), "passage", Lane.BULK)
    assert not isinstance(caught.value, RefusedTextsError)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_what_the_user_has_to_mend_is_not_tried_again(fault_server: FaultServer, connect: Connect, status: int) -> None:
    embedder = served(connect, fault_server)
    fault_server.script(Status(status))
    with pytest.raises(EmbeddingError, match=f"made to fail with {status}") as caught:
        embedder.embed(["a"], "passage", Lane.BULK)
    assert "seealso.embedding" in caught.value.hint
    assert len(fault_server.embeddings) == 1


def test_the_first_error_ends_the_others(fault_server: FaultServer, connect: Connect, aside: Executor) -> None:
    embedder = served(connect, fault_server, batch_tokens=40)
    fault_server.hold()
    call = aside.submit(embedder.embed, sentences(100), "passage", Lane.BULK)
    fault_server.wait_for(lambda server: len(server.embeddings) == 4)
    fault_server.script(Status(401))
    fault_server.release()
    with pytest.raises(EmbeddingError, match="refuses the API key"):
        call.result()
    assert len(fault_server.embeddings) < 20


def test_a_shortened_text_is_tried_again_too(fault_server: FaultServer, connect: Connect) -> None:
    embedder = served(connect, fault_server)
    long = Status(400, body='{"error": "maximum context length is 4 tokens"}')
    fault_server.script(long, Status(503), Fault.RESET)
    rows = embedder.embed(["one two three four"], "passage", Lane.BULK)
    assert_rows(rows, ["one two thre"])


def test_failures_at_random(fault_server: FaultServer, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    chance = random.Random(5)
    embedder = served(connect, fault_server, batch_tokens=64)
    some: list[AnyFault] = [
        Status(500),
        Status(503),
        Status(429),
        Fault.RESET,
        Fault.HTML,
        Fault.FEWER,
        Fault.NAN,
        Fault.CUT_BODY,
    ]
    fault_server.script(*(chance.choice(some) if chance.random() < 0.25 else None for _ in range(400)))
    texts = sentences(300)
    for _ in range(2):
        assert_rows(embedder.embed(texts, "passage", Lane.BULK), texts)
