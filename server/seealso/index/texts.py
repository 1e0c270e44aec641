"""The clean texts of passages; those that read the same share one."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from seealso.index.sql import rows_of, storable
from seealso.model import Passage
from seealso.text.prose import count_words


class TextTable:
    """Read and write texts, and ask where they stand."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, passage: Passage) -> int:
        """Add the text of a passage if it is new; return its id."""
        row = self._db.execute("SELECT id FROM texts WHERE hash = ?", (passage.hash,)).fetchone()
        if row is None:
            row = self._db.execute(
                "INSERT INTO texts (hash, text, words) VALUES (?, ?, ?) RETURNING id",
                (passage.hash, storable(passage.text), count_words(passage.text)),
            ).fetchone()
        return int(row[0])

    def ids(self, hashes: Collection[bytes]) -> dict[bytes, int]:
        """Return the id of each text that is known, by content hash."""
        return dict(rows_of(self._db, "SELECT hash, id FROM texts WHERE hash IN ({keys})", hashes))

    def read(self, text_ids: Collection[int]) -> dict[int, str]:
        """Return texts by their ids."""
        return dict(rows_of(self._db, "SELECT id, text FROM texts WHERE id IN ({keys})", text_ids))

    def words(self, text_ids: Collection[int]) -> dict[int, int]:
        """Return the number of words of each text."""
        return dict(rows_of(self._db, "SELECT id, words FROM texts WHERE id IN ({keys})", text_ids))

    def living(self, text_ids: Collection[int]) -> set[int]:
        """Return those of the texts that stand somewhere at present."""
        statement = (
            "SELECT id FROM texts WHERE id IN ({keys}) AND EXISTS (SELECT 1 FROM passages WHERE text_id = texts.id)"
        )
        return {row[0] for row in rows_of(self._db, statement, text_ids)}

    def forget_unused(self, at_least: int) -> int:
        """Delete the texts that stand nowhere, with their vectors, if they are at least so many and the majority.

        Fewer are kept: they cost little, and a branch that is switched back finds its vectors. Returns how many went.
        """
        living, unused = self._db.execute(
            "SELECT total(used), total(NOT used) FROM"
            " (SELECT EXISTS (SELECT 1 FROM passages WHERE text_id = texts.id) AS used FROM texts)"
        ).fetchone()
        if unused < max(at_least, living):
            return 0
        self._db.execute("DELETE FROM texts WHERE NOT EXISTS (SELECT 1 FROM passages WHERE text_id = texts.id)")
        return int(unused)

    def repeated(self, min_words: int) -> list[int]:
        """Return the texts of at least `min_words` words that stand in more than one place."""
        rows = self._db.execute(
            "SELECT text_id FROM passages GROUP BY text_id HAVING count(*) > 1 INTERSECT"
            " SELECT id FROM texts WHERE words >= ?",
            (min_words,),
        )
        return [row[0] for row in rows]
