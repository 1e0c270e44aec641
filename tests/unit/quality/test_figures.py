"""The table of an evaluation, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality.figures import Figure, read, table, write

FOUND = [
    Figure("cross-lingual", "R@1, mean of pairs", 0.963, 18_000, 0.97),
    Figure("boilerplate", "warnings per 1,000 passages", 4.2, 3_000, 5, at_most=True),
    Figure("questions", "MRR, handbook", 0.867, 40),
]


def test_a_table_says_what_misses_its_target_and_what_has_changed() -> None:
    before = [Figure("questions", "MRR, handbook", 0.877, 40), Figure("gone", "MRR", 1, 1)]
    assert table(FOUND, before).splitlines() == [
        "task            measure                            value     of  target  change",
        "cross-lingual   R@1, mean of pairs                 0.963 18,000  >=0.97!",
        "boilerplate     warnings per 1,000 passages        4.200  3,000     <=5",
        "questions       MRR, handbook                      0.867     40          -0.010",
    ]
    assert max(map(len, table(FOUND, before).splitlines())) <= 80


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "figures.json", FOUND, commit="abc", model="e5")
    assert read(tmp_path / "figures.json") == FOUND
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="holds no figures"):
        read(tmp_path / "other.json")
