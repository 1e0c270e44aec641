"""One connection to the index a thread, opened when it is needed and again when the index was replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from seealso.errors import IndexUnavailableError
from seealso.index.database import FILE_NAME, replace
from seealso.index.store import Store


class Connections:
    """The connections of one workspace; any thread may ask for its own."""

    def __init__(self, directory: Path, on_replaced: Callable[[], None]) -> None:
        self._directory = directory
        self._on_replaced = on_replaced
        """Called when what was read from the index so far belongs to another one."""
        self._lock = threading.Lock()
        self._own = threading.local()
        self._all: list[Store] = []

    def reader(self) -> Store | None:
        """Return this thread's connection, or None while there is no index that this version can read."""
        store = self._current()
        if store is None and (self._directory / FILE_NAME).exists():
            try:
                store = self._keep(Store(self._directory, create=False))
            except IndexUnavailableError:
                return None  # another version's, or damaged: the next update replaces it
        return store

    def check(self) -> None:
        """Raise `IndexUnavailableError` when there is an index that this version cannot read."""
        if self._current() is None:
            self._keep(Store(self._directory, create=False))

    def writer(self) -> Store:
        """Return this thread's connection and make the index if need be; call it under the writer lock."""
        return self._current() or self._keep(Store(self._directory, create=True))

    def discard(self) -> None:
        """Empty the index, which is damaged; call it under the writer lock."""
        self._drop(getattr(self._own, "store", None))
        replace(self._directory)

    def close(self) -> None:
        """Close all connections; no thread may be using one."""
        with self._lock:
            for store in self._all:
                store.close()
            self._all.clear()
            self._own = threading.local()

    def _current(self) -> Store | None:
        store: Store | None = getattr(self._own, "store", None)
        if store is None or store.is_current():
            return store
        self._drop(store)
        return None

    def _keep(self, store: Store) -> Store:
        with self._lock:
            self._own.store = store
            self._all.append(store)
        return store

    def _drop(self, store: Store | None) -> None:
        if store is not None:
            with self._lock:
                self._own.store = None
                self._all.remove(store)
            store.close()
            self._on_replaced()
