from __future__ import annotations

from itertools import pairwise

import pytest

from seealso.model import PassageKind
from seealso.text.markdown import MarkdownSegmenter
from seealso.text.pieces import MAX_LIST_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from unit.text.reading import Read, check, read

P, L, T, Q, F = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.TABLE, PassageKind.QUOTE, PassageKind.FOOTNOTE

LONG_ITEM = "An item with so many words that three of them are too heavy for one list passage, " * 6


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One.\n\nTwo.\n", [p("One."), p("Two.")], id="paragraphs"),
        pytest.param("One\nline\n  two  \n", [p("One\nline\n  two", "One line two")], id="lines joined"),
        pytest.param("   One.", [p("One.")], id="indented, no final newline"),
        pytest.param("One.\r\ntwo.\r\n\r\nThree.\r\n", [p("One.\r\ntwo.", "One. two."), p("Three.")], id="CRLF"),
        pytest.param("One.\rtwo.\r\rThree.", [p("One.\rtwo.", "One. two."), p("Three.")], id="CR"),
        pytest.param("\ufeffOne.\n", [p("One.")], id="BOM"),
        pytest.param("\ufeff# Title\n\nOne.\n", [p("One.", None, "Title")], id="BOM before a heading"),
        pytest.param("One.\n\0\nTwo.\n", [p("One."), p("Two.")], id="NUL"),
        pytest.param("漢字\n漢字\n", [p("漢字\n漢字", "漢字漢字")], id="no space between CJK lines"),
        pytest.param("", [], id="empty"),
        pytest.param("\n \n\t\n", [], id="blank"),
        pytest.param("---\n\n***\n\n_ _ _\n", [], id="thematic breaks"),
        pytest.param("1.2.3\n\n...\n", [], id="nothing to read"),
        # Code
        pytest.param("A:\n\n    code\n\nB.\n", [p("A:"), p("B.")], id="indented code"),
        pytest.param("A:\n\n\tcode\n\nB.\n", [p("A:"), p("B.")], id="code after a tab"),
        pytest.param("A:\n```py\ncode\n```\nB.\n", [p("A:"), p("B.")], id="fenced code"),
        pytest.param("~~~\ncode\n\nmore", [], id="open fence"),
        pytest.param(
            "```{note}\n:class: x\nRead *me*.\n\nAnd me.\n```\n",
            [p("Read *me*.", "Read me."), p("And me.")],
            id="MyST note",
        ),
        pytest.param("```{code-block} py\nx = 1\n```\n", [], id="MyST code"),
        # Front matter and licences
        pytest.param('---\ntitle: "A b"\nother: x\n---\n\nOne.\n', [p("One.", None, "A b")], id="YAML title"),
        pytest.param("---\ntitle: It's # no\n---\nOne.\n", [p("One.", None, "It's")], id="YAML title without quotes"),
        pytest.param("+++\ntitle = 'A'\n+++\nOne.\n", [p("One.", None, "A")], id="TOML title"),
        pytest.param("---\ntitle: A\n---\n# B\n\nOne.\n", [p("One.", None, "B")], id="heading beats front matter"),
        pytest.param(
            "---\ntitle: A\n---\n## B\n\nOne.\n", [p("One.", None, "A", "B")], id="front matter above level 2"
        ),
        pytest.param(
            "Copyright (c) 2020 Someone\n\nLicensed under the Apache License, Version 2.0."
            "\n\nOne.\n\nCopyright 2020 is a year.\n",
            [p("One."), p("Copyright 2020 is a year.")],
            id="licence header",
        ),
        pytest.param("<!-- SPDX-License-Identifier: MIT -->\n\nOne.\n", [p("One.")], id="licence comment"),
        # Headings
        pytest.param(
            "One.\n# A\nTwo.\n## B ##\nThree.\n# C\nFour.\n",
            [p("One."), p("Two.", None, "A"), p("Three.", None, "A", "B"), p("Four.", None, "C")],
            id="ATX headings",
        ),
        pytest.param(
            "A\nb\n===\nOne.\n\nC\n---\nTwo.\n",
            [p("One.", None, "A b"), p("Two.", None, "A b", "C")],
            id="setext headings",
        ),
        pytest.param("# `a` *b* [c](d)\n\nOne.\n", [p("One.", None, "a b c")], id="markup in a heading"),
        pytest.param("### A\n# B\n### C\nOne.\n", [p("One.", None, "B", "C")], id="skipped level"),
        pytest.param("# ![logo](x.png)\n#\n\nOne.\n", [p("One.")], id="headings without text"),
        pytest.param('<h1 align="center">A <b>b</b></h1>\n\nOne.\n', [p("One.", None, "A b")], id="HTML heading"),
        pytest.param("<div>\na\n<h2>b</h2>\n", [p("<div>\na\n<h2>b</h2>", "a b")], id="HTML heading below prose"),
        pytest.param("#hash\n", [p("#hash")], id="no heading without a space"),
        # Lists
        pytest.param("- a\n- b\n", [(L, "- a\n- b", "a; b", ())], id="list"),
        pytest.param("* a\n* b.\n\n\n* c\n", [(L, "* a\n* b.\n\n\n* c", "a; b. c", ())], id="loose list"),
        pytest.param("1. a\n2. b\n", [(L, "1. a\n2. b", "a; b", ())], id="numbered list"),
        pytest.param("- a\n  b\nc\n", [(L, "- a\n  b\nc", "a b c", ())], id="lazy line in an item"),
        pytest.param(
            "- a\n\n  b\n\n      code\n\n  c\n",
            [(L, "- a\n\n  b\n\n      code\n\n  c", "a b c", ())],
            id="paragraphs and code in an item",
        ),
        pytest.param(
            "- a\n  - b\n    1. c\n- d\n", [(L, "- a\n  - b\n    1. c\n- d", "a; b; c; d", ())], id="nested lists"
        ),
        pytest.param("- [ ] a\n- [x] b\n", [(L, "- [ ] a\n- [x] b", "a; b", ())], id="tasks"),
        pytest.param("- # a\n  b\n", [(L, "- # a\n  b", "a b", ())], id="heading in an item is no section"),
        pytest.param("- ```\n  x\n  ```\n- b\n", [(L, "- b", "b", ())], id="item of code"),
        pytest.param(
            "Options:\n- a\n- b\n", [p("Options:"), (L, "- a\n- b", "a; b", ())], id="introduction stays apart"
        ),
        pytest.param("- \n-\n", [], id="empty items"),
        pytest.param("- a\n\n\n", [(L, "- a", "a", ())], id="blank lines after a list"),
        pytest.param(
            "- a\n  | b | c |\n  |---|---|\n  | d | e |\n",
            [(L, "- a\n  | b | c |\n  |---|---|\n  | d | e |", "a; b, c; d, e", ())],
            id="table in an item",
        ),
        pytest.param(
            f"- {LONG_ITEM}\n- {LONG_ITEM}\n\n  tail\n  - nested\n- short\n",
            [
                (L, f"- {LONG_ITEM.strip()}", LONG_ITEM.strip(), ()),
                (L, f"- {LONG_ITEM}\n\n  tail\n  - nested", f"{LONG_ITEM}tail; nested", ()),
                (L, "- short", "short", ()),
            ],
            id="long list by items",
        ),
        # Quotes
        pytest.param("> a\n> b\n", [(Q, "> a\n> b", "a b", ())], id="quote"),
        pytest.param("> a\nlazy\n", [(Q, "> a\nlazy", "a lazy", ())], id="lazy quote"),
        pytest.param(
            "> a\n>\n> - b\n> - c\n>\n> d\n",
            [(Q, "> a\n>\n> - b\n> - c\n>\n> d", "a; b; c d", ())],
            id="blocks in a quote",
        ),
        pytest.param("> > a\n> > b\n>\n", [(Q, "> > a\n> > b", "a b", ())], id="quote in a quote"),
        pytest.param(
            "> [!NOTE]\n> Mind the gap.\n", [(Q, "> [!NOTE]\n> Mind the gap.", "Mind the gap.", ())], id="alert"
        ),
        pytest.param(
            "> # a\n> b\n\nc\n", [(Q, "> # a\n> b", "a b", ()), p("c")], id="heading in a quote is no section"
        ),
        pytest.param("> ```\n> x\n> ```\n", [], id="quoted code"),
        pytest.param("- a\n  > b\n  > c\n", [(L, "- a\n  > b\n  > c", "a b c", ())], id="quote in a list"),
        # Tables
        pytest.param(
            "| a | b |\n|---|:-:|\n| 1 | c d |\n|   | e |\n",
            [(T, "| a | b |\n|---|:-:|\n| 1 | c d |\n|   | e |", "a, b; 1, c d; e", ())],
            id="table",
        ),
        pytest.param(
            "a | b\n--|--\n`x\\|y` | [z](u)\n",
            [(T, "a | b\n--|--\n`x\\|y` | [z](u)", "a, b; x|y, z", ())],
            id="table without outer pipes",
        ),
        pytest.param("| 1 | 2 |\n|---|---|\n| 3 | 4 |\n", [], id="table of numbers"),
        # Footnotes and definitions
        pytest.param(
            "Text[^1].\n\n[^1]: The *note*.\n",
            [p("Text[^1].", "Text."), (F, "[^1]: The *note*.", "The note.", ())],
            id="footnote",
        ),
        pytest.param(
            "[^1]: One.\n[^b]: Two or\nthree.\n",
            [(F, "[^1]: One.", "One.", ()), (F, "[^b]: Two or\nthree.", "Two or three.", ())],
            id="footnotes without blank lines",
        ),
        pytest.param(
            "[^1]: One.\n\n    More.\n\nEnd.\n",
            [(F, "[^1]: One.", "One.", ()), (F, "More.", "More.", ()), p("End.")],
            id="long footnote",
        ),
        pytest.param('[a]: http://x.y "title"\n[b]: <z>\n\n*[HTML]: Hyper Text\n', [], id="definitions"),
        pytest.param("[a]: /u\nText.\n", [p("Text.")], id="text right after a definition"),
        # HTML and comments
        pytest.param(
            "<div>\nSome <b>bold</b> prose.\n</div>\n",
            [p("<div>\nSome <b>bold</b> prose.\n</div>", "Some bold prose.")],
            id="prose in HTML",
        ),
        pytest.param('<p align="center">\n  <img src="x" alt="y">\n</p>\n<br/>\n', [], id="HTML without prose"),
        pytest.param(
            "<script>\nvar x\n</script>\n\n<style>p {}</style>\n\n<pre>\ncode\n\nmore\n</pre>\n",
            [],
            id="script, style and pre",
        ),
        pytest.param(
            "<details><summary>More</summary>\n\nInside.\n\n</details>\n",
            [p("<details><summary>More</summary>", "More"), p("Inside.")],
            id="details",
        ),
        pytest.param("<!-- a\n\nb -->\n\nOne.\n", [p("One.")], id="comment"),
        pytest.param("One <!-- no --> two.\n", [p("One <!-- no --> two.", "One two.")], id="comment in a line"),
        # What writing tools add
        pytest.param(
            "::: {.note}\nOne.\n:::\n\n:::tip Title\n\nTwo.\n\n:::\n", [p("One."), p("Two.")], id="fenced divs"
        ),
        pytest.param(
            '!!! note "Title"\n    One.\n\n    Two.\n\nThree.\n',
            [p("One."), p("Two."), p("Three.")],
            id="admonition of MkDocs",
        ),
        pytest.param("One:\n$$\nx = 1\n$$\nTwo.\n\n$$ y $$\n", [p("One:"), p("Two.")], id="display math"),
        pytest.param("\\begin{align}\nx &= y\n\\end{align}\n\nOne.\n", [p("One.")], id="environment of LaTeX"),
        pytest.param(
            "import A from './a'\nimport {B} from \"b\"\n\nexport const c = 1\n\nOne.\n", [p("One.")], id="MDX imports"
        ),
        pytest.param(
            "import duties are high.\n\nexport is not.\n",
            [p("import duties are high."), p("export is not.")],
            id="prose that starts like MDX",
        ),
        pytest.param("<Tabs>\n<Tab title={`x`}>\n\nOne.\n\n</Tab>\n</Tabs>\n", [p("One.")], id="JSX"),
        pytest.param("{/* hidden */}\n\nOne.\n\n%% hidden %%\n", [p("One.")], id="comments of MDX and Obsidian"),
        pytest.param("{% include x.html %}\n\n{{< shortcode >}}\n\nOne.\n", [p("One.")], id="templates"),
        pytest.param(
            "Term\n:   What it means.\n", [p("Term\n:   What it means.", "Term What it means.")], id="definition list"
        ),
        pytest.param("[![CI](a.svg)](b) [![Docs](c.svg)](d)\n\n![logo](x.png)\n", [], id="badges"),
        pytest.param(
            "![The state machine of the whole scheduler](x.png)\n",
            [p("![The state machine of the whole scheduler](x.png)", "The state machine of the whole scheduler")],
            id="figure with a caption",
        ),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(MarkdownSegmenter(), source) == expected
    check(source.encode(), MarkdownSegmenter().segment(source.encode()))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "# A b\n## A b\n# A b\n",
            [("A b", 1, 0, "a-b"), ("A b", 2, 1, "a-b-1"), ("A b", 1, 2, "a-b-2")],
            id="repeated",
        ),
        pytest.param("# A {#own}\n\nB {#x .y}\n---\n", [("A", 1, 0, "own"), ("B", 2, 2, "x")], id="explicit ids"),
        pytest.param("# What's *new* in C++?\n", [("What's new in C++?", 1, 0, "whats-new-in-c")], id="punctuation"),
        pytest.param("# 日本 語 & ÄÖ_x\n", [("日本 語 & ÄÖ_x", 1, 0, "日本-語--äö_x")], id="other scripts"),
        pytest.param("\n\nTwo\nlines\n=====\n", [("Two lines", 1, 2, "two-lines")], id="setext over two lines"),
        pytest.param("---\nx: y\ntitle: T\n---\n", [("T", 1, 2, "")], id="front matter has no anchor"),
        pytest.param('<div>\n<h2 id="z">T</h2>\n</div>\n', [("T", 2, 1, "z")], id="HTML"),
        pytest.param(
            "# a #\n## b#\n### c \\#\n", [("a", 1, 0, "a"), ("b#", 2, 1, "b"), ("c #", 3, 2, "c-")], id="closing hashes"
        ),
    ],
)
def test_headings(source: str, expected: list[tuple[str, int, int, str]]) -> None:
    found = MarkdownSegmenter().segment(source.encode()).headings
    assert [(heading.title, heading.level, heading.line, heading.anchor) for heading in found] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "[a](b.md#c) and <http://x.y> and https://z.w/(a).\n",
            ("b.md#c", "http://x.y", "https://z.w/(a)"),
            id="inline, autolink, bare",
        ),
        pytest.param(
            "[a][B  c], [d][] and [e].\n\n[b c]: one\n[D]: <two x>\n> [e]: three\n",
            ("one", "two x", "three"),
            id="references",
        ),
        pytest.param(
            "[[Page]] and [[Other#Part|shown]] and ![[pic.png]]\n",
            ("[[Page]]", "[[Other#Part]]", "[[pic.png]]"),
            id="wiki links",
        ),
        pytest.param("- [a](b)\n- c\n  - [d](e)\n- [a](b)\n", ("b", "e"), id="list"),
        pytest.param("| [a](b) | [c](d) |\n|---|---|\n| [e](b) | f |\n", ("b", "d"), id="table"),
        pytest.param('See <a href="x&amp;y">a</a>.\n', ("x&y",), id="HTML"),
        pytest.param("See {ref}`a <label>`, {doc}`/other` and {py:func}`f`.\n", ("label", "/other"), id="roles"),
        pytest.param("Image ![a](b) and `[c](d)` and \\[e](f).\n", (), id="none"),
    ],
)
def test_links(source: str, expected: tuple[str, ...]) -> None:
    (passage,) = MarkdownSegmenter().segment(source.encode()).passages
    assert passage.links == expected


