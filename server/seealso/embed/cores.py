"""How many threads are polite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MOST = 8
_TOPOLOGY = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def default_threads() -> int:
    """Return the number of physical cores this process may use, at most 8."""
    return max(1, min(MOST, _physical_cores()))


def _physical_cores() -> int:
    if sys.platform == "linux":
        return min(_linux_cores(), _linux_quota())
    elif sys.platform == "darwin":
        return _macos_cores()
    else:
        # Most desktop processors show two logical cores for a physical one.
        return (os.cpu_count() or 2) // 2


def _linux_cores() -> int:
    usable = os.sched_getaffinity(0)
    siblings = set()
    for cpu in usable:
        try:
            siblings.add((_TOPOLOGY / f"cpu{cpu}/topology/thread_siblings_list").read_text("ascii"))
        except OSError:
            return len(usable)
    return len(siblings)


def _linux_quota() -> int:
    """Return the whole cores a container's quota amounts to; a large number without one."""
    try:
        quota, period = _QUOTA.read_text("ascii").split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return sys.maxsize


def _macos_cores() -> int:
    # Efficiency cores are left to the editor.
    for name in ("hw.perflevel0.physicalcpu", "hw.physicalcpu"):
        done = subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip().isdigit():
            return int(done.stdout)
    return os.cpu_count() or 1
