"""One process writes an index at a time; others read, and may try again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from seealso.errors import IndexUnavailableError

FILE_NAME = "writer.lock"

PRIVATE = 0o700
"""Mode of an index's folder: it holds the text of documents that may be for their owner only."""

MARK = "writing"
"""File that is there while somebody writes. Without it nobody has to try the lock, which would keep a writer out."""

_PATIENCE_S = 1.0
"""Somebody may be looking whether a writer that left its mark is still there, which takes the lock for a moment."""


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the right to write the index in a folder, which is made if need be.

    Raises `IndexUnavailableError` when another process holds it or the folder cannot be written. The lock goes
    with its process, however that ends.
    """
    lock = FileLock(directory / FILE_NAME, timeout=_PATIENCE_S)
    mark = directory / MARK
    try:
        directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        lock.acquire()
        mark.touch()
    except Timeout as error:
        raise IndexUnavailableError(
            "Another seealso process is writing this index.",
            hint="Its results appear here as it goes; try again when it is done.",
        ) from error
    except OSError as error:
        lock.release()
        raise IndexUnavailableError(
            f"The index folder {directory} cannot be written ({error.strerror or error}).",
            hint="Free some space, mend its permissions, or name another cache folder in SEEALSO_CACHE_DIR.",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            mark.unlink()
        lock.release()


def is_locked(directory: Path) -> bool:
    """Tell whether some process, this one included, is writing the index."""
    mark = directory / MARK
    if not mark.exists():
        return False
    try:
        with FileLock(directory / FILE_NAME, timeout=0):
            # Its writer was killed.
            mark.unlink(missing_ok=True)
            return False
    except Timeout:
        return True
    except OSError:
        return False  # a read-only folder, in which nobody can write
