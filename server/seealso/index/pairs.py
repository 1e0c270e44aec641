"""What a second look found between two texts, kept so that it is done once."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from seealso.index.sql import rows_of
from seealso.model import DuplicateKind


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that repeat each other, by text id, `first` < `second`."""

    first: int
    second: int
    kind: DuplicateKind
    score: float
    translated: bool = False
    """One is a translation of the other."""


class PairTable:
    """Read and write pairs of texts."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, pairs: Iterable[Pair]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?, ?)",
            [(pair.first, pair.second, pair.kind.value, pair.score, pair.translated) for pair in pairs],
        )

    def clear(self) -> None:
        self._db.execute("DELETE FROM pairs")

    def all(self, kinds: Collection[DuplicateKind], min_words: int, *, translated: bool) -> list[Pair]:
        """Return the pairs of some kinds between texts in use of at least `min_words` words.

        Translations are among them only if `translated` is set.
        """
        rows = self._db.execute(
            "SELECT first, second, kind, score, translated FROM pairs"
            " JOIN texts AS a ON a.id = first JOIN texts AS b ON b.id = second"
            f" WHERE kind IN ({','.join('?' * len(kinds))}) AND min(a.words, b.words) >= ? AND translated <= ?"
            " AND EXISTS (SELECT 1 FROM passages WHERE text_id = first)"
            " AND EXISTS (SELECT 1 FROM passages WHERE text_id = second)",
            (*(kind.value for kind in kinds), min_words, translated),
        )
        return [Pair(row[0], row[1], DuplicateKind(row[2]), row[3], bool(row[4])) for row in rows]

    def siblings(self, text_ids: Collection[int]) -> dict[int, set[str]]:
        """Return the documents, by path, in which a parallel of each text stands; texts without one are left out."""
        paths: dict[int, set[str]] = defaultdict(set)
        for one, other in (("first", "second"), ("second", "first")):
            statement = (
                f"SELECT DISTINCT {one}, path FROM pairs JOIN passages ON text_id = {other}"
                f" JOIN documents ON documents.id = document_id WHERE {one} IN ({{keys}}) AND pairs.kind = ?"
            )
            for text_id, path in rows_of(self._db, statement, text_ids, after=(DuplicateKind.PARALLEL.value,)):
                paths[text_id].add(path)
        return dict(paths)
