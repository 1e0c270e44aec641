"""Pairs of texts the user marked as intended, by content, so that they survive moves."""

from __future__ import annotations

import sqlite3

from seealso.index.sql import storable
from seealso.model import content_hash


class IntendedPairs:
    """Mark pairs, and read those that are marked."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def mark(self, first: str, second: str) -> None:
        """Never report two texts as duplicates of each other again."""
        (first_hash, first), (second_hash, second) = sorted((content_hash(text), text) for text in (first, second))
        self._db.execute(
            "INSERT OR IGNORE INTO ignored_pairs VALUES (?, ?, ?, ?)",
            (first_hash, second_hash, storable(first), storable(second)),
        )

    def unmark(self, first: str, second: str) -> bool:
        """Report them again; tell whether they were marked."""
        gone = self._db.execute(
            "DELETE FROM ignored_pairs WHERE first = ? AND second = ?",
            sorted((content_hash(first), content_hash(second))),
        )
        return gone.rowcount > 0

    def all(self) -> list[tuple[str, str]]:
        """Return the texts of the pairs."""
        return self._db.execute("SELECT first_text, second_text FROM ignored_pairs").fetchall()
