from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget, PassageKind
from seealso.text.asciidoc import FORMAT
from seealso.text.asciidoc.inline import clean

HEADING = Heading("Install it", 2, 7, "_install_it")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(LinkTarget("../guide.adoc", "Guide"), "xref:../guide.adoc[Guide]", id="document"),
        pytest.param(LinkTarget("g.adoc", "Install it", HEADING), "xref:g.adoc#_install_it[Install it]", id="section"),
        pytest.param(LinkTarget("a b.adoc", "Guide"), "xref:a%20b.adoc[Guide]", id="document with a space"),
        pytest.param(LinkTarget("a.md", "Install it", HEADING), "link:a.md#_install_it[Install it]", id="other format"),
        pytest.param(LinkTarget("c#[1].md", "C"), "link:c%23%5B1%5D.md[C]", id="signs in a path"),
        pytest.param(LinkTarget("a:b.md", "C"), "link:./a:b.md[C]", id="no scheme in a path"),
        pytest.param(LinkTarget("a.adoc", "a [b] *c*"), "xref:a.adoc[a pass:c[[b\\]] pass:c[*c*]]", id="markup"),
        pytest.param(LinkTarget("notes.adoc", ""), "xref:notes.adoc[notes.adoc]", id="no title"),
    ],
)
def test_link(target: LinkTarget, expected: str) -> None:
    assert FORMAT.link(target) == expected


TITLES = st.text("ab *`|_<>:[]'\"漢-.=,{}#+^~()&;", min_size=1, max_size=12).filter(lambda text: text.strip())


@given(TITLES)
def test_a_link_shows_its_title(title: str) -> None:
    title = " ".join(title.split())
    assert clean(FORMAT.link(LinkTarget("x.adoc", title))) == (title, ("x.adoc",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two.", "One. Two.", id="plain"),
        pytest.param("One.\n\nTwo.", "One.\n\nTwo.", id="paragraphs"),
        pytest.param("- no list", "{empty}- no list", id="bullet"),
        pytest.param("NOTE: none", "{empty}NOTE: none", id="admonition"),
        pytest.param("a_b *c* d:: e", "a_b pass:c[*c*] pass:c[d::] e", id="markup"),
        pytest.param("https://a.b/c_d is it", "https://a.b/c_d is it", id="URL"),
    ],
)
def test_quote(text: str, expected: str) -> None:
    assert FORMAT.quote(text, "xref:a.adoc[A]") == f"____\n{expected}\n\n-- xref:a.adoc[A]\n____"


PROSE = st.one_of(
    st.text(" ab1*`|_<>:[]()'\"漢-.+=#>/@~^—;{},!&", min_size=1, max_size=30),
    st.lists(
        st.sampled_from(
            [
                "a",
                "b_",
                "*c*",
                "``d``",
                "<<e>>",
                "-",
                "1.",
                "i)",
                "term::",
                "//",
                "[x]",
                "{y}",
                "kbd:[z]",
                "++",
                "NOTE:",
            ]
        )
    ).map(" ".join),
).filter(lambda text: any(map(str.isalpha, text)))


@given(PROSE)
def test_a_quote_is_read_back(text: str) -> None:
    (passage,) = FORMAT.segmenter().segment(FORMAT.quote(text, "source").encode()).passages
    assert passage.kind is PassageKind.QUOTE
    assert passage.text == " ".join(text.split()) + " -- source"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("seealso-ignore", "// seealso-ignore", id="word"),
        pytest.param("a\n\nb", "// a\n//\n// b", id="lines"),
    ],
)
def test_comment(text: str, expected: str) -> None:
    assert FORMAT.comment(text) == expected


@given(PROSE)
def test_a_comment_is_dropped(text: str) -> None:
    found = FORMAT.segmenter().segment(f"{FORMAT.comment(text)}\n\nText.\n".encode())
    assert [passage.text for passage in found.passages] == ["Text."]
