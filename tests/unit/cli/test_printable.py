from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.cli.printable import excerpt, json_line, printable, printable_lines, printable_name
from seealso.occurrences import occurrences

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


def is_dangerous(character: str) -> bool:
    """C0, DEL, C1, line separators, bidirectional overrides and isolates, lone surrogates: by their properties."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in (
        "LRE",
        "RLE",
        "PDF",
        "LRO",
        "RLO",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("two\n  lines\tand a tab", "two lines and a tab", id="white-space"),
        pytest.param("red \x1b[31malert\x1b[0m", "red \ufffd[31malert\ufffd[0m", id="escape"),
        pytest.param("\x9b2J", "\ufffd2J", id="eight-bit-csi"),
        pytest.param("\x1b]8;;http://evil\x07click", "\ufffd]8;;http://evil\ufffdclick", id="hyperlink"),
        pytest.param("file\u202etxt.exe", "file\ufffdtxt.exe", id="right-to-left-override"),
        pytest.param("\udc80", "\ufffd", id="surrogate"),
        pytest.param("[bold]not markup[/bold] :smile:", "[bold]not markup[/bold] :smile:", id="markup-is-text"),
        pytest.param("سلام 世界", "سلام 世界", id="other-scripts"),
        pytest.param("👩‍👩‍👧", "👩‍👩‍👧", id="joiners-stay"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(ANY_TEXT)
def test_nothing_dangerous_is_printed(text: str) -> None:
    for shown in (printable(text), printable_name(text), printable_lines(text).replace("\n", "")):
        assert not any(map(is_dangerous, shown)), ascii(shown)


@given(ANY_TEXT)
def test_json_is_one_inert_line_that_reads_back(text: str) -> None:
    line = json_line({"text": text})
    assert not any(map(is_dangerous, line)), ascii(line)
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        pytest.param("Restore the restored", ["restore"], ["Restore"], id="whole-words"),
        pytest.param("call kmalloc_node()", ["kmalloc_node", "node"], ["kmalloc_node"], id="longest-first"),
        pytest.param("call kmalloc_node()", ["node"], ["node"], id="part-of-compound"),
        pytest.param("文件夹的历史记录", ["历史"], ["历史"], id="unspaced"),
        pytest.param("größer als groß", ["groß"], ["groß"], id="umlauts"),
        pytest.param("a.b axb", ["a.b"], ["a.b"], id="no-pattern"),
        pytest.param("anything", [], [], id="no-terms"),
    ],
)
def test_occurrences(text: str, terms: list[str], expected: list[str]) -> None:
    assert [text[start:end] for start, end in occurrences(text, terms)] == expected


FILLER = "The first sentence says little. " * 8
LONG = FILLER + "Then the retention period is explained. " + "More follows. " * 8


@pytest.mark.parametrize(
    ("terms", "beginning"),
    [
        pytest.param([], "The first sentence", id="no-terms"),
        pytest.param(["sentence"], "The first sentence", id="at-the-beginning"),
        pytest.param(["retention"], "… Then the retention period", id="sentence-of-the-term"),
        pytest.param(["absent", "retention"], "… Then the retention period", id="first-term-that-occurs"),
    ],
)
def test_excerpt_shows_the_sentence_of_the_rarest_term(terms: list[str], beginning: str) -> None:
    assert excerpt(LONG, terms, 100).startswith(beginning)


def test_excerpt_fills_its_room() -> None:
    shown = excerpt(FILLER + "Then comes retention.", ["retention"], 100)
    assert shown.startswith("… ")
    assert 80 < len(shown) <= 102


def test_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt("Retention  is\nshort.", ["short"], 100) == "Retention is short."


@given(ANY_TEXT, st.lists(st.text(min_size=1, max_size=5), max_size=3), st.integers(10, 50))
def test_excerpt_is_a_part_of_the_text(text: str, terms: list[str], characters: int) -> None:
    shown = excerpt(text, terms, characters)
    assert printable(text).endswith(shown.removeprefix("… "))
