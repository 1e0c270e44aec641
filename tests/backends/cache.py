"""Folders that are slow to make, kept between runs: environments of real embedding servers, and their models."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock

MARKER = "made-by.json"
"""Written last, with the recipe: a folder without it was interrupted, one with another recipe is out of date."""

EXIT_UNAVAILABLE = 69
"""What is needed cannot be had here, and trying again will not help."""


class MakeError(RuntimeError):
    """Something could not be made; one sentence says why."""


class UnavailableError(MakeError):
    """What it is made from cannot be had here: a package has no wheel for this machine, or no index can be reached."""


def root() -> Path:
    """Return the folder that holds all of them; it may be deleted at any time."""
    return Path(os.environ.get("SEEALSO_TEST_CACHE") or "~/.cache/seealso-tests").expanduser().absolute()


def sha256(path: Path) -> str:
    """Return the hash of a file, so that code can be part of a recipe."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_made(name: str, recipe: dict[str, object], proof: str = MARKER) -> bool:
    """Tell whether the folder of a name is complete, made by this recipe, and still holds the file `proof`."""
    folder = root() / name
    try:
        return bool(json.loads((folder / MARKER).read_text("utf-8")) == recipe) and (folder / proof).exists()
    except (OSError, ValueError):
        return False


def made(name: str, recipe: dict[str, object], make: Callable[[Path], None], proof: str = MARKER) -> Path:
    """Return the folder of a name; make it first where `is_made` is false.

    Of several processes one makes it and the others wait.
    """
    folder = root() / name
    if is_made(name, recipe, proof):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not is_made(name, recipe, proof):
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir()
            make(folder)
            (folder / MARKER).write_text(json.dumps(recipe), "utf-8")
    return folder


def install_all(program: str, installs: Iterable[Callable[[], object]]) -> int:
    """Install one thing after the other and print where it is, or why not; return the exit status of `program`."""
    try:
        for install in installs:
            print(install())
    except MakeError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return EXIT_UNAVAILABLE if isinstance(error, UnavailableError) else 1
    return 0
