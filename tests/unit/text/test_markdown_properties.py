from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Parser

from seealso.text.markdown import MarkdownSegmenter
from seealso.text.markdown.grammar import language
from unit.text.reading import check

FRAGMENTS = [
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "    ",
        "\t",
        "\0",
        "\ufeff",
        "a",
        "word ",
        "é",
        "漢字",
        "\u00a0",
        "x y z. " * 300,
    ),
    *("- ", "* ", "+ p\n", "  - n\n", "- [ ] ", "1. ", "2) ", "> ", ">\n", "# ", "## ", "===\n", "---\n", "***\n"),
    *(
        "```\n",
        "~~~\n",
        "```{note}\n",
        "$$\n",
        ":::note\n",
        ":::\n",
        "!!! note\n",
        "%%\n",
        "\\begin{x}\n",
        "\\end{x}\n",
    ),
    *(
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "|",
        "[x]: y\n",
        "[^1]: note\n",
        "[^1]",
        "[a](b)",
        "[x]",
        "[[w|x]]",
        "![i](j)",
    ),
    *(
        "`c`",
        "**b**",
        "*i*",
        "_u_",
        "~~s~~",
        "&amp;",
        "\\*",
        "<b>",
        "<div>\n",
        "</div>\n",
        "<h2>t</h2>\n",
        "<pre>",
        "</pre>",
    ),
    *("<!-- seealso-ignore -->\n", "<!-- seealso-ignore-file -->", "<!--", "-->", "{/* c */}\n", "import a from 'b'\n"),
    *("---\ntitle: T\n---\n", "+++\n", "{#id}", "Licensed under the MIT License.\n", "SPDX-License-Identifier: MIT\n"),
]
documents = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


@settings(max_examples=300)
@given(documents)
def test_ranges_hold_for_any_document(text: str) -> None:
    source = text.encode()
    check(source, MarkdownSegmenter().segment(source))


@settings(max_examples=200)
@given(st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "ignore")))
def test_ranges_hold_for_any_text(text: str) -> None:
    source = text.encode()
    check(source, MarkdownSegmenter().segment(source))


edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.lists(st.sampled_from(FRAGMENTS), max_size=3).map("".join)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=300)
@given(documents, edits)
def test_an_edited_document_reads_like_a_new_one(text: str, changes: list[tuple[float, int, str]]) -> None:
    segmenter = MarkdownSegmenter()
    segmenter.segment(text.encode())
    for where, deleted, inserted in changes:
        at = int(where * len(text))
        text = text[:at] + inserted + text[at + deleted :]
        assert segmenter.segment(text.encode()) == MarkdownSegmenter().segment(text.encode())


def test_the_same_document_again_reads_the_same() -> None:
    source = b"# A\n\n- b\n\n[c]: d\n\n[c]\n"
    segmenter = MarkdownSegmenter()
    first = segmenter.segment(source)
    assert segmenter.segment(source) == first
    segmenter.segment(b"")
    assert segmenter.segment(source) == first


def test_an_edit_of_a_document_with_an_error_reads_like_a_new_one() -> None:
    # The grammar takes the first lines for a table and fails: how it recovers depends on what it read before.
    broken = "||\n- \n\n* a\n* - "
    assert Parser(language()).parse(broken.encode()).root_node.has_error
    segmenter = MarkdownSegmenter()
    for text in ("| |\n- \n", broken, f"Some <div>\n{broken}", f"Some <div>\n\n{broken}b", "No error.\n", broken):
        found = segmenter.segment(text.encode())
        assert found == MarkdownSegmenter().segment(text.encode())
        check(text.encode(), found)


def test_links_follow_their_definitions_through_an_edit() -> None:
    segmenter = MarkdownSegmenter()
    before = segmenter.segment(b"See [a].\n\n[a]: one\n")
    after = segmenter.segment(b"See [a].\n\n[a]: two\n")
    assert [passage.links for passage in (*before.passages, *after.passages)] == [("one",), ("two",)]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b">" * 10_000 + b" a\n", id="quotes"),
        pytest.param(b"> " * 10_000 + b"a\n", id="spaced quotes"),
        pytest.param(b"- " * 10_000 + b"a\n", id="lists on a line"),
        pytest.param(b"".join(b"  " * depth + b"- a\n" for depth in range(600)), id="nested lists"),
        pytest.param((b">" * 500 + b" a\n") * 100, id="many deep quotes"),
        pytest.param(b"*a" * 5_000 + b"*" * 5_000, id="emphasis"),
        pytest.param(b"[" * 5_000 + b"a" + b"](b)" * 5_000, id="links"),
        pytest.param(b"<div>" * 10_000, id="tags"),
    ],
)
def test_deep_nesting_is_read(source: bytes) -> None:
    found = MarkdownSegmenter().segment(source)
    check(source, found)
    assert all(len(passage.text) < 30_000 for passage in found.passages)


HOSTILE = {
    "brackets": "[",
    "closed brackets": "[a]",
    "half links": "[a](",
    "half images": "![a](<",
    "titles": '](a "',
    "half wiki links": "[[a|",
    "stars": "*",
    "openers": "*a ",
    "closers": "a* ",
    "intraword stars": "a**b",
    "underscores": "a_",
    "ticks": "`",
    "half code": "` a ",
    "tildes": "~a",
    "angles": "<",
    "half tags": 'x <a b="',
    "half comments": "x <!-- ",
    "half mail": "x <a@",
    "dollars": "$$a ",
    "braces": "{%",
    "half attributes": "{.a",
    "backslashes": "\\",
    "entities": "&#",
    "schemes": "://",
    "definitions": "[a]: b ",
    "pipes": "|a",
    "dots": "a. ",
    "ideographs": "漢。",
    "spaces": "a          ",
}


@pytest.mark.parametrize("unit", [pytest.param(unit, id=name) for name, unit in HOSTILE.items()])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        source = f"x{unit * (size // len(unit))}".encode()
        start = time.process_time()
        MarkdownSegmenter().segment(source)
        return time.process_time() - start

    seconds(1_000)
    # Four times the text may take four times as long, not sixteen times; what takes no time at all is not measured.
    small = min(seconds(20_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < 10 * max(small, 0.01)
