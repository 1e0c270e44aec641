"""The paragraph before the cursor."""

from __future__ import annotations

import pytest

from seealso.lsp.paragraphs import in_one_line, paragraph_lines, without_marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Above.\n\nFirst line\nsecond |", "First line\nsecond ", id="to the blank line"),
        pytest.param("- one\n- two is\n  long |", "two is\nlong ", id="an item"),
        pytest.param("> quoted\n> more |", "quoted\nmore ", id="a quote"),
        pytest.param("Before\n> quoted\n>\n> more |", "more ", id="a paragraph of a quote"),
        pytest.param("> - one\n> - two |", "two ", id="an item in a quote"),
        pytest.param("# Title\nText |", "Text ", id="right below a title"),
        pytest.param("Title\n=====\nText |", "Text ", id="right below a rule"),
        pytest.param("| a | b |\nText |", "Text ", id="right below a table"),
        pytest.param("# Title |", "Title ", id="a heading"),
        pytest.param("- |", "", id="an empty item"),
        pytest.param("|", "", id="nothing"),
    ],
)
def test_the_paragraph_before_the_cursor(text: str, expected: str) -> None:
    lines = text.removesuffix("|").splitlines(keepends=True) or [""]
    paragraph = paragraph_lines(lines, len(lines) - 1, lines[-1])
    assert without_marks(paragraph) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["- one", "  two"], "- one two", id="the marks of the first line stay"),
        pytest.param(["> one", "> two"], "> one two", id="those of others go"),
        pytest.param(["a road", "-- and more"], "a road -- and more", id="dashes make no title"),
        pytest.param(["停止", "服务"], "停止服务", id="Chinese is joined without a space"),
        pytest.param([""], "", id="nothing"),
    ],
)
def test_a_paragraph_in_one_line(lines: list[str], expected: str) -> None:
    assert in_one_line(lines) == expected


def test_a_line_of_blanks_costs_nothing() -> None:
    assert paragraph_lines([" " * 1_000_000 + "x", "y"], 1, "y") == [" " * 1_000_000 + "x", "y"]  # took hours once
