from __future__ import annotations

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget
from seealso.text.rst import FORMAT
from unit.text.rst_oracle import doctree

HEADING = Heading("Install it", 2, 7, "install-it")
LABELLED = Heading("Install it", 2, 7, "install-it", "install")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(LinkTarget("../guide.rst", "Guide"), ":doc:`Guide <../guide>`", id="document"),
        pytest.param(LinkTarget("a b.rst", "Guide"), ":doc:`Guide <a b>`", id="document with a space"),
        pytest.param(LinkTarget("guide.rst", "Install it", LABELLED), ":ref:`Install it <install>`", id="label"),
        pytest.param(
            LinkTarget("guide.rst", "Install it", HEADING), "`Install it <guide.rst#install-it>`__", id="anchor"
        ),
        pytest.param(
            LinkTarget("a.org", "Install it", LABELLED), "`Install it <a.org#install-it>`__", id="their label"
        ),
        pytest.param(LinkTarget("a b.md", "Notes"), "`Notes <a%20b.md>`__", id="other format"),
        pytest.param(LinkTarget("c#.md", "C#"), "`C# <c%23.md>`__", id="number sign in a path"),
        pytest.param(LinkTarget("Note: x.md", "Notes"), "`Notes <./Note:%20x.md>`__", id="no scheme in a path"),
        pytest.param(
            LinkTarget("javascript:alert.rst", "Install it", HEADING),
            "`Install it <./javascript:alert.rst#install-it>`__",
            id="no script",
        ),
        pytest.param(LinkTarget("a/b:c.md", "Notes"), "`Notes <a/b:c.md>`__", id="a colon further on"),
        pytest.param(LinkTarget("x.md", "a*b `c` d_"), "`a\\*b \\`c\\` d\\_ <x.md>`__", id="markup in the title"),
        pytest.param(LinkTarget("notes_", "Notes"), "`Notes <notes%5F>`__", id="path that looks like a name"),
        pytest.param(LinkTarget("notes.md", ""), "`notes.md <notes.md>`__", id="no title"),
    ],
)
def test_link(target: LinkTarget, expected: str) -> None:
    assert FORMAT.link(target) == expected


titles = st.text("ab *`|_\\<>:[]'\"漢-.", min_size=1, max_size=12).filter(lambda text: text.strip())


@given(titles)
def test_a_link_shows_its_title(title: str) -> None:
    tree = doctree(FORMAT.link(LinkTarget("x.md", title)))
    (reference,) = tree.findall(nodes.reference)
    assert reference.astext() == " ".join(title.split())
    assert reference["refuri"] == "x.md"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two.", "   One. Two.\n\n   -- :doc:`A <a>`", id="plain"),
        pytest.param("One.\n\nTwo.", "   One.\n\n   Two.\n\n   -- :doc:`A <a>`", id="paragraphs"),
        pytest.param("- no list", "   \\- no list\n\n   -- :doc:`A <a>`", id="bullet"),
        pytest.param("1. no list", "   \\1. no list\n\n   -- :doc:`A <a>`", id="enumerator"),
    ],
)
def test_quote(text: str, expected: str) -> None:
    assert FORMAT.quote(text, ":doc:`A <a>`") == expected


prose = st.one_of(
    st.text(" ab1*`|_\\<>:[]()'\"漢-.+=#>/@~—", min_size=1, max_size=30),
    st.lists(
        st.sampled_from(
            ["a", "b_", "*c*", "``d``", "`e`_", "-", "1.", "(i)", "#.", ":f:", "..", "g::", "|h|", "[1]_", "--x"]
        )
    ).map(" ".join),
).filter(lambda text: any(map(str.isalpha, text)))


@given(prose)
def test_a_quote_says_what_was_quoted(text: str) -> None:
    tree = doctree(FORMAT.quote(text, "source"))
    (quote,) = tree.findall(nodes.block_quote)
    paragraph, attribution = quote.children
    assert isinstance(paragraph, nodes.paragraph)
    assert paragraph.astext() == " ".join(text.split())
    assert attribution.astext() == "source"


@given(prose)
def test_a_quote_is_read_back(text: str) -> None:
    segmentation = FORMAT.segmenter().segment(FORMAT.quote(text, "source").encode())
    (passage,) = segmentation.passages
    assert passage.text == " ".join(text.split()) + " -- source"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("seealso-ignore", ".. seealso-ignore", id="word"),
        pytest.param("_name: this is no target", "..\n   _name: this is no target", id="target"),
        pytest.param("note:: this is no directive", "..\n   note:: this is no directive", id="directive"),
        pytest.param("a\nb", "..\n   a\n   b", id="lines"),
    ],
)
def test_comment(text: str, expected: str) -> None:
    assert FORMAT.comment(text) == expected


@given(prose)
def test_a_comment_is_dropped(text: str) -> None:
    tree = doctree(FORMAT.comment(text))
    assert [type(node) for node in tree.children] == [nodes.comment]
    assert FORMAT.segmenter().segment(FORMAT.comment(text).encode()).passages == ()


def test_the_ignore_marker_works_as_written() -> None:
    source = f"{FORMAT.comment('seealso-ignore')}\n\nA passage.\n\nAnother one.\n"
    assert [passage.ignored for passage in FORMAT.segmenter().segment(source.encode()).passages] == [True, False]
