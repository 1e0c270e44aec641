"""Batches hold every text once, of one length, within the budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.embed.batching import equal_length_batches
from seealso.embed.cores import MOST, default_threads
from seealso.embed.profile import MULTILINGUAL_E5_SMALL, shipped_profile


@given(st.lists(st.integers(1, 600), max_size=200), st.integers(1, 2000))
def test_batches_cover_every_text_once(lengths: list[int], budget: int) -> None:
    batches = equal_length_batches(lengths, budget)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len({lengths[position] for position in batch}) == 1
        assert len(batch) == 1 or len(batch) * lengths[batch[0]] <= budget
    assert [lengths[batch[0]] for batch in batches] == sorted((lengths[b[0]] for b in batches), reverse=True)


@pytest.mark.parametrize(
    ("lengths", "budget", "batches"),
    [
        pytest.param([], 10, [], id="none"),
        pytest.param([3, 5, 3, 3], 6, [[1], [0, 2], [3]], id="split-at-the-budget"),
        pytest.param([9], 4, [[0]], id="longer-than-the-budget"),
    ],
)
def test_batches(lengths: list[int], budget: int, batches: list[list[int]]) -> None:
    assert equal_length_batches(lengths, budget) == batches


def test_threads_are_few() -> None:
    assert 1 <= default_threads() <= MOST


def test_a_model_nobody_measured_has_a_cautious_profile() -> None:
    assert shipped_profile("someone/multilingual-e5-small") is MULTILINGUAL_E5_SMALL
    assert shipped_profile("unheard-of") is None
