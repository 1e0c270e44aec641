"""Ranking, without I/O: fuse what meaning and words say, then keep the answer varied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from seealso.model import Match

DENSE_WEIGHT = 0.7
"""Weight of meaning against words in the convex combination; `tests/quality` has the measurement."""

CANDIDATES = 60
"""Texts taken from each side before fusion."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The cosines of a model that mean "nothing in common" and "the same": they become 0 and 1."""

    background: float
    top: float

    def normalise(self, cosine: float) -> float:
        return min(max((cosine - self.background) / (self.top - self.background), 0.0), 1.0)


def fuse(dense: float | None, lexical: float, scale: Scale) -> float:
    """Return the convex combination of both scores, 0 to 1; words speak for both while there is no vector."""
    if dense is None:
        return lexical
    return DENSE_WEIGHT * scale.normalise(dense) + (1.0 - DENSE_WEIGHT) * lexical


def coverage(query: dict[str, float], terms: AbstractSet[str]) -> float:
    """Return the share of the query's weight (term -> idf) that the terms cover, 0 to 1."""
    total = sum(query.values())
    return sum(weight for term, weight in query.items() if term in terms) / total if total else 0.0


def shared_terms(query: dict[str, float], terms: AbstractSet[str], limit: int = 5) -> tuple[str, ...]:
    """Return the query's terms that are among the terms, weightiest first, parts of a shown compound left out."""
    chosen: list[str] = []
    for term in sorted(query.keys() & terms, key=lambda term: (-query[term], term)):
        if not any(term in longer for longer in chosen):
            chosen.append(term)
    return tuple(chosen[:limit])


def diversify(matches: Sequence[Match], limit: int, per_document: int) -> tuple[Match, ...]:
    """Return the best matches, at most `per_document` from one document and each text once.

    Among equals, such as the places of one text, the order given decides.
    """
    ordered = sorted(matches, key=lambda match: -match.score)
    from_document: Counter[str] = Counter()
    seen: set[bytes] = set()
    chosen: list[Match] = []
    for match in ordered:
        text = match.place.hash
        if from_document[match.place.path] < per_document and text not in seen:
            from_document[match.place.path] += 1
            seen.add(text)
            chosen.append(match)
            if len(chosen) == limit:
                break
    return tuple(chosen)
