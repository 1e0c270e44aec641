"""Measure how well a passage finds its translation: `PYTHONPATH=tests python -m quality.crosslingual`.

For each pair of languages, each paragraph of one is looked for among all of the other's, by the vectors of passages.
R@1 is the share whose translation comes first, MRR@10 the mean of 1 / its rank, 0 from the eleventh on.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from bench.fetching import FetchError
from quality.translated_manual import Key, translated_manual
from seealso.embed.onnx import OnnxEmbedder

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

RANKS = 10


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


def main() -> None:
    """Print a table: languages asked in down, those of the answers across."""
    try:
        manual = translated_manual()
    except FetchError as error:
        sys.exit(str(error))
    found = measure(manual)
    print("R@1 (MRR@10) of", ", ".join(f"{len(texts)} {language}" for language, texts in manual.items()))
    print("    " + "".join(f"{language:>14}" for language in manual))
    for first in manual:
        cells = ("" if first == second else "{1:.3f} ({2:.3f})".format(*found[first, second]) for second in manual)
        print(f"{first:4}" + "".join(f"{cell:>14}" for cell in cells))
    mean = np.mean([(recall, reciprocal) for _, recall, reciprocal in found.values()], axis=0)
    print(f"mean {mean[0]:.3f} ({mean[1]:.3f}) over {len(found)} pairs")


if __name__ == "__main__":
    main()
