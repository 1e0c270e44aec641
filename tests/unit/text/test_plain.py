from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.model import LinkTarget, PassageKind
from seealso.text.pieces import MAX_PASSAGE_WEIGHT, weight
from seealso.text.plain import FORMAT, PlainSegmenter
from unit.text.reading import Read, check, read

P, L, Q = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE

LONG_ITEM = "An item with so many words that two of them are too heavy for one list passage, " * 6


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\nline.\n\n\n  Two.  \n", [p("One\nline.", "One line."), p("Two.")], id="paragraphs"),
        pytest.param(
            "One.\r\ntwo.\r\n \t\r\nThree.", [p("One.\r\ntwo.", "One. two."), p("Three.")], id="CRLF, no final newline"
        ),
        pytest.param(
            "\ufeffOne.\n\fTwo.\n\f\nThree.", [p("One.\n\fTwo.", "One. Two."), p("Three.")], id="BOM and form feeds"
        ),
        pytest.param("*not* `markup` <b>", [p("*not* `markup` <b>")], id="no markup"),
        pytest.param("", [], id="empty"),
        pytest.param("----\n\n+--+\n|12|\n+--+\n\n1 2 3 4 a\n", [], id="rulers and drawings"),
        pytest.param("┌──┐\n│ab│\n└──┘\n", [], id="drawing in Unicode"),
        # Headings
        pytest.param(
            "Title\n=====\nOne.\n\nSub\n---\n\nTwo.\n",
            [p("One.", None, "Title"), p("Two.", None, "Title", "Sub")],
            id="underlined",
        ),
        pytest.param("=====\nTitle\n=====\n\nOne.\n", [p("One.", None, "Title")], id="overlined"),
        pytest.param(
            "NAME\n\nOne.\n\nSEE ALSO\n\nTwo.\n", [p("One.", None, "NAME"), p("Two.", None, "SEE ALSO")], id="capitals"
        ),
        pytest.param(
            "1.  Scope\n\n   One.\n\n1.1  Part\n\n   Two.\n",
            [p("One.", None, "1. Scope"), p("Two.", None, "1. Scope", "1.1 Part")],
            id="numbered",
        ),
        pytest.param(
            "OK.\n\nIBM\n\nA sentence, not a title:\n----\n",
            [p("OK."), p("A sentence, not a title:\n----", "A sentence, not a title: ----", "IBM")],
            id="not all is a heading",
        ),
        pytest.param(
            "1. Open it.\n\n2. Close it.\n",
            [(L, "1. Open it.\n\n2. Close it.", "Open it. Close it.", ())],
            id="numbered list",
        ),
        # Lists
        pytest.param("- a\n- b\n  c\n\n- d\n", [(L, "- a\n- b\n  c\n\n- d", "a; b c; d", ())], id="list"),
        pytest.param(
            "* a\n  - b\n\n    c\n* d\n\nEnd.\n",
            [(L, "* a\n  - b\n\n    c\n* d", "a; b c; d", ()), p("End.")],
            id="nested list",
        ),
        pytest.param("Items:\n- a\n- b\n", [p("Items:"), (L, "- a\n- b", "a; b", ())], id="list right after prose"),
        pytest.param(
            "It ends in\n- well, almost.\n",
            [p("It ends in\n- well, almost.", "It ends in - well, almost.")],
            id="dash in prose",
        ),
        pytest.param("(a) one\n(b) two\n", [(L, "(a) one\n(b) two", "one; two", ())], id="lettered list"),
        pytest.param("A. Smith wrote it.\n", [p("A. Smith wrote it.")], id="initial"),
        pytest.param(
            f"- {LONG_ITEM}\n- {LONG_ITEM}\n- b\n",
            [
                (L, f"- {LONG_ITEM.strip()}", LONG_ITEM.strip(), ()),
                (L, f"- {LONG_ITEM.strip()}", LONG_ITEM.strip(), ()),
                (L, "- b", "b", ()),
            ],
            id="long list by items",
        ),
        # Quotes and the rest
        pytest.param(
            "> One\n> two.\n\n>> Three.\n",
            [(Q, "> One\n> two.", "One two.", ()), (Q, ">> Three.", "Three.", ())],
            id="quotes",
        ),
        pytest.param("Copyright 2020 Someone\n\nOne.\n", [p("One.")], id="licence header"),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(PlainSegmenter(), source) == expected
    check(source.encode(), PlainSegmenter().segment(source.encode()))


@pytest.mark.parametrize(
    ("source", "ignored"),
    [
        pytest.param("[seealso-ignore]\n\nOne.\n\nTwo.\n", [True, False], id="next passage"),
        pytest.param("# seealso-ignore\n\nOne.\n", [True], id="other signs around it"),
        pytest.param("One.\n\nseealso-ignore-file\n\nTwo.\n", [True, True], id="file"),
        pytest.param("About seealso-ignore.\n\nOne.\n", [False, False], id="in prose"),
    ],
)
def test_ignore_lines(source: str, ignored: list[bool]) -> None:
    assert [passage.ignored for passage in PlainSegmenter().segment(source.encode()).passages] == ignored


def test_links_and_language() -> None:
    (passage,) = PlainSegmenter().segment("Смотри https://x.y/z, там всё описано (http://a.b).".encode()).passages
    assert passage.links == ("https://x.y/z", "http://a.b")
    assert passage.language == "ru"


def test_a_long_line_is_cut() -> None:
    source = ("漢字の文です。" * 2000).encode()
    found = PlainSegmenter().segment(source)
    check(source, found)
    assert len(found.passages) > 10
    assert all(weight(passage.text) <= MAX_PASSAGE_WEIGHT for passage in found.passages)


FRAGMENTS = [
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    " ",
    "   ",
    "\t",
    "\f",
    "\0",
    "\ufeff",
    "a",
    "word ",
    "É",
    "漢字。",
    "- ",
    "1. ",
]
FRAGMENTS += [
    "===\n",
    "---\n",
    "(a) ",
    "> ",
    "TITLE\n",
    "1.2 Title\n",
    "seealso-ignore\n",
    "Copyright 2020 x\n",
    "x y. " * 400,
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_ranges_hold_for_any_document(text: str) -> None:
    source = text.encode()
    segmenter = PlainSegmenter()
    found = segmenter.segment(source)
    check(source, found)
    assert segmenter.segment(source) == found


@pytest.mark.parametrize("unit", ["a\n", "- a\n", "> a\n", " ", "a\n\n", "=\n", "1. a\n\n", "-", "a b", "\r"])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        source = (unit * (size // len(unit))).encode()
        # Not what other threads do, nor looking through what other tests have left.
        gc.collect()
        gc.disable()
        try:
            start = time.thread_time()
            PlainSegmenter().segment(source)
            return time.thread_time() - start
        finally:
            gc.enable()

    seconds(1_000)
    small = min(seconds(20_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < 10 * max(small, 0.01)


def test_what_is_written() -> None:
    assert FORMAT.link(LinkTarget("a/b.txt", "B c")) == "B c (a/b.txt)"
    assert FORMAT.quote("One.\nTwo.", "B (b.txt)") == "> One.\n> Two.\n>\n> -- B (b.txt)"
