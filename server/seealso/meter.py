"""How far a piece of work is, told to whoever wants to know and stopped by whoever may."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from seealso.errors import CancelledError
from seealso.model import Phase, Progress

T = TypeVar("T")

Report = Callable[[Progress], None]
Cancelled = Callable[[], bool]

_REPORT_EVERY_S = 0.1


def never() -> bool:
    """Let the work come to its end."""
    return False


def unless(cancelled: Cancelled, items: Iterable[T]) -> Iterator[T]:
    """Yield items as long as somebody wants to know; raise `CancelledError` when nobody does any more."""
    for item in items:
        check(cancelled)
        yield item


def check(cancelled: Cancelled) -> None:
    """Raise `CancelledError` when nobody wants to know any more."""
    if cancelled():
        raise CancelledError("Nobody waits for the answer any more.")


class Meter:
    """Count one phase's work and report it, not more often than a person can read."""

    def __init__(
        self, report: Report, cancelled: Cancelled, phase: Phase, total: int, weight: float | None = None
    ) -> None:
        """Count up to `total` items, which weigh `weight` together when they take unequal time."""
        self._report, self._cancelled, self._phase, self._total = report, cancelled, phase, total
        self._weight = total if weight is None else weight
        self._done = 0
        self._detail = ""
        self._carried = 0.0
        self._started = self._reported = time.monotonic()
        self._tell()

    def advance(self, count: int = 1, weight: float | None = None) -> None:
        """Add finished work; raise `CancelledError` when the user has stopped it."""
        self._done += count
        self._detail = ""  # whatever it was, it has come
        self._carried += count if weight is None else weight
        now = time.monotonic()
        if now - self._reported >= _REPORT_EVERY_S or self._done >= self._total:
            self._reported = now
            self._tell()
        self._check()

    def wait(self, detail: str) -> None:
        """Say what is being waited for; raise `CancelledError` when the user has stopped it. Call it often."""
        if detail != self._detail:
            self._detail = detail
            self._tell()
        self._check()

    def _check(self) -> None:
        if self._cancelled():
            raise CancelledError("Stopped; what was finished is kept.")

    def _tell(self) -> None:
        elapsed = time.monotonic() - self._started
        rate = self._done / elapsed if elapsed > 0 else 0.0
        remaining = (self._weight - self._carried) * elapsed / self._carried if self._carried > 0 else None
        self._report(Progress(self._phase, self._done, self._total, rate, remaining, self._detail))
