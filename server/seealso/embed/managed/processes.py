"""Processes told apart from later ones with the same number, and whole groups of them ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_LOOK_S = 0.05
_KILLED_S = 10.0
"""A process that is killed while it waits for a driver takes a moment to go."""


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    started: str
    """Differs between two processes that have the same number one after the other, also across a restart of the
    machine."""


def identify(pid: int) -> Process | None:
    """Return the process that has a number now; None when it is gone or only waits to be buried."""
    return next((process for process, _ in _running(pid)), None)


def members(group: int) -> tuple[Process, ...]:
    """Return what runs in a process group, the leader not always among them."""
    return tuple(process for process, own in _running() if own == group)


def end_group(group: int, grace_s: float) -> bool:
    """Ask a process group to end, and after a while end every process in it; tell whether it is gone."""
    for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, _KILLED_S)):
        deadline = time.monotonic() + patience_s
        if members(group):
            # Permission is refused where all that is left is dead already.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        while members(group):
            if time.monotonic() > deadline:
                break
            time.sleep(_LOOK_S)
        else:
            return True
    return False


def _running(pid: int | None = None) -> Iterator[tuple[Process, int]]:
    """Yield running processes, or the one asked for, with their groups."""
    if sys.platform == "linux":
        boot = _boot()
        names = [str(pid)] if pid is not None else [entry.name for entry in _PROC.iterdir() if entry.name.isdigit()]
        for name in names:
            try:
                # The name stands in brackets and may hold anything.
                fields = (_PROC / name / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if len(fields) > 19 and fields[0] not in "ZX":
                yield Process(int(name), f"{boot}:{fields[19]}"), int(fields[2])
    else:
        selection = ["-p", str(pid)] if pid is not None else ["-A"]
        command = ["ps", *selection, "-o", "pid=,pgid=,stat=,lstart="]
        listed = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        )
        for line in listed.stdout.splitlines():
            number, group, status, started = line.split(None, 3)
            if not status.startswith("Z"):
                yield Process(int(number), started.strip()), int(group)


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii")[:8]
    except OSError:
        return ""