@pytest.mark.parametrize(
    ("source", "ignored"),
    [
        pytest.param("<!-- seealso-ignore -->\nOne.\n\nTwo.\n", [True, False], id="next passage"),
        pytest.param(
            "<!-- seealso-ignore -->\n\n# A\n\n```\nx\n```\n\nOne.\n\nTwo.\n", [True, False], id="past heading and code"
        ),
        pytest.param("One.\n\n<!-- seealso-ignore-file -->\n\nTwo.\n", [True, True], id="file"),
        pytest.param("<!-- seealso-ignored -->\n\nOne.\n", [False], id="another word"),
        pytest.param("seealso-ignore\n\nOne.\n", [False, False], id="no comment"),
        pytest.param("{/* seealso-ignore: yes */}\n\nOne.\n", [True], id="MDX"),
        pytest.param("%% seealso-ignore %%\nOne.\n", [True], id="Obsidian"),
        pytest.param("<!-- seealso-ignore --> One.\n\nTwo.\n", [True, False], id="on the same line"),
        pytest.param(
            f"<!-- seealso-ignore -->\n\n- {LONG_ITEM}\n- {LONG_ITEM}\n- {LONG_ITEM}\n\nTwo.\n",
            [True, True, True, False],
            id="all of a long list",
        ),
        pytest.param(
            f"- {LONG_ITEM}\n\n  <!-- seealso-ignore -->\n- {LONG_ITEM}\n- {LONG_ITEM}\n",
            [False, True, False],
            id="one item",
        ),
        pytest.param("> a\n>\n> <!-- seealso-ignore -->\n\nOne.\n", [False, True], id="at the end of a quote"),
    ],
)
def test_ignore_comments(source: str, ignored: list[bool]) -> None:
    assert [passage.ignored for passage in MarkdownSegmenter().segment(source.encode()).passages] == ignored


