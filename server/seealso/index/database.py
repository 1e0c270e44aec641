"""The SQLite file of an index: opened, made, and replaced when it is another version's or no database at all."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from seealso.errors import IndexUnavailableError
from seealso.index.schema import SCHEMA_VERSION, TABLES

FILE_NAME = "index.sqlite"
_NEW = "index.sqlite.new"

CACHE_KIB = 16_000
"""Pages that a connection keeps at most: the words of 80,000 passages. With 2,000 a question takes 10 % more."""

_SWITCH_S = 5.0
"""Readers let go of a new database after a moment."""


def open_database(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the database, or make it when `create` is set; one that cannot be read is replaced then.

    Of another version's, what took the model's time and what the user decided is carried over. Raises
    `IndexUnavailableError` for another version's, and what SQLite raises.
    """
    version = None
    try:
        db = _connect(path, create=create)
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version == SCHEMA_VERSION:
            return db
        db.close()
    except sqlite3.OperationalError:
        raise  # locked, read-only, full: the file may be good
    except sqlite3.DatabaseError:
        if not create:
            raise
    if not create:
        raise IndexUnavailableError(
            "The index was made by another version of seealso.", hint="Run `seealso index FOLDER` to build it again."
        )
    if version == 0:
        db = _connect(path, create=True)
        _make_tables(db)
        return db
    replace(path.parent, keep=(_INTENDED, *_VECTORS))
    return _connect(path, create=True)


_INTENDED = "INSERT OR IGNORE INTO ignored_pairs SELECT first, second, first_text, second_text FROM old.ignored_pairs"
_VECTORS = (
    "INSERT INTO models (id, name, model, dimension) SELECT id, name, name, dimension FROM old.models",
    "INSERT INTO texts (id, hash, text, words) SELECT id, hash, text, words FROM old.texts",
    "INSERT INTO vectors (model_id, text_id, vector) SELECT model_id, text_id, vector FROM old.vectors",
)


def replace(directory: Path, *, keep: Sequence[str] = (_INTENDED,)) -> None:
    """Put an empty database in the place of the one in a folder, with what can still be read of the things to keep."""
    path, new = directory / FILE_NAME, directory / _NEW
    new.unlink(missing_ok=True)
    db = _connect(new, create=True)
    try:
        _make_tables(db)
        with suppress(sqlite3.DatabaseError):  # no database, damaged, or a version that kept other things
            db.execute("ATTACH ? AS old", (f"{path.absolute().as_uri()}?mode=rw",))
            for statement in keep:
                db.execute(statement)
    finally:
        db.close()
    _discard(directory)
    new.replace(path)


def _make_tables(db: sqlite3.Connection) -> None:
    db.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


def _discard(directory: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (directory / (FILE_NAME + suffix)).unlink(missing_ok=True)


def identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from another one that has taken its place."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    mode = "rwc" if create else "rw"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=30
    )
    try:
        _configure(db, create=create)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _configure(db: sqlite3.Connection, *, create: bool) -> None:
    if create and db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _use_wal(db)
    # The index can be rebuilt: losing the last commit in a power cut is no loss, a slow disk flush each batch is.
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch a new database to its write-ahead log; SQLite does not wait for a reader that looks in just then."""
    until = time.monotonic() + _SWITCH_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
