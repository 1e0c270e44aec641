"""A folder for the time of one process."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.errors import IndexUnavailableError

if TYPE_CHECKING:
    from filelock import FileLock

_ALIVE = "alive.lock"
"""Locked as long as the process lives that the folder belongs to."""

_PATIENCE_S = 1.0
"""Others hold the lock of them all only while they look around."""

log = logging.getLogger(__name__)


class Scratch:
    """Made when it is needed first, beside the indexes; any thread may ask.

    Not in the system's folder for temporary files, where others look around and what is old is deleted. A process that
    is killed leaves its folder behind: the next one that makes its own takes it away.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own: tuple[Path, FileLock] | None = None

    def folder(self) -> Path:
        """Return the folder. Raises `IndexUnavailableError` when it cannot be made."""
        with self._lock:
            if self._own is None:
                try:
                    self._own = _make()
                except OSError as error:
                    raise IndexUnavailableError(
                        f"No folder for the open documents can be made ({error}).",
                        hint="Free some space, or name another cache folder in SEEALSO_CACHE_DIR.",
                    ) from error
            return self._own[0]

    def remove(self) -> None:
        """Take the folder away with all that is in it."""
        with self._lock:
            if self._own is not None:
                folder, alive = self._own
                alive.release()  # Windows deletes no file that is open
                shutil.rmtree(folder, ignore_errors=True)
                self._own = None


def _make() -> tuple[Path, FileLock]:
    from seealso.corpus import cache_directory  # with the first folder, not before `initialize`
    from seealso.index.lock import PRIVATE

    home = cache_directory() / "scratch"
    home.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    # One at a time: a folder that has just been made is not locked yet, and looks left behind.
    with _lock(home / "all.lock", _PATIENCE_S):
        for other in home.iterdir():
            if other.is_dir():
                _sweep(other)
        folder = Path(tempfile.mkdtemp(dir=home))
        alive = _lock(folder / _ALIVE, 0.0)
        alive.acquire()
    return folder, alive


def _sweep(folder: Path) -> None:
    """Take a folder away unless its process lives."""
    from filelock import Timeout

    try:
        with _lock(folder / _ALIVE, 0.0):
            pass
    except (Timeout, OSError):
        return
    log.info("%s was left behind by a process that was killed; it is taken away.", folder)
    shutil.rmtree(folder, ignore_errors=True)


def _lock(file: Path, timeout_s: float) -> FileLock:
    from filelock import FileLock

    return FileLock(file, timeout=timeout_s, thread_local=False)  # taken by one thread, let go by another
