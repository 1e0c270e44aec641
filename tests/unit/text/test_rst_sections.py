from __future__ import annotations

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Heading
from seealso.text.rst import RstSegmenter
from seealso.text.rst.anchors import make_id


def headings(source: str) -> tuple[Heading, ...]:
    return RstSegmenter().segment(source.encode()).headings


@given(st.text())
def test_identifiers_are_those_of_docutils(name: str) -> None:
    assert make_id(name) == nodes.make_id(name)


@given(st.text("aßæøđıłŧƀȴɏéÅ한漢①ﬁ 1-_.", max_size=8))
def test_identifiers_of_letters_beyond_ascii(name: str) -> None:
    assert make_id(name) == nodes.make_id(name)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\n===\n", [("One", 1)], id="underline"),
        pytest.param("===\nOne\n===\n", [("One", 1)], id="overline"),
        pytest.param("=====\n One\n=====\n", [("One", 1)], id="indented title"),
        pytest.param("A\n=\n\nB\n-\n\nC\n~\n\nD\n-\n", [("A", 1), ("B", 2), ("C", 3), ("D", 2)], id="by appearance"),
        pytest.param("===\nAll\n===\n\nOne\n===\n", [("All", 1), ("One", 2)], id="overline is another style"),
        pytest.param("A long title\n====\n\nText.\n", [("A long title", 1)], id="short underline"),
        pytest.param("A long title\n===\n\nText.\n", [], id="too short an underline"),
        pytest.param("One\n=======\n", [("One", 1)], id="long underline"),
        pytest.param("漢字\n====\n", [("漢字", 1)], id="wide characters"),
        pytest.param("漢字\n==\n", [], id="too short under wide characters"),
        pytest.param("*One* ``two``\n=============\n", [("One two", 1)], id="markup in a title"),
        pytest.param("Text.\n\n----\n\nText.\n", [], id="transition"),
        pytest.param("One\r\n===\r\n", [("One", 1)], id="CRLF"),
        pytest.param("One\r===\r", [("One", 1)], id="CR"),
        pytest.param("\ufeffOne\n===\n", [("One", 1)], id="byte order mark"),
        pytest.param("First line\nsecond line\n===========\n", [], id="second line of a paragraph"),
        pytest.param("One\n===\nText right below.\n", [("One", 1)], id="no blank line"),
        pytest.param(".. container::\n\n   One\n   ===\n", [("One", 1)], id="inside a container"),
        pytest.param(".. only:: html\n\n   One\n   ===\n", [("One", 1)], id="inside only"),
        pytest.param(".. note::\n\n   One\n   ===\n", [], id="inside a note"),
        pytest.param("* One\n  ===\n", [], id="inside a list"),
        pytest.param("Code::\n\n  One\n  ===\n", [], id="inside a literal block"),
    ],
)
def test_titles(source: str, expected: list[tuple[str, int]]) -> None:
    assert [(heading.title, heading.level) for heading in headings(source)] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("Über-Uns 2\n==========\n", [("uber-uns-2", "")], id="folded"),
        pytest.param("One\n===\n\nOne\n===\n\nOne\n===\n", [("one", ""), ("id1", ""), ("id2", "")], id="repeated"),
        pytest.param("漢字\n====\n\n1.\n====\n", [("id1", ""), ("id2", "")], id="nothing left"),
        pytest.param("Id1\n===\n\nA\n=\n\nA\n=\n", [("id1", ""), ("a", ""), ("id2", "")], id="number is taken"),
        pytest.param(".. _lab:\n\nOne\n===\n", [("one", "lab")], id="label"),
        pytest.param(".. _one:\n\nOne\n===\n", [("one", "one")], id="label with the title's identifier"),
        pytest.param(".. _one:\n\nText.\n\nOne\n===\n", [("id1", "")], id="identifier is taken by another label"),
        pytest.param(".. _one: http://x.org\n\nOne\n===\n", [("id1", "")], id="identifier is taken by a target"),
        pytest.param(".. _a:\n.. _b:\n\nOne\n===\n", [("one", "b")], id="two labels"),
        pytest.param(".. _`A: b`:\n\nOne\n===\n", [("one", "A: b")], id="quoted label"),
        pytest.param(".. _a:\n\n.. a comment\n\nOne\n===\n", [("one", "a")], id="comment between"),
        pytest.param(".. _a:\n\n::\n\n  code\n\nOne\n===\n", [("one", "")], id="label of something else"),
    ],
)
def test_anchors_and_labels(source: str, expected: list[tuple[str, str]]) -> None:
    assert [(heading.anchor, heading.label) for heading in headings(source)] == expected


def test_passages_know_their_path() -> None:
    source = "Top\n===\n\nOne.\n\nSub\n---\n\nTwo.\n\nNext\n====\n\nThree.\n"
    segmentation = RstSegmenter().segment(source.encode())
    paths = [[heading.title for heading in passage.headings] for passage in segmentation.passages]
    assert paths == [["Top"], ["Top", "Sub"], ["Next"]]
    assert [heading.line for heading in segmentation.headings] == [0, 5, 10]
    assert segmentation.title == "Top"
