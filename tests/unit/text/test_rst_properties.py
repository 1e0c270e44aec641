"""What holds for any text, however hostile."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Segmentation
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from seealso.text.prose import collapse, is_prose
from seealso.text.rst import RstSegmenter

# Lines that start, end, nest and break every construct.
_LINES = st.sampled_from(
    [
        *("", "", "", "text", "more text.", "Title", "=====", "-----", "~~~", "* item", "- item", "1. item", "a) item"),
        *(
            "term",
            "like::",
            "::",
            ":field: body",
            "-x  option",
            "| line",
            ">>> doctest",
            "> quoted",
            "..",
            ".. comment",
        ),
        *(".. note::", ".. note:: text", ".. code-block:: c", ":opt: value", ".. list-table:: T", ".. csv-table::"),
        *(".. only:: x", ".. _label:", ".. _name: uri", "__ uri", ".. [1] note", ".. |s| replace:: x", "* - cell"),
        *(
            "+---+---+",
            "| a | b |",
            "+   +---+",
            "+===+===+",
            "=== ===",
            "a   b",
            "--- ---",
            "`a <b>`_ *c* ``d``",
            "漢字。",
        ),
        *(
            ".. seealso-ignore",
            ".. seealso-ignore-file",
            "\tx",
            'a,"b',
            "\x00",
            "\ufeff",
            "\u2028",
            "\x0b",
            "é",
            "-- me",
        ),
    ]
)
_INDENTS = st.sampled_from(["", "", "", "  ", "   ", "    ", "\t", "        "])
_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
_DOCUMENTS = st.lists(st.tuples(_INDENTS, _LINES, _ENDS).map("".join), max_size=30).map("".join)


def _check(source: bytes, segmentation: Segmentation) -> None:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    at = 0
    for passage in segmentation.passages:
        assert at <= passage.start_byte < passage.end_byte <= len(source)
        at = passage.end_byte
        assert starts[passage.start_line] <= passage.start_byte < starts[passage.start_line + 1]
        assert starts[passage.end_line] < passage.end_byte <= starts[passage.end_line + 1]
        raw = source[passage.start_byte : passage.end_byte]
        assert raw.strip() == raw
        raw.decode("utf-8")
        assert is_prose(passage.text)
        assert collapse(passage.text) == passage.text
        assert weight(passage.text) <= MAX_PASSAGE_WEIGHT + MAX_OVERLAP_WEIGHT
        assert set(passage.headings) <= set(segmentation.headings)
    anchors = [heading.anchor for heading in segmentation.headings]
    assert len(set(anchors)) == len(anchors)
    assert [heading.line for heading in segmentation.headings] == sorted(h.line for h in segmentation.headings)


@given(_DOCUMENTS)
def test_ranges_are_ordered_disjoint_and_exact(text: str) -> None:
    source = text.encode()
    _check(source, RstSegmenter().segment(source))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(source: bytes) -> None:
    segmentation = RstSegmenter().segment(source)
    assert all(0 <= p.start_byte < p.end_byte <= len(source) for p in segmentation.passages)


_WORD = st.text("abcdefgh", min_size=1, max_size=5)
_PARAGRAPH = st.lists(st.lists(_WORD, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(st.sampled_from(["", "* ", "1. ", ".. note:: ", "  ", ":f: ", "| "]), _PARAGRAPH), max_size=8)
)
def test_no_word_is_lost(blocks: list[tuple[str, list[str]]]) -> None:
    source = "Start here.\n\n"
    for marker, lines in blocks:
        body = f"\n{' ' * max(len(marker), 2 if marker else 0)}".join(lines)
        source += f"{marker}{body}\n\n"
    passages = RstSegmenter().segment(source.encode()).passages
    said = " ".join(passage.text for passage in passages).replace(";", " ").replace(":", " ").split()
    expected = [word for _, lines in blocks for line in lines for word in line.split()]
    assert [word for word in said if word not in ("f", "Start", "here.")] == [w for w in expected if w != "f"]


@given(st.data())
def test_after_any_edits_the_answer_is_that_of_a_fresh_reading(data: st.DataObject) -> None:
    text = data.draw(_DOCUMENTS)
    warm = RstSegmenter()
    assert warm.segment(text.encode()) == RstSegmenter().segment(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.one_of(_LINES, _DOCUMENTS, st.just(""))) + text[end:]
        source = text.encode()
        assert warm.segment(source) == RstSegmenter().segment(source)


def test_an_edit_reads_only_its_own_block_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from seealso.text.rst import segmenter

    read: list[bytes] = []
    reader = segmenter._read

    def spy(source: bytes, open_literal: bool, targets: dict[str, str]) -> segmenter.Stretch:
        read.append(source)
        return reader(source, open_literal, targets)

    monkeypatch.setattr(segmenter, "_read", spy)
    text = "".join(f"Section {n}\n==========\n\nParagraph {n}.\n\n* item {n}\n* another\n\n" for n in range(200))
    warm = RstSegmenter()
    warm.segment(text.encode())
    read.clear()
    warm.segment(text.replace("Paragraph 77.", "Paragraph 77!").encode())
    assert read == [b"Paragraph 77!\n\n"]


def _times(text: str, size: int) -> bytes:
    return (text * (size // len(text.encode()) + 1)).encode()[:size].decode("utf-8", "ignore").encode()


_CHARACTERS = ["*", "|", "`", "_", "=", "\\", "\0", " ", "\t", "\n", "[", "漢", "\ufdfa"]
_TOKENS = ["``", "`a", "*a ", "|a", "a_,", ":a", ":a:`", "[a]_ ", "`a <", "- ", "1. ", ":a: ", "-a, ", ".. a:: "]
_LINES_OF = ["..", "::", "-", "* -", ".. _a: b_", "== ==\n", "a\n-", "a\n b", "+--+\n| a|", "= =", ".. [1] a", "a\n"]
_HOSTILE = {
    **{f"1 MB of {text!r}": _times(text, 1_000_000) for text in _CHARACTERS},
    **{f"300 kB of {text!r}": _times(text, 300_000) for text in _TOKENS},
    **{f"200 kB of lines {text!r}": _times(f"{text}\n", 200_000) for text in _LINES_OF},
    "ever deeper text": b"".join(b" " * depth + b"x\n" for depth in range(2000)),
    "ever deeper bullets": b"".join(b" " * depth + b"- x\n" for depth in range(2000)),
    "ever deeper directives": b"".join(b" " * depth + b".. note::\n\n" for depth in range(0, 4000, 3)),
    "ever deeper tables": b"".join(b" " * depth + b"+----+\n" for depth in range(2000)),
    "10,000 levels at once": b"- " * 10_000 + b"x",
    "10,000 levels of indentation": b" " * 10_000
    + b"x\n"
    + b"".join(b" " * depth + b"x\n" for depth in range(9_999, 0, -30)),
    "one line of 2 MB": b"word and `x` *y* " * 120_000,
    "one word of 10 MB": b"a" * 10_000_000,
    "an open CSV cell": b".. csv-table::\n\n   a," + b'"b, ' * 200_000,
    "many columns": (b"+" + b"--+" * 2000 + b"\n|" + b"a |" * 2000 + b"\n") * 40,
}


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in _HOSTILE.items()])
def test_hostile_text_is_read_in_linear_time(source: bytes) -> None:
    # A quadratic step over these sizes takes minutes; the bound leaves room for a slow machine.
    limit_s = 10 + 5 * len(source) / 1_000_000
    start = time.process_time()
    segmentation = RstSegmenter().segment(source)
    assert time.process_time() - start < limit_s
    _check(source, segmentation)
