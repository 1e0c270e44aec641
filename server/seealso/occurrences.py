"""Where the terms that two passages share stand in one of them, for whoever shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from seealso.index.words import UNSPACED

_UNSPACED = re.compile(f"[{UNSPACED}]")


def occurrences(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of every whole word of `text` that is one of the terms, whatever its case.

    Terms in a script without spaces are found anywhere.
    """
    pattern = _terms_pattern(tuple(terms))
    if pattern is not None:
        yield from (found.span() for found in pattern.finditer(text))


@lru_cache(maxsize=64)
def _terms_pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    branches = [
        re.escape(term) if _UNSPACED.search(term) else rf"(?<![^\W_]){re.escape(term)}(?![^\W_])"
        for term in sorted(filter(None, terms), key=len, reverse=True)
    ]
    return re.compile("|".join(branches), re.IGNORECASE) if branches else None
