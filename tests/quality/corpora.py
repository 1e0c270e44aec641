"""Folders of documents that evaluations index, and where their indexes are kept: nothing is embedded twice."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from bench.fetching import cache
from bench.kernel_docs import kernel_docs
from seealso.corpus import CACHE_VARIABLE


def kept(name: str, fill: Callable[[Path], None]) -> Path:
    """Return a folder of the cache, filled if it is not there yet; its index is kept as well.

    Raises `FetchError` when `fill` does.
    """
    os.environ.setdefault(CACHE_VARIABLE, str(cache() / "indexes"))
    folder = cache() / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, and moved there once it is complete.
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            filled = Path(temporary) / folder.name
            filled.mkdir()
            fill(filled)
            filled.rename(folder)
    return folder


def kernel_parts(name: str, parts: Collection[str], below: str = ".") -> Path:
    """Return some folders of the Linux kernel documentation, or of one folder of it, as a folder of the cache.

    Raises `FetchError` when the documentation cannot be had.
    """

    def fill(folder: Path) -> None:
        documents = kernel_docs() / below
        for part in parts:
            shutil.copytree(documents / part, folder / part)

    return kept(f"{name}/kernel", fill)
