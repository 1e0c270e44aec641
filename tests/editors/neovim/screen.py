"""What a terminal would show, from the events that Neovim sends to it (`:help ui-linegrid`)."""

from __future__ import annotations

import threading
from typing import Any


class Screen:
    """One grid of cells; read by one thread while another one draws."""

    def __init__(self) -> None:
        self._drawn: list[list[str]] = []
        self._shown: list[str] = []
        self._lock = threading.Lock()

    def text(self) -> str:
        """Return the rows as they were when Neovim last had drawn everything."""
        with self._lock:
            return "\n".join(self._shown)

    def redraw(self, batches: list[list[Any]]) -> None:
        """Take in the events of one `redraw` notification; those about colours and the like change no text."""
        for name, *calls in batches:
            for call in calls:
                match name:
                    case "grid_resize":
                        self._drawn = [[" "] * call[1] for _ in range(call[2])]
                    case "grid_clear":
                        self._drawn = [[" "] * len(row) for row in self._drawn]
                    case "grid_line":
                        self._line(*call[1:4])
                    case "grid_scroll":
                        self._scroll(*call[1:6])
                    case "flush":
                        with self._lock:
                            self._shown = ["".join(row).rstrip() for row in self._drawn]

    def _line(self, row: int, column: int, cells: list[list[Any]]) -> None:
        for text, *more in cells:
            times = more[1] if len(more) > 1 else 1
            self._drawn[row][column : column + times] = [text] * times
            column += times

    def _scroll(self, top: int, bottom: int, left: int, right: int, rows: int) -> None:
        order = range(top, bottom - rows) if rows > 0 else range(bottom - 1, top - rows - 1, -1)
        for row in order:
            self._drawn[row][left:right] = self._drawn[row + rows][left:right]
