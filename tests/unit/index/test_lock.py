from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seealso.errors import IndexUnavailableError
from seealso.index import lock
from seealso.index.lock import MARK, is_locked, writer_lock

LOOK = """
import pathlib, sys
from seealso.index.lock import is_locked
folder, end = map(pathlib.Path, sys.argv[1:])
print("looking", flush=True)
while not end.exists():
    if is_locked(folder):
        print("locked", flush=True)
"""


@contextmanager
def looking_on(directory: Path) -> Iterator[list[str]]:
    """Let other processes ask all the time whether the index is being written; yields what they found in the end."""
    end = directory / "end"
    command = [sys.executable, "-c", LOOK, str(directory), str(end)]
    found: list[str] = []
    onlookers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for onlooker in onlookers:
            assert onlooker.stdout is not None
            assert onlooker.stdout.readline() == "looking\n"
        yield found
    finally:
        end.touch()
        for onlooker in onlookers:
            found += onlooker.communicate()[0].splitlines()


def test_the_lock_says_who_writes(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "new")
    with writer_lock(tmp_path / "new"):
        assert is_locked(tmp_path / "new")
    assert not is_locked(tmp_path / "new")


def test_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_PATIENCE_S", 0)
    with writer_lock(tmp_path):
        with pytest.raises(IndexUnavailableError, match="Another seealso process"), writer_lock(tmp_path):
            pass
        assert is_locked(tmp_path)


def test_looking_on_keeps_no_writer_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One of them may have seen the mark just before it was taken away, and look again for a moment.
    monkeypatch.setattr(lock, "_PATIENCE_S", 0.2)
    with looking_on(tmp_path) as found:
        for _ in range(100):
            with writer_lock(tmp_path):
                pass
    assert set(found) <= {"locked"}


def test_others_that_look_are_no_writers(tmp_path: Path) -> None:
    with looking_on(tmp_path) as found:
        for _ in range(5_000):
            assert not is_locked(tmp_path)
    assert not found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_killed_writer_writes_no_more(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom seealso.index.lock import writer_lock\n"
        "with writer_lock(pathlib.Path(sys.argv[1])):\n    print('writing', flush=True); sys.stdin.read()\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"writing\n"
    assert is_locked(tmp_path)
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert (tmp_path / MARK).exists()
    assert not is_locked(tmp_path)
    assert not (tmp_path / MARK).exists()
    with writer_lock(tmp_path):
        assert is_locked(tmp_path)
