"""Waiting for what a server does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 300.0


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.1)
