"""Tables of reStructuredText as text: a row's cells joined, long tables cut between rows."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from operator import itemgetter
from textwrap import dedent
from typing import TYPE_CHECKING

from seealso.model import PassageKind
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, packed, pieces, split_long, weight
from seealso.text.prose import join_cells, join_items
from seealso.text.rst import lists
from seealso.text.rst.columns import FILLER, one_a_column
from seealso.text.rst.inline import Inline, Targets, clean
from seealso.text.rst.nodes import BLANK, Block, Item, Node, merge

if TYPE_CHECKING:
    from seealso.text.rst.blocks import BlockReader

_GRID_TOP = re.compile(rb"\+-[-+]+-\+\Z")
_GRID_RULE = re.compile(r"\+(?:[-=]+\+)+")
_SIMPLE_TOP = re.compile(rb"=+(?:[ \t]+=+)+\Z")
# The same, in a whole document.
_SIMPLE_START = re.compile(rb"=+(?:[ \t]+=+)+[ \t]*(?=[\r\n]|\Z)")
_SIMPLE_LINE = re.compile(rb"(?:^|(?<=\r))=[= \t]*+(?:(?P<last>\Z|(?:\r\n?+|\n)[ \t]*(?:[\r\n]|\Z))|(?=[\r\n]))", re.M)
_SIMPLE_BORDER = re.compile(rb"=[= \t]*\Z")
_SIMPLE_SPAN = re.compile(r"-[- ]*\Z")
_COLUMN = re.compile(r"[-=]+")
_STRUCTURE = re.compile(r"::\s*$|^\s*(?:\.\.|[-*+]|#\.|[0-9]\.) ", re.MULTILINE)
"""Blocks in a cell; most hold nothing but a run of text."""
_OPTION = re.compile(r":(?P<name>[\w-]{1,40}):[ \t]*(?P<value>.*)\Z")
_MARKS = (".", ":", "?", "!", "。", "：")


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    text: str
    links: tuple[str, ...] = ()
    lines: tuple[int, int] = (0, 0)
    """First line, and the line after the last."""
    blocks: tuple[Block, ...] = ()
    """What the row is made of, if each part has a place of its own."""


def grid(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read a grid table; its cells may span rows and columns."""
    if not _GRID_TOP.match(reader.lines[at], reader.offsets[at]):
        return 0
    after = at + 1
    while after < stop and reader.indents[after] == base and reader.line(after)[:1] in (b"+", b"|"):
        after += 1
    if after < at + 3:
        return 0
    lines = [_columns(reader, line, base) for line in range(at, after)]
    edges = sorted(
        {
            match.start() + column
            for line in lines
            for match in _GRID_RULE.finditer(line)
            for column, char in enumerate(match[0])
            if char == "+"
        }
    )
    rows: list[_Row] = []
    cells: list[tuple[int, str]] = []
    open_cells: dict[int, list[str]] = {}
    first = at + 1
    for number, line in enumerate(lines, at):
        cuts = [edge for edge in edges if edge < len(line) and line[edge] in "|+"]
        ruled = 0
        for left, right in pairwise(cuts):
            segment = line[left + 1 : right]
            if segment and not segment.strip("-="):
                ruled += 1
                cells.append((left, "\n".join(open_cells.pop(left, ()))))
            else:
                open_cells.setdefault(left, []).append(segment.rstrip())
        if ruled == len(cuts) - 1 and number > at:
            cells += ((left, "\n".join(lines)) for left, lines in open_cells.items())
            open_cells = {}
            if number > first:
                rows.append(_row(reader, first, number, [cell for _, cell in sorted(cells, key=itemgetter(0))]))
            cells, first = [], number + 1
    _emit(reader, rows, reader.span(at, after), nodes)
    return after


