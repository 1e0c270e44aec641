"""Ways to put words and meaning together."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from quality.rankings import Texts, by_meaning, by_words, convex, mmr, reciprocal
from seealso.candidates import Hit
from seealso.index.search import Scale

if TYPE_CHECKING:
    from seealso.index.store import Store

HITS = [Hit(1, 0.95, 0.0), Hit(2, 0.90, 8.0), Hit(3, 0.85, 10.0), Hit(4, None, 1.0)]


def test_each_side_alone() -> None:
    assert by_meaning(HITS) == [1, 2, 3]
    assert by_words(HITS) == [3, 2, 4]


def test_reciprocal_ranks_prefer_what_both_sides_found() -> None:
    assert reciprocal(HITS) == [3, 2, 1, 4]  # 1/61 + 1/63, 2/62, 1/61, 1/63


def test_weights_of_a_convex_combination() -> None:
    scale = Scale(0.8, 1.0)
    assert convex(1.0, scale)(HITS)[:3] == by_meaning(HITS)
    assert convex(0.0, scale)(HITS)[:3] == by_words(HITS)
    assert convex(0.5, scale)(HITS) == [2, 3, 1, 4]


def test_what_is_like_one_chosen_before_comes_later() -> None:
    rows = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    texts = Texts(cast("Store", None), np.array([1, 2, 3]), rows)
    assert mmr([1, 2, 3], texts, depth=3) == [1, 3, 2]
    assert mmr([1, 2, 3], texts, weight=1.0, depth=3) == [1, 2, 3]
