from __future__ import annotations

import pytest

from seealso.model import Heading, LinkTarget
from seealso.text.markdown import FORMAT, MarkdownSegmenter


@pytest.mark.parametrize(
    ("target", "written"),
    [
        pytest.param(LinkTarget("a/b.md", "B"), "[B](a/b.md)", id="document"),
        pytest.param(LinkTarget("a.md", "S", Heading("S", 2, 3, "s-1")), "[S](a.md#s-1)", id="section"),
        pytest.param(LinkTarget("", "S", Heading("S", 2, 3, "s")), "[S](#s)", id="section of the same document"),
        pytest.param(LinkTarget("a.md", "S", Heading("S", 1, 3, "")), "[S](a.md)", id="title without an anchor"),
        pytest.param(LinkTarget("../x y (1)/ä%.md", "T"), "[T](../x%20y%20%281%29/ä%25.md)", id="encoded path"),
        pytest.param(LinkTarget("a#b?.md", "T"), "[T](a%23b%3F.md)", id="no fragment in a path"),
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
