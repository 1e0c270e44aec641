"""Rankings of the texts of an index, all from the same candidates: what a way to put words and meaning together gives.

A ranking is a list of text ids, best first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seealso.candidates import Hit
from seealso.embed.onnx import OnnxEmbedder
from seealso.index.search import CANDIDATES, Scale
from seealso.index.store import Store

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

Ranking = list[int]
Fusion = Callable[[Sequence[Hit]], Ranking]

RECIPROCAL_K = 60
"""The constant of reciprocal rank fusion, as Cormack et al. chose it."""


def by_words(hits: Sequence[Hit]) -> Ranking:
    """Rank those found by words by their BM25."""
    return _ranked({hit.text_id: hit.bm25 for hit in hits if hit.bm25 > 0})


def by_meaning(hits: Sequence[Hit]) -> Ranking:
    """Rank by cosine."""
    return _ranked({hit.text_id: hit.dense for hit in hits if hit.dense is not None})


def reciprocal(hits: Sequence[Hit]) -> Ranking:
    """Rank by the sum of 1 / (k + rank) over both sides."""
    scores: dict[int, float] = {}
    for side in (by_words(hits), by_meaning(hits)):
        for rank, text_id in enumerate(side, 1):
            scores[text_id] = scores.get(text_id, 0.0) + 1 / (RECIPROCAL_K + rank)
    return _ranked(scores)


def convex(weight: float, scale: Scale) -> Fusion:
    """Return a ranking by the weighted mean of cosines on a scale and of BM25 as a share of the best."""

    def fusion(hits: Sequence[Hit]) -> Ranking:
        best = max((hit.bm25 for hit in hits), default=0.0) or 1.0
        return _ranked(
            {hit.text_id: weight * scale.normalise(hit.dense or 0.0) + (1 - weight) * hit.bm25 / best for hit in hits}
        )

    return fusion


def mmr(ranking: Ranking, texts: Texts, weight: float = 0.7, depth: int = 30) -> Ranking:
    """Return the best of a ranking by maximal marginal relevance: what is like one chosen before comes later.

    Relevance is 1 for the first and falls evenly with the rank to 0 at `depth`.
    """
    rest = ranking[:depth]
    relevance = {text_id: 1 - rank / depth for rank, text_id in enumerate(rest)}
    rows = {text_id: texts.vector(text_id) for text_id in rest}
    chosen: Ranking = []
    likeness = dict.fromkeys(rest, 0.0)
    while rest:
        best = max(rest, key=lambda text_id: weight * relevance[text_id] - (1 - weight) * likeness[text_id])
        rest.remove(best)
        chosen.append(best)
        for text_id in rest:
            likeness[text_id] = max(likeness[text_id], float(rows[text_id] @ rows[best]))
    return chosen


def _ranked(scores: Mapping[int, float]) -> Ranking:
    return sorted(scores, key=lambda text_id: (-scores[text_id], text_id))


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of an index and their vectors, which are searched exactly."""

    store: Store
    ids: np.ndarray
    """Text ids in order."""
    vectors: Vectors
    """Unit rows, one a text."""

    @classmethod
    def of(cls, directory: Path) -> Texts:
        """Read all texts that have a vector of the embedded model from the index in a folder."""
        store = Store(directory, create=False)
        space = store.embeddings.space(OnnxEmbedder().info)
        assert space is not None
        _, ids, vectors = store.embeddings.after(space.id, 0, 1_000_000)
        order = np.argsort(ids)
        return cls(store, ids[order], vectors[order])

    def vector(self, text_id: int) -> Vectors:
        return np.asarray(self.vectors[int(np.searchsorted(self.ids, text_id))])

    def hits(self, terms: Collection[str], vector: Vectors, count: int = CANDIDATES) -> list[Hit]:
        """Return the texts nearest by words and those nearest by meaning, `count` of each side."""
        found = self.store.lexical.search(terms, count)
        bm25: dict[int, float] = {}
        for passage_id, text_id in self.store.passages_by_id(found).items():
            bm25[text_id] = max(found[passage_id], bm25.get(text_id, 0.0))
        cosines = self.vectors @ vector
        nearest = np.argpartition(-cosines, count)[:count]
        wanted = {*bm25, *self.ids[nearest].tolist()}
        rows = np.searchsorted(self.ids, sorted(wanted))
        return [
            Hit(text_id, float(cosines[row]), bm25.get(text_id, 0.0))
            for text_id, row in zip(sorted(wanted), rows, strict=True)
        ]
