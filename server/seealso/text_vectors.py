"""Vectors of texts that a question is about: from the index, else embedded now."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from seealso.errors import EmbeddingError
from seealso.model import Passage

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, EmbedKind, ModelInfo, Vectors
    from seealso.index.embeddings import Space
    from seealso.index.store import Store

_SLICE = 16
"""Unsaved passages embedded at once, so that a question asked meanwhile waits for no more."""

_CACHED = 4096
"""Vectors of unsaved passages kept: some 6 MB at 384 dimensions."""

log = logging.getLogger(__name__)


class TextVectors:
    """Embed what the index does not hold yet, and remember it while it is being written."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._cache: dict[bytes, Vectors] = {}
        self._model: ModelInfo | None = None
        """What made the vectors that are remembered."""
        self._remembering = threading.Lock()
        self._complaint = ""
        """Why the model is unavailable, as it was said last."""

    def cached(self, text_hash: bytes) -> Vectors | None:
        """Return the vector of an unsaved text that has been embedded before, by the model in use."""
        self._follow_model()
        return self._cache.get(text_hash)

    def _follow_model(self) -> None:
        from seealso.embed.base import same_model

        now, before = self._embedder.known, self._model
        if now is before:
            return
        with self._remembering:
            if now is None or before is None or not same_model(now, before):
                self._cache = {}
            self._model = now

    def of_text(self, text: str, kind: EmbedKind) -> Vectors | None:
        """Return a text's vector, or None when the model is unavailable: words must do then."""
        try:
            vector: Vectors = self._embedder.embed([text], kind)[0]
        except EmbeddingError as error:
            self._complain(error)
            return None
        self._complaint = ""
        return vector

    def of_passages(
        self, passages: Sequence[Passage], store: Store | None, space: Space | None
    ) -> list[Vectors | None]:
        """Return each passage's vector; None for those that need the model when it is unavailable."""
        found = self._stored(passages, store, space)
        missing: dict[bytes, str] = {}
        for passage in passages:
            if passage.hash not in found:
                vector = self.cached(passage.hash)
                if vector is not None:
                    found[passage.hash] = vector
                else:
                    missing[passage.hash] = passage.text
        todo = list(missing.items())
        try:
            for start in range(0, len(todo), _SLICE):
                part = todo[start : start + _SLICE]
                rows = self._embedder.embed([text for _, text in part], "passage")
                for (text_hash, _), row in zip(part, rows, strict=True):
                    found[text_hash] = row
                    self._remember(text_hash, row)
                self._complaint = ""
        except EmbeddingError as error:
            self._complain(error)
        return [found.get(passage.hash) for passage in passages]

    def _complain(self, error: EmbeddingError) -> None:
        if str(error) != self._complaint:  # with every question, otherwise
            self._complaint = str(error)
            log.warning("Answering by words alone: %s", error)

    def _stored(self, passages: Sequence[Passage], store: Store | None, space: Space | None) -> dict[bytes, Vectors]:
        if store is None or space is None:
            return {}
        ids = store.texts.ids([passage.hash for passage in passages])
        stored = store.embeddings.get(space.id, ids.values())
        return {text_hash: stored[text_id] for text_hash, text_id in ids.items() if text_id in stored}

    def _remember(self, text_hash: bytes, vector: Vectors) -> None:
        self._follow_model()
        with self._remembering:
            self._cache[text_hash] = vector
            while len(self._cache) > _CACHED:
                del self._cache[next(iter(self._cache))]
