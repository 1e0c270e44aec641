"""Positions against a model that counts one character after another."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range

from ranges import shown, span
from seealso.lsp.positions import Encoding, Text, split_lines, units

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")

ANY = "ab \r\n\tä€語\u0301\u2028\u000b\ufeff😀\U0010ffff"
TEXTS = st.text(st.sampled_from(ANY), max_size=40)
EDITS = st.text(st.sampled_from(ANY + "\ud800\udc00"), max_size=40)


def model_lines(text: str) -> list[str]:
    lines, current = [], ""
    for index, char in enumerate(text):
        current += char
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            lines.append(current)
            current = ""
    return [*lines, current]


def model_width(char: str, encoding: Encoding) -> int:
    if encoding == "utf-32":
        return 1
    return len(char.encode(encoding + ("-le" if encoding == "utf-16" else ""))) // (2 if encoding == "utf-16" else 1)


def model_offset(text: str, position: Position, encoding: Encoding) -> int:
    lines = model_lines(text)
    if position.line >= len(lines):
        return len(text)
    start = sum(map(len, lines[: position.line]))
    content = lines[position.line].rstrip("\r\n")
    taken = 0
    for index, char in enumerate(content):
        taken += model_width(char, encoding)
        if taken > position.character:
            return start + index
    return start + len(content)


@given(TEXTS)
def test_lines_end_where_lsp_says(text: str) -> None:
    assert split_lines(text) == model_lines(text)


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_units_are_the_sum_of_their_characters(text: str, encoding: Encoding) -> None:
    assert units(text, encoding) == sum(model_width(char, encoding) for char in text)


@given(
    TEXTS,
    st.lists(st.tuples(*[st.integers(0, 8)] * 4, EDITS), max_size=5),
    st.sampled_from(ENCODINGS),
)
def test_edits_agree_with_the_model(text: str, edits: list[tuple[int, int, int, int, str]], encoding: Encoding) -> None:
    document = Text.of(text, encoding)
    for first, start, last, end, new in edits:
        where = Range(Position(first, start), Position(last, end))
        low, high = sorted((model_offset(text, where.start, encoding), model_offset(text, where.end, encoding)))
        text = text[:low] + new.replace("\ud800", "\ufffd").replace("\udc00", "\ufffd") + text[high:]
        document = document.edited(where, new)
        assert document.source == text
        assert document.lines == model_lines(text)


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_bytes_and_positions_agree(text: str, encoding: Encoding, data: st.DataObject) -> None:
    document = Text.of(text, encoding)
    index = data.draw(st.integers(0, len(text)))
    byte = units(text[:index], "utf-8")
    position = document.position_of_byte(byte)
    if text[index - 1 : index + 1] == "\r\n":
        return  # no position of the protocol is between the two
    assert model_offset(text, position, encoding) == index
    assert document.byte_of(position) == byte


@given(st.text(st.sampled_from("aä😀 "), min_size=600, max_size=900), st.sampled_from(ENCODINGS), st.data())
def test_long_lines_agree_with_the_model(line: str, encoding: Encoding, data: st.DataObject) -> None:
    document = Text.of(f"x\n{line}\ny", encoding)
    index = data.draw(st.integers(0, len(line)))
    position = document.position_of_byte(2 + units(line[:index], "utf-8"))
    assert position == Position(1, sum(model_width(char, encoding) for char in line[:index]))
    assert document.place(position) == (1, index)


@pytest.mark.parametrize(
    ("text", "encoding", "position", "place"),
    [
        pytest.param("x😀y", "utf-16", (0, 3), (0, 2), id="after an astral character"),
        pytest.param("x😀y", "utf-16", (0, 2), (0, 1), id="inside a surrogate pair is before it"),
        pytest.param("x😀y", "utf-8", (0, 5), (0, 2), id="UTF-8 units"),
        pytest.param("x😀y", "utf-32", (0, 2), (0, 2), id="UTF-32 units"),
        pytest.param("e\u0301x", "utf-16", (0, 2), (0, 2), id="a combining mark is a character of its own"),
        pytest.param("ab\r\ncd", "utf-16", (0, 9), (0, 2), id="beyond the line is before its end"),
        pytest.param("ab\rcd", "utf-16", (1, 1), (1, 1), id="a lone carriage return ends a line"),
        pytest.param("a\u2028b\n", "utf-16", (0, 3), (0, 3), id="a line separator ends no line"),
        pytest.param("ab\n", "utf-16", (7, 0), (1, 0), id="beyond the last line is the end"),
        pytest.param("\ufeffab", "utf-8", (0, 3), (0, 1), id="a byte order mark counts"),
    ],
)
def test_places(text: str, encoding: Encoding, position: tuple[int, int], place: tuple[int, int]) -> None:
    assert Text.of(text, encoding).place(Position(*position)) == place


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        pytest.param("One two.\n\nNext.\n", 0, 9, "0:0-0:8", id="without its line end"),
        pytest.param("One\r\ntwo\r\n\r\n", 0, 12, "0:0-1:3", id="CRLF, and the blank line after it"),
        pytest.param("Größe 😀!\nx", 0, 12, "0:0-0:8", id="bytes become UTF-16 units"),
        pytest.param("a   ", 0, 4, "0:0-0:1", id="trailing spaces"),
        pytest.param("a\n  \n", 1, 5, "0:1-0:1", id="nothing but white space"),
        pytest.param("abc", 1, 99, "0:1-0:3", id="beyond the end"),
    ],
)
def test_ranges_of_passages(text: str, start: int, end: int, expected: str) -> None:
    assert shown(Text.of(text, "utf-16").range_of_bytes(start, end)) == expected


def test_half_a_surrogate_pair_is_replaced_by_something_as_long() -> None:
    text = Text.of("a\ud83d b", "utf-16")
    assert (text.source, text.place(Position(0, 3))) == ("a\ufffd b", (0, 3))


def test_edits_apply_in_their_order() -> None:
    text = Text.of("one\ntwo\n", "utf-16").edited(span("0:0-0:3"), "1\n1.5").edited(span("2:3-2:3"), "!")
    assert text.source == "1\n1.5\ntwo!\n"


def test_prefix_and_suffix_stay_in_their_line() -> None:
    text = Text.of("one\r\ntwo [x]\r\n", "utf-16")
    assert (text.prefix(Position(1, 5)), text.suffix(Position(1, 5))) == ("two [", "x]")


def test_one_long_line_is_not_measured_again_for_each_position() -> None:
    def seconds(characters: int) -> float:
        text = Text.of("ä😀 " * (characters // 3), "utf-16")
        size = units(text.source, "utf-8")
        begin = time.perf_counter()
        for byte in range(0, size, size // 2_000):
            text.position_of_byte(byte)
        return time.perf_counter() - begin

    seconds(3_000)
    # 2,000 positions each: 64 times the text may cost its one measurement more, not 64 times as much.
    assert seconds(768_000) < 16 * seconds(12_000)
