from __future__ import annotations

import sqlite3
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.index.words import FTS5_TOKENIZE, MAX_TERM_CHARACTERS, beginning_terms, lexical_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(
            "The Page-Table entry, twice: entry.", ["the", "page", "table", "entry", "twice", "entry"], id="words"
        ),
        pytest.param("it's O'Reilly", ["it", "s", "o", "reilly"], id="apostrophes"),
        pytest.param("Use kmalloc_node()", ["use", "kmalloc_node", "kmalloc", "node"], id="snake"),
        pytest.param("getUserName", ["getusername", "get", "user", "name"], id="camel"),
        pytest.param("HTTPServer", ["httpserver", "http", "server"], id="abbreviation-in-camel"),
        pytest.param("PDFs IPv6 eBPF", ["pdfs", "ipv6", "ebpf", "bpf"], id="one-letter-is-no-part"),
        pytest.param("__init__ _x", ["__init__", "init", "_x"], id="underscores"),
        pytest.param("x86_64 v1.2.3", ["x86_64", "x86", "64", "v1", "2", "3"], id="digits"),
        pytest.param("Straße GROẞ ΣΊΣΥΦΟΣ", ["strasse", "gross", "σίσυφοσ"], id="case-folding"),
        pytest.param("İstanbul", ["istanbul"], id="dotted-capital-i"),
        pytest.param("déjà de\u0301ja\u0300", ["déjà", "déjà"], id="composed-and-decomposed"),
        pytest.param("ﬁle ＡＢＣ x²", ["file", "abc", "x2"], id="compatibility-forms"),
        pytest.param("Doku\u00admentation", ["dokumentation"], id="soft-hyphen"),
        pytest.param("हिन्दी में", ["हिन्दी", "में"], id="vowel-signs"),
        pytest.param("日本語の文書", ["日本", "本語", "語の", "の文", "文書"], id="han-and-kana"),
        pytest.param("猫 と 犬", ["猫", "と", "犬"], id="single-characters"),
        pytest.param("テスト・データ", ["テス", "スト", "デー", "ータ"], id="katakana-is-divided-by-the-dot"),
        pytest.param("한국어 문서", ["한국", "국어", "문서"], id="hangul"),
        pytest.param("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"], id="thai"),
        pytest.param("Linux内核API文档", ["linux", "内核", "api", "文档"], id="mixed-scripts"),
        pytest.param("a\x00b \ud800c", ["a", "b", "c"], id="nul-and-surrogate"),
        pytest.param("🙂 -- *** …", [], id="no-words"),
        pytest.param("a" * 1000, ["a" * MAX_TERM_CHARACTERS], id="cut"),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert lexical_terms(text) == terms


class Index:
    """An FTS5 table as the lexical index has it."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute(f'CREATE VIRTUAL TABLE lexical USING fts5(body, tokenize="{FTS5_TOKENIZE}")')
        self.db.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(lexical, 'instance')")

    def add(self, row: int, terms: list[str]) -> None:
        self.db.execute("INSERT INTO lexical (rowid, body) VALUES (?, ?)", (row, " ".join(terms)))

    def terms(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for row, term in self.db.execute("SELECT doc, term FROM terms ORDER BY doc, offset"):
            found.setdefault(row, []).append(term)
        return found

    def matches(self, term: str) -> bool:
        return bool(self.db.execute("SELECT 1 FROM lexical WHERE lexical MATCH ?", (f'"{term}"',)).fetchone())


def test_fts5_splits_where_we_do() -> None:
    index = Index()
    expected = {}
    # The first two planes whole; of the others, which hold Han and nothing, every sixteenth block.
    for start in (*range(0, 0x20000, 256), *range(0x20000, sys.maxunicode + 1, 16 * 256)):
        terms = lexical_terms(" ".join(f"a{chr(code)}b {chr(code)}" for code in range(start, start + 256)))
        index.add(start + 1, terms)
        expected[start + 1] = terms
    assert index.terms() == {row: terms for row, terms in expected.items() if terms}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    index = Index()
    yield index
    index.db.close()


@settings(max_examples=300)
@given(st.text(max_size=80))
def test_terms_are_found_when_quoted_in_a_query(index: Index, text: str) -> None:
    terms = lexical_terms(text)
    index.db.execute("DELETE FROM lexical")
    index.add(1, terms)
    assert index.terms().get(1, []) == terms
    assert all(index.matches(term) for term in terms)


@given(st.text(max_size=80))
def test_composition_makes_no_difference(text: str) -> None:
    assert lexical_terms(unicodedata.normalize("NFC", text)) == lexical_terms(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Stop the ser", (["stop", "the", "ser"], True), id="in a word"),
        pytest.param("Stop the ", (["stop", "the"], False), id="after a space"),
        pytest.param("Stop the --", (["stop", "the"], False), id="in dashes"),
        pytest.param("Use kmalloc_no", (["use", "kmalloc_no"], True), id="in a name"),
        pytest.param("kmalloc_node is", (["kmalloc_node", "kmalloc", "node", "is"], True), id="after a name"),
        pytest.param("停止服务", (["停止", "止服", "服务"], False), id="in a script without spaces"),
        pytest.param("Linux 内", (["linux", "内"], True), id="one character of it"),
        pytest.param("", ([], False), id="nothing"),
    ],
)
def test_the_terms_of_a_beginning(text: str, expected: tuple[list[str], bool]) -> None:
    assert beginning_terms(text) == expected


BEGUN = st.text(st.sampled_from("aBc_1 .-'éßАя\u00ad安装한국ไท。"), max_size=24)


@settings(max_examples=300)
@given(BEGUN, st.data())
def test_a_text_is_found_by_any_beginning_of_it(index: Index, text: str, data: st.DataObject) -> None:
    terms, unfinished = beginning_terms(text[: data.draw(st.integers(0, len(text)))])
    index.db.execute("DELETE FROM lexical")
    index.add(1, lexical_terms(text))
    if terms:
        query = f'"{" ".join(terms)}"{" *" if unfinished else ""}'
        assert index.db.execute("SELECT 1 FROM lexical WHERE lexical MATCH ?", (query,)).fetchone()
