"""Read TOML that anybody may have written."""

from __future__ import annotations

import tomllib
from typing import Any

MAX_DOTS = 200
"""In a line. The time that the standard library takes grows with the square of a dotted key: 4 s for 32 kB."""


def loads(text: str) -> dict[str, Any]:
    """Return what a file says; raise `ValueError` or `RecursionError` with what is wrong."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > MAX_DOTS:
            raise ValueError(f"line {number} has more than {MAX_DOTS} dots; break it up")
    return tomllib.loads(text)
