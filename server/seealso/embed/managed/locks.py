"""Locks of the kernel's, which go with whoever holds them however that ends.

One mechanism for the keeper (one at a time) and its clients (any number): filelock knows no shared locks. The files
stay, so nobody ever locks one that another has just removed.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Flock:
    """A lock on a file, shared or not; a process that is forked off would share it, one that is started does not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def try_shared(self) -> bool:
        """Take the lock beside others who share it; False while somebody has it alone. Raises `OSError`."""
        return self._try(fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take the lock if nobody has it. Raises `OSError`."""
        return self._try(fcntl.LOCK_EX)

    def holds(self) -> bool:
        """Tell whether the lock is held, and on the file that is there now."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Give the lock back; nothing happens without one."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self, kind: int) -> bool:
        self.release()
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True


def is_held(path: Path) -> bool:
    """Tell whether somebody has the lock. Raises `OSError`."""
    with nobody_else(path) as alone:
        return not alone


@contextmanager
def nobody_else(path: Path) -> Iterator[bool]:
    """Yield whether nobody has the lock, and keep it so inside. Raises `OSError`."""
    lock = Flock(path)
    alone = lock.try_alone()
    try:
        yield alone
    finally:
        lock.release()
