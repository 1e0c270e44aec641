"""Text that stands in a file in parts: in strings of JSON, behind the marks of comments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Part(NamedTuple):
    """A run of an excerpt."""

    text: bytes
    place: int
    """Byte of the file at which it begins."""
    length: int = 0
    """Bytes of the file that it stands for as a whole, such as an escape; 0 where it stands there as it is."""


class Excerpt:
    """A text made of parts of a file, and where in the file each of its bytes stands."""

    __slots__ = ("_parts", "_starts", "text")

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = [part for part in parts if part.text]
        self._starts: list[int] = []
        """Offsets in the text at which the parts begin."""
        length = 0
        for part in self._parts:
            self._starts.append(length)
            length += len(part.text)
        self.text = b"".join([part.text for part in self._parts])

    def place(self, at: int) -> int:
        """Return where in the file a byte of the text begins."""
        run = bisect_right(self._starts, at) - 1
        part = self._parts[run]
        return part.place + (0 if part.length else at - self._starts[run])

    def end(self, at: int) -> int:
        """Return where in the file the byte before an offset of the text ends."""
        run = bisect_right(self._starts, at - 1) - 1
        part = self._parts[run]
        return part.place + (part.length or at - self._starts[run])
