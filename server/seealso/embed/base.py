"""What the index knows of embedding models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from seealso.errors import EmbeddingError

EmbedKind = Literal["query", "passage", "related"]
"""What a text is to the model: a question, a passage to be found, or text of which related passages are wanted."""

Vectors = npt.NDArray[np.float32]


class Lane(Enum):
    """Who waits for an embedding."""

    INTERACTIVE = "interactive"
    """A person: goes before everything else, and fails rather than waits for long."""
    BULK = "bulk"
    """An index: may wait for a server that is busy, starting or away for a moment."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity of a vector space."""

    id: str
    """Name and dimension, and whatever else is known to change the vectors."""
    dimension: int
    max_tokens: int
    fingerprint: Vectors | None = field(default=None, compare=False, repr=False)
    """Vector of a fixed text, shape (dimension,): tells models of one name apart. None when the name says it all."""


SAME_COSINE = 0.995
"""Vectors of one text by one model are at least as close, however it is quantised to 8 bits and batched; those of one
quantised to 4 bits are not, and it is another model for our purposes."""


def same_model(one: ModelInfo, other: ModelInfo) -> bool:
    """Tell whether two identities are of one vector space: the same name, and nearly the same fingerprint."""
    return one.id == other.id and same_fingerprint(one.fingerprint, other.fingerprint)


def same_fingerprint(one: Vectors | None, other: Vectors | None) -> bool:
    """Tell whether two fingerprints are of one model; one without has nothing but its name."""
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and float(one @ other) >= SAME_COSINE


class RefusedTextsError(EmbeddingError):
    """Some texts cannot be embedded, whatever is tried; the others were."""

    def __init__(self, vectors: Vectors, refused: Mapping[int, str]) -> None:
        """Take the rows of all texts, and by position why a text has none; its row is zero."""
        number, reason = next(iter(refused.items()))
        super().__init__(f"{len(refused)} of {len(vectors)} texts cannot be embedded; text {number}: {reason}")
        self.vectors = vectors
        self.refused = refused


class Embedder(Protocol):
    """Embed texts; safe to call from several threads at once."""

    @property
    def source(self) -> str:
        """Say what was configured, as a key: the same as long as the settings mean the same model."""
        ...

    @property
    def known(self) -> ModelInfo | None:
        """Identify the model without waiting: None while a server has not been asked."""
        ...

    @property
    def activity(self) -> str:
        """Say what is being waited for, such as a server that starts; empty when nothing is."""
        ...

    @property
    def doubts(self) -> tuple[str, ...]:
        """Say what looked wrong with the model's vectors when it was identified last, for the user."""
        ...

    @property
    def calls(self) -> int:
        """How many bulk calls at a time keep the model busy."""
        ...

    @property
    def call_s(self) -> float:
        """What a bulk call should take: so much work is lost by an interruption."""
        ...

    def warm(self) -> None:
        """Get ready for the questions of somebody who has opened an editor; does not wait for a server.

        Raises `EmbeddingError` when the model cannot be loaded.
        """
        ...

    def identify(self) -> ModelInfo:
        """Identify the model anew; starts and waits for a server.

        Raises `EmbeddingError` when there is none.
        """
        ...

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        """Return one unit row a text, in order: shape (len(texts), dimension), float32.

        Raises `RefusedTextsError` when the model refuses some of several texts in the bulk lane, `EmbeddingError` when
        it cannot be loaded, reached or run.
        """
        ...

    def close(self) -> None:
        """Release the model and give up calls under way; what is called later may fail."""
        ...
