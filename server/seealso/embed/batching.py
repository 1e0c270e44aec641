"""Which texts go through the encoder together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def equal_length_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Return positions in groups of the same length, longest first, each at most `token_budget` tokens together.

    A single text may exceed the budget. Texts of one length need neither padding nor a mask, which would cost about a
    fifth of the work.
    """
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for position, length in enumerate(lengths):
        by_length[length].append(position)
    batches = []
    # Longest first: threads that share the batches then finish at about the same time.
    for length in sorted(by_length, reverse=True):
        positions = by_length[length]
        most = max(1, token_budget // max(1, length))
        batches += [positions[start : start + most] for start in range(0, len(positions), most)]
    return batches
