"""Vectors of whole documents, one for each model. All of them are looked through: there are far fewer than passages."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from seealso.embed.base import Vectors

_STORED = "<f2"


@dataclass(frozen=True, slots=True)
class StaleDocument:
    """A document whose vector is missing, or of an earlier text of it."""

    id: int
    path: str
    hash: bytes


class DocumentVectors:
    """Read and write the vectors of documents; vectors are unit rows, float32 outside, float16 inside."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def stale(self, model_id: int, how: str) -> list[StaleDocument]:
        """Return the documents that have no vector made `how` from their present text.

        Those of which no passage has a vector are left out: they are empty, or the model refuses all of them.
        """
        rows = self._db.execute(
            "SELECT documents.id, path, documents.hash FROM documents LEFT JOIN document_vectors AS vectors"
            " ON document_id = documents.id AND model_id = ? AND vectors.hash = documents.hash AND how = ?"
            " WHERE vectors.hash IS NULL AND documents.hash IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM passages JOIN vectors AS parts ON parts.text_id = passages.text_id"
            " AND parts.model_id = ? WHERE passages.document_id = documents.id) ORDER BY documents.id",
            (model_id, how, model_id),
        )
        return [StaleDocument(*row) for row in rows]

    def put(self, model_id: int, how: str, documents: Sequence[StaleDocument], vectors: Vectors) -> None:
        """Store one unit row a document."""
        self._db.executemany(
            "INSERT OR REPLACE INTO document_vectors (document_id, model_id, hash, how, vector) VALUES (?, ?, ?, ?, ?)",
            [
                (document.id, model_id, document.hash, how, row.tobytes())
                for document, row in zip(documents, vectors.astype(_STORED), strict=True)
            ],
        )

    def all(self, model_id: int) -> tuple[list[str], npt.NDArray[np.float16]]:
        """Return the paths of all documents with a vector, and their vectors, shape (n, dimension), float16."""
        import numpy as np

        rows = self._db.execute(
            "SELECT path, vector FROM document_vectors JOIN documents ON documents.id = document_id"
            " WHERE model_id = ? ORDER BY path",
            (model_id,),
        ).fetchall()
        if not rows:
            return [], np.empty((0, 0), np.float16)
        return [row[0] for row in rows], np.frombuffer(b"".join(row[1] for row in rows), _STORED).reshape(len(rows), -1)

    def parts(self, model_id: int, document_id: int) -> tuple[Vectors, npt.NDArray[np.float32]]:
        """Return the vectors of a document's passages, shape (n, dimension), and their lengths in words, shape (n,)."""
        import numpy as np

        rows = self._db.execute(
            "SELECT vector, words FROM passages JOIN texts ON texts.id = passages.text_id"
            " JOIN vectors ON vectors.text_id = passages.text_id AND model_id = ? WHERE document_id = ?",
            (model_id, document_id),
        ).fetchall()
        if not rows:
            return np.empty((0, 0), np.float32), np.empty(0, np.float32)
        vectors = np.frombuffer(b"".join(row[0] for row in rows), _STORED).reshape(len(rows), -1).astype(np.float32)
        return vectors, np.array([max(1, row[1]) for row in rows], np.float32)
