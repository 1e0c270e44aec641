"""The headings of documents, each with the one of its enclosing section."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from seealso.index.sql import rows_of
from seealso.model import Heading


class HeadingTable:
    """Read and write headings."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, document_id: int, headings: Sequence[Heading]) -> dict[Heading, int]:
        """Add the headings of a document in their order; return their ids."""
        ids: dict[Heading, int] = {}
        enclosing: list[Heading] = []
        for heading in headings:
            while enclosing and enclosing[-1].level >= heading.level:
                enclosing.pop()
            cursor = self._db.execute(
                "INSERT INTO headings (document_id, parent_id, title, level, line, anchor, label)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    document_id,
                    ids[enclosing[-1]] if enclosing else None,
                    heading.title,
                    heading.level,
                    heading.line,
                    heading.anchor,
                    heading.label,
                ),
            )
            assert cursor.lastrowid is not None
            ids[heading] = cursor.lastrowid
            enclosing.append(heading)
        return ids

    def of_documents(self, paths: Collection[str]) -> dict[str, list[Heading]]:
        """Return the headings of some documents in their order; a document without any has no entry."""
        found: dict[str, list[Heading]] = {}
        statement = (
            "SELECT path, title, level, line, anchor, label FROM headings"
            " JOIN documents ON documents.id = document_id WHERE path IN ({keys}) ORDER BY headings.id"
        )
        for row in rows_of(self._db, statement, paths):
            found.setdefault(row[0], []).append(Heading(*row[1:]))
        return found

    def of_document(self, document_id: int) -> dict[int | None, tuple[Heading, ...]]:
        """Return the path to each heading of a document, by heading id, in order."""
        rows = self._db.execute(
            "SELECT id, parent_id, title, level, line, anchor, label FROM headings WHERE document_id = ? ORDER BY id",
            (document_id,),
        )
        paths: dict[int | None, tuple[Heading, ...]] = {}
        for row in rows:
            paths[row[0]] = (*paths.get(row[1], ()), Heading(*row[2:]))
        return paths

    def paths(self, heading_ids: Collection[int]) -> dict[int | None, tuple[Heading, ...]]:
        """Return the path to each of some headings, from any documents, by heading id."""
        known: dict[int, tuple[int | None, Heading]] = {}
        wanted = set(heading_ids)
        statement = "SELECT id, parent_id, title, level, line, anchor, label FROM headings WHERE id IN ({keys})"
        while wanted:
            rows = rows_of(self._db, statement, wanted)
            known.update((row[0], (row[1], Heading(*row[2:]))) for row in rows)
            wanted = {parent for parent, _ in known.values() if parent is not None} - known.keys()
        paths: dict[int | None, tuple[Heading, ...]] = {}
        for heading_id in sorted(known):  # a parent's id is smaller than its children's
            parent, heading = known[heading_id]
            paths[heading_id] = (*paths.get(parent, ()), heading)
        return paths
