"""The index of a workspace: read by every thread, written by one process at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seealso.index.connections import Connections
    from seealso.index.store import Store


class Access:
    """Give the calling thread its connection; nothing is imported or opened before it is needed."""

    def __init__(self, directory: Path, on_replaced: Callable[[], None]) -> None:
        """Use the index in a folder; `on_replaced` is called when what was read so far belongs to another index."""
        self._directory = directory
        self._on_replaced = on_replaced
        self._connections: Connections | None = None
        self._lock = threading.Lock()
        self._written_here = False

    def reader(self) -> Store | None:
        """Return this thread's connection, or None while nothing has been indexed."""
        if self._connections is None and not (self._directory / "index.sqlite").exists():
            return None  # spares the first answers of a new workspace some imports
        return self._opened().reader()

    def check(self) -> None:
        """Raise `IndexUnavailableError` when there is an index that this version cannot read."""
        self._opened().check()

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """Hold the writer lock, and give this thread's connection.

        Raises `IndexUnavailableError` while another process writes.
        """
        from seealso.index.lock import writer_lock

        with writer_lock(self._directory):
            self._written_here = True
            try:
                yield self._opened().writer()
            finally:
                self._written_here = False

    def discard(self) -> None:
        """Empty the index, which is damaged."""
        from seealso.index.lock import writer_lock

        with writer_lock(self._directory):
            self._opened().discard()

    @property
    def is_written(self) -> bool:
        """Whether somebody is writing the index."""
        from seealso.index.lock import is_locked

        return self._written_here or is_locked(self._directory)

    def close(self) -> None:
        """Close all connections; no thread may be using one."""
        with self._lock:
            if self._connections is not None:
                self._connections.close()

    def _opened(self) -> Connections:
        with self._lock:
            if self._connections is None:
                from seealso.index.connections import Connections

                self._connections = Connections(self._directory, self._on_replaced)
            return self._connections