def simple(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read a simple table, whose columns are ruled by `=`."""
    after = _simple_end(reader, at, stop, base)
    if not after:
        return 0
    columns = _starts(_columns(reader, at, base))
    rows: list[_Row] = []
    pending: list[int] = []

    def flush(starts: list[int]) -> None:
        while pending and reader.indents[pending[-1]] == BLANK:
            pending.pop()
        if pending:
            lines = [_columns(reader, number, base) for number in pending]
            cells = [list(column) for column in zip(*(_cells(line, starts) for line in lines), strict=True)]
            rows.append(_row(reader, pending[0], pending[-1] + 1, ["\n".join(cell) for cell in cells]))
            pending.clear()

    for number in range(at + 1, after):
        if reader.indents[number] == BLANK:
            if pending:
                pending.append(number)
            continue
        line = _columns(reader, number, base)
        if _SIMPLE_BORDER.match(reader.line(number)):
            flush(columns)
        elif pending and _SIMPLE_SPAN.match(line):
            flush(_starts(line))
        else:
            if line[: columns[1]].strip():
                flush(columns)
            pending.append(number)
    flush(columns)
    _emit(reader, rows, reader.span(at, after), nodes)
    return after


def simple_table_end(source: bytes, start: int) -> int:
    """Return the byte after the last border of the simple table that starts at a byte, or 0 if none does."""
    if not source.startswith(b"=", start) or not _SIMPLE_START.match(source, start):
        return 0
    borders = _SIMPLE_LINE.finditer(source, start)
    next(borders)
    first = next(borders, None)
    if first is None or first["last"] is not None:
        return first.end() if first else 0
    second = next(borders, None)
    return second.end() if second else 0


def _simple_end(reader: BlockReader, at: int, stop: int, base: int) -> int:
    """Return the line after a simple table, or 0 if none starts at a line."""
    if not _SIMPLE_TOP.match(reader.lines[at], reader.offsets[at]):
        return 0
    borders = 0
    for number in range(at + 1, stop):
        if reader.indents[number] == base and _SIMPLE_BORDER.match(reader.line(number)):
            borders += 1
            if borders == 2 or number + 1 == stop or reader.indents[number + 1] == BLANK:
                return number + 1
    return 0


def csv_directive(reader: BlockReader, at: int, end: int, offset: int, content: int, nodes: list[Node]) -> None:
    """Read the rows of a `csv-table`."""
    delimiter = ","
    rows = _caption(reader, at, offset, content)
    for number in range(at + 1, content):
        option = _OPTION.match(reader.line(number).decode("utf-8", "replace"))
        if option and option["name"] == "header":
            rows.append(_row(reader, number, number + 1, _fields(option["value"])))
        elif option and option["name"] == "delim":
            delimiter = {"tab": "\t", "space": " "}.get(option["value"], option["value"])[:1] or ","
    lines = [reader.lines[number].strip().decode("utf-8", "replace") + "\n" for number in range(content, end)]
    parsed = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != " ")
    first = content
    try:
        for cells in parsed:
            after = content + parsed.line_num
            if any(cells):
                rows.append(_row(reader, first, after, cells))
            first = after
    except csv.Error:
        nodes += reader.prose(PassageKind.TABLE, *reader.span(content, end))
        return
    if rows:
        _emit(reader, rows, (rows[0].start, rows[-1].end), nodes)


def list_directive(reader: BlockReader, at: int, end: int, offset: int, content: int, nodes: list[Node]) -> None:
    """Read a `list-table`: a bullet list of rows, each a bullet list of cells."""
    rows = _caption(reader, at, offset, content)
    margin = reader.margin(content, end)
    number = content
    while number < end:
        if reader.indents[number] == BLANK:
            number += 1
            continue
        match = lists.BULLET.match(reader.lines[number], reader.offsets[number])
        after = reader.end(number + 1, end, margin)
        start, last = reader.span(number, after)
        cells = (
            lists.item_body(reader, number, after, margin, match.end()) if match else reader.read(number, after, margin)
        )
        blocks = [block for cell in cells for block in _blocks(cell)]
        if blocks:
            text = join_cells(join_items(block.text for block in _blocks(cell)) for cell in cells)
            links = merge(PassageKind.TABLE, blocks, text).links
            rows.append(_Row(start, last, text, links, (number, after), tuple(blocks)))
        number = after
    if rows:
        _emit(reader, rows, (rows[0].start, rows[-1].end), nodes)


def table_directive(reader: BlockReader, at: int, end: int, offset: int, content: int, nodes: list[Node]) -> None:
    """Read a `table`: a title above a grid or simple table."""
    body = reader.read(content, end, reader.margin(content, end)) if content < end else []
    for caption in _caption(reader, at, offset, content):
        for position, node in enumerate(body):
            if isinstance(node, Block) and node.kind is PassageKind.TABLE:
                body[position] = replace(
                    node, start=caption.start, text=f"{caption.text} {node.text}", links=caption.links + node.links
                )
                break
    nodes += body


def _emit(reader: BlockReader, rows: list[_Row], span: tuple[int, int], nodes: list[Node]) -> None:
    """Append rows as blocks that cover the span; each but the first starts with the text of the first row."""
    header = rows[0].text if rows and weight(rows[0].text) <= MAX_OVERLAP_WEIGHT else ""
    limit = MAX_PASSAGE_WEIGHT - weight(header)
    made: list[Block] = []
    for group in packed(rows, limit):
        if weight(group[0].text) > limit:
            made += _cut(reader, group[0])
        else:
            text = join_items([*([header] if made else []), *(row.text for row in group)])
            links = tuple(link for row in group for link in row.links)
            made.append(Block(PassageKind.TABLE, group[0].start, group[-1].end, text, links))
    if made:
        made[0] = replace(made[0], start=span[0])
        made[-1] = replace(made[-1], end=span[1])
    nodes += made


def _cut(reader: BlockReader, row: _Row) -> list[Block]:
    """Return a row that is too long for one passage as several."""
    if row.blocks:
        groups = packed(row.blocks, MAX_PASSAGE_WEIGHT)
        return [merge(PassageKind.TABLE, group, join_cells(block.text for block in group)) for group in groups]
    first, after = row.lines
    cuts = split_long(row.text, MAX_PASSAGE_WEIGHT)
    if after - first < len(cuts):
        raw = reader.source[row.start : row.end]
        return [
            Block(PassageKind.TABLE, *piece) for piece in pieces(raw, row.start, partial(_clean_row, reader.targets))
        ]
    # The cells of a row share its lines: each part of the text gets as large a share of them.
    height = (after - first) / len(cuts)
    made: list[Block] = []
    for number, (start, end) in enumerate(cuts):
        span = reader.span(first + round(number * height), first + round((number + 1) * height))
        made.append(Block(PassageKind.TABLE, *span, row.text[start:end], row.links))
    return made


def _clean_row(targets: Targets, raw: str) -> Inline:
    return clean(raw.replace("|", " "), targets)


def _row(reader: BlockReader, first: int, after: int, cells: list[str]) -> _Row:
    cleaned = [_clean_cell(reader, cell.replace(FILLER, "")) for cell in cells]
    return _Row(
        *reader.span(first, after),
        join_cells(cell.text for cell in cleaned),
        tuple(link for cell in cleaned for link in cell.links),
        (first, after),
    )


def _clean_cell(reader: BlockReader, cell: str) -> Inline:
    if not _STRUCTURE.search(cell):
        return clean(cell, reader.targets)
    blocks = [block for node in reader.inside(dedent(cell).encode()) for block in _blocks(node)]
    return Inline(join_items(block.text for block in blocks), tuple(link for block in blocks for link in block.links))


def _caption(reader: BlockReader, at: int, offset: int, content: int) -> list[_Row]:
    """Return the title on the directive's line, if there is one, as the row above the others."""
    after = at + 1
    while after < content and reader.indents[after] != BLANK and not reader.line(after).startswith(b":"):
        after += 1
    start, end = reader.starts[at] + offset, reader.span(at, after)[1]
    text, links = reader.clean(start, end)
    return [_Row(start, end, text if text.endswith(_MARKS) else text + ":", links)] if text else []


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line], skipinitialspace=True), [])
    except csv.Error:  # a field of more than 128 kB
        return [line]


def _blocks(node: Node) -> tuple[Block, ...]:
    if isinstance(node, Item):
        return node.blocks
    return (node,) if isinstance(node, Block) else ()


def _columns(reader: BlockReader, at: int, base: int) -> str:
    """Return a line of a table from its first column on, every character in its column."""
    line = reader.lines[at]
    if not line:
        return ""
    if b"\t" in line:
        return one_a_column(line.decode("utf-8", "replace").expandtabs(8)[base:])
    return " " * (reader.indents[at] - base) + one_a_column(reader.line(at).decode("utf-8", "replace"))


def _starts(border: str) -> list[int]:
    return [match.start() for match in _COLUMN.finditer(border)]


def _cells(line: str, starts: list[int]) -> list[str]:
    """Cut a line into columns; text that runs across a margin stays with the column it started in."""
    cells: list[str] = []
    for position, (left, right) in enumerate(pairwise([*starts, len(line) + 1])):
        if position and line[left - 1 : left].strip() and cells[-1]:
            cells[-1] += line[left:right].rstrip()
            cells.append("")
        else:
            cells.append(line[left:right].rstrip())
    return cells
