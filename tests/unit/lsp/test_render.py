"""Hovers: what a document says must be shown, never obeyed."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from seealso.lsp import render
from seealso.model import DuplicateKind, Heading, IndexStatus, Match, Passage, PassageKind, Place, Related

JOINER = "\u034f"

HOSTILE = st.text(
    st.sampled_from("abwW1 \n\t\\`*_{}[]()#+-.!|<>&~^=:;,\"'$@/%?ä語😀\u2028")
    | st.characters(exclude_categories=["Cs"], exclude_characters=JOINER),
    max_size=60,
)

AUTOLINK = re.compile(r"www\.|://", re.IGNORECASE)
"""Where GFM's autolinks begin: cmark-gfm asks what stands before it and minds the case, `marked` does not."""

ADDRESS = re.compile(r"[\w.+:-]@[\w.-]")
"""What cmark-gfm builds e-mail links around, `mailto:` and `xmpp:` included."""

PASSAGE = Passage(0, 1, 0, 0, PassageKind.PARAGRAPH, "Install the package.")


def place(text: str, path: str = "guide/net.md", titles: tuple[str, ...] = ("Guide", "Proxy")) -> Place:
    headings = tuple(Heading(title, level, level, "") for level, title in enumerate(titles, 1))
    return Place(path, 39, 41, PassageKind.PARAGRAPH, text, headings)


def link(where: Place) -> str:
    # Not `file:`, which this renderer refuses whatever stands in it.
    return f"https://r/{where.path}#L{where.start_line + 1}"


def rendered_text(markdown: str) -> str:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parseInline(markdown)
    assert tokens[0].children is not None
    kinds = {child.type for child in tokens[0].children}
    assert kinds <= {"text", "text_special"}, kinds
    return "".join(child.content for child in tokens[0].children).replace(JOINER, "")


def stripped_as_marked_does(text: str) -> str:
    """Return the text of a link as `marked` goes on reading it."""
    return re.sub(r"\\([\[\]])", r"\1", text)


@given(HOSTILE)
@example("<img src=x onerror=alert(1)> &lt; &amp;")
@example("[run](command:evil) ![x](http://x)")
@example("snake_case __init__ *a* `b` ~~c~~")
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert rendered_text(render.escape(text)) == " ".join(text.replace("\0", "\ufffd").split())


@given(HOSTILE)
@example("# heading")
@example("- item")
@example("1. item")
@example("12) item")
@example("===")
@example("---")
@example("+ x")
@example(": y")
@example("    code")
@example("```")
def test_escaped_text_is_never_a_block_of_its_own(text: str) -> None:
    blocks = {token.type for token in MarkdownIt("commonmark").parse(f"Before\n{render.escape(text)}")}
    assert blocks <= {"paragraph_open", "inline", "paragraph_close"}
    alone = {token.type for token in MarkdownIt("commonmark").parse(render.escape(text))}
    assert alone <= {"paragraph_open", "inline", "paragraph_close"}


@given(HOSTILE)
@example("see https://example.com/x now")
@example("see www.example.com now")
@example("WWW.EXAMPLE.COM")
@example("xwww.example.com")
@example("_www.example.com")
def test_addresses_are_not_turned_into_links(text: str) -> None:
    assert not AUTOLINK.search(render.escape(text))


