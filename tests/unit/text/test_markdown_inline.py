from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from seealso.text.markdown.inline import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

DEFINITIONS = {"r": "/r", "a b": "/ab"}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("*a* **b** ***c*** _d_ __e__", "a b c d e", id="emphasis"),
        pytest.param("**a *b* c** *d **e***", "a b c d e", id="nested emphasis"),
        pytest.param(
            "2 * 3 * 4, a*b, snake_case_name, __init__",
            "2 * 3 * 4, a*b, snake_case_name, init",
            id="not all is emphasis",
        ),
        pytest.param("*a _b* c_ **d", "a _b c_ **d", id="unmatched emphasis"),
        pytest.param("~~a~~ ~b~ ~5 to ~10 ==c== d == e", "a b ~5 to ~10 c d == e", id="strikethrough and highlight"),
        pytest.param("`a*b*` ``c`d`` `e", "a*b* c`d `e", id="code"),
        pytest.param("\\*a\\* \\` \\\\ \\x", "*a* ` \\ \\x", id="escapes"),
        pytest.param("a\\\nb  \nc", "a b c", id="hard breaks"),
        pytest.param("&lt;a&gt; &copy; &#65;&#x42; &nope; AT&T", "<a> © AB &nope; AT&T", id="entities"),
        pytest.param('[a](b) [c *d*](e "t") [f](<g h>) [i]()', "a c d f i", id="links"),
        pytest.param("[a](b(c)d) [e](f(g(h)i))j", "a ej", id="parentheses in targets"),
        pytest.param(
            "[a][r] [r] [A\nb][] [no] [no][nope] x[i][j]", "a r A b [no] [no][nope] x[i][j]", id="reference links"
        ),
        pytest.param("see ![alt *text*](src) here", "see alt text here", id="image"),
        pytest.param("see [![alt](src) text](b)", "see alt text", id="image in a link"),
        pytest.param("[a [b](c) d](e)", "[a b d](e)", id="no link in a link"),
        pytest.param("[*a](b)*", "*a*", id="no emphasis over the edge of a link"),
        pytest.param("[a](b c) [d] (e) ](f", "[a](b c) [d] (e) ](f", id="not all is a link"),
        pytest.param("<http://a.b/c_d_e> <x@y.z>", "http://a.b/c_d_e x@y.z", id="autolinks"),
        pytest.param("https://a.b/c_d_e*f* ftp://x_y_", "https://a.b/c_d_e*f* ftp://x_y_", id="bare URL"),
        pytest.param("a<br>b <b>c</b><i class='x'>d</i> <kbd>Ctrl</kbd>+<kbd>C</kbd>", "a b cd Ctrl+C", id="tags"),
        pytest.param(
            "a < b > c, x<y, 1<2>1, <a (b)>, <a_b>, SQL <>",
            "a < b > c, x<y, 1<2>1, <a (b)>, <a_b>, SQL <>",
            id="not all is a tag",
        ),
        pytest.param("<Tab label={x > 1 ? 'a' : 'b'}>in</Tab> <T.I>it</T.I>", "in it", id="JSX"),
        pytest.param("a <!-- b > --> c <? d ?> e <!X> f", "a c e f", id="comments and declarations"),
        pytest.param("text[^1] and[^note] more", "text and more", id="footnote references"),
        pytest.param("[[a]] [[b|c]] [[d#e]] ![[f]] [[g", "a c d e [[g", id="wiki links"),
        pytest.param("{ref}`a b` {ref}`c <d>` {py:func}`e` {f}", "a b c e {f}", id="roles"),
        pytest.param("[a]{.b} `c`{.d} **e**{#f g=h} {i} ![](j){width=5}", "a c e {i}", id="attributes"),
        pytest.param("$a_1 + b_2$ costs $5 and $10, $HOME/$PATH", "a_1 + b_2 costs $5 and $10, $HOME/$PATH", id="math"),
        pytest.param("a $$b\nc$$ d $$", "a d $$", id="display math"),
        pytest.param("{% x %} {{< y >}} {{ z }} {/* w */}", "{{ z }}", id="templates"),
        pytest.param("[!NOTE] a", "a", id="alert"),
        pytest.param("![a](b)", "", id="image alone"),
        pytest.param("[![a b c d e f](b)](c)", "", id="badge"),
        pytest.param("![a b c d e](f)", "a b c d e", id="figure"),
        pytest.param("a\u00a0b\t c\u2003d", "a b c d", id="white space"),
        pytest.param("**नमस्ते** _Ж_ 漢**字**", "नमस्ते Ж 漢字", id="other scripts"),
    ],
)
def test_clean_text(raw: str, text: str) -> None:
    assert clean(raw, DEFINITIONS)[0] == text


# White space beside code and declarations is collapsed, not trimmed: these leave such spots out.
_FRAGMENTS = st.sampled_from(
    [
        *("*", "**", "***", "_", "__", "`", "``", "a", "b c", "word", "(", ")", "[", "]", "](u)", "[x](y)", "![i](j)"),
        *(" ", "é", ".", ",", "\\*", "\\", "&amp;", "&", "<b>", "</b>", '<i d="e" f>', "<i (a)>", "<http://x.y>", "!"),
        *("1", '"', "'", "<", "> ", "(a)", '[x](<y> "t")', "-", "\\_", "a_b"),
    ]
)
_SPACED_CODE = re.compile(r"`\s[^`]*\s`")


def _text(tokens: Sequence[Token] | None) -> str:
    parts: list[str] = []
    for token in tokens or ():
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_text(token.children))
        elif token.type != "html_inline":
            parts.append(token.content)
    return " ".join("".join(parts).split())


@settings(max_examples=500, derandomize=True)
@given(st.lists(_FRAGMENTS, max_size=14))
def test_agrees_with_another_reader_of_commonmark(fragments: list[str]) -> None:
    raw = f"a{''.join(fragments)}z"
    (inline,) = (token for token in MarkdownIt("commonmark").parse(raw) if token.type == "inline")
    if _SPACED_CODE.search(raw):
        return
    text, links = clean(raw, {})
    assert text == _text(inline.children)
    # Bare URLs are links to GFM alone.
    wanted = {str(token.attrs["href"]) for token in inline.children or () if token.type == "link_open"}
    assert set(links) - {"http://x.y"} == wanted - {"http://x.y"}


@settings(max_examples=200)
@given(st.text(alphabet="[]()<>*_`~=$&{}!\\:/.ab \n\"'#%^|éж漢", max_size=80), st.booleans())
def test_any_text_has_clean_text(raw: str, defined: bool) -> None:
    text, links = clean(raw, {"a": "/a"} if defined else {})
    assert text == " ".join(text.split())
    assert len(text) <= len(raw) + 8 * raw.count("&")
    assert len(set(links)) == len(links)
