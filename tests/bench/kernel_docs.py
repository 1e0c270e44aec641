"""Fetch the sources of the Linux kernel documentation, which the benches and some tests read.

They come from a Debian package and stay in a cache outside the checkout:
`PYTHONPATH=tests python -m bench.kernel_docs` prints the
folder.
"""

from __future__ import annotations

import gzip
import random
import shutil
import sys
import tempfile
from pathlib import Path

from bench.fetching import FetchError, cache, unpack_debian
from seealso.text.registry import format_for

PACKAGE = "linux-doc-6.1"
MIN_FILES = 3000
"""A folder with fewer documents is not complete; the package held 3,183 when this was written."""


def folder() -> Path:
    """Return where the documents are kept, whether or not they are there yet."""
    return cache() / "linux-doc"


def available() -> Path | None:
    """Return the folder if it is complete."""
    root = folder()
    return root if sum(1 for _ in root.rglob("*.rst")) >= MIN_FILES else None


def kernel_docs() -> Path:
    """Return the folder of the documents, fetched if they are not complete.

    Raises `FetchError` when the package cannot be downloaded or unpacked.
    """
    if root := available():
        return root
    root = folder()
    root.parent.mkdir(parents=True, exist_ok=True)
    # Next to its place, so that it can be moved there once it is complete.
    with tempfile.TemporaryDirectory(dir=root.parent, prefix="linux-doc-") as temporary:
        unpacked = Path(temporary)
        unpack_debian(PACKAGE, unpacked / "package")
        _copy(unpacked / "package", unpacked / "documents")
        count = sum(1 for _ in (unpacked / "documents").rglob("*.rst"))
        if count < MIN_FILES:
            raise FetchError(f"{PACKAGE} holds only {count} documents; has its layout changed?")
        shutil.rmtree(root, ignore_errors=True)
        (unpacked / "documents").replace(root)
    return root


def _copy(package: Path, to: Path) -> None:
    """Write the documents of an unpacked package into a new folder."""
    base = next(package.glob("usr/share/doc/*/Documentation"), None)
    if base is None:
        raise FetchError(f"{PACKAGE} has no folder Documentation; has its layout changed?")
    for file in base.rglob("*.rst*"):
        if file.is_symlink() or not file.is_file() or not file.name.endswith((".rst", ".rst.gz")):
            continue
        goal = to / file.relative_to(base).parent / file.name.removesuffix(".gz")
        goal.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as source, goal.open("wb") as sink:
            shutil.copyfileobj(source, sink)


def passages(count: int) -> list[str]:
    """Return passages from all over the documentation."""
    generator = random.Random(1)
    files = sorted(kernel_docs().rglob("*.rst"))
    generator.shuffle(files)
    texts: list[str] = []
    for file in files:
        document_format = format_for(file.name)
        assert document_format is not None
        texts += [passage.text for passage in document_format.segmenter().segment(file.read_bytes()).passages]
        if len(texts) >= count:
            break
    return texts[:count]


if __name__ == "__main__":
    try:
        print(kernel_docs())
    except FetchError as error:
        sys.exit(str(error))
