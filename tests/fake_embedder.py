"""An embedder that means something without a model: texts that share words are close."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from seealso.embed.base import EmbedKind, Lane, ModelInfo, Vectors

DIMENSION = 64


def bag_of_words(text: str, dimension: int = DIMENSION) -> Vectors:
    """Return the sum of the directions of the text's words; its length is that of no unit vector."""
    row = np.full(dimension, 1e-3, np.float32)
    for word in re.findall(r"\w+", text.casefold()):
        row += _direction(word, dimension)
    return row


@lru_cache(maxsize=1 << 14)
def _direction(word: str, dimension: int) -> Vectors:
    seed = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest())
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)


class FakeEmbedder:
    """Hashed bag of words: each word adds its own fixed direction. Deterministic, and counts what it is asked."""

    def __init__(self, model_id: str = "fake-bag-of-words") -> None:
        self._info = ModelInfo(model_id, DIMENSION, 512)
        self.embedded: list[str] = []
        self.questions: list[str] = []
        self.source = model_id
        self.activity = ""
        self.doubts: tuple[str, ...] = ()
        self.calls = 1
        self.call_s = 0.5

    @property
    def known(self) -> ModelInfo | None:
        return self._info

    def warm(self) -> None:
        """Be ready as it is."""

    def identify(self) -> ModelInfo:
        return self._info

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        (self.embedded if kind == "passage" else self.questions).extend(texts)
        rows = np.stack([bag_of_words(text) for text in texts])
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def close(self) -> None:
        """Hold nothing."""
