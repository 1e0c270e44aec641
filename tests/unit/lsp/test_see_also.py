"""The list of a section: its shapes, and what is none of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.lsp import see_also
from seealso.lsp.see_also import Section
from seealso.model import Heading

ENTRY = r"\A[A-Za-z\[(`:😀][A-Za-z\]()`: .<>_\-😀]{0,20}[a-z](\n[a-z]{1,9})?\Z"


def found(text: str, syntax: str) -> tuple[str, int, int, tuple[str, ...]] | None:
    lines = text.split("\n")
    listing = see_also.find(lines, Section(None, 0, len(lines)), syntax)
    return (listing.shape, listing.start, listing.stop, listing.entries) if listing is not None else None


@pytest.mark.parametrize(
    ("text", "syntax", "expected"),
    [
        pytest.param(
            "See also:\n\n- [A](a.md)\n- [B](b.md)\n", "markdown", ("line", 0, 4, ("[A](a.md)", "[B](b.md)")), id="line"
        ),
        pytest.param("Text.\n\nsee also:\n* [A](a.md)", "markdown", ("line", 2, 4, ("[A](a.md)",)), id="by hand"),
        pytest.param(
            "See also:\n\n- [A](a.md)\n  about a\n\n- b\n\nMore.",
            "markdown",
            ("line", 0, 6, ("[A](a.md)\nabout a", "b")),
            id="long entry, text below",
        ),
        pytest.param("```{seealso}\n- [A](a.md)\n```\n", "markdown", ("fence", 0, 3, ("[A](a.md)",)), id="MyST"),
        pytest.param(
            ":::{seealso}\n\n- [A](a.md)\n\n:::\nx", "markdown", ("fence", 0, 5, ("[A](a.md)",)), id="MyST, colons"
        ),
        pytest.param(
            ".. seealso::\n\n   - :doc:`A <a>`\n   - b\n\nMore",
            "rst",
            ("directive", 0, 4, (":doc:`A <a>`", "b")),
            id="rst",
        ),
        pytest.param(
            ".. seealso::\n   - :doc:`A <a>`\n     and on",
            "rst",
            ("directive", 0, 3, (":doc:`A <a>`\nand on",)),
            id="rst without a blank line",
        ),
        pytest.param("See also:\n\n- A (a.txt)\n", "plain", ("line", 0, 3, ("A (a.txt)",)), id="plain text"),
        pytest.param(
            "See also:\n\n- x\n\nT\n\nSee also:\n\n- y\n", "markdown", ("line", 6, 9, ("y",)), id="the last one"
        ),
        pytest.param(
            "== T\n\nSee also:\n\n* xref:a.adoc[A]\n", "asciidoc", ("line", 2, 5, ("xref:a.adoc[A]",)), id="AsciiDoc"
        ),
        pytest.param(
            "* T\n\nSee also:\n\n- [[file:a.org][A]]\n", "org", ("line", 2, 5, ("[[file:a.org][A]]",)), id="Org"
        ),
        pytest.param("#+begin_src\n\nSee also:\n\n- a\n#+end_src\n", "org", None, id="in source"),
        pytest.param("See also:\n\\begin{itemize}\nText.\n\\end{itemize}\n", "latex", None, id="LaTeX with text"),
        pytest.param("----\nx\n\nSee also:\n\n- a\n----\n", "asciidoc", None, id="in a listing"),
        pytest.param("See also: [A](a.md)\n", "markdown", None, id="on one line"),
        pytest.param("Text\nSee also:\n\n- [A](a.md)\n", "plain", None, id="inside a paragraph"),
        pytest.param("See also:\n\nThe manual.\n", "markdown", None, id="no list"),
        pytest.param("See also:\n\n- a\nlazy\n", "markdown", None, id="a list that goes on lazily"),
        pytest.param("See also:\n", "markdown", None, id="nothing"),
        pytest.param("```{seealso}\n[A](a.md)\n```\n", "markdown", None, id="MyST with text"),
        pytest.param("```{seealso}\n- a\n", "markdown", None, id="MyST without an end"),
        pytest.param(".. seealso::\n\n   :doc:`a`\n      About a.\n", "rst", None, id="rst with text"),
        pytest.param(".. seealso:: :doc:`a`\n", "rst", None, id="rst on one line"),
        pytest.param(".. seealso::\n\n   - a\n\n   More.\n", "rst", None, id="rst with a list and text"),
        pytest.param(".. seealso::\n\nMore.\n", "rst", None, id="rst without content"),
        pytest.param("````md\nx\n\nSee also:\n\n- a\n````\n", "markdown", None, id="in code"),
        pytest.param("````md\n```{seealso}\n- a\n```\n````\n", "markdown", None, id="MyST in code"),
        pytest.param("  See also:\n\n- a\n", "markdown", None, id="indented"),
    ],
)
def test_only_a_list_and_nothing_else_is_ours(
    text: str, syntax: str, expected: tuple[str, int, int, tuple[str, ...]] | None
) -> None:
    assert found(text, syntax) == expected


@given(
    st.lists(st.from_regex(ENTRY), min_size=1, max_size=5),
    st.sampled_from(
        [("line", "markdown"), ("fence", "markdown"), ("directive", "rst"), ("itemize", "latex"), ("line", "plain")]
    ),
)
def test_what_is_written_is_found_again(entries: list[str], shape: tuple[see_also.Shape, str]) -> None:
    text = see_also.write(shape[0], entries)
    listing = found(f"Text.\n\n{text}\n\nMore.", shape[1])
    assert listing == (shape[0], 2, 2 + len(text.split("\n")), tuple(entries))


@pytest.mark.parametrize(
    ("syntax", "text", "shape"),
    [
        pytest.param("markdown", "Text", "line", id="Markdown"),
        pytest.param("markdown", "```{note}\nText\n```", "fence", id="MyST"),
        pytest.param("markdown", "```python\nx\n```", "line", id="code"),
        pytest.param("latex", "Text", "itemize", id="LaTeX"),
        pytest.param("rst", "Text", "directive", id="rst"),
        pytest.param("plain", "Text", "line", id="plain text"),
    ],
)
def test_the_shape_is_that_of_the_document(syntax: str, text: str, shape: str) -> None:
    assert see_also.shape_for(syntax, text.split("\n")) == shape


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        pytest.param("T\n=\n\na\n\nU\n=\n", 5, 4, id="blank line"),
        pytest.param("T\n=\na\n\n.. _u:\n\nU\n=\n", 6, 3, id="label"),
        pytest.param("# T\na\n\n(u)=\n# U\n", 4, 2, id="MyST target"),
        pytest.param("== T\na\n\n[[u]]\n== U\n", 4, 2, id="AsciiDoc anchor"),
        pytest.param("== T\na\n\n[#u]\n== U\n", 4, 2, id="AsciiDoc id"),
        pytest.param("# T\na\n\n<a id='u'></a>\n\n# U\n", 5, 2, id="anchor"),
        pytest.param("=\nT\n=\n\na\n\n=\nU\n=\n", 7, 5, id="line above the title"),
        pytest.param("# T\na\n# U\n", 2, 2, id="nothing between"),
    ],
)
def test_a_section_ends_before_what_belongs_to_the_next_title(text: str, title: int, expected: int) -> None:
    lines = text.split("\n")
    assert see_also.end_of(lines, Section(None, 0, title), last_title=False) == expected


def test_sections_go_from_one_heading_to_the_next() -> None:
    headings = [Heading("A", 1, 2, "a"), Heading("B", 2, 5, "b")]
    lines = ["x"] * 8
    assert [(part.start, part.stop) for part in see_also.sections(headings, lines)] == [(0, 2), (2, 5), (5, 8)]
    at = [see_also.section_at(headings, lines, line).start for line in (0, 1, 2, 4, 5, 99)]
    assert at == [0, 0, 2, 2, 5, 5]
    assert see_also.section_at((), ["x"], 0) == Section(None, 0, 1)
