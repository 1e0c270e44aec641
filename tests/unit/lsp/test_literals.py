"""Where nothing is offered because it is code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.lsp.literals import in_literal
from seealso.lsp.positions import split_lines


def at_cursor(text: str, language: str) -> bool:
    before = text.partition("|")[0]
    return in_literal(split_lines(text.replace("|", "")), before.count("\n"), language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Text\n|", False, id="text"),
        pytest.param("```\na = b[|\n```\n", True, id="backticks"),
        pytest.param("~~~ python\n\nb[|", True, id="tildes, never closed"),
        pytest.param("```\na\n```\n[|", False, id="behind the end"),
        pytest.param("````\n```\n[|\n````", True, id="a shorter fence ends nothing"),
        pytest.param("```\n~~~\n[|", True, id="another fence ends nothing"),
        pytest.param("``` a`b\n[|", False, id="a code span"),
        pytest.param("```\na\n``` x\n[|", True, id="an end has no words"),
        pytest.param("- item\n\n  ```\n  a[|\n  ```\n", True, id="in an item"),
        pytest.param("- ```\n  a[|", True, id="right behind a bullet"),
        pytest.param("- item\n\n  ```\n  a\n\nText [|", False, id="the item is over"),
        pytest.param("1. one\n   - two\n\n     ```\n     a\n     ```\n   [|", False, id="behind a fence in an item"),
        pytest.param("> ```\n> a[|", True, id="in a quote"),
        pytest.param("> ```\n> a\n\nText [|", False, id="the quote is over"),
        pytest.param("Text\n\n    ```\n\nText [|", False, id="indented too far"),
        pytest.param("```{note}\nText [|\n```\n", False, id="a note of MyST"),
        pytest.param("```{code-block} c\na[|\n```\n", True, id="code of MyST"),
        pytest.param("````{note}\n```\na\n```\nText [|", False, id="behind code in a note"),
        pytest.param("````{note}\n```c\na[|", True, id="code in a note"),
        pytest.param("```{note}\nText\n```\n[|", False, id="behind a note"),
        pytest.param("a\r\n```\r\nb[|\r\n```\r\n", True, id="line ends of Windows"),
    ],
)
def test_markdown(text: str, expected: bool) -> None:
    assert at_cursor(text, "markdown") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Text\n|", False, id="text"),
        pytest.param("So::\n\n   a[|", True, id="literal"),
        pytest.param("So::\n\n   a\n\n   b[|", True, id="after a blank line"),
        pytest.param("So::\n\n   a\n\nText [|", False, id="behind it"),
        pytest.param("- So::\n\n    a\n\n  Text [|", False, id="behind it in an item"),
        pytest.param("::\n\n  a[|", True, id="colons alone"),
        pytest.param(".. note::\n\n   Text [|", False, id="a note"),
        pytest.param(".. code-block:: c\n\n   a[|", True, id="code"),
        pytest.param(".. code-block:: c\n\n   a\n\nText [|", False, id="behind code"),
        pytest.param(".. note::\n\n   So::\n\n      a\n\n   Text [|", False, id="behind a literal in a note"),
        pytest.param("So::\n\n   a\n\n   |", True, id="a new line in it"),
        pytest.param("So::\n\n   a\n\n|", False, id="a new line behind it"),
        pytest.param(">>> a[|", True, id="doctest"),
    ],
)
def test_restructuredtext(text: str, expected: bool) -> None:
    assert at_cursor(text, "rst") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Text.\n\n----\nx [|\n----\n", True, id="listing"),
        pytest.param("----\nx\n----\n\n[|", False, id="behind a listing"),
        pytest.param("....\n----\n....\n[|", False, id="a listing in a literal"),
        pytest.param("```c\n[|", True, id="fence"),
        pytest.param("Title\n-----\n\n[|", False, id="a title"),
        pytest.param("Text\n----------\n[|", True, id="right under text"),
        pytest.param("====\n[|", False, id="example"),
    ],
)
def test_asciidoc(text: str, expected: bool) -> None:
    assert at_cursor(text, "asciidoc") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Text.\n\n#+BEGIN_SRC sh\nx [|\n#+END_SRC\n", True, id="source"),
        pytest.param("#+begin_src\nx\n#+end_src\n[|", False, id="behind it"),
        pytest.param("#+begin_example\n#+end_src\n[|", True, id="another end"),
        pytest.param("#+begin_quote\n[|", False, id="quote"),
        pytest.param("#+begin_src\n* T\n[|", False, id="a headline ends all"),
    ],
)
def test_org(text: str, expected: bool) -> None:
    assert at_cursor(text, "org") is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\\begin{verbatim}\nx [|", True, id="verbatim"),
        pytest.param("\\begin{verbatim}\nx\n\\end{verbatim}\n[|", False, id="behind it"),
        pytest.param("\\begin{quote}\n[|", False, id="quote"),
    ],
)
def test_latex(text: str, expected: bool) -> None:
    assert at_cursor(text, "latex") is expected


def test_plain_text_has_no_code() -> None:
    assert not at_cursor("```\n\nSo::\n\n   [|", "plain")


@pytest.mark.parametrize("language", ["c", "go", "javascript", "jupyter", "python", "rust"])
def test_a_program_is_code_throughout(language: str) -> None:
    assert at_cursor("# Text [|", language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<p>[|", False, id="text"),
        pytest.param("<script>\na[|", True, id="script"),
        pytest.param("<PRE class=x>\na[|", True, id="pre"),
        pytest.param("<pre>a</pre>\n<p>[|", False, id="behind it"),
        pytest.param("<preview>[|", False, id="another element"),
    ],
)
def test_html(text: str, expected: bool) -> None:
    assert at_cursor(text, "html") is expected


PIECES = [
    "```",
    "~~~",
    "\n",
    "\n\n",
    "  ",
    "    ",
    "- ",
    "> ",
    "a",
    "::",
    ".. code::",
    "{note}",
    "\t",
    "\r",
    "----",
    "....",
    "#+begin_src",
    "#+end_src",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join), st.integers(0, 30))
@pytest.mark.parametrize("language", ["asciidoc", "html", "latex", "markdown", "org", "rst"])
def test_what_stands_below_does_not_matter(language: str, text: str, line: int) -> None:
    lines = split_lines(text)
    assert in_literal(lines, line, language) is in_literal(lines[: line + 1], line, language)
