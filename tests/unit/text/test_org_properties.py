"""What holds for any text, however hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.org import OrgSegmenter
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from seealso.text.prose import is_prose
from unit.text.hostile import hostile, read_in_linear_time
from unit.text.reading import check

# Lines that start, end, nest and break every construct.
_LINES = st.sampled_from(
    [
        *("", "", "", "text", "more text.", "* Title", "** TODO [#A] Sub  :tag:", "*** *a* =b=", "- item", "+ item"),
        *("  - deeper", "1. one", "1) one", "- term :: text", "- [ ] task", "  * star", "| a | b |", "|---+---|", "|"),
        *("#+begin_src c", "#+end_src", "#+begin_quote", "#+end_quote", "#+begin_center", "#+end_center", "#+begin: x"),
        *("#+end:", "#+begin_comment", "#+end_comment", "#+TITLE: T", "#+caption: C", "#+LINK: a b", "# comment", "#"),
        *("# seealso-ignore", "# seealso-ignore-file", ":PROPERTIES:", ":CUSTOM_ID: id", ":END:", ":LOGBOOK:", ": x"),
        *("SCHEDULED: <2026-01-01 Thu>", "-----", "[fn:1] note", "\\begin{x}", "\\end{x}", "[[file:a.org::*B][c]] *d*"),
        *("/e/ _f_ +g+ =h= ~i~ [fn:1] [[#x]] <<t>>", "漢字。", "\x00", "\ufeff", "\u2028", "\x0b", "é", "--- me"),
    ]
)
_INDENTS = st.sampled_from(["", "", "", "  ", "    ", "\t"])
_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
_DOCUMENTS = st.lists(st.tuples(_INDENTS, _LINES, _ENDS).map("".join), max_size=30).map("".join)


@given(_DOCUMENTS)
def test_ranges_are_ordered_disjoint_and_exact(text: str) -> None:
    source = text.encode()
    segmentation = OrgSegmenter().segment(source)
    check(source, segmentation)
    for passage in segmentation.passages:
        assert is_prose(passage.text)
        assert weight(passage.text) <= MAX_PASSAGE_WEIGHT + MAX_OVERLAP_WEIGHT
    anchors = [heading.anchor for heading in segmentation.headings]
    assert len(set(anchors)) == len(anchors)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(source: bytes) -> None:
    segmentation = OrgSegmenter().segment(source)
    assert all(0 <= p.start_byte < p.end_byte <= len(source) for p in segmentation.passages)


_WORD = st.text("abcdefgh", min_size=1, max_size=5)
_PARAGRAPH = st.lists(st.lists(_WORD, min_size=2, max_size=8).map(" ".join), min_size=1, max_size=4)
_WRAPPED = st.sampled_from(
    [("", ""), ("- ", ""), ("1. ", ""), ("- t :: ", ""), ("#+begin_quote\n", "\n#+end_quote"), ("* T\n", "")]
)


@given(st.lists(st.tuples(_WRAPPED, _PARAGRAPH), max_size=8))
def test_no_word_is_lost(blocks: list[tuple[tuple[str, str], list[str]]]) -> None:
    source = "Start here.\n\n"
    for (before, after), lines in blocks:
        source += before + "\n  ".join(lines) + after + "\n\n\n"
    said = " ".join(passage.text for passage in OrgSegmenter().segment(source.encode()).passages)
    expected = [word for _, lines in blocks for line in lines for word in line.split()]
    assert [word for word in said.replace(";", " ").split() if word not in ("t:", "Start", "here.")] == expected


@given(_DOCUMENTS, _DOCUMENTS)
def test_after_an_edit_the_answer_is_that_of_a_fresh_reading(before: str, after: str) -> None:
    warm = OrgSegmenter()
    warm.segment(before.encode())
    assert warm.segment(after.encode()) == OrgSegmenter().segment(after.encode())


_HOSTILE = hostile(
    ["*", "/", "_", "=", "~", "+", "|", "-", ":", "#", "[", "<", "{", "@", "\\", " ", "\t", "\n", "漢"],
    [
        *("*a ", " *a", " /a", " =a", " ~a", "[[a", "[[a][", "[[a][b", "[fn:", "[cite:", "<<a", "{{{a(", "@@a:", "_{"),
        *("http://a", "<http://a", "- ", "- a :: ", "| ", "<2026-01-01", "\\a", "a::"),
    ],
    [
        *("* a", "* T\n:PROPERTIES:", "- a", "- a\n\n  b", "  - a\n- b", "| a", "|-", "#+begin_src", "#+begin_quote"),
        *(":a:", ": a", "# a", "#+a: b", "#+caption: a", "[fn:1] a", "\\begin{a}", "#+begin: x", "a\n- b", "-----"),
    ],
)


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in _HOSTILE.items()])
def test_hostile_text_is_read_in_linear_time(source: bytes) -> None:
    read_in_linear_time(OrgSegmenter, source)
