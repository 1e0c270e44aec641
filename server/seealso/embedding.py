"""Embed what has no vector yet: batches of half a second or a second, committed while the next ones are under way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from seealso.embed.base import Lane, RefusedTextsError, Vectors
from seealso.errors import CancelledError, EmbeddingError
from seealso.meter import Cancelled, Meter, Report
from seealso.model import Phase

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, ModelInfo
    from seealso.index.store import Store
    from seealso.spaces import VectorSpace

T = TypeVar("T")

SAVE_S = 1.0
"""How long to wait for the calls under way when the user wants to stop."""

FIRST_BATCH, LEAST_BATCH, LARGEST_BATCH = 64, 4, 1024
"""Texts of a call; how many follow depends on how long they take."""

TEXT_COST = 20
"""What a text costs besides its length, in characters. Batches hold texts of one length, short ones first, so that to
count texts would promise far too much at the beginning of each window."""

WINDOW = 2048
"""Texts sorted by length before they are batched, so that batches need no padding."""

_LOOK_EVERY_S = 0.1


def identify(embedder: Embedder, report: Report, cancelled: Cancelled) -> ModelInfo:
    """Find out which model there is, reporting what it waits for.

    Raises `CancelledError` when the user has stopped it, `EmbeddingError` when there is none.
    """
    return wait_for(identifying(embedder), Meter(report, cancelled, Phase.MODEL, 0), embedder)


def identifying(embedder: Embedder) -> Future[ModelInfo]:
    """Begin to find out which model there is; it is done at once where nobody can have exchanged it."""
    known = embedder.known
    if known is not None and not may_have_changed(known):
        found: Future[ModelInfo] = Future()
        found.set_result(known)
        return found
    pool = ThreadPoolExecutor(1, "seealso-identify")
    try:
        return pool.submit(embedder.identify)
    finally:
        pool.shutdown(wait=False)


_Running = tuple[list[int], Future[tuple[Vectors, dict[int, str], float]]]
"""Text ids, and what becomes of them: rows, why some have none, and the seconds it took."""


def may_have_changed(info: ModelInfo) -> bool:
    """Tell whether somebody may have put another model where this one was; what is in this process stays."""
    return info.fingerprint is not None


class EmbeddingWork:
    """One pass over the texts that are pending; its calls run in threads, everything else in the caller's."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        space: VectorSpace,
        pending: Sequence[Sequence[tuple[int, int]]],
        report: Report,
        cancelled: Cancelled,
    ) -> None:
        """Take (text id, characters) of all texts, in parts of which one comes after the other."""
        self._store, self._embedder, self._space = store, embedder, space
        self._weights = {text_id: TEXT_COST + length for part in pending for text_id, length in part}
        self._ids = _by_windows(pending)
        self._meter = Meter(report, cancelled, Phase.EMBED, len(self._weights), sum(self._weights.values()))
        self._batch = FIRST_BATCH
        self.embedded = 0

    def run(self) -> None:
        """Embed all of them.

        Raises `CancelledError`, or `EmbeddingError` when the model fails; what was finished is kept.
        """
        pool = ThreadPoolExecutor(self._embedder.calls, "seealso-bulk")
        running: deque[_Running] = deque()

        def fill() -> None:
            while len(running) < self._embedder.calls and (batch := list(islice(self._ids, self._batch))):
                texts = self._store.texts.read(batch)
                running.append((batch, pool.submit(self._call, [texts[text_id] for text_id in batch])))

        try:
            fill()
            while running:
                batch, future = running[0]
                rows, refused, seconds = wait_for(future, self._meter, self._embedder)
                running.popleft()
                grown = len(batch) * min(max(self._embedder.call_s / max(seconds, 1e-3), 0.5), 2.0)
                self._batch = min(max(int(grown), LEAST_BATCH), LARGEST_BATCH)
                fill()
                self._keep(batch, rows, refused)
                self._meter.advance(len(batch), sum(self._weights[text_id] for text_id in batch))
        except (CancelledError, EmbeddingError):
            self._save(running)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _save(self, running: Iterable[_Running]) -> None:
        """Keep what comes of the calls under way, which are paid for, unless it takes long."""
        until = time.monotonic() + SAVE_S
        for batch, future in running:
            if not future.cancel():
                with suppress(TimeoutError, EmbeddingError):
                    rows, refused, _ = future.result(timeout=max(0.0, until - time.monotonic()))
                    self._keep(batch, rows, refused)

    def _call(self, texts: list[str]) -> tuple[Vectors, dict[int, str], float]:
        started = time.monotonic()
        refused: dict[int, str] = {}
        try:
            rows = self._embedder.embed(texts, "passage", Lane.BULK)
        except RefusedTextsError as error:
            rows, refused = error.vectors, dict(error.refused)
        return rows, refused, time.monotonic() - started

    def _keep(self, batch: list[int], rows: Vectors, refused: dict[int, str]) -> None:
        good = [position for position in range(len(batch)) if position not in refused]
        table = self._store.embeddings
        with self._store.transaction():
            table.put(self._space.id, [batch[position] for position in good], rows[np.array(good, np.int64)])
            table.refuse(self._space.id, {batch[position]: reason for position, reason in refused.items()})
        self.embedded += len(good)
        self._space.vectors.merge(self._store, building=True)


def wait_for(future: Future[T], meter: Meter, embedder: Embedder) -> T:
    """Wait for a call, saying what it waits for itself."""
    while True:
        try:
            return future.result(timeout=_LOOK_EVERY_S)
        except TimeoutError:
            if future.done():  # between the time-out and this line
                return future.result()
            meter.wait(embedder.activity)


def _by_windows(pending: Sequence[Sequence[tuple[int, int]]]) -> Iterator[int]:
    """Yield text ids so that neighbours are of similar length, part after part."""
    for part in pending:
        remaining = iter(part)
        while window := sorted(islice(remaining, WINDOW), key=lambda item: item[1]):
            for text_id, _ in window:
                yield text_id
