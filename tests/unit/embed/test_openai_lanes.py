"""Questions go before the index and fail soon; and what threads do to an embedder."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import pytest

from fault_server import Fault, FaultServer, ListedModel, Personality, Status
from seealso.embed import openai, pace
from seealso.embed.base import Lane
from seealso.embed.endpoint import Endpoint
from seealso.embed.openai import OpenAIEmbedder
from seealso.errors import EmbeddingError
from seealso.settings import EmbeddingSettings
from server_clients import Connect, assert_rows, sentences


class Starting:
    """The host of a server that is being started."""

    place = "x"
    activity = "vLLM is starting."

    def __init__(self, connect: Callable[[], tuple[Endpoint, ...]], release: Callable[[], None] = lambda: None) -> None:
        self.connect = connect
        self.release = release

    def used(self) -> None:
        pass


def questions(server: FaultServer) -> list[Any]:
    return [record for record in server.embeddings if any(text.startswith("question") for text in record.texts)]


@pytest.mark.parametrize(
    ("owner", "known", "sent"), [("vllm", True, True), ("vllm", False, True), ("me", True, True), ("me", False, False)]
)
def test_priority_is_asked_for_where_it_may_help(
    fault_server: FaultServer, connect: Connect, owner: str, known: bool, sent: bool
) -> None:
    fault_server.personality.models = (ListedModel("bag-of-words", owner),)
    embedder = connect(fault_server, priorities=known)
    embedder.embed(["question"], "query")
    embedder.embed(["passage"], "passage", Lane.BULK)
    question, passage, probe = fault_server.embeddings[-3:]
    assert [record.body.get("priority") for record in (question, passage, probe)] == (
        [-10, 0, 0] if sent else [None, None, None]
    )


def test_no_bulk_request_is_sent_while_a_question_is_under_way(
    fault_server: FaultServer, connect: Connect, aside: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "ANSWER_S", 1.0)
    embedder = connect(fault_server, batch_tokens=40, concurrency=2)
    embedder.identify()
    fault_server.forget()
    fault_server.hold()
    texts = sentences(60)
    # Of the two bulk requests under way one is answered and one is to be sent again; the question hangs.
    fault_server.script(None, Status(500))
    fault_server.when("question", Fault.HANG, times=1)
    call = aside.submit(embedder.embed, texts, "passage", Lane.BULK)
    fault_server.wait_for(lambda server: len(server.embeddings) == 2)
    question = aside.submit(embedder.embed, ["question"], "query")
    fault_server.wait_for(lambda server: len(questions(server)) == 1)
    fault_server.release()
    fault_server.wait_for(lambda server: [record.end for record in server.embeddings[:2]] == ["answered"] * 2)
    with pytest.raises(TimeoutError):
        fault_server.wait_for(lambda server: len(server.embeddings) > 3, timeout_s=0.15)
    assert not call.done()
    with pytest.raises(EmbeddingError, match="too busy"):
        question.result()
    assert_rows(call.result(), texts)


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    "seconds_a_token",
    [pytest.param(0.001, id="slow server"), pytest.param(0.0001, marks=pytest.mark.slow, id="fast server")],
)
def test_bulk_requests_are_as_large_as_a_question_can_wait_for(
    fault_server: FaultServer, connect: Connect, aside: Executor, seconds_a_token: float, asked: bool
) -> None:
    fault_server.personality = Personality(queue="fifo", latency_per_token_s=seconds_a_token)
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.forget()
    texts = sentences(int((0.5 if asked else 0.2) / seconds_a_token), 10)
    call = aside.submit(embedder.embed, texts, "passage", Lane.BULK)
    hurried = 0
    lanes = embedder._running
    assert lanes is not None
    if asked:
        fault_server.wait_for(lambda server: len(server.embeddings) >= 12)
        while not call.done():
            embedder.embed(["question"], "query")
            if not hurried and lanes[1].client.pace.at_once == pace.HURRIED_AT_ONCE:
                hurried = len(fault_server.embeddings)
    call.result()

    def costs_s(since: int) -> list[float]:
        bulk = [record for record in fault_server.embeddings[since:] if "question" not in record.texts[0]]
        return [10 * len(record.texts) * seconds_a_token for record in bulk]

    if asked:
        assert hurried
        later = costs_s(hurried)[4:]  # all but those that were under way
        assert max(later) < pace.PATIENT_S / 2
        assert sum(later) / len(later) < 1.5 * pace.HURRIED_S
    else:
        assert pace.ALONE_S / 8 < max(costs_s(0)) < pace.ALONE_S


@pytest.mark.parametrize("identified", [False, True])
def test_bulk_requests_are_small_when_somebody_has_just_come(
    fault_server: FaultServer, connect: Connect, identified: bool
) -> None:
    seconds_a_token = 0.0005
    fault_server.personality = Personality(queue="fifo", latency_per_token_s=seconds_a_token)
    embedder = connect(fault_server)
    if identified:
        embedder.identify()
    embedder.warm()
    embedder.identify()
    fault_server.forget()
    embedder.embed(sentences(400, 10), "passage", Lane.BULK)
    costs_s = [10 * len(record.texts) * seconds_a_token for record in fault_server.embeddings]
    assert max(costs_s) < pace.PATIENT_S / 2


def test_questions_while_the_index_is_made(fault_server: FaultServer, connect: Connect, aside: Executor) -> None:
    fault_server.personality = Personality(queue="fifo", latency_per_token_s=0.0005)
    embedder = connect(fault_server)
    texts = sentences(100, 10)
    call = aside.submit(embedder.embed, texts, "passage", Lane.BULK)
    asked = 0
    while not call.done():
        assert_rows(embedder.embed([f"question {asked}"], "query"), [f"question {asked}"])
        asked += 1
    assert_rows(call.result(), texts)
    assert asked >= 3
    for question in questions(fault_server):
        assert question.in_flight <= 5


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.HANG_BODY], ids=str)
def test_a_question_gives_up(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    monkeypatch.setattr(openai, "ANSWER_S", 0.1)
    monkeypatch.setattr(openai, "AWAY_S", 60.0)
    fault_server.script(fault)
    with pytest.raises(EmbeddingError, match="not ready, or too busy") as caught:
        embedder.embed(["a"], "query")
    assert "Words alone" in caught.value.hint
    fault_server.wait_for(lambda server: server.embeddings[-1].end == "left")
    fault_server.forget()
    with pytest.raises(EmbeddingError, match="not ready, or too busy"):
        embedder.embed(["a"], "query")
    assert fault_server.requests == []
    # Nobody waits for the index: it is made all the same.
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_a_server_that_is_away_is_not_asked_each_time(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "AWAY_S", 0.2)
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.down()
    asked = 0

    def counted() -> tuple[Endpoint, ...]:
        nonlocal asked
        asked += 1
        return connecting()

    connecting = embedder._host.connect
    monkeypatch.setattr(embedder._host, "connect", counted)
    for _ in range(5):
        with pytest.raises(EmbeddingError, match="No embedding server answers"):
            embedder.embed(["a"], "query")
    assert asked <= 2
    fault_server.up()
    while True:  # it comes back by itself
        try:
            rows = embedder.embed(["a"], "query")
            break
        except EmbeddingError:
            threading.Event().wait(0.02)
    assert_rows(rows, ["a"])
    assert asked <= 4


def test_questions_are_asked_again_once_the_index_has_found_the_server(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "AWAY_S", 600.0)
    embedder = connect(fault_server)
    fault_server.down()
    for _ in range(2):
        with pytest.raises(EmbeddingError, match="No embedding server answers"):
            embedder.embed(["a"], "query")
    fault_server.up()
    embedder.embed(["a"], "passage", Lane.BULK)
    assert_rows(embedder.embed(["a"], "query"), ["a"])


@pytest.mark.parametrize("status", [429, 503, 500])
def test_a_question_to_a_busy_server(
    fault_server: FaultServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(openai, "AWAY_S", 0.0)
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.script(Status(status), Status(status))
    with pytest.raises(EmbeddingError, match=f"failed with status {status}"):
        embedder.embed(["a"], "query")
    fault_server.clear_faults()
    assert_rows(embedder.embed(["a"], "query"), ["a"])


@pytest.mark.parametrize(
    "fault",
    [Fault.RESET, Fault.CUT_BODY, Fault.TRUNCATED_JSON, Fault.WRONG_DIMENSION, Fault.FEWER, Status(500)],
    ids=str,
)
def test_a_question_is_asked_twice(fault_server: FaultServer, connect: Connect, fault: Any) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.script(fault)
    assert_rows(embedder.embed(["a", "b"], "query"), ["a", "b"])


def test_connections_that_the_server_has_closed(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    for _ in range(5):
        assert_rows(embedder.embed(["a"], "query"), ["a"])
        fault_server.down()
        fault_server.up()


def test_a_text_that_is_refused(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server)
    fault_server.when("POISON", Status(400))
    fault_server.when("NAN", Fault.NAN)
    with pytest.raises(EmbeddingError, match="refuses the text: made to fail with 400"):
        embedder.embed(["a", "POISON"], "query")
    with pytest.raises(EmbeddingError, match="refuses the text: A vector holds"):
        embedder.embed(["NAN"], "query")
    assert_rows(embedder.embed(["a"], "query"), ["a"])


@pytest.mark.parametrize("count", [1, 7, 400])
def test_questions_of_many_texts(fault_server: FaultServer, connect: Connect, count: int) -> None:
    texts = sentences(count)
    assert_rows(connect(fault_server).embed(texts, "passage"), texts)
    # What may be sent at once is found out by trying, also by questions.
    assert max(len(record.texts) for record in fault_server.embeddings) < 300


@pytest.mark.parametrize("lane", [*Lane, None], ids=str)
def test_many_threads(fault_server: FaultServer, connect: Connect, aside: Executor, lane: Lane | None) -> None:
    fault_server.personality = Personality(shuffled=True, bytes_only="refuses")
    embedder = connect(fault_server, concurrency=3, batch_tokens=64)
    parts = [[f"{number} {text}" for text in sentences(30)] for number in range(8)]
    lanes = [lane or (Lane.BULK if number % 2 else Lane.INTERACTIVE) for number in range(8)]
    calls = [aside.submit(embedder.embed, part, "passage", lane) for part, lane in zip(parts, lanes, strict=True)]
    for part, call in zip(parts, calls, strict=True):
        assert_rows(call.result(), part)
    assert len([record for record in fault_server.requests if record.path.endswith("/models")]) == 1


def settled(condition: Callable[[], bool]) -> bool:
    """Tell whether something comes true that another thread is about to do."""
    for _ in range(500):
        if condition():
            return True
        threading.Event().wait(0.01)
    return False


@pytest.mark.filterwarnings("ignore:coroutine 'connect_tcp:RuntimeWarning")  # anyio's, cancelled before it began
@pytest.mark.parametrize("lane", Lane)
@pytest.mark.parametrize("state", ["under way", "waiting", "identifying", "idle"])
def test_close_while_calls_are_under_way(
    fault_server: FaultServer,
    connect: Connect,
    aside: Executor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lane: Lane,
    state: str,
) -> None:
    from seealso.embed import bulk

    embedder = connect(fault_server, batch_tokens=40)
    before = threading.active_count()
    if state != "identifying":
        embedder.embed(["a"], "query")
        fault_server.forget()
    calls = []
    if state in {"under way", "identifying"}:
        fault_server.hold()
        calls = [aside.submit(embedder.embed, sentences(30), "passage", lane) for _ in range(3)]
        fault_server.wait_for(lambda server: bool(server.embeddings))
    if state == "waiting":
        monkeypatch.setattr(bulk, "FIRST_WAIT_S", 60.0)
        monkeypatch.setattr(bulk, "PATIENCE_S", 600.0)
        fault_server.down()
        calls = [aside.submit(embedder.embed, ["a"], "passage", Lane.BULK)]
        assert settled(lambda: bool(embedder.activity))
    embedder.close()
    for call in calls:
        with pytest.raises(EmbeddingError, match="has been let go"):
            call.result()
    assert settled(lambda: threading.active_count() <= before + len(calls))
    fault_server.release()
    if state == "waiting":
        fault_server.up()
    with pytest.raises(EmbeddingError, match="has been let go"):
        embedder.embed(["a"], "passage", lane)
    embedder.close()
    assert threading.active_count() <= before + len(calls)
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio" and record.levelno > 10] == []


@pytest.mark.parametrize("lane", Lane)
def test_close_while_the_server_is_being_started(
    fault_server: FaultServer, aside: Executor, caplog: pytest.LogCaptureFixture, lane: Lane
) -> None:
    caplog.set_level(logging.DEBUG)
    released = threading.Event()
    begun = threading.Semaphore(0)
    ended: list[str] = []

    def connect() -> tuple[Endpoint, ...]:
        begun.release()
        released.wait(20)
        ended.append(threading.current_thread().name)
        raise EmbeddingError("stopped")

    embedder = OpenAIEmbedder(Starting(connect, released.set), EmbeddingSettings())
    calls = [aside.submit(embedder.embed, ["a"], "query", lane) for _ in range(2)]
    calls.append(aside.submit(embedder.embed, ["a"], "query", Lane.BULK))
    assert begun.acquire(timeout=5)
    assert embedder.activity == "vLLM is starting."
    running = embedder._running
    assert running is not None
    assert settled(lambda: len(asyncio.all_tasks(running[0]._loop)) == 4)  # and the one that connects
    embedder.close()
    for call in calls:
        with pytest.raises(EmbeddingError, match="has been let go"):
            call.result()
    assert settled(lambda: ended != [] and ended[0] not in [thread.name for thread in threading.enumerate()])
    assert len(ended) == 1
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_question_does_not_wait_for_the_start_of_a_server(
    fault_server: FaultServer, aside: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "IDENTIFY_S", 0.05)
    monkeypatch.setattr(openai, "AWAY_S", 600.0)
    started = threading.Event()
    connected: list[int] = []

    def connect() -> tuple[Endpoint, ...]:
        connected.append(1)
        started.wait(20)
        return (Endpoint(fault_server.url),)

    embedder = OpenAIEmbedder(Starting(connect, started.set), EmbeddingSettings())
    call = aside.submit(embedder.embed, ["a"], "passage", Lane.BULK)
    with pytest.raises(EmbeddingError, match="not ready, or too busy"):
        embedder.embed(["a"], "query")
    started.set()
    assert_rows(call.result(), ["a"])
    assert_rows(embedder.embed(["a"], "query"), ["a"])
    assert len(connected) == 1
    embedder.close()


@pytest.mark.parametrize(
    "error", [EmbeddingError("There is no vLLM."), EmbeddingError("x", hint="Install it.")], ids=["message", "hint"]
)
def test_connecting_fails(connect: Connect, error: EmbeddingError) -> None:
    def fail() -> tuple[Endpoint, ...]:
        raise error

    embedder = OpenAIEmbedder(Starting(fail), EmbeddingSettings())
    for lane in Lane:
        with pytest.raises(EmbeddingError) as caught:
            embedder.embed(["a"], "query", lane)
        assert str(caught.value) == str(error)
    embedder.close()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals go to a thread on POSIX only")
def test_ctrl_c_ends_the_request(fault_server: FaultServer, connect: Connect, aside: Executor) -> None:
    embedder = connect(fault_server)
    embedder.identify()
    fault_server.forget()
    fault_server.hold()
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        fault_server.wait_for(lambda server: len(server.embeddings) == 1)
        signal.pthread_kill(main, signal.SIGINT)

    # Who starts the tests in the background of a script has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        interrupting = aside.submit(interrupt)
        with pytest.raises(KeyboardInterrupt):
            embedder.embed(["a"], "passage", Lane.BULK)
        interrupting.result()
    finally:
        signal.signal(signal.SIGINT, before)
    fault_server.wait_for(lambda server: server.embeddings[0].end == "left")
    fault_server.release()
    assert_rows(embedder.embed(["a"], "passage", Lane.BULK), ["a"])


def test_no_task_is_left_after_calls(fault_server: FaultServer, connect: Connect) -> None:
    embedder = connect(fault_server, batch_tokens=40)
    fault_server.script(None, None, Fault.RESET, Status(500), Fault.CUT_BODY)
    embedder.embed(sentences(30), "passage", Lane.BULK)
    fault_server.when("POISON", Status(400))
    with pytest.raises(EmbeddingError):
        embedder.embed(["POISON"], "query")
    running = embedder._running
    assert running is not None
    left: set[asyncio.Task[Any]] = set()

    async def look() -> None:
        left.update(asyncio.all_tasks() - {asyncio.current_task()})

    running[0].run(look())
    assert left == set()
