"""Which matches are worth a line, wherever matches are listed: in an editor or on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.model import DocumentMatch, Match

    Scored = TypeVar("Scored", Match, DocumentMatch)

MIN_SCORE = 0.2
"""What two passages of one manual with nothing in common may reach by chance: less is not worth a line unasked."""

MIN_SCORE_ASKED = 0.05
"""For somebody who asks: the best answer in another language may have little more, nonsense mostly has less."""


def worthwhile(matches: Iterable[Scored], least: float = MIN_SCORE) -> tuple[Scored, ...]:
    """Return the matches that have something in common with the question."""
    return tuple(match for match in matches if match.score >= least)
