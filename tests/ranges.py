"""Positions and ranges as tests write them: `1:0`, and `1:0-1:6`."""

from __future__ import annotations

from lsprotocol.types import Position, Range


def position(text: str) -> Position:
    line, character = map(int, text.split(":"))
    return Position(line, character)


def span(text: str) -> Range:
    start, end = text.split("-")
    return Range(position(start), position(end))


def shown(where: Range) -> str:
    return f"{where.start.line}:{where.start.character}-{where.end.line}:{where.end.character}"
