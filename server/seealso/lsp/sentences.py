"""Sentences, and how a text went on after a sentence much like one just written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_OVERLAP = 0.34
"""Share of their words two sentences have in common at least, to be called close (Dice coefficient)."""

_END = re.compile(
    r"(?<=[.!?…])[\"')\]»”’]{0,4}\s+(?=[^a-zß-ÿ\s])"  # before a small letter it was an abbreviation
    "|(?<=[。！？])[」』”’）】]{0,4}"
)
_CLOSED = re.compile(r"(?:[.!?…][\"')\]»”’]{0,4}|[。！？][」』”’）】]{0,4})\s*$")
_NOT_AN_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|No|Fig|Sec|bzw|z\.B|d\.h|[A-Z])|(?:^|\s)\d+)\.$"
)


class Written(NamedTuple):
    """A paragraph up to the cursor."""

    last: str
    """Its last complete sentence, or nothing."""
    partial: str
    """What has been written of the next one; nothing right after a full stop."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text whose white space is collapsed."""
    found = []
    start = 0
    for match in _END.finditer(text):
        head = text[start : match.start()]
        if not _NOT_AN_END.search(head):
            found.append(text[start : match.end()].strip())
            start = match.end()
    return [sentence for sentence in (*found, text[start:].strip()) if sentence]


def written(paragraph: str) -> Written:
    """Split a paragraph, as far as it is written, into its last complete sentence and what follows it."""
    parts = sentences(" ".join(paragraph.split()))
    if not parts:
        return Written("", "")
    if _CLOSED.search(parts[-1]) and not _NOT_AN_END.search(parts[-1]):
        return Written(parts[-1], "")
    return Written(parts[-2] if len(parts) > 1 else "", parts[-1])


def finished(paragraph: str) -> Written:
    """Return the last sentence of a paragraph that is over, however it ends."""
    return Written(next(reversed(sentences(" ".join(paragraph.split()))), ""), "")


def overlap(first: str, second: str) -> float:
    """Return the share of their words that two texts have in common, 0 to 1."""
    from seealso.index.words import lexical_terms  # with the first question, not before `initialize`

    ours, theirs = set(lexical_terms(first)), set(lexical_terms(second))
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def closest(sentence: str, candidates: Sequence[str]) -> tuple[int, float]:
    """Return the index of the candidate most like a sentence, and how much alike they are; (-1, 0) without one."""
    scored = [(overlap(sentence, candidate), -index) for index, candidate in enumerate(candidates)]
    score, index = max(scored, default=(0.0, 1))
    return -index, score


def rest_of(sentence: str, partial: str) -> str | None:
    """Return what a sentence says after a beginning already written, or None when it begins otherwise."""
    if len(sentence) > len(partial) and sentence[: len(partial)].casefold() == partial.casefold():
        return sentence[len(partial) :]
    return None
