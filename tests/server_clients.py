"""What tests of the embedding client share: how one is made, and what must come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from fake_embedder import DIMENSION
from fault_server.embedding import embed
from seealso.embed.base import Vectors

if TYPE_CHECKING:
    from fault_server import FaultServer
    from seealso.embed.openai import OpenAIEmbedder


class Connect(Protocol):
    """Make an embedder for a server, or for several addresses of one; `settings` are fields of `EmbeddingSettings`."""

    def __call__(
        self, *servers: FaultServer | str, key: str = "", priorities: bool = False, **settings: Any
    ) -> OpenAIEmbedder: ...


def expected(texts: Sequence[str], *, dimension: int = DIMENSION, seed: int = 0, kept: int | None = None) -> Vectors:
    """Return the unit rows of some texts in a space of the failing server, cut off after `kept` numbers."""
    rows = np.stack([embed(text, dimension, seed)[:kept] for text in texts])
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def assert_rows(rows: Vectors, texts: Sequence[str], **space: Any) -> None:
    """Check that each row is that of its text, as far as 16 bits a number can tell."""
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows, expected(texts, **space), atol=1e-3)


def sentences(count: int, words: int = 5) -> list[str]:
    """Return texts of so many words that are all different."""
    return [" ".join(f"w{number}x{place}" for place in range(words)) for number in range(count)]
