"""What `seealso doctor` tries: each check returns what it saw, or raises what is wrong and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.configuration import load, user_file
from seealso.corpus import CACHE_VARIABLE, cache_directory
from seealso.errors import EmbeddingError, IndexUnavailableError, SeeAlsoError, SettingsError
from seealso.units import size

if TYPE_CHECKING:
    from seealso.embed.base import Embedder
    from seealso.model import Segmentation

MIN_PYTHON = (3, 11)
MIN_FREE_BYTES = 200_000_000
"""An index takes up to 3 kB a passage: room for a workspace of 50,000 passages."""
PROBES = 100
MIN_RECALL = 0.9
"""The graph is approximate; what it misses is rare."""

_REINSTALL = "Install seealso again in a fresh virtual environment."
_SAMPLES = {
    "sample.adoc": "= Title\n\nOne paragraph with `code` in it.\n\n* and a list\n",
    "sample.html": "<h1>Title</h1><p>One paragraph.<ul><li>and a list</ul>",
    "sample.go": "// One paragraph of a few words.\n\n// And then another one, too.\nfunc f() {}\n",
    "sample.ipynb": '{"cells": [{"cell_type": "markdown", "source": ["One paragraph.\\n", "- and a list"]}]}',
    "sample.md": "# Title\n\nOne paragraph with a [link](other.md).\n\n- and a list\n",
    "sample.org": "* Title\n\nOne paragraph with a [[file:other.org][link]].\n\n- and a list\n",
    "sample.py": '"""One paragraph of a few words."""\n\n# And then another one, too.\n',
    "sample.rst": "Title\n=====\n\nOne paragraph with ``code`` in it.\n\n* and a list\n",
    "sample.tex": "\\section{Title}\n\nOne paragraph of a few words.\n\nAnd another one, too.\n",
    "sample.txt": "One paragraph.\n\nAnd another one.\n",
}
_PASSAGE = "To restore a deleted file, open the history of its folder and choose the day."
_ALIKE = "Wer eine gelöschte Datei zurückholen will, öffnet den Verlauf des Ordners und wählt den Tag."
_REWORDED = "Whoever wants a removed document back looks at the folder's history and picks a date."
_OTHER = "The recipe needs two onions, a spoon of butter and a pinch of nutmeg."


def python() -> str:
    """Report the interpreter."""
    if sys.version_info[:2] < MIN_PYTHON:
        wanted = ".".join(map(str, MIN_PYTHON))
        raise SeeAlsoError(f"Python {platform.python_version()} is too old.", hint=f"Use Python {wanted} or later.")
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def sqlite() -> str:
    """Make a full-text table as the index does, and find a word in it."""
    from seealso.index.words import FTS5_TOKENIZE

    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.execute(f'CREATE VIRTUAL TABLE probe USING fts5(body, tokenize="{FTS5_TOKENIZE}")')
            db.execute("INSERT INTO probe VALUES ('kmalloc_node 検索')")
            found = db.execute("SELECT count(*) FROM probe WHERE probe MATCH '\"検索\"'").fetchone()[0]
        except sqlite3.Error as error:
            raise SeeAlsoError(
                f"SQLite {sqlite3.sqlite_version} has no usable full-text search ({error}).",
                hint="Use a Python whose sqlite3 was built with FTS5; those of python.org and of conda are.",
            ) from error
    if found != 1:
        raise SeeAlsoError(
            f"The full-text search of SQLite {sqlite3.sqlite_version} does not find what it holds.",
            hint="Use a Python with a newer SQLite.",
        )
    return f"{sqlite3.sqlite_version} with FTS5"


def readers() -> str:
    """Read a small document of each format."""
    from seealso.text.registry import format_for

    names = []
    for name, text in _SAMPLES.items():
        reader = format_for(name)
        passages = reader.segmenter().segment(text.encode()).passages if reader is not None else ()
        if reader is None or len(passages) != 2:
            raise SeeAlsoError(f"{name}: {len(passages)} passages were read instead of 2.", hint=_REINSTALL)
        names.append(reader.name)
    return ", ".join(names)


def model() -> str:
    """Try the model in the package."""
    from seealso.embed.onnx import OnnxEmbedder

    with closing(OnnxEmbedder()) as embedder:
        return _tried(embedder, _ALIKE)


def server() -> str:
    """Find the server that the user's settings name, or start it, and try it like the model in the package."""
    from seealso.embed.choice import embedder_for
    from seealso.settings import Backend

    settings, problems = load(None)
    if problems:
        raise SettingsError(" ".join(problems), hint=f"Correct '{user_file()}'.")
    backend = settings.embedding.backend
    if backend is Backend.ONNX:
        return "none is set; the model in the package embeds"
    with closing(embedder_for(settings)) as embedder:
        return f"{backend.value}: {_tried(embedder, _REWORDED)}"


