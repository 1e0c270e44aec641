"""What holds for any text, however hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.asciidoc import AsciiDocSegmenter
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from seealso.text.prose import is_prose
from unit.text.hostile import hostile, read_in_linear_time
from unit.text.reading import check

# Lines that start, end, nest and break every construct.
_LINES = st.sampled_from(
    [
        *("", "", "", "text", "more text.", "Title", "=====", "-----", "~~~~~", "= Title", "== Sub", "=== *a* `b`"),
        *("* item", "** deeper", "- item", ". one", "1. one", "a. one", "<1> one", "term::", "term:: text", "t;; x"),
        *("+", "--", "----", "....", "====", "____", "****", "++++", "////", "|===", ",===", "!===", "```", "```c"),
        *("[quote]", "[source,c]", "[verse, who]", "[NOTE]", "[[id]]", "[#id]", '[cols="2*"]', ".Caption", "[a|b]"),
        *("| a | b", "2+|a", "a,b", "| a", "// comment", "// seealso-ignore", "// seealso-ignore-file", ":a: b"),
        *(":!a:", ":a: b \\", "include::x[]", "image::x[y]", "ifdef::x[]", "'''", "<<<", "> quoted", "NOTE: text"),
        *("<<id,a>> *b* _c_ `d` #e#", "link:a[b] xref:c[] {a}", "+++x+++ ((t)) (((u)))", "漢字。", "\x00", "\ufeff"),
        *("\u2028", "\x0b", "é", "-- me", "a +", "kbd:[x] footnote:[y]"),
    ]
)
_INDENTS = st.sampled_from(["", "", "", "  ", "    ", "\t"])
_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
_DOCUMENTS = st.lists(st.tuples(_INDENTS, _LINES, _ENDS).map("".join), max_size=30).map("".join)


@given(_DOCUMENTS)
def test_ranges_are_ordered_disjoint_and_exact(text: str) -> None:
    source = text.encode()
    segmentation = AsciiDocSegmenter().segment(source)
    check(source, segmentation)
    for passage in segmentation.passages:
        assert is_prose(passage.text)
        assert weight(passage.text) <= MAX_PASSAGE_WEIGHT + MAX_OVERLAP_WEIGHT
    anchors = [heading.anchor for heading in segmentation.headings]
    assert len(set(anchors)) == len(anchors)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(source: bytes) -> None:
    segmentation = AsciiDocSegmenter().segment(source)
    assert all(0 <= p.start_byte < p.end_byte <= len(source) for p in segmentation.passages)


_WORD = st.text("abcdefgh", min_size=1, max_size=5)
_PARAGRAPH = st.lists(st.lists(_WORD, min_size=2, max_size=8).map(" ".join), min_size=1, max_size=4)
_WRAPPED = st.sampled_from(
    [("", ""), ("* ", ""), (". ", ""), ("t:: ", ""), ("====\n", "\n===="), ("____\n", "\n____"), ("[verse]\n", "")]
)


@given(st.lists(st.tuples(_WRAPPED, _PARAGRAPH), max_size=8))
def test_no_word_is_lost(blocks: list[tuple[tuple[str, str], list[str]]]) -> None:
    source = "Start here.\n\n"
    for (before, after), lines in blocks:
        source += before + "\n".join(lines) + after + "\n\n"
    said = " ".join(passage.text for passage in AsciiDocSegmenter().segment(source.encode()).passages)
    expected = [word for _, lines in blocks for line in lines for word in line.split()]
    assert [word for word in said.replace(";", " ").split() if word not in ("t:", "Start", "here.")] == expected


@given(_DOCUMENTS, _DOCUMENTS)
def test_after_an_edit_the_answer_is_that_of_a_fresh_reading(before: str, after: str) -> None:
    warm = AsciiDocSegmenter()
    warm.segment(before.encode())
    assert warm.segment(after.encode()) == AsciiDocSegmenter().segment(after.encode())


_HOSTILE = {
    **hostile(
        ["*", "_", "`", "#", "+", "^", "~", "{", "|", "=", "-", ":", ".", "[", "(", "<", "\\", " ", "\t", "\n", "漢"],
        [
            *("**a", "*a ", "`a", "`+a", "+a ", "++a", "$$a", "<<a", "((a", "(((a", "[[a", "[a]#", "pass:[", "a:b["),
            *("link:a[b", "http://a[", "{a}", "* ", ". ", "a:: ", "a;;", "| ", "2+|", "\\", "~a", "^a", "&a"),
        ],
        [
            *("*", "* a", "a::", "+", "a\n=", "a\n-", "[a]", "[[a]]", ".a", ":a: {a}{a}", "//", "////", "|===", "--"),
            *("====", "____", "----", "= a", "a +", "* a\n\n  b", "** a\n* b", "> a", ":a: b \\", "|===\n|a", "```"),
        ],
    ),
    "ever longer delimiters": b"".join(b"=" * length + b"\na\n" for length in range(4, 1500)),
    "a value that is put in everywhere": b":a: " + b"b" * 290 + b"\n\n" + b"{a}" * 100_000,
    "values of values": b":a: bbbbbbbbbb\n" + b":a: {a}{a}\n" * 50 + b"\n{a} {a}\n",
    "a table of one line": b"|===\n" + b"|a " * 100_000 + b"\n|===\n",
    "the same title": b"== Again\n\ntext\n\n" * 5_000,
    "an open CSV cell": b",===\na," + b'"b, ' * 200_000,
}


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in _HOSTILE.items()])
def test_hostile_text_is_read_in_linear_time(source: bytes) -> None:
    read_in_linear_time(AsciiDocSegmenter, source)
