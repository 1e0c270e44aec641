"""Progress of an update: bars on a terminal, silence elsewhere, and a Ctrl-C that keeps finished work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from seealso import model
from seealso.cli.console import messages
from seealso.cli.printable import printable
from seealso.units import duration

_TITLES = {
    model.Phase.SCAN: "Looking for documents",
    model.Phase.READ: "Reading",
    model.Phase.MODEL: "Looking for the model",
    model.Phase.EMBED: "Embedding",
    model.Phase.COMPARE: "Comparing",
    model.Phase.DOCUMENTS: "Embedding documents",
}


_DETAIL = 60


class _Count(MofNCompleteColumn):
    """How many of how many, where there is anything to count."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.total else Text()


class _Pace(ProgressColumn):
    """Rate and time left as the indexer measures them; it knows its batches, a bar would only guess."""

    def render(self, task: Task) -> Text:
        rate = task.fields.get("rate") or 0.0
        remaining = task.fields.get("remaining_s")
        parts = []
        if rate > 0:
            parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if remaining is not None:
            parts.append(f"{duration(remaining)} left")
        return Text(", ".join(parts), style="dim")


def sentence(detail: str) -> str:
    """Return what is waited for, short enough to stand before a bar."""
    short = printable(detail if len(detail) <= _DETAIL else f"{detail[: _DETAIL - 3]}...")
    return short[:1].upper() + short[1:]


class ProgressBars:
    """Show one bar a phase on standard error; a context manager whose `report` an update calls."""

    def __init__(self, *, enabled: bool = True) -> None:
        console = messages()
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            _Count(),
            _Pace(),
            console=console,
            transient=True,
            disable=not (enabled and console.is_terminal),
        )
        self._tasks: dict[model.Phase, TaskID] = {}

    def __enter__(self) -> Self:
        if not self._bars.disable:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._bars.disable:
            self._bars.stop()

    def report(self, progress: model.Progress) -> None:
        """Move the bar of the phase; the phases before it disappear."""
        if self._bars.disable:
            return
        task = self._tasks.get(progress.phase)
        if task is None:
            for done in self._tasks.values():
                self._bars.update(done, visible=False)
            task = self._tasks[progress.phase] = self._bars.add_task(_TITLES[progress.phase], total=None)
        self._bars.update(
            task,
            description=sentence(progress.detail) or _TITLES[progress.phase],
            completed=progress.done,
            total=progress.total or None,
            rate=progress.rate,
            remaining_s=progress.remaining_s,
        )


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Give a `cancelled` that turns true with the first Ctrl-C; the second one ends the process the hard way.

    So the work stops at a batch, and what is finished is written.
    """
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    if threading.current_thread() is not threading.main_thread():
        yield stopped.is_set
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped.is_set
    finally:
        signal.signal(signal.SIGINT, before)
