"""Where the lines of a document start, as LSP counts lines."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class LineTable:
    r"""Translate between byte offsets and 0-based lines; `\n`, `\r\n` and a lone `\r` end a line."""

    __slots__ = ("source", "starts")

    def __init__(self, source: bytes) -> None:
        self.source = source
        # bytes.splitlines knows exactly the three line ends of LSP (unlike str.splitlines) and runs in C.
        starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
        if source and source[-1] not in b"\r\n":
            starts.pop()
        self.starts = starts
        """Byte at which each line starts; a document that ends with a line end has an empty last line."""

    def __len__(self) -> int:
        return len(self.starts)

    def line_of(self, byte: int) -> int:
        """Return the line that holds a byte offset; the end of the source is in the last line."""
        return bisect_right(self.starts, byte) - 1

    def start(self, line: int) -> int:
        """Return the first byte of a line, or the end of the source for the line after the last."""
        return self.starts[line] if line < len(self.starts) else len(self.source)

    def end(self, line: int) -> int:
        """Return the byte after the last one of a line, its line end not counted."""
        start, end = self.starts[line], self.start(line + 1)
        if end > start and self.source[end - 1] == 0x0A:
            end -= 1
        if end > start and self.source[end - 1] == 0x0D:
            end -= 1
        return end

    def line(self, line: int) -> bytes:
        """Return the bytes of a line without its line end."""
        return self.source[self.starts[line] : self.end(line)]
