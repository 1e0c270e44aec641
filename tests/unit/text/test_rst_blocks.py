from __future__ import annotations

import pytest

from seealso.model import PassageKind
from seealso.text.pieces import MAX_PASSAGE_WEIGHT, weight
from seealso.text.rst import RstSegmenter

P, L, T, Q, F = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.TABLE, PassageKind.QUOTE, PassageKind.FOOTNOTE

GRID = """\
+------+-------+
| Name | Means |
+======+=======+
| a    | first |
|      | thing |
+------+-------+
| b    | second|
+------+-------+
"""

SPANS = """\
+------+-------+-------+
| a    | across        |
+      +-------+-------+
|      | b     | c     |
+------+-------+-------+
"""

WIDE = """\
+------+------+
| 名前 | 意味 |
+------+------+
| 一   | 初め |
+------+------+
"""

SIMPLE = """\
====  ===========
Name  Means
====  ===========
a     first
      thing

b     second
====  ===========
"""

SPANNED = """\
====  =====  =====
Name  Both of them
----  ------------
a     one    two
====  =====  =====
"""

LIST_TABLE = """\
.. list-table:: All names
   :header-rows: 1

   * - Name
     - Means
   * - a
     - first ``thing``
"""

CSV_TABLE = """\
.. csv-table:: All names
   :delim: ;

   a; "first; thing"
   b; "over
   lines"
"""

