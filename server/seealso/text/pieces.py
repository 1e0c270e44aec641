"""How much text makes one passage: weighing, cutting what is too long, packing what is short."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from seealso.text.prose import collapse, is_prose

MAX_PASSAGE_WEIGHT = 1600
"""Heaviest clean text of one passage: about 400 tokens of a multilingual model, so that 512 are hardly ever reached."""

MAX_LIST_WEIGHT = 800
"""A list up to this weight is one passage; in a heavier one each top-level item is a passage."""

MAX_OVERLAP_WEIGHT = 200
"""Heaviest sentence that is repeated at the start of the next piece of a long block."""

_HEAVY = re.compile("[\u1100-\u11ff\u2e80-\U0010ffff]")
_LIGHT = b"abcdefghijklmnopqrstuvwxyz \n.,;"

# No repetition without a bound here: these run over hostile text. A full stop after a digit may be a list number, and
# one before a small letter an abbreviation.
_CLOSERS = "[\"')\\]*_`\u00bb\u201d\u2019]"
_CJK_STOP = "\u3002\uff01\uff1f\uff1b\uff0e\uff61"
_CJK_CLOSE = "\u300d\u300f\u201d\u2019\uff09\u3011)"
_SENTENCE_END = re.compile(
    f"(?<=[^\\s\\d.!?\u2026][.!?\u2026]){_CLOSERS}{{0,4}}(?=\\s)(?!\\s{{1,8}}[a-z\u00df-\u00ff])"
    f"|(?<=[{_CJK_STOP}])[{_CJK_CLOSE}]{{0,4}}(?![{_CJK_STOP}{_CJK_CLOSE}])"
)
_LINE_END = re.compile(r"(?=[\r\n])")
_SPACE = re.compile("(?=\\s)|(?<=[\uff0c\u3001\uff1a])")
_SPACES = re.compile(r"\s++")
_CUTS = (_SENTENCE_END, _LINE_END, _SPACE)


def weight(text: str) -> int:
    """Return the length of a text in small letters, by what a model makes of its characters.

    Capitals, digits and signs, of which code names and tables are full, count two; characters of a dense script
    (CJK, Hangul, emoji) count three.
    """
    if text.isascii():
        return len(text) + len(text.encode().translate(None, _LIGHT))
    ascii_only = text.encode("ascii", "ignore")
    return len(text) + len(ascii_only.translate(None, _LIGHT)) + 2 * len(_HEAVY.findall(text))


def is_light(text: str) -> bool:
    """Tell whether a text is light enough for one passage."""
    # Most are so short that what their characters weigh does not matter.
    return 3 * len(text) <= MAX_PASSAGE_WEIGHT or weight(text) <= MAX_PASSAGE_WEIGHT


def split_long(text: str, limit: int) -> list[tuple[int, int]]:
    """Cut a raw text into pieces of at most `limit` weight, and return their (start, end) character ranges.

    The ranges are ordered, disjoint, and neither start nor end with white space. Cuts are made at the sentence
    end, else the line end, else the white space that makes the pieces most even, else in the middle of a word.
    """
    return list(_trimmed(text, _cut(text, limit)))


def _trimmed(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        piece = text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        if begin < end:
            yield begin, start + len(piece.rstrip())


def _cut(text: str, limit: int) -> Iterator[tuple[int, int]]:
    at, left = 0, weight(text)
    while left > limit:
        reach = _reach(text, at, limit)
        window = text[at:reach]
        # Even pieces read better than a full one and a scrap.
        target = len(window) * min(1.0, left / -(-left // limit) / limit)
        end = at + _best_cut(text, at, reach, target)
        yield at, end
        after = _SPACES.match(text, end)
        end = after.end() if after else end
        left -= weight(text[at:end])
        at = end
    yield at, len(text)


def _best_cut(text: str, at: int, reach: int, target: float) -> int:
    for pattern in _CUTS:
        # One character of what follows is seen, so that a sentence may end exactly at the limit.
        ends = [match.end() - at for match in pattern.finditer(text, at + 1, reach + 1) if match.end() <= reach]
        near = [end for end in ends if end > target / 3]
        if near:
            return min(near, key=lambda end: abs(end - target))
    return reach - at


def _reach(text: str, at: int, limit: int) -> int:
    """Return the furthest end so that text[at:end] weighs at most `limit`, but at least one character."""
    high = min(len(text), at + limit) - at
    return at + max(
        1,
        bisect_right(range(high + 1), limit, key=lambda length: weight(text[at : at + length])) - 1,
    )


Clean = Callable[[str], tuple[str, tuple[str, ...]]]
"""Makes of raw text the clean text and the targets it links to."""


class Piece(NamedTuple):
    """A part of a block that becomes one passage."""

    start: int
    """Byte offset in the document."""
    end: int
    """Exclusive."""
    text: str
    """Clean text."""
    links: tuple[str, ...]


def pieces(raw: bytes, start: int, clean: Clean) -> list[Piece]:
    """Return a block as passages of at most `MAX_PASSAGE_WEIGHT`, without those that are no prose.

    `raw` is the block without white space at its ends, `start` the byte offset of its first byte. Ranges are disjoint;
    the text of each piece but the first starts with the last sentence of the piece before, if that is short.
    """
    string = raw.decode("utf-8", "replace")
    text, links = clean(string)
    if is_light(text):
        return [Piece(start, start + len(raw), text, links)] if is_prose(text) else []
    made: list[Piece] = []
    at, char, before = start, 0, ""
    for first, last in split_long(string, MAX_PASSAGE_WEIGHT - MAX_OVERLAP_WEIGHT):
        at += _byte_length(string[char:first])
        stop = at + _byte_length(string[first:last])
        text, links = clean(string[first:last])
        if is_prose(text):
            made.append(Piece(at, stop, collapse(f"{before}\n{text}") if before else text, links))
        before = last_sentence(text)
        at, char = stop, last
    return made


class Weighty(Protocol):
    """Something whose text has a weight."""

    @property
    def text(self) -> str: ...


T = TypeVar("T", bound=Weighty)


def packed(units: Iterable[T], limit: int) -> Iterator[list[T]]:
    """Yield units in groups whose texts weigh at most `limit` together; a heavier unit stands alone."""
    group: list[T] = []
    total = 0
    for unit in units:
        heavy = weight(unit.text) + 2
        if group and total + heavy > limit:
            yield group
            group, total = [], 0
        group.append(unit)
        total += heavy
    if group:
        yield group


def last_sentence(text: str) -> str:
    """Return the last sentence of a clean text, or nothing if it is the only one or heavier than the overlap."""
    window = text[-MAX_OVERLAP_WEIGHT - 1 :]
    ends = [match.end() for match in _SENTENCE_END.finditer(window) if match.end() < len(window.rstrip())]
    if not ends:
        return ""
    sentence = window[ends[-1] :].strip()
    return sentence if weight(sentence) <= MAX_OVERLAP_WEIGHT else ""


def _byte_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8"))
