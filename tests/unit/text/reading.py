"""What the tests of every format look at in a segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seealso.text.lines import LineTable

if TYPE_CHECKING:
    from seealso.model import PassageKind, Segmentation
    from seealso.text.base import Segmenter

Read = tuple["PassageKind", str, str, tuple[str, ...]]
"""Kind, raw text at the range, clean text, titles of the headings."""


def read(segmenter: Segmenter, source: str | bytes) -> list[Read]:
    """Return the passages of a document, each with the raw text at its range."""
    raw = source.encode() if isinstance(source, str) else source
    return [
        (
            passage.kind,
            raw[passage.start_byte : passage.end_byte].decode(),
            passage.text,
            tuple(heading.title for heading in passage.headings),
        )
        for passage in segmenter.segment(raw).passages
    ]


def check(source: bytes, found: Segmentation) -> None:
    """Check what holds for every document in every format."""
    lines = LineTable(source)
    end = 0
    headings = list(found.headings)
    for passage in found.passages:
        assert end <= passage.start_byte < passage.end_byte <= len(source), "ordered, disjoint, inside"
        end = passage.end_byte
        raw = source[passage.start_byte : passage.end_byte]
        assert raw.decode(), "whole characters"
        assert raw == raw.strip(b" \t\r\n"), "no white space at the ends"
        assert lines.line_of(passage.start_byte) == passage.start_line
        assert lines.line_of(passage.end_byte - 1) == passage.end_line
        assert passage.text, "something to read"
        assert passage.text == " ".join(passage.text.split()), "white space collapsed"
        assert all(heading in headings and heading.line <= passage.start_line for heading in passage.headings)
        levels = [heading.level for heading in passage.headings]
        assert levels == sorted(set(levels)), "a path goes down"
    places = [heading.line for heading in headings]
    assert places == sorted(places)