@given(HOSTILE)
@example("mail me@example.com now")
@example("mailto:me@example.com")
@example("xmpp:@example.com")
def test_mail_addresses_are_not_turned_into_links(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(render.escape(text))
    shown = "".join(child.content for child in tokens[0].children or ())
    assert not ADDRESS.search(shown)


@given(HOSTILE)
@example("![x](https://evil.example/p.png)")
@example(r"\[click me\](https://evil.example/phish)")
@example("[a]: <b> [a][b]")
def test_the_text_of_a_link_holds_no_other_link_without_its_backslashes(text: str) -> None:
    (inline,) = MarkdownIt("commonmark").parseInline(stripped_as_marked_does(render.escape(text)))
    assert not {child.type for child in inline.children or ()} & {"link_open", "image"}


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("Arrays [old]", r"Arrays \[old\]", id="brackets"),
        pytest.param("Call f(x) (or g)", None, id="parentheses"),
        pytest.param("The @Override mark, 3 @ 5", None, id="a sign alone"),
        pytest.param("A & B: a_b, wwww", None, id="letters"),
    ],
)
def test_ordinary_prose_is_hardly_touched(text: str, escaped: str | None) -> None:
    assert render.escape(text) == (text if escaped is None else escaped)


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        pytest.param("Install the package.", ("package",), "Install the |package|.", id="one term"),
        pytest.param("Packages and a package", ("package",), "Packages and a |package|", id="whole words"),
        pytest.param("Use a Proxy.", ("proxy",), "Use a |Proxy|.", id="case"),
        pytest.param("安装软件包。", ("软件",), "安装|软件|包。", id="Chinese has no word ends"),
        pytest.param("एक डेटा है", ("डेटा",), "एक |डेटा| है", id="Hindi words end with vowel signs"),
        pytest.param("C++ and C", ("c++",), "C++ and C", id="a term that ends with a sign is left alone"),
        pytest.param("kernel proxy", ("proxy", "kernel"), "|kernel| |proxy|", id="in the order of the text"),
    ],
)
def test_snippets_mark_shared_terms(text: str, terms: tuple[str, ...], expected: str) -> None:
    shown = "".join(f"|{piece}|" if marked else piece for piece, marked in render.snippet(text, terms))
    assert shown == expected


@given(st.text(st.sampled_from("ab \u8a9e."), max_size=600), st.lists(st.sampled_from(["a", "ab", "語"]), max_size=3))
def test_a_snippet_is_one_short_line_of_the_text(text: str, terms: list[str]) -> None:
    shown = "".join(piece for piece, _ in render.snippet(text, terms))
    assert len(shown) <= render.SNIPPET + 2
    assert shown.strip("…") in " ".join(text.split())


def test_a_snippet_shows_where_the_terms_are() -> None:
    text = "word " * 100 + "needle in hay " + "word " * 100
    shown = "".join(piece for piece, _ in render.snippet(text, ["needle", "hay"]))
    assert "needle in hay" in shown
    assert shown.startswith("…word")
    assert shown.endswith("word…")


@pytest.mark.parametrize(
    ("match", "words"),
    [
        pytest.param(Match(place(""), 0.3, None, 0, relation=DuplicateKind.EXACT), "the same text", id="exact"),
        pytest.param(Match(place(""), 0.3, None, 0, relation=DuplicateKind.EDITED), "nearly the same", id="edited"),
        pytest.param(
            Match(place(""), 0.9, None, 0, relation=DuplicateKind.PARALLEL),
            "same frame, another subject",
            id="parallel",
        ),
        pytest.param(Match(place(""), 0.8, None, 0), "very close", id="very close"),
        pytest.param(Match(place(""), 0.5, None, 0), "close", id="close"),
        pytest.param(Match(place(""), 0.1, None, 0), "related", id="related"),
        pytest.param(Match(place(""), -0.1, None, 0), "related", id="below the scale"),
    ],
)
def test_closeness_in_words(match: Match, words: str) -> None:
    assert render.closeness(match) == words


RELATED = Related(
    PASSAGE,
    (Match(place("Install the package."), 1.0, 1.0, 1.0, ("install", "package"), DuplicateKind.EXACT),),
    (
        Match(place("Use a proxy to install.", "a b.md", ()), 0.6, 0.9, 0.5, ("install",), same_document=True),
        Match(place("Other.", "z.md"), 0.2, 0.8, 0.1, linked=True),
        Match(place("Noise.", "y.md"), 0.1, 0.8, 0.0),
    ),
    complete=True,
)


def test_a_hover_in_markdown() -> None:
    assert render.hover_markdown(RELATED, link, "") == (
        "**Written before**\n\n"
        "- [Guide › Proxy](https://r/guide/net.md#L40) · the same text · guide/net.md:40\n\n"
        "**See also**\n\n"
        "- [a b.md](https://r/a b.md#L40) · close · line 40  \n"
        "  Use a proxy to **install**.\n"
        "- [Guide › Proxy](https://r/z.md#L40) · related · z.md:40 · already linked  \n"
        "  Other."
    )