def _tried(embedder: Embedder, alike: str) -> str:
    """Embed three sentences; one that means the same as the first must be nearer to it than one that does not."""
    import numpy as np

    info = embedder.identify()
    vectors = embedder.embed([_PASSAGE, alike, _OTHER], "passage")
    lengths = np.linalg.norm(vectors, axis=1)
    if vectors.shape != (3, info.dimension) or not np.allclose(lengths, 1.0, atol=1e-3):
        raise EmbeddingError("The embedding model gives vectors of a wrong shape or length.", hint=_REINSTALL)
    same, other = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    if same <= other:
        raise EmbeddingError(
            f"{info.id} finds unrelated texts closer ({other:.2f}) than related ones ({same:.2f}).",
            hint=_REINSTALL if embedder.source == "onnx" else "Is it an embedding model, and pooled as it should be?",
        )
    return f"{info.id}, {info.dimension} dimensions; same meaning {same:.2f}, other meaning {other:.2f}"


def vectors() -> str:
    """Write an index just large enough for a vector file, open it again and find vectors in it."""
    import numpy as np

    from seealso.embed.base import ModelInfo
    from seealso.index.store import Store
    from seealso.index.vectors import MAX_TAIL, VectorIndex

    info = ModelInfo("doctor", 32, 1)
    rows = np.random.default_rng(0).standard_normal((MAX_TAIL + 1, info.dimension)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory(prefix="seealso-doctor-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with closing(Store(directory, create=True)) as store:
            with store.transaction():
                store.put_document("probe.txt", size=1, mtime_ns=0, segmentation=_paragraphs(len(rows)))
                space = store.embeddings.open_space(info)
                texts = [text_id for text_id, _ in store.embeddings.pending(space.id)]
                store.embeddings.put(space.id, texts, rows)
            VectorIndex(directory, space.id, info.dimension).merge(store)
            index = VectorIndex(directory, space.id, info.dimension)
            index.follow(store)
            found = [index.search(row, 1)[0][0] for row in rows[:PROBES]]
            files = list(directory.glob("vectors.*"))
    right = sum(one == other for one, other in zip(found, texts, strict=False))
    if right < PROBES * MIN_RECALL or len(files) != 1:
        raise IndexUnavailableError(
            f"Of {PROBES} vectors written to an index, {right} were found in it.", hint=_REINSTALL
        )
    return f"{len(rows):,} vectors written, opened again, {right} of {PROBES} found"


def cache() -> str:
    """Write to the folder that holds the indexes."""
    directory = cache_directory()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".doctor-") as file:
            file.write(b"probe")
    except OSError as error:
        raise SeeAlsoError(
            f"{directory} cannot be written to: {error.strerror or error}.",
            hint=f"Mend its permissions, or name another folder in the environment variable {CACHE_VARIABLE}.",
        ) from error
    return str(directory)


def space() -> str:
    """Look at the free space where the indexes are kept."""
    directory = cache_directory()
    while not directory.exists():
        directory = directory.parent
    free = shutil.disk_usage(directory).free
    if free < MIN_FREE_BYTES:
        raise SeeAlsoError(
            f"Only {size(free)} are free for indexes.",
            hint=f"Make room, or name a folder on another disk in the environment variable {CACHE_VARIABLE}.",
        )
    return f"{size(free)} free"


CHECKS: dict[str, Callable[[], str]] = {
    "python": python,
    "sqlite": sqlite,
    "readers": readers,
    "model": model,
    "server": server,
    "vectors": vectors,
    "cache": cache,
    "space": space,
}


def _paragraphs(count: int) -> Segmentation:
    from seealso.text.registry import format_for

    reader = format_for("probe.txt")
    assert reader is not None
    return reader.segmenter().segment("\n\n".join(f"Paragraph number {number}." for number in range(count)).encode())
