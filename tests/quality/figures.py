"""What an evaluation finds: one figure a measure, all in one shape."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of a task."""

    task: str
    measure: str
    """Unique within its task."""
    value: float
    count: int
    """How many questions, pairs or passages it was measured on."""
    target: float | None = None
    at_most: bool = False
    """Whether the target is the most it may be, rather than the least."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None when there is none."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target


def table(figures: Sequence[Figure], before: Sequence[Figure] = ()) -> str:
    """Return one line a figure, no wider than 80 columns; with what it was before, how it has changed since."""
    known = {(figure.task, figure.measure): figure.value for figure in before}
    lines = [f"{'task':16}{'measure':32}{'value':>8}{'of':>7}{'target':>8}  " + ("change" if known else "")]
    for figure in figures:
        goal = "" if figure.target is None else f"{'<=' if figure.at_most else '>='}{figure.target:g}"
        was = known.get((figure.task, figure.measure))
        change = "" if was is None else f"{figure.value - was:+.3f}"
        missed = "!" if figure.met is False else " "
        line = f"{figure.task:16}{figure.measure:32}{figure.value:8.3f}{figure.count:7,}{goal:>8}{missed} {change}"
        lines.append(line.rstrip())
    return "\n".join(line.rstrip() for line in lines)


def write(file: Path, figures: Sequence[Figure], **about: str) -> None:
    """Keep figures as JSON, with what they are about."""
    content: dict[str, Any] = {**about, "figures": [asdict(figure) for figure in figures]}
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> list[Figure]:
    """Return the figures of a file that `write` has written.

    Raises `OSError` or `ValueError` when it is none.
    """
    try:
        return [Figure(**figure) for figure in json.loads(file.read_text(encoding="utf-8"))["figures"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file} holds no figures") from error
