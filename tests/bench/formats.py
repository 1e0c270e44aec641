"""How AsciiDoc and LaTeX are read in the wild: documents, passages, speed, and how much of the text is in passages.

`PYTHONPATH=tests python -m bench.formats` reads the manual of git and documentation of TeX Live, which it fetches on a
Debian system.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.fetching import FetchError, cache, unpack_debian
from seealso.errors import DocumentError
from seealso.text.decode import decode
from seealso.text.registry import format_for


@dataclass(frozen=True, slots=True)
class Tree:
    """Documents of one format in Debian packages."""

    name: str
    packages: tuple[str, ...]
    pattern: str
    """Which files of the packages they are, without `.gz`."""
    extension: str
    """Which they get: git ships its AsciiDoc as `.txt`."""
    least: int
    """With fewer documents it is not complete."""


TREES = (
    Tree("git", ("git-doc",), ".txt", ".adoc", 250),
    Tree(
        "texlive",
        ("texlive-humanities-doc", "texlive-latex-recommended-doc", "texlive-science-doc"),
        ".tex",
        ".tex",
        400,
    ),
)


def documents(tree: Tree) -> list[Path]:
    """Return the documents of a tree, fetched if they are not there.

    Raises `FetchError` when the packages cannot be downloaded or unpacked.
    """
    root = cache() / tree.name
    found = sorted(root.rglob(f"*{tree.extension}"))
    if len(found) >= tree.least:
        return found
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=f"{tree.name}-") as temporary:
        for package in tree.packages:
            unpacked = Path(temporary) / package
            unpack_debian(package, unpacked)
            for file in sorted(unpacked.rglob(f"*{tree.pattern}*")):
                name = file.name.removesuffix(".gz")
                if not name.endswith(tree.pattern) or file.is_symlink() or not file.is_file():
                    continue
                goal = (
                    root
                    / package
                    / file.relative_to(unpacked).parent
                    / f"{name.removesuffix(tree.pattern)}{tree.extension}"
                )
                goal.parent.mkdir(parents=True, exist_ok=True)
                with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as source, goal.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    found = sorted(root.rglob(f"*{tree.extension}"))
    if len(found) < tree.least:
        raise FetchError(f"{', '.join(tree.packages)} hold only {len(found)} documents; has their layout changed?")
    return found


def show(tree: Tree) -> None:
    """Read a tree and print its figures."""
    sources: list[bytes] = []
    for file in documents(tree):
        with suppress(DocumentError):  # in an encoding that cannot be told
            sources.append(decode(file.read_bytes())[0])
    syntax = format_for(f"x{tree.extension}")
    assert syntax is not None
    start = time.perf_counter()
    read = [syntax.segmenter().segment(source) for source in sources]
    seconds = time.perf_counter() - start
    size = sum(map(len, sources))
    inside = sum(passage.end_byte - passage.start_byte for one in read for passage in one.passages)
    print(f"{tree.name}: {len(sources):,} documents of {syntax.name}, {size / 1e6:.1f} MB")
    print(f"  passages                {sum(len(one.passages) for one in read):>8,}")
    print(f"  without any             {sum(not one.passages for one in read):>8,}   documents")
    print(f"  bytes in passages       {100 * inside / size:>8.1f}   %")
    print(f"  speed                   {size / 1e6 / seconds:>8.2f}   MB/s")


if __name__ == "__main__":
    try:
        for each in TREES:
            show(each)
    except FetchError as error:
        sys.exit(str(error))
