"""What the index knows of embedding models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

EmbedKind = Literal["query", "passage"]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity of a vector space."""

    id: str
    """Changes whenever the vectors would."""
    dimension: int
    max_tokens: int


class Embedder(Protocol):
    """Embed texts; safe to call from any one thread at a time per call."""

    @property
    def info(self) -> ModelInfo:
        """Identify the model without loading it."""
        ...

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Return one unit row a text, in order: shape (len(texts), dimension), float32.

        Raises `EmbeddingError` when the model cannot be loaded or run.
        """
        ...

    def close(self) -> None:
        """Release the model; a later `embed` loads it again."""
        ...
