"""The embedding model of a workspace, and the vector spaces its models have in the index."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.errors import SeeAlsoError

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, EmbedKind, ModelInfo, Vectors
    from seealso.embed.profile import ModelProfile
    from seealso.index.embeddings import Space
    from seealso.index.store import Store
    from seealso.index.vectors import VectorIndex
    from seealso.settings import Settings
    from seealso.text_vectors import TextVectors

_IN_USE = "space"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """The vectors a question may use."""

    id: int
    name: str
    vectors: VectorIndex
    profile: ModelProfile


class Spaces:
    """Hold the embedder that the settings ask for; any thread may ask.

    A server may be away, or not have been asked yet. Then the space that was last used with these settings counts, so
    that what is in the index can be found without it.
    """

    def __init__(self, directory: Path, settings: Settings, embedder: Embedder | None) -> None:
        """Use `embedder` whatever the settings say, or without one make the one they ask for when it is needed."""
        self._directory = directory
        self._settings = settings
        self._embedder = embedder
        self._own = embedder is None
        self._texts: TextVectors | None = None
        self._unusable = ""
        """Why the settings name no model, as it was said last."""
        self._files: dict[int, VectorIndex] = {}
        self._lock = threading.RLock()

    def configure(self, settings: Settings) -> None:
        """Use other settings from now on."""
        with self._lock:
            before, self._settings = self._settings, settings
            if self._own and (before.embedding, before.vllm) != (settings.embedding, settings.vllm):
                self.close()
                self._embedder = self._texts = None

    def close(self) -> None:
        with self._lock:
            if self._embedder is not None and self._own:
                self._embedder.close()

    def forget_files(self) -> None:
        """Open the vector files again: they belong to another index now."""
        self._files.clear()

    @property
    def embedder(self) -> Embedder:
        """Return the embedder; raise `SettingsError` or `EmbeddingError` when the settings name none."""
        with self._lock:
            if self._embedder is None:
                from seealso.embed.choice import embedder_for

                self._embedder = embedder_for(self._settings)
            return self._embedder

    def embedder_if_any(self) -> Embedder | None:
        """Return the embedder, or None when the settings name none that can be."""
        try:
            return self.embedder
        except SeeAlsoError:
            return None

    @property
    def texts(self) -> TextVectors | None:
        """Return what embeds the texts of questions, or None when the settings name no model that can be."""
        with self._lock:
            if self._texts is None:
                from seealso.text_vectors import TextVectors

                try:
                    self._texts = TextVectors(self.embedder)
                    self._unusable = ""
                except SeeAlsoError as error:
                    if str(error) != self._unusable:  # with every question, otherwise
                        self._unusable = str(error)
                        log.warning("Answering by words alone: %s", error)
            return self._texts

    def known(self, store: Store) -> Space | None:
        """Return the space in use, without waiting for a server and without opening its vectors."""
        embedder = self.embedder_if_any()
        if embedder is None:
            return None
        info = embedder.known
        if info is not None:
            return store.embeddings.space(info)
        last = store.meta(f"{_IN_USE} {embedder.source}")
        return store.embeddings.space_of_id(int(last)) if last else None

    def model_name(self) -> str | None:
        """Return what the model calls itself, as far as that is known without asking."""
        embedder = self.embedder_if_any()
        info = embedder.known if embedder is not None else None
        return info.id if info is not None else None

    def pending(self, store: Store) -> int:
        """Return how many texts have no vector in the space in use."""
        space = self.known(store)
        return len(store.embeddings.pending(space.id)) if space is not None else store.counts()[1]

    def current(self, store: Store) -> VectorSpace | None:
        """Return the space in use with its vectors, inside a snapshot; None while there is none."""
        space = self.known(store)
        if space is None:
            return None
        opened = self.opened(store, space)
        opened.vectors.follow(store)
        return opened

    def enter(self, store: Store, embedder: Embedder, info: ModelInfo) -> VectorSpace:
        """Return the space of a model that was just identified, made if need be, and use it from now on.

        `embedder` is the one that identified it: the settings may ask for another one by now.
        """
        with store.transaction():
            space = store.embeddings.open_space(info)
            store.set_meta(f"{_IN_USE} {embedder.source}", str(space.id))
        return self.opened(store, space)

    def calibrated(self, store: Store, embedder: Embedder, space: VectorSpace) -> VectorSpace:
        """Return a space after it was measured, when its model is unknown and there is enough to measure it by."""
        from seealso.index import calibration

        plain = store.embeddings.space_of_id(space.id)
        assert plain is not None, "a space is never deleted"
        if not calibration.is_needed(store, plain):
            return space
        profile = calibration.calibrate(store, plain, lambda texts, kind: _embed(embedder, texts, kind))
        return replace(space, profile=profile)

    def opened(self, store: Store, space: Space) -> VectorSpace:
        """Return a space with its vectors and the cosines it is judged by."""
        from seealso.index.calibration import profile_of
        from seealso.index.vectors import VectorIndex

        with self._lock:
            vectors = self._files.get(space.id)
            if vectors is None:
                vectors = self._files[space.id] = VectorIndex(self._directory, space.id, space.dimension)
        return VectorSpace(space.id, space.name, vectors, profile_of(store, space))


def _embed(embedder: Embedder, texts: Sequence[str], kind: EmbedKind) -> Vectors:
    from seealso.embed.base import Lane, RefusedTextsError

    try:
        return embedder.embed(texts, kind, Lane.BULK)
    except RefusedTextsError as error:
        return error.vectors  # a few of many do not matter
