"""Times of answers, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

TARGETS_MS = {
    "hover": 30,
    "completion": 50,
    "diagnostics after a paste": 150,
    "diagnostics after a word": 150,
    "code action": 30,
    "workspace symbol": 60,
    "inline completion": 30,
}


@dataclass(slots=True)
class Times:
    """Answers to one kind of request of one server."""

    ms: list[float] = field(default_factory=list)
    answered: int = 0
    """How many of them said something."""
    late: int = 0

    def add(self, seconds: float, answer: object) -> None:
        self.ms.append(max(0.0, seconds) * 1e3)
        self.answered += bool(answer)


def table(results: Sequence[tuple[str, Mapping[str, Times]]]) -> Iterator[str]:
    """Yield the lines of a table of what each server did; it fits 80 columns."""
    yield f"{'milliseconds':<30}{'p50':>8}{'p95':>8}{'max':>8}{'n':>6}{'answered':>10}{'target':>8}"
    for name, target in TARGETS_MS.items():
        rows = [(server, measured[name]) for server, measured in results if name in measured]
        if rows:
            yield name
        for server, times in rows:
            if times.late:
                yield f"  {server}: {times.late} never came"
            if len(times.ms) < 2:
                continue
            cuts = statistics.quantiles(times.ms, n=20, method="inclusive")
            figures = f"{statistics.median(times.ms):8.1f}{cuts[-1]:8.1f}{max(times.ms):8.1f}{len(times.ms):6}"
            share = f"{times.answered / len(times.ms):9.0%} "
            yield f"  {server:<28}{figures}{share}{target if server == 'seealso' else '':>8}"
