from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget, PassageKind
from seealso.text.markdown import FORMAT, MarkdownSegmenter
from seealso.text.prose import collapse

MARKUP = [
    *("*a*", "**a**", "_a_", "~~a~~", "`a`", "==a==", "$a$", "$$", "&amp;", "&#42;", "<b>", "</b>", "<!-- a -->"),
    *("[a](b)", "![a](b)", "[[a|b]]", "[^1]", "[a]: b", "[a]{.b}", "{ref}`a`", "{{< a >}}", "{% a %}", "<https://a.b>"),
    *("https://a.b/c_d_", "www.a.b/*c*", "# ", "- ", "+ ", "1. ", "2) ", "> ", "===", "---", "***", "```", "~~~"),
    *(":::note", "!!! note", "??? note", "%%", ": ", "| a | b |", "|---|---|", "\\begin{x}", "\\", "[!NOTE]", "- [ ] "),
]


@pytest.mark.parametrize(
    ("target", "written"),
    [
        pytest.param(LinkTarget("a/b.md", "B"), "[B](a/b.md)", id="document"),
        pytest.param(LinkTarget("a.md", "S", Heading("S", 2, 3, "s-1")), "[S](a.md#s-1)", id="section"),
        pytest.param(LinkTarget("", "S", Heading("S", 2, 3, "s")), "[S](#s)", id="section of the same document"),
        pytest.param(LinkTarget("a.md", "S", Heading("S", 1, 3, "")), "[S](a.md)", id="title without an anchor"),
        pytest.param(LinkTarget("../x y (1)/ä%.md", "T"), "[T](../x%20y%20%281%29/ä%25.md)", id="encoded path"),
        pytest.param(LinkTarget("a#b?.md", "T"), "[T](a%23b%3F.md)", id="no fragment in a path"),
        pytest.param(LinkTarget("Note: x.md", "T"), "[T](./Note:%20x.md)", id="no scheme in a path"),
        pytest.param(LinkTarget("javascript:alert(1).md", "T"), "[T](./javascript:alert%281%29.md)", id="no script"),
        pytest.param(LinkTarget("../a:b.md", "T"), "[T](../a:b.md)", id="a colon further on"),
        pytest.param(LinkTarget("", "S", Heading("S", 2, 3, "s:1")), "[S](#s:1)", id="a colon in a fragment"),
        pytest.param(
            LinkTarget("a.md", "[x] *y* `z` <b> \\ s_n"), r"[\[x\] \*y\* \`z\` \<b\> \\ s\_n](a.md)", id="escaped title"
        ),
    ],
)
def test_link(target: LinkTarget, written: str) -> None:
    assert FORMAT.link(target) == written


def test_a_written_link_is_read_back() -> None:
    title = "[x] *y* `z` <b> \\ s_n & co"
    written = FORMAT.link(LinkTarget("x y/(z).md", title, Heading(title, 2, 0, "x-y")))
    (passage,) = MarkdownSegmenter().segment(f"See {written}.\n".encode()).passages
    assert passage.text == f"See {title}."
    assert passage.links == ("x%20y/%28z%29.md#x-y",)


def test_quote_is_a_block_quote_with_its_source() -> None:
    quoted = FORMAT.quote("One.\nTwo.", "[S](a.md)")
    assert quoted == "> One.\n> Two.\n>\n> — [S](a.md)"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("`*args` and **kwargs", r"\`\*args\` and \*\*kwargs", id="emphasis and code"),
        pytest.param("<script> &amp; AT&T", r"\<script> \&amp; AT&T", id="HTML"),
        pytest.param("[a](b) ![c](d)", r"\[a\](b) !\[c\](d)", id="links"),
        pytest.param("snake_case and __init__", r"snake_case and \_\_init\_\_", id="underscores"),
        pytest.param("See https://a.example/b_c?d=1&e=2.", "See https://a.example/b_c?d=1&e=2.", id="URL"),
        pytest.param("See https://a.example/*b*", r"See https\://a.example/\*b\*", id="URL with markup"),
        pytest.param("# no heading", r"\# no heading", id="heading"),
        pytest.param("12. no item", r"12\. no item", id="item"),
        pytest.param("- no item - at all", r"\- no item - at all", id="bullet"),
        pytest.param("> no quote > inside", r"\> no quote > inside", id="quote"),
        pytest.param("A plain text: it (mostly) needs nothing; #1!", None, id="plain"),
    ],
)
def test_a_quoted_text_is_no_markup(text: str, written: str | None) -> None:
    assert FORMAT.quote(text, "S").splitlines()[0] == f"> {text if written is None else written}"


SIGNS = "ab1 \\`*_{}[]()#+-.!|<>&~^=:;,\"'$@/%?ä語"


@given(
    st.text(st.sampled_from(SIGNS) | st.sampled_from(string.printable), max_size=60)
    | st.lists(st.sampled_from([*MARKUP, " ", "\n", "a"]), max_size=8).map("".join)
)
@example("HTTP://http://[")
@example("https://x*) *https://y*) z")
def test_a_quoted_text_is_read_back(text: str) -> None:
    lines = f"{text} are nine words that say what is quoted here".splitlines()
    text = "\n".join(line for line in lines if line.strip())
    read = MarkdownSegmenter().segment(f"{FORMAT.quote(text, '[S](a.md)')}\n".encode())
    assert " ".join(passage.text for passage in read.passages).startswith(collapse(text))
    assert read.headings == ()
    assert {passage.kind for passage in read.passages} == {PassageKind.QUOTE}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("seealso-ignore", "<!-- seealso-ignore -->", id="marker"),
        pytest.param("a --> b", "<!-- a - -> b -->", id="end of a comment inside"),
        pytest.param("a-", "<!-- a- -->", id="hyphen at the end"),
    ],
)
def test_comment_is_read_as_nothing(text: str, written: str) -> None:
    assert FORMAT.comment(text) == written
    assert MarkdownSegmenter().segment(f"{written}\n".encode()).passages == ()


def test_a_written_marker_ignores_the_next_passage() -> None:
    (passage,) = MarkdownSegmenter().segment(f"{FORMAT.comment('seealso-ignore')}\nOne.\n".encode()).passages
    assert passage.ignored
