"""Which texts may answer a question: from the index, and from the buffers over it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from seealso.index import milestones
from seealso.index.search import coverage
from seealso.index.store import Store
from seealso.index.words import lexical_terms
from seealso.model import Passage, Place, content_hash
from seealso.overlay import Overlay

if TYPE_CHECKING:
    from seealso.embed.base import Vectors
    from seealso.spaces import VectorSpace

PLACES_OF_A_TEXT = 50
"""Places of one candidate text that are looked at; a template may have thousands."""


MAX_UNSAVED = 100
"""Unsaved texts that are looked at; of more, as in a large document that is not in the index yet, the nearest."""

MAX_NEAREST = 4_000
"""Neighbours asked for at most, to find enough among them that stand somewhere."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An indexed text that is near by words or by meaning."""

    text_id: int
    dense: float | None
    """Cosine, or None while it has no vector."""
    bm25: float
    """0 when it was found by meaning only."""


@dataclass(frozen=True)
class Candidate:
    """A text that may answer, with every place it stands in."""

    places: tuple[tuple[Place, bool], ...]
    """Each with whether it is marked to be ignored as a duplicate; never empty."""
    dense: float | None
    bm25: float

    @property
    def text(self) -> str:
        return self.places[0][0].text

    def best_place_first(self, weights: dict[str, float]) -> Candidate:
        """Return the candidate with the places in front whose headings have most of the query's terms."""
        if len(self.places) == 1:
            return self
        places = sorted(self.places, key=lambda at: -coverage(weights, _heading_terms(at[0])))
        return Candidate(tuple(places), self.dense, self.bm25)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms it is found by: its text's and its headings'."""
        return terms_of(self.places[0][0])


@dataclass(frozen=True)
class Candidates:
    """Look up texts for one question: a store inside a snapshot, the overlay, and the vectors if there are any."""

    store: Store
    overlay: Overlay
    space: VectorSpace | None
    unsaved_vector: Callable[[bytes], Vectors | None]
    """The vector of a text of an open buffer by its hash, if it has been embedded."""

    def hits(self, terms: Collection[str], vector: Vectors | None, text: str, count: int) -> list[Hit]:
        """Return the indexed texts nearest by words and by meaning, and the one that reads exactly like `text`."""
        store = self.store
        found = store.lexical.search(terms, count) if terms else {}
        bm25: dict[int, float] = {}
        for passage_id, text_id in store.passages_by_id(found).items():
            bm25[text_id] = max(found[passage_id], bm25.get(text_id, 0.0))
        wanted = {*bm25, *store.texts.ids([content_hash(text)]).values()}
        dense: dict[int, float] = {}
        if vector is not None and self.space is not None:
            wanted.update(self._nearest(vector, count))
            stored = store.embeddings.get(self.space.id, wanted)
            dense = {text_id: float(vector @ row) for text_id, row in stored.items()}
        return [Hit(text_id, dense.get(text_id), bm25.get(text_id, 0.0)) for text_id in sorted(wanted)]

    def _nearest(self, vector: Vectors, count: int) -> list[int]:
        """Return the texts nearest to a vector that stand somewhere: old versions crowd around what is edited often."""
        assert self.space is not None
        asked = count
        while True:
            found = [text_id for text_id, _ in self.space.vectors.search(vector, asked)]
            living = self.store.texts.living(found)
            if len(living) >= count or len(found) < asked or asked >= MAX_NEAREST:
                return [text_id for text_id in found if text_id in living][:count]
            asked *= 4

    def of_hits(self, hits: Collection[Hit]) -> list[Candidate]:
        """Return hits with their places; those that stand nowhere any more are left out."""
        places = self.places([hit.text_id for hit in hits], limit=PLACES_OF_A_TEXT)
        return [Candidate(tuple(places[hit.text_id]), hit.dense, hit.bm25) for hit in hits if places[hit.text_id]]

    def places(self, text_ids: Collection[int], limit: int | None = None) -> dict[int, list[tuple[Place, bool]]]:
        """Return the places of indexed texts: saved documents from the index, open ones from their buffers."""
        places: dict[int, list[tuple[Place, bool]]] = {text_id: [] for text_id in text_ids}
        for stored in self.store.passages_of_texts(text_ids, limit):
            if stored.place.path not in self.overlay.buffers:
                places[stored.text_id].append((stored.place, stored.ignored))
        for text_hash, text_id in self.open_ids.items():
            if text_id in places:
                places[text_id] += self.open_places(text_hash)
        return places

    def unsaved(self, vector: Vectors | None) -> list[Candidate]:
        """Return the texts of open buffers that the index does not know yet."""
        hashes = self._unsaved_hashes
        if len(hashes) > MAX_UNSAVED:
            hashes = list(self._nearest_unsaved(vector, MAX_UNSAVED)) if vector is not None else hashes[:MAX_UNSAVED]
        candidates = []
        for text_hash in hashes:
            row = self.unsaved_vector(text_hash)
            dense = float(vector @ row) if vector is not None and row is not None else None
            candidates.append(Candidate(tuple(self.open_places(text_hash)), dense, 0.0))
        return candidates

    def unsaved_near(self, text_hash: bytes, vector: Vectors | None, count: int) -> dict[bytes, float]:
        """Return the cosines of the unsaved texts nearest to a text, by hash, with itself if it is one of them."""
        near = self._nearest_unsaved(vector, count) if vector is not None else {}
        if text_hash in self._open and text_hash not in self.open_ids:
            near[text_hash] = 1.0
        return near

    def _nearest_unsaved(self, vector: Vectors, count: int) -> dict[bytes, float]:
        hashes, rows = self._unsaved_vectors
        if not hashes:
            return {}
        cosines = rows @ vector
        return {hashes[at]: float(cosines[at]) for at in np.argsort(-cosines)[:count].tolist()}

    def open_places(self, text_hash: bytes) -> list[tuple[Place, bool]]:
        """Return where a text stands in the open buffers, each with whether it is marked to be ignored."""
        return [(place, passage.ignored) for passage, place in self._open[text_hash]]

    @property
    def _open(self) -> dict[bytes, list[tuple[Passage, Place]]]:
        return self.overlay.by_text

    @cached_property
    def open_ids(self) -> dict[bytes, int]:
        """The ids of the open texts that the index knows, by hash."""
        # The second because an index that was made anew may count to the same number.
        state = milestones.documents(self.store), self.store.meta("updated_at")
        found: dict[bytes, int] = {}
        for buffer in self.overlay.buffers.values():
            found.update(buffer.known.ids(state, self.store.texts.ids))
        return found

    @cached_property
    def _unsaved_hashes(self) -> list[bytes]:
        return [text_hash for text_hash in self._open if text_hash not in self.open_ids]

    @cached_property
    def _unsaved_vectors(self) -> tuple[list[bytes], Vectors]:
        """Those that have been embedded, and their vectors: shape (n, dimension)."""
        rows = {text_hash: self.unsaved_vector(text_hash) for text_hash in self._unsaved_hashes}
        known = {text_hash: row for text_hash, row in rows.items() if row is not None}
        return list(known), np.stack(list(known.values())) if known else np.empty((0, 0), np.float32)


def terms_of(place: Place) -> frozenset[str]:
    """Return the terms a place is found by: its text's and its headings'."""
    return _heading_terms(place) | _text_terms(place.text)


@lru_cache(maxsize=1 << 10)
def _text_terms(text: str) -> frozenset[str]:
    """Remembered, as every question looks at all that has been written and not saved yet."""
    return frozenset(lexical_terms(text))


def _heading_terms(place: Place) -> frozenset[str]:
    return frozenset(term for heading in place.headings for term in lexical_terms(heading.title))
