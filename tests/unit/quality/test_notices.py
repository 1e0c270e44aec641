"""The manuals that boilerplate is measured on."""

from __future__ import annotations

from pathlib import Path

from quality.notices import plain, sample


def test_a_formatted_page_becomes_plain_text() -> None:
    page = "open(2)   Manual   open(2)\n\nN\bNA\bAM\bME\bE\n       _\bo_\bp_\be_\bn - open a file\n\nLinux   open(2)\n"
    assert plain(page) == "NAME\n       open - open a file\n"


def test_the_same_pages_are_chosen_each_time() -> None:
    pages = [Path(f"{number}.txt") for number in range(100)]
    chosen = sample(pages, 10)
    assert len(set(chosen)) == 10
    assert chosen == sample(pages[::-1], 10)
    assert sample(pages[:3], 10) == sorted(pages[:3])
