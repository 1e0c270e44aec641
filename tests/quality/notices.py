"""Manuals that repeat themselves: the same notices and frames stand on page after page."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fetching import FetchError, unpack_debian
from quality.corpora import kept

MAN_PAGES = 250
GIT_PAGES = 80
CMAKE = ("policy", "prop_tgt", "prop_dir", "variable")
"""Folders of CMake's help; each page of a policy says when it came and what its old behaviour will come to."""

MAN_WIDTH = 90
_OVERSTRIKE = re.compile(".\b")


def manuals() -> dict[str, Path]:
    """Return the folder of each manual by its name.

    Raises `FetchError` when one cannot be had.
    """
    return {
        "CMake": kept("boilerplate/cmake", _fill_cmake),
        "Git": kept("boilerplate/git", _fill_git),
        "man pages": kept("boilerplate/man", _fill_man),
    }


def sample(files: Sequence[Path], count: int) -> list[Path]:
    """Return some of the files, the same ones each time."""
    ordered = sorted(files)
    return sorted(random.Random(1).sample(ordered, min(count, len(ordered))))


def plain(page: str) -> str:
    """Return a formatted page without overstrikes and without its running head and foot."""
    lines = _OVERSTRIKE.sub("", page).strip("\n").split("\n")
    return "\n".join(lines[1:-1]).strip("\n") + "\n"


def _fill_cmake(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as package:
        unpack_debian("cmake-data", Path(package))
        (pages,) = Path(package).glob("usr/share/cmake-*/Help")
        for part in CMAKE:
            shutil.copytree(pages / part, folder / part)


def _fill_git(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as package:
        unpack_debian("git-doc", Path(package))
        pages = [page for page in (Path(package) / "usr/share/doc/git-doc").glob("git-*.txt") if page.is_file()]
        for page in sample(pages, GIT_PAGES):
            shutil.copy(page, folder)


def _fill_man(folder: Path) -> None:
    if shutil.which("man") is None:
        raise FetchError("man is missing: it formats the manual pages. Install man-db.")
    with tempfile.TemporaryDirectory() as package:
        unpack_debian("manpages-dev", Path(package))
        # The smallest ones only say which page is meant.
        pages = [page for page in Path(package).glob("usr/share/man/man[23]/*.gz") if page.stat().st_size > 1_000]
        for page in sample([page for page in pages if not page.is_symlink()], MAN_PAGES):
            done = subprocess.run(
                ["man", "--encoding=utf8", "--no-hyphenation", "--no-justification", str(page)],
                env={"MANWIDTH": str(MAN_WIDTH), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise FetchError(f"man cannot format {page.name}: {done.stderr.strip()}")
            (folder / f"{page.name.removesuffix('.gz')}.txt").write_text(plain(done.stdout), encoding="utf-8")
