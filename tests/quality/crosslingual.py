"""How well a passage finds its translation.

For each pair of languages, each paragraph of one is looked for among all of the other's, by the vectors of passages.
R@1 is the share whose translation comes first, MRR@10 the mean of 1 / its rank, 0 from the eleventh on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from quality.figures import Figure
from quality.translated_manual import Key, translated_manual
from seealso.embed.onnx import OnnxEmbedder

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

RANKS = 10
TARGET = 0.97
"""Of R@1, in the mean."""


def ranks(queries: Vectors, passages: Vectors) -> np.ndarray:
    """Return at which place, from 1, row n of the passages comes when row n of the queries is asked, ties last."""
    cosines = queries @ passages.T
    own = np.diagonal(cosines)[:, None]
    return np.asarray((cosines >= own).sum(axis=1))


def scores(places: np.ndarray) -> tuple[float, float]:
    """Return R@1 and MRR@10."""
    return float((places == 1).mean()), float(np.where(places <= RANKS, 1 / places, 0.0).mean())


def measure(manual: Mapping[str, Mapping[Key, str]]) -> dict[tuple[str, str], tuple[int, float, float]]:
    """Return for each ordered pair of languages how many paragraphs both have, R@1 and MRR@10."""
    embedder = OnnxEmbedder()
    vectors = {
        language: dict(zip(texts, embedder.embed(list(texts.values()), "passage"), strict=True))
        for language, texts in manual.items()
    }
    found = {}
    for first, second in permutations(manual, 2):
        keys = [key for key in manual[first] if key in manual[second]]
        queries, passages = (np.stack([vectors[language][key] for key in keys]) for language in (first, second))
        found[first, second] = len(keys), *scores(ranks(queries, passages))
    return found


def figures() -> Iterator[Figure]:
    """Yield the mean over all pairs of languages, then each pair.

    Raises `FetchError` when the manual cannot be had.
    """
    found = measure(translated_manual())
    count = sum(number for number, _, _ in found.values())
    recall, reciprocal = np.mean([(recall, reciprocal) for _, recall, reciprocal in found.values()], axis=0)
    yield Figure("cross-lingual", "R@1, mean of pairs", float(recall), count, TARGET)
    yield Figure("cross-lingual", "MRR@10, mean of pairs", float(reciprocal), count)
    for (first, second), (number, recall, reciprocal) in found.items():
        yield Figure("cross-lingual", f"R@1 {first} to {second}", recall, number)
        yield Figure("cross-lingual", f"MRR@10 {first} to {second}", reciprocal, number)
