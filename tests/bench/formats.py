"""Read real trees of all formats but Markdown and rst: `python -m bench.formats [NAME ...] [--show N]`.

Each document is checked for what holds in all formats; `--show` prints passages chosen at random, to be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import random
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.fetching import FetchError, cache, unpack_debian, unpack_npm, unpack_wheel
from seealso.errors import DocumentError
from seealso.model import Passage
from seealso.text.base import Format
from seealso.text.decode import decode
from seealso.text.registry import FORMATS
from unit.text.reading import check

SEED = 1

Unpack = Callable[[str, Path], None]


def _git_manual(package: str, to: Path) -> None:
    """Unpack a Debian package, and name its AsciiDoc as such."""
    unpack_debian(package, to)
    for file in sorted(to.rglob("*.txt")):
        file.rename(file.with_suffix(".adoc"))


def _unzipped(package: str, to: Path) -> None:
    """Unpack a Debian package, and what is compressed in it."""
    unpack_debian(package, to)
    for file in sorted(to.rglob("*.tex.gz")):
        with gzip.open(file) as source, file.with_suffix("").open("wb") as sink:
            shutil.copyfileobj(source, sink)


TREES: dict[str, tuple[Unpack, str]] = {
    "asciidoc": (_git_manual, "git-doc"),
    "c": (unpack_debian, "linux-libc-dev"),
    "go": (unpack_debian, "golang-golang-x-net-dev"),
    "html": (unpack_debian, "git-doc"),
    "javascript": (unpack_npm, "rxjs@7.8.1"),
    "jupyter": (unpack_wheel, "holoviews==1.14.9"),
    "latex": (_unzipped, "texlive-humanities-doc"),
    "rust": (unpack_debian, "librust-tokio-dev"),
}
"""By the name of the format; Python is read in the library of the interpreter."""


class Reading(NamedTuple):
    """What was read in a tree."""

    files: int
    refused: int
    size: int
    """Bytes."""
    seconds: float
    slowest_s: float
    passages: list[tuple[Path, Passage]]


def tree(name: str) -> Path:
    """Return the folder with documents of a format, fetched if it is not there; raises `FetchError`."""
    if name == "python":
        return Path(sysconfig.get_path("stdlib"))
    unpack, package = TREES[name]
    root = cache() / "formats" / name
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
            unpack(package, Path(temporary) / "tree")
            (Path(temporary) / "tree").rename(root)
    return root


def documents(root: Path, known: Format) -> Iterator[Path]:
    """Yield the documents of a format below a folder, in order."""
    for path in sorted(root.rglob("*")):
        ours = path.suffix.lower() in known.extensions and "site-packages" not in path.parts
        if ours and path.is_file() and not path.is_symlink():
            yield path


def read(root: Path, known: Format) -> Reading:
    """Read all documents of a format below a folder; raises `AssertionError` when one is read wrongly."""
    files = refused = size = 0
    seconds = slowest = 0.0
    passages: list[tuple[Path, Passage]] = []
    for path in documents(root, known):
        try:
            source, _ = decode(path.read_bytes())
            start = time.perf_counter()
            found = known.segmenter().segment(source)
            taken = time.perf_counter() - start
        except DocumentError:
            refused += 1
            continue
        check(source, found)
        files, size, seconds, slowest = files + 1, size + len(source), seconds + taken, max(slowest, taken)
        passages += [(path.relative_to(root), passage) for passage in found.passages]
    return Reading(files, refused, size, seconds, slowest, passages)


def main() -> None:
    by_name = {known.name: known for known in FORMATS if known.name in {*TREES, "python"}}
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("names", nargs="*", help=f"of {', '.join(sorted(by_name))}")
    arguments.add_argument("--show", type=int, default=0, metavar="N")
    options = arguments.parse_args()
    print(f"{'':<12}{'files':>7}{'refused':>9}{'MB':>8}{'passages':>10}{'MB/s':>7}{'slowest, ms':>13}")
    for name in options.names or sorted(by_name):
        found = read(tree(name), by_name[name])
        megabytes = found.size / 1e6
        speed = megabytes / found.seconds
        print(
            f"{name:<12}{found.files:>7,}{found.refused:>9,}{megabytes:>8.1f}{len(found.passages):>10,}{speed:>7.1f}"
            f"{found.slowest_s * 1e3:>13.0f}"
        )
        chosen = random.Random(SEED).sample(found.passages, min(options.show, len(found.passages)))
        for path, passage in chosen:
            titles = " > ".join(heading.title for heading in passage.headings)
            print(f"  {path}:{passage.start_line + 1}  {titles}\n    {passage.text[:300]}")


if __name__ == "__main__":
    try:
        main()
    except FetchError as error:
        sys.exit(str(error))
