"""What workspace symbols are called and in what order they come."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import SymbolKind

from seealso.lsp.symbols import HEADINGS_FIRST, PASSAGES, Query, beginning, found, symbols
from seealso.lsp.titles import Named
from seealso.model import Heading, Match, PassageKind, Place

ROOT = Path("/docs").absolute()


def match(text: str, score: float) -> Match:
    return Match(Place("a.md", 3, 4, PassageKind.PARAGRAPH, text), score=score, dense=None, lexical=score)


def named(title: str, *, begins: bool, path: str = "a.md", line: int = 0) -> Named:
    return Named(begins, path, Heading(title, 1, line, ""))


def query(typed: str) -> Query:
    read = Query.of(typed)
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("backup", Query("backup", "backup", False), id="a word"),
        pytest.param(" a \n b ", Query("a b", "a b", False), id="white space"),
        pytest.param("#a b", Query("#a b", "a b", True), id="headings"),
        pytest.param("# a", Query("# a", "a", True), id="headings with a space"),
        pytest.param("##a", Query("##a", "#a", True), id="a heading with a sign"),
        pytest.param("C#", Query("C#", "C#", False), id="the sign at the end"),
        pytest.param("", None, id="empty"),
        pytest.param("#", None, id="only the sign"),
        pytest.param("\t\u3000", None, id="only white space"),
    ],
)
def test_queries(typed: str, expected: Query | None) -> None:
    assert Query.of(typed) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Short.", "Short.", id="short"),
        pytest.param("x" * 80, "x" * 80, id="just short enough"),
        pytest.param("x" * 81, "x" * 80 + "…", id="one word"),
        pytest.param("word " * 40, "word " * 15 + "word…", id="between words"),
        pytest.param("復" * 200, "復" * 80 + "…", id="CJK"),
        pytest.param("a\n\tb\u2028c", "a b c", id="one line"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert beginning(text) == name


def test_headings_first_then_all_folders_by_score() -> None:
    other = Path("/other").absolute()
    answers = [
        found(ROOT, [named("The backup", begins=False), named("Backup plans", begins=True)], [match("second", 0.5)]),
        found(other, [named("Backup", begins=True)], [match("first", 0.9), match("third", 0.1)]),
    ]
    rows = symbols(query("backup"), answers, filtered=False)
    assert [row.name for row in rows] == ["Backup", "Backup plans", "The backup", "first", "second", "third"]
    assert [row.kind for row in rows] == [SymbolKind.Namespace] * 3 + [SymbolKind.String] * 3
    assert rows[3].location.uri == (other / "a.md").as_uri()
    assert rows[4].location.uri == (ROOT / "a.md").as_uri()


def test_not_more_than_a_list_can_show() -> None:
    headings = [named(f"Backup {number}", begins=True) for number in range(50)]
    answer = found(ROOT, headings, [match(f"text {number}", 0.5) for number in range(50)])
    rows = symbols(query("backup"), [answer, answer], filtered=False)
    assert [row.kind for row in rows].count(SymbolKind.Namespace) == HEADINGS_FIRST
    assert len(rows) == HEADINGS_FIRST + PASSAGES


def test_a_client_that_filters_finds_the_query_and_the_rank_in_each_name() -> None:
    answer = found(ROOT, [named("Zoo", begins=True)], [match("A text.", 0.9), match("B text.", 0.5)])
    rows = symbols(query("#zoo"), [answer], filtered=True)
    assert [row.name for row in rows] == ["#zoo · 01 Zoo", "#zoo · 02 A text.", "#zoo · 03 B text."]
