"""The SQLite side of an index: documents, passages, texts and their vectors.

A `Store` is one connection. Any number of processes may read; one writes (the writer lock is the indexer's business).
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seealso.errors import DamagedIndexError, IndexUnavailableError
from seealso.index.database import FILE_NAME, identity, open_database
from seealso.index.document_vectors import DocumentVectors
from seealso.index.embeddings import EmbeddingTable
from seealso.index.headings import HeadingTable
from seealso.index.intended import IntendedPairs
from seealso.index.lexical import LexicalIndex
from seealso.index.lock import PRIVATE
from seealso.index.pairs import PairTable
from seealso.index.sql import rows_of
from seealso.index.texts import TextTable
from seealso.meter import Cancelled, check, never
from seealso.model import DocumentProblem, Passage, PassageKind, Place, Segmentation

_LOOK_EVERY = 100_000
"""Instructions of SQLite between two looks whether somebody still wants to know: a millisecond or two."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What is known about a document without reading it."""

    id: int
    path: str
    size: int
    mtime_ns: int
    hash: bytes | None
    format: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the ids that connect it."""

    text_id: int
    document_id: int
    ordinal: int
    place: Place
    ignored: bool
    start_byte: int
    end_byte: int


class Store:
    """Read and write the index of one workspace in `directory`.

    Raises `IndexUnavailableError` when the folder or the file cannot be used. A file of another schema version, or one
    that is no database, is replaced by an empty index when `create` is set: an index can always be built again.
    """

    def __init__(self, directory: Path, *, create: bool) -> None:
        self.directory = directory
        path = directory / FILE_NAME
        try:
            if create:
                directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            elif not path.exists():
                raise IndexUnavailableError("This workspace has no index.", hint="Run `seealso index FOLDER`.")
            self._db = open_database(path, create=create)
            self._identity = identity(path)
        except (OSError, sqlite3.Error) as error:
            raise IndexUnavailableError(
                f"The index in {directory} cannot be opened ({error}).",
                hint="Check the folder's permissions and free space, or delete it and run `seealso index` again.",
            ) from error
        self.lexical = LexicalIndex(self._db)
        self.embeddings = EmbeddingTable(self._db)
        self.document_vectors = DocumentVectors(self._db)
        self.texts = TextTable(self._db)
        self.headings = HeadingTable(self._db)
        self.pairs = PairTable(self._db)
        self.intended = IntendedPairs(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen at once, or not at all."""
        with self.usable():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    @contextmanager
    def snapshot(self, cancelled: Cancelled = never) -> Iterator[None]:
        """Read everything inside from one state of the index.

        Raises `CancelledError` when nobody wants to know any more, also in the middle of a statement.
        """
        if self._db.in_transaction:
            yield
            return
        with self.usable():
            self._db.execute("BEGIN")
            self._db.set_progress_handler(cancelled, _LOOK_EVERY)
            try:
                yield
            except sqlite3.OperationalError:
                check(cancelled)  # it was interrupted
                raise
            finally:
                self._db.set_progress_handler(None, 0)
                self._roll_back()

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # a full disk makes SQLite roll back by itself
            self._db.execute("ROLLBACK")

    @contextmanager
    def usable(self) -> Iterator[None]:
        """Turn what SQLite raises inside into `DamagedIndexError` or `IndexUnavailableError`."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
            raise IndexUnavailableError(
                f"The index in {self.directory} cannot be used ({error}).",
                hint="Check free space and permissions there, and try again.",
            ) from error
        except sqlite3.DatabaseError as error:
            raise DamagedIndexError(
                f"The index in {self.directory} is damaged ({error}).", hint="`seealso index FOLDER` builds it again."
            ) from error

    def is_current(self) -> bool:
        """Tell whether the file this connection has open is still the one in the folder."""
        try:
            return identity(self.directory / FILE_NAME) == self._identity
        except OSError:
            return False

    def meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # -- documents

    def documents(self) -> dict[str, StoredDocument]:
        """Return every document by path, those with a problem included."""
        rows = self._db.execute("SELECT id, path, size, mtime_ns, hash, format, problem FROM documents")
        return {row[1]: StoredDocument(*row) for row in rows}

    def hashes(self) -> dict[str, bytes]:
        """Return the hash of each document that could be read, by path."""
        rows = self._db.execute("SELECT path, hash FROM documents WHERE hash IS NOT NULL ORDER BY path")
        return dict(rows.fetchall())

    def document(self, path: str) -> StoredDocument | None:
        row = self._db.execute(
            "SELECT id, path, size, mtime_ns, hash, format, problem FROM documents WHERE path = ?", (path,)
        ).fetchone()
        return None if row is None else StoredDocument(*row)

    def problems(self) -> tuple[DocumentProblem, ...]:
        rows = self._db.execute("SELECT path, problem FROM documents WHERE problem IS NOT NULL ORDER BY path")
        return tuple(DocumentProblem(*row) for row in rows)

    def put_document(
        self,
        path: str,
        *,
        size: int,
        mtime_ns: int,
        digest: bytes | None = None,
        format_name: str | None = None,
        problem: str | None = None,
        segmentation: Segmentation | None = None,
    ) -> None:
        """Add a document, or replace what was known about it."""
        old = self.document(path)
        if old is not None:
            self._drop_passages(old.id)
        cursor = self._db.execute(
            "INSERT INTO documents (path, size, mtime_ns, hash, format, problem) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
            " hash = excluded.hash, format = excluded.format, problem = excluded.problem RETURNING id",
            (path, size, mtime_ns, digest, format_name, problem),
        )
        document_id = int(cursor.fetchone()[0])
        if segmentation is not None:
            self._put_passages(document_id, segmentation)

    def touch_document(self, document_id: int, *, size: int, mtime_ns: int, path: str | None = None) -> None:
        """Record that a document is the same under another time stamp or path."""
        self._db.execute(
            "UPDATE documents SET size = ?, mtime_ns = ?, path = coalesce(?, path) WHERE id = ?",
            (size, mtime_ns, path, document_id),
        )

    def titles(self, paths: Collection[str]) -> dict[str, str]:
        """Return the first heading of each document that has one."""
        statement = (
            "SELECT path, title FROM documents JOIN headings ON headings.id ="
            " (SELECT min(id) FROM headings WHERE document_id = documents.id) WHERE path IN ({keys})"
        )
        return dict(rows_of(self._db, statement, paths))

    def remove_documents(self, ids: Iterable[int]) -> None:
        for document_id in ids:
            self._drop_passages(document_id)
            self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _put_passages(self, document_id: int, segmentation: Segmentation) -> None:
        heading_ids = self.headings.put(document_id, segmentation.headings)
        for ordinal, passage in enumerate(segmentation.passages):
            text_id = self.texts.put(passage)
            cursor = self._db.execute(
                "INSERT INTO passages (document_id, ordinal, text_id, heading_id, kind, language, start_byte,"
                " end_byte, start_line, end_line, ignored, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document_id,
                    ordinal,
                    text_id,
                    heading_ids[passage.headings[-1]] if passage.headings else None,
                    passage.kind.value,
                    passage.language,
                    passage.start_byte,
                    passage.end_byte,
                    passage.start_line,
                    passage.end_line,
                    passage.ignored,
                    json.dumps(passage.links, ensure_ascii=False) if passage.links else None,
                ),
            )
            assert cursor.lastrowid is not None
            self.lexical.add(cursor.lastrowid, passage.headings, passage.text)

    def _drop_passages(self, document_id: int) -> None:
        headings = self.headings.of_document(document_id)
        rows = self._db.execute(
            "SELECT passages.id, heading_id, text FROM passages JOIN texts ON texts.id = text_id WHERE document_id = ?",
            (document_id,),
        ).fetchall()
        for passage_id, heading_id, text in rows:
            self.lexical.remove(passage_id, headings.get(heading_id, ()), text)
        self._db.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
        self._db.execute("DELETE FROM headings WHERE document_id = ?", (document_id,))

    # -- passages

    def segmentation(self, path: str) -> Segmentation | None:
        """Return the passages and headings of a document as they were read, or None when it is not indexed."""
        document = self.document(path)
        if document is None or document.problem is not None:
            return None
        headings = self.headings.of_document(document.id)
        rows = self._db.execute(
            "SELECT start_byte, end_byte, start_line, end_line, kind, text, heading_id, language, links, ignored"
            " FROM passages JOIN texts ON texts.id = text_id WHERE document_id = ? ORDER BY ordinal",
            (document.id,),
        )
        passages = tuple(
            Passage(
                start_byte=row[0],
                end_byte=row[1],
                start_line=row[2],
                end_line=row[3],
                kind=PassageKind(row[4]),
                text=row[5],
                headings=headings.get(row[6], ()),
                language=row[7],
                links=tuple(json.loads(row[8])) if row[8] else (),
                ignored=bool(row[9]),
            )
            for row in rows
        )
        return Segmentation(passages, tuple(path[-1] for path in headings.values()))

    def sample_links(self, format_name: str, limit: int) -> list[str]:
        """Return the links of the first passages with links in documents of a format; at most `limit` passages."""
        rows = self._db.execute(
            "SELECT links FROM documents CROSS JOIN passages ON document_id = documents.id"
            " WHERE format = ? AND links IS NOT NULL LIMIT ?",
            (format_name, limit),
        )
        return [link for (links,) in rows for link in json.loads(links)]

    def passages_of_texts(self, text_ids: Collection[int], limit: int | None = None) -> list[StoredPassage]:
        """Return the passages that read as one of the texts, ordered by path and place; at most `limit` of a text."""
        statement = (
            "SELECT text_id, document_id, ordinal, path, start_line, end_line, kind, text, language, heading_id,"
            " ignored, start_byte, end_byte"
            " FROM (SELECT *, row_number() OVER (PARTITION BY text_id ORDER BY document_id, ordinal) AS nth"
            " FROM passages WHERE text_id IN ({keys})) JOIN texts ON texts.id = text_id"
            " JOIN documents ON documents.id = document_id WHERE nth <= ?"
        )
        most = sys.maxsize if limit is None else limit
        rows = list(rows_of(self._db, statement, text_ids, after=(most,)))
        headings = self.headings.paths({row[9] for row in rows if row[9] is not None})
        return [
            StoredPassage(
                text_id=row[0],
                document_id=row[1],
                ordinal=row[2],
                place=Place(
                    path=row[3],
                    start_line=row[4],
                    end_line=row[5],
                    kind=PassageKind(row[6]),
                    text=row[7],
                    language=row[8],
                    headings=headings.get(row[9], ()),
                ),
                ignored=bool(row[10]),
                start_byte=row[11],
                end_byte=row[12],
            )
            for row in sorted(rows, key=lambda row: (row[3], row[2]))
        ]

    def places(self, passage_ids: Collection[int]) -> list[Place]:
        """Return where passages stand, ordered by path and place."""
        statement = (
            "SELECT path, start_line, end_line, kind, text, language, heading_id FROM passages"
            " JOIN texts ON texts.id = text_id JOIN documents ON documents.id = document_id"
            " WHERE passages.id IN ({keys})"
        )
        rows = list(rows_of(self._db, statement, passage_ids))
        headings = self.headings.paths({row[6] for row in rows if row[6] is not None})
        return [
            Place(
                path=row[0],
                start_line=row[1],
                end_line=row[2],
                kind=PassageKind(row[3]),
                text=row[4],
                language=row[5],
                headings=headings.get(row[6], ()),
            )
            for row in sorted(rows, key=lambda row: row[:2])
        ]

    def passages_by_id(self, passage_ids: Collection[int]) -> dict[int, int]:
        """Return the text id of each passage id."""
        return dict(rows_of(self._db, "SELECT id, text_id FROM passages WHERE id IN ({keys})", passage_ids))

    def titled_texts(self, count: int) -> list[tuple[str, int]]:
        """Return some titles of several words, each with the id of the first text below it, spread over all."""
        (total,) = self._db.execute("SELECT count(*) FROM headings").fetchone()
        rows = self._db.execute(
            "SELECT title, text_id FROM (SELECT title, text_id, row_number() OVER (ORDER BY headings.id) AS number"
            " FROM headings JOIN passages ON heading_id = headings.id"
            " WHERE ordinal = (SELECT min(ordinal) FROM passages WHERE heading_id = headings.id"
            " AND document_id = headings.document_id) AND title LIKE '% %') WHERE number % ? = 0 LIMIT ?",
            (max(1, total // (2 * count)), count),
        )
        return rows.fetchall()

    def counts(self) -> tuple[int, int]:
        """Return the numbers of readable documents and of passages."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM documents WHERE problem IS NULL), (SELECT count(*) FROM passages)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def count_documents(self, text_ids: Collection[int]) -> int:
        """Return in how many documents one of the texts stands."""
        statement = "SELECT DISTINCT document_id FROM passages WHERE text_id IN ({keys})"
        return len(set(rows_of(self._db, statement, text_ids)))