SENTENCES = [f"Sentence number {number} says something of its own about the matter." for number in range(80)]


def test_long_paragraph_is_cut_at_sentence_ends_with_overlap() -> None:
    source = " ".join(SENTENCES)
    found = read(MarkdownSegmenter(), source)
    assert len(found) == 4
    assert " ".join(raw for _, raw, _, _ in found) == source
    for (_, before, _, _), (_, raw, text, _) in pairwise(found):
        assert text == f"{before.rsplit('. ', 1)[1]} {raw}"
        assert weight(text) <= MAX_PASSAGE_WEIGHT


def test_long_item_is_cut_between_its_blocks() -> None:
    blocks = [" ".join(SENTENCES[at : at + 10]) for at in range(0, 40, 10)]
    found = read(MarkdownSegmenter(), "- " + "\n\n  ".join(blocks) + "\n- b\n")
    assert [(kind, raw) for kind, raw, _, _ in found] == [
        (L, f"- {blocks[0]}\n\n  {blocks[1]}"),
        (L, f"{blocks[2]}\n\n  {blocks[3]}"),
        (L, "- b"),
    ]


def test_long_quote_is_cut_without_its_markers_in_the_text() -> None:
    lines = [f"> {sentence}" for sentence in SENTENCES]
    found = read(MarkdownSegmenter(), "\n".join(lines))
    assert len(found) > 1
    assert {kind for kind, _, _, _ in found} == {Q}
    assert found[0][1].startswith("> Sentence number 0 ")
    assert all(">" not in text for _, _, text, _ in found)


