"""Embedding what is pending: batches, calls side by side, order, and what is said meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_embedder import DIMENSION
from seealso import embedding as module
from seealso.embed.base import EmbedKind, Lane, ModelInfo, RefusedTextsError, Vectors
from seealso.embed.profile import CAUTIOUS
from seealso.embedding import FIRST_BATCH, LARGEST_BATCH, LEAST_BATCH, EmbeddingWork, identify, wait_for
from seealso.errors import CancelledError, EmbeddingError
from seealso.index.store import Store
from seealso.index.vectors import VectorIndex
from seealso.meter import Meter
from seealso.model import Passage, PassageKind, Phase, Progress, Segmentation
from seealso.spaces import VectorSpace

WAIT_S = 10.0


class Clock:
    """Time that goes by only where the test says so, for all threads."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Model:
    """Gives every text the same vector, and remembers the calls."""

    source = "model"
    activity = ""
    doubts = ()
    known = ModelInfo("model", DIMENSION, 512)

    def __init__(self, calls: int = 1) -> None:
        self.calls = calls
        self.call_s = 0.5
        self.batches: list[list[str]] = []
        self.refuses: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Be ready as it is."""

    def identify(self) -> ModelInfo:
        return self.known

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        assert (kind, lane) == ("passage", Lane.BULK)
        with self._lock:
            self.batches.append(list(texts))
        self.work(texts)
        rows = np.zeros((len(texts), DIMENSION), np.float32)
        rows[:, 0] = 1
        refused = {number: "no" for number, text in enumerate(texts) if text in self.refuses}
        if refused:
            rows[list(refused)] = 0
            raise RefusedTextsError(rows, refused)
        return rows

    def work(self, texts: Sequence[str]) -> None:
        """Take no time."""

    def close(self) -> None:
        """Hold nothing."""


class Bench:
    """A store with texts to embed."""

    def __init__(self, folder: Path, count: int) -> None:
        self.store = Store(folder, create=True)
        self.texts = [f"text {number}" for number in range(count)]
        passages = tuple(Passage(n, n + 1, n, n, PassageKind.PARAGRAPH, text) for n, text in enumerate(self.texts))
        with self.store.transaction():
            self.store.put_document("a.md", size=1, mtime_ns=1, digest=b"x", segmentation=Segmentation(passages, ()))
        space = self.store.embeddings.open_space(Model.known)
        self.space = VectorSpace(space.id, space.name, VectorIndex(folder, space.id, DIMENSION), CAUTIOUS)
        self.told: list[Progress] = []
        self.stopped = False

    @property
    def pending(self) -> list[tuple[int, int]]:
        return self.store.embeddings.pending(self.space.id)

    def run(self, model: Model, urgent: Sequence[tuple[int, int]] = ()) -> EmbeddingWork:
        others = [item for item in self.pending if item not in urgent]
        work = EmbeddingWork(self.store, model, self.space, [urgent, others], self.told.append, lambda: self.stopped)
        try:
            work.run()
        finally:
            self.embedded = work.embedded
        return work


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, 1500)
    yield bench
    bench.store.close()


@pytest.mark.parametrize("calls", [1, 2, 5])
def test_every_text_once_and_never_more_calls_than_asked_for(bench: Bench, calls: int) -> None:
    class Counting(Model):
        now = most = 0

        def work(self, texts: Sequence[str]) -> None:
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
                if self.now == self.calls:
                    together.set()
            assert together.wait(WAIT_S), "as many as asked for at a time"
            with self._lock:
                self.now -= 1

    together = threading.Event()
    model = Counting(calls)
    work = bench.run(model)
    assert sorted(text for batch in model.batches for text in batch) == sorted(bench.texts)
    assert model.most == calls
    assert work.embedded == 1500
    assert bench.pending == []
    assert (bench.told[-1].done, bench.told[-1].total) == (1500, 1500)


def test_batches_follow_the_time_that_calls_take(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    seconds_a_text = iter([0.001] * 3 + [0.02] * 100)

    class Slowing(Model):
        def work(self, texts: Sequence[str]) -> None:
            clock.now += len(texts) * next(seconds_a_text)

    monkeypatch.setattr(module, "time", clock)
    model = Slowing()
    bench.run(model)
    sizes = [len(batch) for batch in model.batches]
    # Doubled until a call takes half a second, then halved until it does so again.
    assert sizes[:8] == [FIRST_BATCH, 128, 256, 500, 250, 125, 62, 31]
    assert set(sizes[8:-1]) <= {24, 25}


def test_batches_have_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    bench = Bench(tmp_path, 5000)

    class Instant(Model):
        seconds = 0.0

        def work(self, texts: Sequence[str]) -> None:
            clock.now += self.seconds

    monkeypatch.setattr(module, "time", clock)
    model = Instant()
    bench.run(model)
    assert [len(batch) for batch in model.batches] == [64, 128, 256, 512, 1024, 1024, 1024, 968]
    assert max(map(len, model.batches)) == LARGEST_BATCH
    bench.store.close()
    bench = Bench(tmp_path / "slow", 150)
    model = Instant()
    model.seconds = 60.0
    bench.run(model)
    assert [len(batch) for batch in model.batches][:7] == [64, 32, 16, 8, LEAST_BATCH, LEAST_BATCH, LEAST_BATCH]
    bench.store.close()


def test_urgent_texts_come_first(bench: Bench) -> None:
    urgent = [item for item in bench.pending if item[0] % 7 == 0]
    model = Model()
    bench.run(model, urgent)
    texts = [text for batch in model.batches for text in batch]
    wanted = set(bench.store.texts.read([text_id for text_id, _ in urgent]).values())
    assert set(texts[: len(urgent)]) == wanted
    assert sorted(texts) == sorted(bench.texts)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.lists(st.integers(0, 500), max_size=60), max_size=3), window=st.integers(1, 30))
def test_any_pending_texts_are_taken_once_part_after_part(
    monkeypatch: pytest.MonkeyPatch, parts: list[list[int]], window: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "WINDOW", window)
        numbers = iter(range(10_000))
        pending = [[(next(numbers), length) for length in part] for part in parts]
        taken = list(module._by_windows(pending))
    at = 0
    for part in pending:
        assert sorted(taken[at : at + len(part)]) == [text_id for text_id, _ in part]
        at += len(part)
    assert at == len(taken)


def test_refused_texts_are_recorded_and_the_others_kept(bench: Bench) -> None:
    model = Model(calls=2)
    model.refuses = frozenset({"text 3", "text 1499"})
    work = bench.run(model)
    assert work.embedded == 1498
    assert bench.pending == []
    assert [problem.reason.split(".")[0] for problem in bench.store.embeddings.refusals(bench.space.id)] == [
        "The passage at line 4 is not embedded, only found by words",
        "The passage at line 1500 is not embedded, only found by words",
    ]


def test_a_batch_of_which_nothing_is_left(tmp_path: Path) -> None:
    bench = Bench(tmp_path, 3)
    model = Model()
    model.refuses = frozenset(bench.texts)
    assert bench.run(model).embedded == 0
    assert bench.pending == []
    bench.store.close()


@pytest.mark.parametrize("how", ["fails", "is stopped"])
def test_what_is_under_way_is_kept(bench: Bench, how: str) -> None:
    """Of calls side by side, the first one fails, or it is waited for when somebody stops the work."""

    class Gated(Model):
        def work(self, texts: Sequence[str]) -> None:
            if texts == self.batches[0]:
                for _ in range(2):  # the others are under way, not waiting for a thread
                    assert begun.acquire(timeout=WAIT_S)
                if how == "fails":
                    raise EmbeddingError("It is broken.")
                bench.stopped = True
                assert stopping.wait(WAIT_S)
            else:
                begun.release()

    begun = threading.Semaphore(0)
    stopping = threading.Event()

    class Watched(EmbeddingWork):
        def _save(self, running: object) -> None:
            stopping.set()
            super()._save(running)  # type: ignore[arg-type]

    model = Gated(calls=3)
    work = Watched(bench.store, model, bench.space, [bench.pending], bench.told.append, lambda: bench.stopped)
    with pytest.raises(EmbeddingError if how == "fails" else CancelledError):
        work.run()
    assert len(model.batches) == 3
    kept = model.batches[1:] if how == "fails" else model.batches
    assert work.embedded == sum(map(len, kept))
    left = set(bench.store.texts.read([text_id for text_id, _ in bench.pending]).values())
    assert left.isdisjoint(text for batch in kept for text in batch)


def test_what_is_waited_for_is_said_until_it_comes() -> None:
    told: list[Progress] = []
    meter = Meter(told.append, lambda: False, Phase.EMBED, 2)
    future: Future[int] = Future()

    class Waiting(Model):
        looked = 0

        @property
        def activity(self) -> str:  # type: ignore[override]
            self.looked += 1
            if self.looked == 3:
                future.set_result(5)
            return "the server starts"

    assert wait_for(future, meter, Waiting()) == 5
    assert [progress.detail for progress in told] == ["", "the server starts"], "once"
    meter.advance(2)
    assert told[-1].detail == "", "it has come"


def test_who_stops_it_does_not_wait_for_the_server() -> None:
    let_go = threading.Event()

    class Starting(Model):
        known = ModelInfo("model", DIMENSION, 512, np.ones(DIMENSION, np.float32))
        activity = "the server starts"

        def identify(self) -> ModelInfo:
            assert let_go.wait(WAIT_S)
            return self.known

    told: list[Progress] = []
    with pytest.raises(CancelledError):
        identify(Starting(), told.append, lambda: bool(told) and bool(told[-1].detail))
    assert told[-1] == Progress(Phase.MODEL, 0, 0, told[-1].rate, None, "the server starts")
    let_go.set()
    assert identify(Starting(), told.append, lambda: False).id == "model"
    assert identify(Model(), told.append, lambda: True).id == "model", "a model in this process needs no asking"


def test_a_time_limit_of_a_call_is_no_reason_to_go_on_waiting() -> None:
    future: Future[int] = Future()
    future.set_exception(TimeoutError("of its own"))
    with pytest.raises(TimeoutError, match="of its own"):
        wait_for(future, Meter(lambda _: None, lambda: False, Phase.EMBED, 1), Model())
