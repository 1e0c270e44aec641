"""What is counted when Chinese and Japanese are measured, and the pairs written for it."""

from __future__ import annotations

import pytest

from quality import cjk
from seealso.model import Heading, Match, PassageKind, Place
from seealso.text.prose import count_words


def match(text: str, title: str = "") -> Match:
    return Match(Place("a.md", 0, 0, PassageKind.PARAGRAPH, text, (Heading(title, 1, 0, ""),)), 1.0, None, 1.0)


def test_all_that_hold_the_words_should_be_shown() -> None:
    matches = [match("分配内存。"), match("页面", "内存"), match("内部存储")]
    assert cjk.share_holding("内存", matches, 100) == pytest.approx(0.4)
    assert cjk.share_holding("内存", matches, 4) == pytest.approx(0.5)
    assert cjk.share_holding("内存", matches, 1) == 1.0


def test_recall_and_precision() -> None:
    assert cjk.scores([True, True, False, False], [True, False, True, False]) == (0.5, 0.5)
    assert cjk.scores([True, False], [False, False]) == (0.0, 1.0)


@pytest.mark.parametrize("language", cjk.LANGUAGES)
def test_there_are_as_many_rewordings_as_parallels_and_all_are_long_enough(language: str) -> None:
    rows = [row for row in cjk._rows("cjk_rewordings.tsv") if row["language"] == language]
    assert len(rows) >= 30
    assert sum(row["same"] == "1" for row in rows) * 2 == len(rows)
    assert min(count_words(row[side]) for row in rows for side in ("passage", "other")) >= 12
    assert len({row["passage"] for row in rows}) == len(rows)