CSV_HEADER = """\
.. csv-table::
   :header: Name, "What, and why"

   a, first
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\nline.\n\nTwo.\n", [(1, 2, P, "One line."), (4, 4, P, "Two.")], id="paragraphs"),
        pytest.param("One.\r\n\r\nTwo.", [(1, 1, P, "One."), (3, 3, P, "Two.")], id="CRLF, no final newline"),
        pytest.param("One.\n \t \nTwo.\n", [(1, 1, P, "One."), (3, 3, P, "Two.")], id="blank line of blanks"),
        pytest.param("Like this::\n\n  code\n\nText.\n", [(1, 1, P, "Like this:"), (5, 5, P, "Text.")], id="literal"),
        pytest.param("Like::\n\n> a\n> b\n\nText.\n", [(1, 1, P, "Like:"), (6, 6, P, "Text.")], id="quoted literal"),
        pytest.param("::\n\n  code\n\nText.\n", [(5, 5, P, "Text.")], id="literal alone"),
        pytest.param(
            "Run::\n  $ make all;\n\nText.\n", [(1, 1, P, "Run:"), (4, 4, P, "Text.")], id="no blank before code"
        ),
        pytest.param(">>> 1 + one\n2\n\nText.\n", [(4, 4, P, "Text.")], id="doctest"),
        pytest.param("| Roses\n| are\n  red\n", [(1, 3, P, "Roses are red")], id="line block"),
        pytest.param("Text.\n\n  Quoted.\n\n  -- Me\n", [(1, 1, P, "Text."), (3, 5, Q, "Quoted. -- Me")], id="quote"),
        pytest.param("a\nb\n  c\n", [(1, 2, P, "a b"), (3, 3, Q, "c")], id="unexpected indentation"),
        pytest.param("* a\n* b\n\n* c\n", [(1, 4, L, "a; b; c")], id="bullets"),
        pytest.param("* a\n\n- b\n", [(1, 1, L, "a"), (3, 3, L, "b")], id="another bullet is another list"),
        pytest.param("* a\n  b\n\n  c\n\n  - d\n", [(1, 6, L, "a b; c; d")], id="item with blocks"),
        pytest.param("*\n  a\n", [(1, 2, L, "a")], id="text below the bullet"),
        pytest.param("* a\n b\n", [(1, 2, L, "a; b")], id="not indented far enough"),
        pytest.param("*\ta\n\tb\n", [(1, 2, L, "a b")], id="tab behind the bullet"),
        pytest.param("1. a\n2. b\n", [(1, 2, L, "a; b")], id="numbers"),
        pytest.param("(i) a\n(ii) b\n", [(1, 2, L, "a; b")], id="Roman numerals"),
        pytest.param("#. a\n#. b\n", [(1, 2, L, "a; b")], id="automatic numbers"),
        pytest.param("A. Einstein was\na man.\n", [(1, 2, P, "A. Einstein was a man.")], id="initial"),
        pytest.param("(1) to (2)\n(1) to (3)\n", [(1, 2, P, "(1) to (2) (1) to (3)")], id="no sequence"),
        pytest.param(
            "term\n  A thing.\n\nother\n  Two.\n", [(1, 5, L, "term: A thing. other: Two.")], id="definitions"
        ),
        pytest.param("Text.\n\n:a: b\n:c: d\n", [(1, 1, P, "Text."), (3, 4, L, "a: b; c: d")], id="fields"),
        pytest.param("-a  all\n--be=X\n    be X\n", [(1, 3, L, "-a: all; --be=X: be X")], id="options"),
        pytest.param("* a::\n\n    code\n\n  b\n", [(1, 5, L, "a: b")], id="code in an item"),
        pytest.param(GRID, [(1, 8, T, "Name, Means; a, first thing; b, second")], id="grid table"),
        pytest.param(SPANS, [(1, 5, T, "a, across, b, c")], id="grid table with spans"),
        pytest.param(WIDE, [(1, 5, T, "名前, 意味; 一, 初め")], id="grid table of wide characters"),
        pytest.param(SIMPLE, [(1, 8, T, "Name, Means; a, first thing; b, second")], id="simple table"),
        pytest.param(SPANNED, [(1, 5, T, "Name, Both of them; a, one, two")], id="simple table with a span"),
        pytest.param(LIST_TABLE, [(1, 7, T, "All names: Name, Means; a, first thing")], id="list table"),
        pytest.param(CSV_TABLE, [(1, 6, T, "All names: a, first; thing; b, over lines")], id="CSV table"),
        pytest.param(CSV_HEADER, [(2, 4, T, "Name, What, and why; a, first")], id="CSV table with a header"),
        pytest.param(
            f".. table:: Names\n\n{SIMPLE}".replace("\n", "\n   "),
            [(1, 10, T, "Names: Name, Means; a, first thing; b, second")],
            id="table",
        ),
        pytest.param(
            "Text.\n\n.. [1] A note\n   here.\n", [(1, 1, P, "Text."), (3, 4, F, "A note here.")], id="footnote"
        ),
        pytest.param(".. [Knuth] The book.\n", [(1, 1, F, "The book.")], id="citation"),
    ],
)
def test_blocks(source: str, expected: list[tuple[int, int, PassageKind, str]]) -> None:
    passages = RstSegmenter().segment(source.encode()).passages
    assert [(p.start_line + 1, p.end_line + 1, p.kind, p.text) for p in passages] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(".. note:: Mind\n   the gap.\n\n   And this.\n", ["Mind the gap.", "And this."], id="admonition"),
        pytest.param(".. Note::\n   Mind the gap.\n", ["Mind the gap."], id="upper case, text below"),
        pytest.param(".. note ::\n\n   Mind the gap.\n", ["Mind the gap."], id="space before the colons"),
        pytest.param(".. note::\n   :class: x\n\n   Mind.\n", ["Mind."], id="options of an admonition"),
        pytest.param(".. note:: Mind.\n   :class: x\n\n   And.\n", ["Mind.", "And."], id="options below text"),
        pytest.param(".. admonition:: Title\n\n   Mind.\n", ["Mind."], id="admonition with a title"),
        pytest.param(".. versionadded:: 3.1 It came.\n", ["It came."], id="version"),
        pytest.param(".. versionadded:: 3.1\n   It came.\n", ["It came."], id="version, text below"),
        pytest.param(".. deprecated:: 3.1\n", [], id="version alone"),
        pytest.param(
            ".. figure:: a.png\n   :alt: no prose\n\n   The caption.\n\n   Legend.\n",
            ["The caption.", "Legend."],
            id="figure",
        ),
        pytest.param(".. image:: a.png\n   :alt: no prose\n", [], id="image"),
        pytest.param(".. code-block:: c\n\n   int x;\n", [], id="code"),
        pytest.param(".. code-block::\n   :caption: no\n\n   some words here\n", [], id="code without a language"),
        pytest.param(".. math::\n\n   a = b\n", [], id="math"),
        pytest.param(".. toctree::\n   :maxdepth: 2\n\n   intro\n", [], id="toctree"),
        pytest.param(".. kernel-doc:: a.c\n   :export:\n", [], id="kernel-doc"),
        pytest.param(".. c:function:: int foo(int a)\n\n   Return a foo.\n", ["Return a foo."], id="function"),
        pytest.param(
            ".. c:function::\n   int foo(int a)\n\n   Return a foo.\n", ["Return a foo."], id="signature below"
        ),
        pytest.param(
            ".. py:class:: A(x)\n      B(y)\n   :module: m\n\n   Is one.\n\n   .. py:method:: run()\n\n      Run it.\n",
            ["Is one.", "Run it."],
            id="nested objects",
        ),
        pytest.param(".. only:: html\n\n   Seen in HTML.\n", ["Seen in HTML."], id="only"),
        pytest.param(".. glossary::\n\n   term\n     Its meaning.\n", ["term: Its meaning."], id="glossary"),
        pytest.param(
            ".. unheard-of:: arg\n   :opt: x\n\n   It says this.\n", ["It says this."], id="unknown directive"
        ),
        pytest.param(".. unheard-of::\n\n   x = f(1);\n   return x;\n", [], id="unknown directive with code"),
        pytest.param(
            ".. unheard-of:: One that takes a sentence of text.\n",
            ["One that takes a sentence of text."],
            id="unknown directive with a sentence",
        ),
        pytest.param(".. SPDX-License-Identifier: GPL-2.0\n\nText.\n", ["Text."], id="licence"),
        pytest.param(".. A comment\n   goes on\n\n   and on.\n\nText.\n", ["Text."], id="comment"),
        pytest.param("..\n   A comment.\n\nText.\n", ["Text."], id="comment below"),
        pytest.param("..\n\n   Quoted.\n", ["Quoted."], id="empty comment"),
        pytest.param(
            ".. |logo| image:: a.png\n.. |v| replace:: some version\n\nText.\n", ["Text."], id="substitutions"
        ),
        pytest.param("__ http://x.org\n\n.. _a: http://x.org\n\nText.\n", ["Text."], id="targets"),
        pytest.param("Text\n====\n\n:Author: Somebody\n:Date: now\n\nText.\n", ["Text."], id="docinfo"),
        pytest.param(
            ".. include:: x\n\n:Original: Y\n\nText\n====\n\nBody.\n\n:a: b\n",
            ["Body.", "a: b"],
            id="docinfo above the title",
        ),
        pytest.param("Term::\n\n| 5 %\n\n123\n\n---\n\nText.\n", ["Term:", "Text."], id="nothing to read"),
        pytest.param("= =\na b\n\nText.\n", ["= = a b", "Text."], id="no table after all"),
    ],
)
def test_what_is_prose(source: str, expected: list[str]) -> None:
    assert [passage.text for passage in RstSegmenter().segment(source.encode()).passages] == expected


def test_a_long_list_is_cut_into_its_items() -> None:
    source = "".join(f"* Item {n} {'has some words to say ' * 5}\n\n  and more.\n\n" for n in range(9))
    passages = RstSegmenter().segment(source.encode()).passages
    assert [passage.text.split()[1] for passage in passages] == list("012345678")
    assert {passage.kind for passage in passages} == {L}
    assert passages[1].start_line == 4
    assert passages[1].end_line == 6


def test_a_long_item_is_cut_between_its_blocks() -> None:
    block = "Some words that fill the line. " * 30
    source = "* First.\n\n" + "".join(f"  {block}\n\n" for _ in range(4))
    passages = RstSegmenter().segment(source.encode()).passages
    assert len(passages) > 2
    assert all(weight(passage.text) <= MAX_PASSAGE_WEIGHT for passage in passages)
    assert passages[0].text.startswith("First. Some words")


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    source = "".join(f"Sentence {n} says nothing new but says it well.\n" for n in range(120))
    passages = RstSegmenter().segment(source.encode()).passages
    assert len(passages) > 2
    assert all(weight(passage.text) <= MAX_PASSAGE_WEIGHT for passage in passages)
    assert passages[1].text.startswith("Sentence ")
    assert "Sentence 119 says" in passages[-1].text


@pytest.mark.parametrize("table", ["grid", "simple", "list"])
def test_a_long_table_is_cut_between_rows_under_its_header(table: str) -> None:
    row = "says something that is worth a line of its own"
    if table == "grid":
        rule = f"+------+{'-' * 60}+\n"
        source = rule + f"| Name | {'Means':58} |\n" + rule.replace("-", "=")
        source += "".join(f"| n{n:<3} | {row:58} |\n{rule}" for n in range(60))
    elif table == "simple":
        rule = "=====  " + "=" * 60 + "\n"
        source = f"{rule}Name   Means\n{rule}" + "".join(f"n{n:<3}   {row}\n" for n in range(60)) + rule
    else:
        source = ".. list-table::\n\n   * - Name\n     - Means\n"
        source += "".join(f"   * - n{n}\n     - {row}\n" for n in range(60))
    passages = RstSegmenter().segment(source.encode()).passages
    assert len(passages) > 1
    assert all(passage.text.startswith("Name, Means; n") for passage in passages)
    assert sum(passage.text.count(row) for passage in passages) == 60
    assert all(weight(passage.text) <= MAX_PASSAGE_WEIGHT for passage in passages)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(".. seealso-ignore\n\nOne.\n\nTwo.\n", [True, False], id="next passage"),
        pytest.param(".. seealso-ignore\n\n* one\n* two\n\nTwo.\n", [True, False], id="next list"),
        pytest.param("One.\n\n.. seealso-ignore-file\n\nTwo.\n", [True, True], id="document"),
        pytest.param("* a\n\n.. seealso-ignore\n\n* b\n", [False, True], id="between items"),
        pytest.param(
            ".. note::\n\n   .. seealso-ignore\n\n   One.\n\n   Two.\n", [True, False], id="inside a directive"
        ),
        pytest.param("* .. seealso-ignore\n\n  One.\n\nTwo.\n", [True, False], id="inside an item"),
        pytest.param(".. see seealso-ignored things\n\nOne.\n", [False], id="another word"),
    ],
)
def test_ignore_markers(source: str, expected: list[bool]) -> None:
    assert [passage.ignored for passage in RstSegmenter().segment(source.encode()).passages] == expected


def test_links_of_a_passage() -> None:
    source = "* :doc:`a` and\n* b_ and `c <d.html>`_\n\n.. _b: http://x.org/\n"
    (passage,) = RstSegmenter().segment(source.encode()).passages
    assert passage.links == ("a", "http://x.org/", "d.html")


def test_language_of_a_passage() -> None:
    passages = RstSegmenter().segment("Plain text.\n\n这是一个段落。\n".encode()).passages
    assert [passage.language for passage in passages] == ["und", "zh"]
