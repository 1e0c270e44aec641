"""The paragraph that is being written, line by line: often it is in no passage yet, or its end is below the cursor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PARAGRAPH_LINES = 40
"""Lines looked back over for the beginning of a paragraph."""

_BLOCK_MARK = re.compile(r"^\s*(?:(?:[-*+]|\d+[.)]|>|#{1,6})\s+)*")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_NO_PARAGRAPH = re.compile(r"(?:#{1,6}\s|:::|\.\. |[<|]|[\W_]*$)")
"""Titles, rules, containers, directives, tags, tables: the line below them begins a paragraph."""


def paragraph_lines(lines: Sequence[str], line: int, prefix: str) -> list[str]:
    """Return the lines of the paragraph from its beginning to the cursor, as they are written."""
    parts = [prefix]
    while line > 0 and len(parts) < PARAGRAPH_LINES and _goes_on(lines[line - 1], parts[-1]):
        line -= 1
        parts.append(lines[line].rstrip("\r\n"))
    return parts[::-1]


def last_written(line: int, paragraph: Sequence[str]) -> int:
    """Return the last line of a paragraph that has text, of which the last is `line`: a new one has none yet."""
    return line if paragraph[-1].strip() or line == 0 else line - 1


def without_marks(paragraph: Sequence[str]) -> str:
    """Return a paragraph without marks of lists, quotes and headings."""
    return "\n".join(_BLOCK_MARK.sub("", part) for part in paragraph)


def _goes_on(above: str, line: str) -> bool:
    """Tell whether a line belongs to the paragraph of the one above it."""
    if quote := _QUOTE.match(line):
        outer = _QUOTE.match(above)
        if outer is None:
            return False
        above, line = above[outer.end() :], line[quote.end() :]
    return not _marked(line) and not _NO_PARAGRAPH.match(above.lstrip())


def _marked(line: str) -> bool:
    return bool(_BLOCK_MARK.sub("", line) != line.lstrip())


def in_one_line(paragraph: Sequence[str]) -> str:
    """Return a paragraph as one line that has the marks of its first alone.

    Lines of Chinese and Japanese are joined without a space, as they are when they are indexed.
    """
    from seealso.text.prose import collapse

    first, *others = paragraph
    return collapse("\n".join([first, *(_QUOTE.sub("", line, count=1) for line in others)]))