def test_long_table_is_cut_between_rows_under_its_header() -> None:
    rows = [f"| name {number} | {SENTENCES[number]} |" for number in range(60)]
    found = read(MarkdownSegmenter(), "\n".join(["| Name | Meaning |", "|---|---|", *rows]))
    assert len(found) == 3
    assert all(kind == T and text.startswith("Name, Meaning; name ") for kind, _, text, _ in found)
    assert all(weight(text) <= MAX_PASSAGE_WEIGHT for _, _, text, _ in found)
    assert [row for _, raw, _, _ in found for row in raw.split("\n")][2:] == rows


def test_list_rule_counts_the_clean_text() -> None:
    links = [f"- [item {number}](https://example.org/{'long/' * 40})" for number in range(8)]
    assert sum(map(len, links)) > 2 * MAX_LIST_WEIGHT
    assert len(read(MarkdownSegmenter(), "\n".join(links))) == 1


def test_passages_know_their_lines_and_language() -> None:
    source = "# T\r\n\r\nПривет,\r\nмир.\r\n\r\n- 一\r\n- 二\r\n"
    found = MarkdownSegmenter().segment(source.encode()).passages
    assert [(passage.start_line, passage.end_line, passage.language) for passage in found] == [
        (2, 3, "ru"),
        (5, 6, "zh"),
    ]
