from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.rst.inline import clean, find_targets, paragraph

TARGETS = {"guide": "https://example.org/guide", "the guide": "guide.html"}


@pytest.mark.parametrize(
    ("raw", "text", "links"),
    [
        pytest.param("plain  text\nover lines", "plain text over lines", (), id="white space"),
        pytest.param("一行\n下一行", "一行下一行", (), id="line end between ideographs"),
        pytest.param("*one* **two** ``three``", "one two three", (), id="emphasis and literals"),
        pytest.param("``a * b`` and ``c`d``", "a * b and c`d", (), id="markup in literals"),
        pytest.param("``:f:`x```, ```y``", ":f:`x`, `y", (), id="backquotes at the ends of literals"),
        pytest.param(r"``a\n``", r"a\n", (), id="backslash in a literal"),
        pytest.param("call``foo``", "call foo", (), id="literal in a word"),
        pytest.param("char *a, char *b", "char *a, char *b", (), id="pointers"),
        pytest.param("2 * 3 * 4", "2 * 3 * 4", (), id="products"),
        pytest.param("'*' and \"*\"", "'*' and \"*\"", (), id="quoted stars"),
        pytest.param(r"\*args and \\ and re\ ``st``", r"*args and \ and rest", (), id="escapes"),
        pytest.param("`text`", "text", (), id="default role"),
        pytest.param("`batch <#regions>`", "batch <#regions>", (), id="angle brackets in the default role"),
        pytest.param(":c:func:`foo`", "foo()", (), id="function"),
        pytest.param(":func:`foo()`", "foo()", (), id="function with parentheses"),
        pytest.param(":py:meth:`~a.b.run`", "run()", (), id="shortened name"),
        pytest.param(":c:type:`!struct foo`", "struct foo", (), id="no reference"),
        pytest.param(":ref:`the part <label>`", "the part", ("label",), id="reference with a title"),
        pytest.param(":ref:`the part<label>`", "the part", ("label",), id="no space before the target"),
        pytest.param(":ref:`label`", "label", ("label",), id="reference"),
        pytest.param(":doc:`../guide`", "../guide", ("../guide",), id="document"),
        pytest.param(":kbd:`<Enter>` :kbd:`a <b>`", "<Enter> a <b>", (), id="keys"),
        pytest.param(":sub:`2`:sup:`3`", "23", (), id="roles without a space"),
        pytest.param(":pep:`8`", "PEP 8", (), id="PEP"),
        pytest.param("H\\ :sub:`2`\\ O", "H2O", (), id="escaped spaces"),
        pytest.param("`code`:file:", "code", (), id="role behind"),
        pytest.param(":cspan:`2` cell", "cell", (), id="layout role"),
        pytest.param("`t <https://x.org/a_b>`_", "t", ("https://x.org/a_b",), id="embedded URI"),
        pytest.param("`t <https://x.org/\n  a>`__.", "t.", ("https://x.org/a",), id="wrapped URI"),
        pytest.param("`<https://x.org>`_", "https://x.org", ("https://x.org",), id="URI alone"),
        pytest.param("`t <guide_>`_", "t", ("https://example.org/guide",), id="embedded name"),
        pytest.param("`<the guide_>`__", "the guide", ("guide.html",), id="embedded name alone"),
        pytest.param("guide_ and `the guide`_", "guide and the guide", tuple(TARGETS.values()), id="names"),
        pytest.param(
            "unknown_ and __init__ and a_b_ and a__b_", "unknown and __init__ and a_b and a__b_", (), id="underscores"
        ),
        pytest.param("snd_* and _private", "snd_* and _private", (), id="no references"),
        pytest.param("anonymous__", "anonymous", (), id="anonymous reference"),
        pytest.param("text [1]_, [#]_ and [#a]_.", "text, and.", (), id="footnotes"),
        pytest.param("text\\ [1]_ more", "text more", (), id="footnote behind an escaped space"),
        pytest.param("see [Knuth]_", "see [Knuth]", (), id="citation"),
        pytest.param("|name| and |link|_ and a || b", "name and link and a || b", (), id="substitutions"),
        pytest.param("_`here` it is", "here it is", (), id="inline target"),
        pytest.param("See https://x.org/a_b*c*.", "See https://x.org/a_b*c*.", ("https://x.org/a_b*c",), id="bare URI"),
        pytest.param("GNU `quotes' and ``more''", "GNU `quotes' and ``more''", (), id="quotes that are no markup"),
        pytest.param("使用``foo``函数", "使用foo函数", (), id="literal between ideographs"),
    ],
)
def test_clean(raw: str, text: str, links: tuple[str, ...]) -> None:
    assert clean(raw, TARGETS) == (text, links)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("Like this::", "Like this:", id="colon"),
        pytest.param("Like this ::", "Like this", id="space"),
        pytest.param("Like this.\n::", "Like this.", id="line"),
        pytest.param("::", "", id="alone"),
    ],
)
def test_what_announces_a_literal_block(raw: str, expected: str) -> None:
    assert paragraph(raw, {}).text == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(".. _Foo Bar: http://x.org/\n", {"foo bar": "http://x.org/"}, id="name"),
        pytest.param(".. _`a: b`: http://x.org/\n", {"a: b": "http://x.org/"}, id="quoted"),
        pytest.param(".. _a\\: b: http://x.org/\n", {"a: b": "http://x.org/"}, id="escaped colon"),
        pytest.param("   .. _a: http://x.org/\n", {"a": "http://x.org/"}, id="indented"),
        pytest.param(".. _a:\n   http://x.org/\n", {"a": "http://x.org/"}, id="next line"),
        pytest.param("\r\n.. _a: b.html\r\n", {"a": "b.html"}, id="CRLF"),
        pytest.param(".. _a: b_\n.. _b: c.html\n", {"a": "c.html", "b": "c.html"}, id="indirect"),
        pytest.param(".. _a: b_\n.. _b: a_\n", {}, id="circle"),
        pytest.param(".. _label:\n\nText\n", {}, id="label"),
        pytest.param(".. _a:\n.. _b: c\n", {"b": "c"}, id="label and target"),
        pytest.param("see .. _a: b\n", {}, id="inside a line"),
        pytest.param("__ http://x.org\n", {}, id="anonymous"),
    ],
)
def test_find_targets(source: str, expected: dict[str, str]) -> None:
    assert find_targets(source.encode()) == expected


@given(st.text("ab *`|_\\<>:[]#1\n.h漢", max_size=60))
def test_any_text_can_be_cleaned(raw: str) -> None:
    text, links = clean(raw, TARGETS)
    assert text == " ".join(text.split())
    assert all(links)


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1), st.sampled_from("*`_|"))
def test_words_survive_markup(words: list[str], mark: str) -> None:
    raw = " ".join(f"{mark}{word}{mark}" if n % 2 else word for n, word in enumerate(words))
    assert [word.strip(mark) for word in clean(raw, {}).text.split()] == words
