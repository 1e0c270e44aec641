"""Vectors in SQLite: float16 by text and model. A text is embedded once per model, whatever happens to its passages."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from seealso.index.sql import parts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seealso.embed.base import ModelInfo, Vectors

_STORED = "<f2"


class EmbeddingTable:
    """Read and write the vectors of texts; vectors are unit rows, float32 outside, float16 inside."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def model_id(self, info: ModelInfo) -> int:
        """Return the id of a model's vector space, made on first use."""
        row = self._db.execute("SELECT id FROM models WHERE name = ?", (info.id,)).fetchone()
        if row is None:
            row = self._db.execute(
                "INSERT INTO models (name, dimension) VALUES (?, ?) RETURNING id", (info.id, info.dimension)
            ).fetchone()
        return int(row[0])

    def known_model_id(self, name: str) -> int | None:
        """Return the id of a model that has been used here, without writing."""
        row = self._db.execute("SELECT id FROM models WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def pending(self, model_id: int, paths: Collection[str] | None = None) -> list[tuple[int, int]]:
        """Return (text id, characters) of texts in use that have no vector, optionally only those of some documents."""
        query = (
            "SELECT texts.id, length(text) FROM texts WHERE NOT EXISTS"
            " (SELECT 1 FROM vectors WHERE text_id = texts.id AND model_id = ?) AND EXISTS"
        )
        if paths is None:
            rows = self._db.execute(
                f"{query} (SELECT 1 FROM passages WHERE text_id = texts.id) ORDER BY texts.id", (model_id,)
            )
            return rows.fetchall()
        found: dict[int, int] = {}
        for part, marks in parts(paths):
            found.update(
                self._db.execute(
                    f"{query} (SELECT 1 FROM passages JOIN documents ON documents.id = document_id"
                    f" WHERE text_id = texts.id AND path IN ({marks})) ORDER BY texts.id",
                    (model_id, *part),
                ).fetchall()
            )
        return list(found.items())

    def put(self, model_id: int, text_ids: Sequence[int], vectors: Vectors) -> None:
        """Store one unit row a text."""
        stored = vectors.astype(_STORED)
        self._db.executemany(
            "INSERT OR IGNORE INTO vectors (model_id, text_id, vector) VALUES (?, ?, ?)",
            [(model_id, text_id, row.tobytes()) for text_id, row in zip(text_ids, stored, strict=True)],
        )

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
        found: dict[int, Vectors] = {}
        for part, marks in parts(text_ids):
            rows = self._db.execute(
                f"SELECT text_id, vector FROM vectors WHERE model_id = ? AND text_id IN ({marks})", (model_id, *part)
            ).fetchall()
            found.update(zip((row[0] for row in rows), _rows([row[1] for row in rows]), strict=True))
        return found

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
