"""One version of a document that is about to be changed, and a change of it. Pure.

Every change is tried before it is offered: the document is read again with it, and unless all other passages and all
headings say what they said before, the change is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from seealso.errors import DocumentError, SeeAlsoError
from seealso.lsp.positions import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.model import Segmentation
    from seealso.text.base import Format

_LINE_END = re.compile(rb"\r\n|\n|\r")
_UNSPACED = "\u2e80-\uffef\U00020000-\U0003ffff"
"""Characters of scripts that write no spaces between words."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


class RefusedChangeError(SeeAlsoError):
    """A change would do more than it should; nothing is changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes of the UTF-8 form of a document that are replaced."""

    start: int
    end: int
    """Exclusive."""
    text: str


@dataclass(frozen=True)
class Writing:
    """One version of a document, and how it reads."""

    source: bytes
    """UTF-8."""
    syntax: Format
    segmentation: Segmentation

    @cached_property
    def line_end(self) -> str:
        """The line end of the document: that of its first line."""
        found = _LINE_END.search(self.source)
        return found[0].decode() if found else "\n"

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; the last one may be empty."""
        return [line.rstrip("\r\n") for line in self._lines]

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.source.decode())

    @cached_property
    def starts(self) -> list[int]:
        """The byte at which each line starts, and the end of the last one."""
        return [0, *accumulate(len(line.encode()) for line in self._lines)]

    def with_line_ends(self, text: str) -> str:
        """Return a text with the line ends of the document."""
        return text.replace("\n", self.line_end)

    def changed(self, change: Change) -> Writing:
        """Return the version that a change makes, read anew; raises `RefusedChangeError` if it cannot be read."""
        source = self.source[: change.start] + change.text.encode() + self.source[change.end :]
        try:
            return Writing(source, self.syntax, self.syntax.segmenter().segment(source))
        except DocumentError as error:
            raise RefusedChangeError(
                "The document could not be read with that change.", hint="Edit it by hand."
            ) from error

    def line_start(self, at: int) -> int:
        """Return where the line of a byte begins."""
        return max(self.source.rfind(b"\n", 0, at), self.source.rfind(b"\r", 0, at)) + 1

    def line_stop(self, at: int) -> int:
        """Return where the line of a byte ends, its line end left out."""
        found = _LINE_END.search(self.source, at)
        return found.start() if found else len(self.source)

    def after_line(self, at: int) -> int:
        """Return where the line after that of a byte begins."""
        found = _LINE_END.search(self.source, at)
        return found.end() if found else len(self.source)


def tried(writing: Writing, change: Change, touched: range, words: str) -> Change:
    """Return a change that does nothing but what it should, as the document reads with it.

    `touched` are the numbers of the passages it may change; in their place may stand what has no other `words`. Raises
    `RefusedChangeError` otherwise.
    """
    before, after = writing.segmentation, writing.changed(change).segmentation
    first = words_of(passage.text for passage in before.passages[: touched.start])
    last = words_of(passage.text for passage in before.passages[touched.stop :])
    now = words_of(passage.text for passage in after.passages)
    middle = now[len(first) : len(now) - len(last)]
    kinds = {passage.text: passage.kind for passage in before.passages}
    if (
        len(now) < len(first) + len(last)
        or now[: len(first)] != first
        or now[len(now) - len(last) :] != last
        or not set(middle) <= set(words_of([words, words.replace("\\", "")]))
        or any(kinds.get(passage.text, passage.kind) is not passage.kind for passage in after.passages)
        or titles(after) != titles(before)
    ):
        raise refused("cannot be changed like that without touching what stands around it")
    return change


def titles(segmentation: Segmentation) -> list[tuple[str, int, str, str]]:
    """Return what the headings of a document say, without where they stand."""
    return [(heading.title, heading.level, heading.anchor, heading.label) for heading in segmentation.headings]


def words_of(texts: Iterable[str]) -> list[str]:
    """Return the words of texts in their order."""
    return [word for text in texts for word in _WORD.findall(text)]


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script that writes no spaces between words."""
    return re.match(f"[{_UNSPACED}]", character) is not None


def refused(what: str) -> RefusedChangeError:
    """Return the error that says what cannot be done with a passage."""
    return RefusedChangeError(f"This passage {what}.", hint="Edit it by hand.")
