"""The oldest versions that pyproject.toml promises to work with, as constraints for pip.

`python tests/lowest.py` prints every direct dependency pinned to its lower bound, one a line.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_LOWER_BOUND = re.compile(r"([\w.-]+)>=([\w.]+)")


def dependencies() -> list[str]:
    """Return what the package needs, as pyproject.toml writes it."""
    project: dict[str, list[str]] = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    return project["dependencies"]


def pinned(requirement: str) -> str:
    """Return the requirement with nothing left but its lower bound."""
    found = _LOWER_BOUND.match(requirement)
    assert found, f"pyproject.toml gives {requirement} no lower bound"
    return f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    for requirement in dependencies():
        print(pinned(requirement))
