"""Pairs of passages that are meant to repeat each other: those of the index, and those in the file a team commits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seealso import committed

if TYPE_CHECKING:
    from seealso.access import Access
    from seealso.errors import SeeAlsoError


class Marks:
    """Mark pairs, and say which are marked. Pairs are kept by their words, so that they survive moves."""

    def __init__(self, root: Path, index: Access) -> None:
        self._root = root
        self._index = index
        self._committed = committed.Committed(root)

    def add(self, first_text: str, second_text: str) -> None:
        """Never report these two passages as duplicates of each other again."""
        with self._index.writing() as store:
            store.intended.mark(first_text, second_text)

    def remove(self, first_text: str, second_text: str) -> bool:
        """Report them again; tell whether they were marked in the index."""
        with self._index.writing() as store:
            return store.intended.unmark(first_text, second_text)

    def texts(self) -> list[tuple[str, str]]:
        """Return the texts of the pairs in the index."""
        store = self._index.reader()
        return store.intended.all() if store is not None else []

    def share(self, without: tuple[str, str] | None = None) -> int:
        """Write the pairs of the index into the committed file, beside those it holds; count its pairs.

        The pair of texts `without` is taken out. Raises `SettingsError` for a file that cannot be used or written.
        """
        entries = {*committed.read(self._root), *(committed.entry_of(*pair) for pair in self.texts())}
        gone = committed.entry_of(*without).pair if without is not None else None
        kept = [entry for entry in entries if entry.pair != gone]
        committed.write(self._root, kept)
        return len({entry.pair for entry in kept})

    def shared(self) -> frozenset[frozenset[bytes]]:
        """Return the pairs of the committed file by content hash; none while it cannot be used."""
        return self._committed.pairs()

    def problem(self) -> SeeAlsoError | None:
        """Return what is wrong with the committed file, if anything."""
        return self._committed.problem()
