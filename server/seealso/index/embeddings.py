"""Vectors in SQLite: float16 by text and model. A text is embedded once per model, whatever happens to its passages."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.index.sql import rows_of
from seealso.model import DocumentProblem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seealso.embed.base import ModelInfo, Vectors

_STORED = "<f2"


_REFUSED = "is not embedded, only found by words."
_AGAIN = "`seealso index --rebuild` tries again."


@dataclass(frozen=True, slots=True)
class Space:
    """The vectors of one model."""

    id: int
    name: str
    dimension: int


class EmbeddingTable:
    """Read and write the vectors of texts; vectors are unit rows, float32 outside, float16 inside."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def space(self, info: ModelInfo) -> Space | None:
        """Return the vector space of a model, if it has been used here."""
        from seealso.embed.base import same_fingerprint

        rows = self._db.execute(
            "SELECT id, name, dimension, fingerprint FROM models WHERE model = ? ORDER BY id DESC", (info.id,)
        )
        for *space, fingerprint in rows.fetchall():
            known = None if fingerprint is None else _rows([fingerprint])[0]
            if same_fingerprint(known, info.fingerprint):
                return Space(*space)
        return None

    def space_of_id(self, space_id: int) -> Space | None:
        """Return a vector space by its id."""
        row = self._db.execute("SELECT id, name, dimension FROM models WHERE id = ?", (space_id,)).fetchone()
        return None if row is None else Space(*row)

    def open_space(self, info: ModelInfo) -> Space:
        """Return the vector space of a model, made on first use: beside those of other models of that name."""
        space = self.space(info)
        if space is None:
            (others,) = self._db.execute("SELECT count(*) FROM models WHERE model = ?", (info.id,)).fetchone()
            name = f"{info.id} ({others + 1})" if others else info.id
            fingerprint = None if info.fingerprint is None else info.fingerprint.astype(_STORED).tobytes()
            (space_id,) = self._db.execute(
                "INSERT INTO models (name, model, dimension, fingerprint) VALUES (?, ?, ?, ?) RETURNING id",
                (name, info.id, info.dimension, fingerprint),
            ).fetchone()
            space = Space(space_id, name, info.dimension)
        return space

    def pending(self, model_id: int, paths: Collection[str] | None = None) -> list[tuple[int, int]]:
        """Return (text id, characters) of texts in use that have no vector, optionally only those of some documents.

        Those that the model refuses do not count.
        """
        query = (
            "SELECT texts.id, length(text) FROM texts WHERE NOT EXISTS"
            " (SELECT 1 FROM vectors WHERE text_id = texts.id AND model_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM refused WHERE text_id = texts.id AND model_id = ?) AND EXISTS"
        )
        if paths is None:
            rows = self._db.execute(
                f"{query} (SELECT 1 FROM passages WHERE text_id = texts.id) ORDER BY texts.id", (model_id, model_id)
            )
            return rows.fetchall()
        statement = (
            f"{query} (SELECT 1 FROM passages JOIN documents ON documents.id = document_id"
            " WHERE text_id = texts.id AND path IN ({keys})) ORDER BY texts.id"
        )
        # A text that stands in documents of several portions comes once.
        return list(dict(rows_of(self._db, statement, paths, before=(model_id, model_id))).items())

    def put(self, model_id: int, text_ids: Sequence[int], vectors: Vectors) -> None:
        """Store one unit row a text."""
        stored = vectors.astype(_STORED)
        self._db.executemany(
            "INSERT OR IGNORE INTO vectors (model_id, text_id, vector) VALUES (?, ?, ?)",
            [(model_id, text_id, row.tobytes()) for text_id, row in zip(text_ids, stored, strict=True)],
        )

    def refuse(self, model_id: int, reasons: Mapping[int, str]) -> None:
        """Record by text id why a model does not embed some texts."""
        self._db.executemany(
            "INSERT OR REPLACE INTO refused (model_id, text_id, reason) VALUES (?, ?, ?)",
            [(model_id, text_id, reason) for text_id, reason in reasons.items()],
        )

    def forgive(self, model_id: int) -> None:
        """Forget what a model refused: it is to be tried again."""
        self._db.execute("DELETE FROM refused WHERE model_id = ?", (model_id,))

    def refusals(self, model_id: int) -> tuple[DocumentProblem, ...]:
        """Return the passages that a model does not embed, with the reason."""
        rows = self._db.execute(
            "SELECT path, start_line, reason FROM refused JOIN passages USING (text_id)"
            " JOIN documents ON documents.id = document_id WHERE model_id = ? ORDER BY path, start_line",
            (model_id,),
        )
        return tuple(
            DocumentProblem(
                path,
                f"The passage at line {line + 1} {_REFUSED} {reason} {_AGAIN}",
            )
            for path, line, reason in rows
        )

    def sample(self, model_id: int, count: int) -> list[int]:
        """Return the ids of some texts that have a vector, spread evenly over all, at most `count`."""
        (total,) = self._db.execute("SELECT count(*) FROM vectors WHERE model_id = ?", (model_id,)).fetchone()
        rows = self._db.execute(
            "SELECT text_id FROM (SELECT text_id, row_number() OVER (ORDER BY id) AS number FROM vectors"
            " WHERE model_id = ?) WHERE number * ? / ? > (number - 1) * ? / ?",
            (model_id, count, total, count, total),
        )
        return [row[0] for row in rows]

    def last_id(self) -> int:
        """Return the id of the newest vector, of any model; 0 when there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM vectors").fetchone()[0])

    def after(self, model_id: int, last_id: int, limit: int) -> tuple[list[int], npt.NDArray[np.int64], Vectors]:
        """Return (ids, text ids, vectors) of the vectors that came after an id, in order, at most `limit`."""
        import numpy as np

        rows = self._db.execute(
            "SELECT id, text_id, vector FROM vectors WHERE id > ? AND model_id = ? ORDER BY id LIMIT ?",
            (last_id, model_id, limit),
        ).fetchall()
        return [row[0] for row in rows], np.array([row[1] for row in rows], np.int64), _rows([row[2] for row in rows])

    def count_after(self, model_id: int, last_id: int) -> int:
        """Return how many vectors of a model came after an id."""
        row = self._db.execute("SELECT count(*) FROM vectors WHERE id > ? AND model_id = ?", (last_id, model_id))
        return int(row.fetchone()[0])

    def get(self, model_id: int, text_ids: Collection[int]) -> dict[int, Vectors]:
        """Return the vector, shape (dimension,), of each text that has one."""
        statement = "SELECT text_id, vector FROM vectors WHERE model_id = ? AND text_id IN ({keys})"
        rows = list(rows_of(self._db, statement, text_ids, before=(model_id,)))
        return dict(zip((row[0] for row in rows), _rows([row[1] for row in rows]), strict=True))

    def embedded_passages(self, model_id: int) -> int:
        """Return how many passages have a vector."""
        row = self._db.execute(
            "SELECT count(*) FROM passages WHERE EXISTS"
            " (SELECT 1 FROM vectors WHERE vectors.text_id = passages.text_id AND model_id = ?)",
            (model_id,),
        ).fetchone()
        return int(row[0])


def _rows(blobs: list[bytes]) -> Vectors:
    """Return stored vectors as a float32 matrix, shape (n, dimension)."""
    import numpy as np

    if not blobs:
        return np.empty((0, 0), np.float32)
    return np.frombuffer(b"".join(blobs), _STORED).reshape(len(blobs), -1).astype(np.float32)