def test_a_hover_without_links_says_where_the_places_are() -> None:
    assert render.hover_markdown(RELATED, None, "") == (
        "**Written before**\n\n"
        "- Guide › Proxy · the same text · guide/net.md:40\n\n"
        "**See also**\n\n"
        "- a b.md · close · line 40  \n"
        "  Use a proxy to **install**.\n"
        "- Guide › Proxy · related · z.md:40 · already linked  \n"
        "  Other."
    )


@pytest.mark.parametrize(
    ("count", "last"),
    [
        pytest.param(3, "- [Guide › Proxy](https://r/2.md#L40) · nearly the same · 2.md:40  ", id="all"),
        pytest.param(4, "- and 1 more place", id="one more"),
        pytest.param(20, "- and 17 more places", id="many"),
    ],
)
def test_a_hover_is_not_flooded_by_duplicates(count: int, last: str) -> None:
    matches = tuple(Match(place("", f"{at}.md"), 1.0, 1.0, 1.0, (), DuplicateKind.EDITED) for at in range(count))
    related = Related(PASSAGE, matches, RELATED.matches[:1], complete=True)
    before, _, after = render.hover_markdown(related, link, "").partition("\n\n**See also**")
    assert last in before.splitlines()[-2:]
    assert after


def test_a_hover_in_plain_text() -> None:
    assert render.hover_plain(RELATED, "Wait.") == (
        "Wait.\n\n"
        "Written before\n"
        "- Guide › Proxy (the same text, guide/net.md:40)\n\n"
        "See also\n"
        "- a b.md (close, line 40)\n"
        "  Use a proxy to install.\n"
        "- Guide › Proxy (related, z.md:40, already linked)\n"
        "  Other."
    )


@given(HOSTILE, HOSTILE, HOSTILE, st.lists(st.sampled_from(["ab", "a", "1"]), max_size=2))
@example("text", "![x](http:evil.example)", "title", [])
@example("text", "__init__.md", "", [])
@example("text", "a\n\n# b.md", "", [])
def test_hostile_text_adds_no_links_to_a_hover(text: str, path: str, title: str, terms: list[str]) -> None:
    match = Match(place(text, path, (title,) if title else ()), 0.5, None, 0.0, tuple(terms))
    markdown = render.hover_markdown(Related(PASSAGE, (), (match,), True), lambda _place: "https://r/x.md#L40", "")
    tokens = MarkdownIt("commonmark").parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    assert [child.attrs["href"] for child in inline if child.type == "link_open"] == ["https://r/x.md#L40"]
    assert not {child.type for child in inline} & {"image", "html_inline", "code_inline", "em_open"}
    shown = "".join(child.content for child in inline).replace(JOINER, "")
    assert f" · close · {' '.join(path.replace(chr(0), chr(0xFFFD)).split())}".rstrip() in shown
    assert {token.type for token in tokens} <= {
        *("paragraph_open", "paragraph_close", "inline"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    }


def status(passages: int, embedded: int, state: str) -> IndexStatus:
    return IndexStatus("/r", "/d", 1, passages, embedded, passages - embedded, (), "m", 0, state)


@pytest.mark.parametrize(
    ("complete", "state", "expected"),
    [
        pytest.param(True, None, "", id="complete"),
        pytest.param(
            False,
            status(9870, 1204, "building"),
            "Index is still being built: 1,204 of 9,870 passages are found by meaning so far, the others by words.",
            id="building",
        ),
        pytest.param(
            False,
            status(10, 4, "partial"),
            "Index is incomplete: 4 of 10 passages are found by meaning so far, the others by words.",
            id="stopped",
        ),
        pytest.param(False, status(0, 0, "building"), "Index is still being built.", id="nothing yet"),
        pytest.param(False, status(0, 0, "empty"), "Nothing is indexed yet.", id="empty"),
        pytest.param(False, status(3, 3, "ready"), "", id="finished meanwhile"),
    ],
)
def test_the_footer_is_honest(complete: bool, state: IndexStatus | None, expected: str) -> None:
    assert render.footer(complete, state) == expected
