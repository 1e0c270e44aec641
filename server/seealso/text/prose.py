"""What every format does with prose: white space, anchors, counting words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category

# Scripts written without spaces: Han, kana, Bopomofo, and the punctuation and full-width forms that go with them.
_CJK = (
    "\u2e80-\u2fdf\u3000-\u312f\u31a0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff00-\uff9f\uffe0-\uffef\U00020000-\U0003ffff"
)
_CJK_BREAK = re.compile(rf"(?<=[{_CJK}])[ \t]*(?:\r\n?|\n)[ \t]*(?=[{_CJK}])")
_LETTER = re.compile(r"[^\W\d_]")

_IDEOGRAPH = re.compile(
    "[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_SOUTH_EAST = re.compile("[\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u104f\u1780-\u17d3]")
# Not \w, which leaves out the vowel signs of Indic scripts.
_IN_WORD = "[^\\s!-/:-@\\[-^`{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u303f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20]"
_WORD = re.compile(f"{_IN_WORD}+(?:['.\u2019-]{_IN_WORD}+)*")
_ASCII_NOT_IN_SLUG = re.compile(r"[^a-z0-9_\- ]")
_IN_SLUG = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"})

_MARKS = frozenset(".,;:!?\u2026\u3002\uff0c\u3001\uff1b\uff1a\uff01\uff1f")


def collapse(text: str) -> str:
    """Return a text with runs of white space as one space, none at its ends.

    A line end between two CJK characters is no space: those scripts write none.
    """
    if not text.isascii():
        text = _CJK_BREAK.sub("", text)
    # Most texts are lines without indentation: to see that is faster than to split them into words. The only white
    # space that is printable is the space.
    flat = text.replace("\n", " ")
    if flat.isprintable() and "  " not in flat:
        return flat.strip()
    return " ".join(text.split())


def join_items(texts: Iterable[str]) -> str:
    """Return clean texts (items of a list, rows of a table) as one, with semicolons where they end without a mark."""
    return _join(texts, ";")


def join_cells(texts: Iterable[str]) -> str:
    """Return the clean texts of a table row's cells as one, separated by commas; empty cells are left out."""
    return _join(texts, ",")


def _join(texts: Iterable[str], mark: str) -> str:
    parts = [text for text in texts if text]
    return " ".join([text if text[-1] in _MARKS else text + mark for text in parts[:-1]] + parts[-1:])


def is_prose(text: str) -> bool:
    """Tell whether a clean text has anything to read: at least one letter."""
    return _LETTER.search(text) is not None


def count_words(text: str) -> int:
    """Return the number of words in a text.

    Scripts without spaces are estimated: two Han or kana characters make a word, four characters of Thai, Lao, Khmer or
    Burmese do. Hangul is written with spaces and counted like Latin.
    """
    if text.isascii():
        return len(_WORD.findall(text))
    text, ideographs = _IDEOGRAPH.subn(" ", text)
    text, letters = _SOUTH_EAST.subn(" ", text)
    return len(_WORD.findall(text)) + (ideographs + 1) // 2 + (letters + 3) // 4


def slugify(title: str) -> str:
    """Return the anchor GitHub gives a heading with a clean title: lower case, no punctuation, hyphens for spaces."""
    title = collapse(title).lower()
    if title.isascii():
        return _ASCII_NOT_IN_SLUG.sub("", title).replace(" ", "-")
    return "".join(c for c in title if c in "- " or category(c) in _IN_SLUG).replace(" ", "-")


class Slugs:
    """Make the anchors of one document unique, as GitHub does: `intro`, `intro-1`, `intro-2`."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def unique(self, slug: str) -> str:
        """Return the slug, or the slug with the first free number."""
        seen = self._seen
        if slug not in seen:
            seen[slug] = 0
            return slug
        number = seen[slug]
        while (numbered := f"{slug}-{(number := number + 1)}") in seen:
            pass
        seen[slug] = number
        seen[numbered] = 0
        return numbered
