from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.pieces import (
    MAX_OVERLAP_WEIGHT,
    MAX_PASSAGE_WEIGHT,
    is_light,
    last_sentence,
    pieces,
    split_long,
    weight,
)
from seealso.text.prose import Slugs, collapse, count_words, is_prose, join_cells, join_items, slugify


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [
        pytest.param(" a \n\t b\r\n\u00a0c\f", "a b c", id="white space"),
        pytest.param("漢\n字 \n か", "漢字か", id="CJK lines"),
        pytest.param("漢 字", "漢 字", id="space between CJK stays"),
        pytest.param("漢\na\n字", "漢 a 字", id="CJK and Latin lines"),
        pytest.param("한국\n말", "한국 말", id="Hangul has spaces"),
        pytest.param("終わり。\n次", "終わり。次", id="CJK punctuation"),
        pytest.param("a\u00adb", "a\u00adb", id="soft hyphen stays"),
        pytest.param("", "", id="empty"),
    ],
)
def test_collapse(text: str, collapsed: str) -> None:
    assert collapse(text) == collapsed


@given(st.text(alphabet=" \n\t\r\f\u00a0\u2028abé漢。", max_size=40))
def test_collapse_leaves_single_spaces(text: str) -> None:
    collapsed = collapse(text)
    assert collapsed == " ".join(collapsed.split())
    assert collapsed.replace(" ", "") == "".join(text.split())
    assert collapse(collapsed) == collapsed


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        pytest.param("Hello, World!", "hello-world", id="punctuation"),
        pytest.param("C++ & Rust_x - y", "c--rust_x---y", id="each space a hyphen"),
        pytest.param("Über  日本語 नमस्ते", "über-日本語-नमस्ते", id="letters and marks of other scripts"),
        pytest.param("x² 😀 ½", "x--", id="symbols"),
        pytest.param("!!!", "", id="nothing left"),
    ],
)
def test_slugify(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_slugs_are_unique() -> None:
    slugs = Slugs()
    assert [slugs.unique(slug) for slug in ("a", "a", "a-1", "a", "a-2", "", "")] == [
        "a",
        "a-1",
        "a-1-1",
        "a-2",
        "a-2-1",
        "",
        "-1",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("One two-three, it's 4.5!", 4, id="Latin"),
        pytest.param("", 0, id="empty"),
        pytest.param("— … !", 0, id="punctuation"),
        pytest.param("漢字かな", 2, id="ideographs in pairs"),
        pytest.param("漢字 in Python 3", 4, id="mixed"),
        pytest.param("안녕하세요 세계", 2, id="Hangul"),
        pytest.param("नमस्ते दुनिया", 2, id="Devanagari"),
        pytest.param("สวัสดีชาวโลก", 3, id="Thai in fours"),
    ],
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "heavy"), [("abc é.", 6), ("DMA_32!", 14), ("漢字", 6), ("한", 3), ("Привет", 6), ("a😀", 4)]
)
def test_weight(text: str, heavy: int) -> None:
    assert weight(text) == heavy


@given(st.text(alphabet="aé漢", max_size=3 * MAX_PASSAGE_WEIGHT))
def test_light_is_what_weighs_little(text: str) -> None:
    assert is_light(text) == (weight(text) <= MAX_PASSAGE_WEIGHT)


@pytest.mark.parametrize(("text", "prose"), [("a", True), ("1.2 —", False), ("", False), ("漢", True), ("_", False)])
def test_is_prose(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


def test_items_and_cells_are_joined_where_no_mark_is() -> None:
    assert join_items(["a", "", "b.", "c:", "d"]) == "a; b. c: d"
    assert join_items(["完了。", "次"]) == "完了。 次"
    assert join_cells(["a", "", "b"]) == "a, b"
    assert join_items([]) == ""


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("One two. Three four.", 100, ["One two. Three four."], id="short"),
        pytest.param("One two. Three four. Five six.", 22, ["One two. Three four.", "Five six."], id="sentences"),
        pytest.param(
            "One e.g. two three. Four five six.", 22, ["One e.g. two three.", "Four five six."], id="abbreviation"
        ),
        pytest.param("one two\nthree four\nfive six", 20, ["one two\nthree four", "five six"], id="lines"),
        pytest.param("one two three four", 10, ["one two", "three four"], id="words"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="hard"),
        pytest.param("一二。三四。五六。", 18, ["一二。", "三四。五六。"], id="ideographic full stops"),
        pytest.param("  \n ", 2, [], id="blank"),
    ],
)
def test_split_long(text: str, limit: int, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split_long(text, limit)] == expected


@given(st.text(alphabet="ab. \n!漢。é", max_size=120), st.integers(3, 40))
def test_pieces_are_light_and_lose_nothing(text: str, limit: int) -> None:
    spans = split_long(text, limit)
    at = 0
    for start, end in spans:
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip() != ""
        assert weight(text[start:end]) <= limit
        at = end
    assert text[at:].strip() == ""


@given(st.text(alphabet="ab. \n!漢。é", min_size=600, max_size=4000))
def test_pieces_of_a_block_have_exact_ranges(text: str) -> None:
    raw = text.strip().encode()
    made = pieces(raw, 7, lambda piece: (collapse(piece), ()))
    end = 7
    for piece in made:
        assert end <= piece.start < piece.end <= 7 + len(raw)
        end = piece.end
        assert piece.text.endswith(collapse(raw[piece.start - 7 : piece.end - 7].decode()))
        assert weight(piece.text) <= MAX_PASSAGE_WEIGHT


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("One. Two three.", "Two three.", id="last of two"),
        pytest.param("One two three.", "", id="the only one"),
        pytest.param("One. " + "word " * 80, "", id="too heavy"),
        pytest.param("一。二三。", "二三。", id="ideographs"),
    ],
)
def test_last_sentence(text: str, sentence: str) -> None:
    assert last_sentence(text) == sentence
    assert weight(sentence) <= MAX_OVERLAP_WEIGHT
