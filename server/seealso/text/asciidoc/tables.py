"""Tables of AsciiDoc as rows of text."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from seealso.text.assembly import Run
from seealso.text.pieces import Clean
from seealso.text.prose import join_cells

_SEPARATORS = {b"|": re.compile(rb"(?<!\\)\|"), b"!": re.compile(rb"(?<!\\)!"), b":": re.compile(rb"(?<!\\):")}
_SPECIFIER = re.compile(
    rb"(?:(?<=\s)|\A)(?:(?P<count>\d{0,3})(?:\.\d{1,3})?(?P<many>[*+]))?(?:[<^>])?(?:\.[<^>])?[adehlmsv]?\Z"
)
_MAX_SPECIFIER = 14
_COLUMNS = re.compile(r"cols=(?:\"([^\"]*)\"|'([^']*)'|([^,]*))")
_REPEATED = re.compile(r"\s*(\d{1,3})\*")
_INSIDE = re.compile(r"^[ \t]*(?:[!|]===+|-{4,}|\.{4,}|={4,}|[*-]{1,5}[ \t]+|\.{1,5}[ \t]+|!)", re.MULTILINE)
"""What makes blocks and lists in a cell."""
_FORMAT = re.compile(r"\bformat=[\"']?([ct]sv|dsv)")
_LINE_END = re.compile(rb"[\r\n]")
_MAX_COLUMNS = 500


def read_table(source: bytes, start: int, end: int, delimiter: bytes, options: str, clean: Clean) -> list[Run]:
    """Return the rows of a table whose lines are a range of the source; `options` are its attributes."""

    def read(raw: str) -> tuple[str, tuple[str, ...]]:
        return clean(_INSIDE.sub("", raw).replace("\\|", "|"))

    sign = delimiter[:1]
    named = _FORMAT.search(options)
    if sign == b"," or (named and named[1] != "dsv"):
        return _read_lines(source, start, end, "\t" if named and named[1] == "tsv" else ",", read)
    if sign == b":" or named:
        return _read_lines(source, start, end, ":", read)
    return _read_cells(source, start, end, _SEPARATORS[sign], _columns(options), read)


def _columns(options: str) -> int:
    """Return how many columns the attributes of a table name, or 0."""
    found = _COLUMNS.search(options)
    if not found:
        return 0
    count = 0
    for part in re.split("[,;]", found[1] or found[2] or found[3] or ""):
        repeated = _REPEATED.match(part)
        count += int(repeated[1]) if repeated else 1
    return min(count, _MAX_COLUMNS)


def _read_lines(source: bytes, start: int, end: int, delimiter: str, clean: Clean) -> list[Run]:
    rows: list[Run] = []
    for line in source[start:end].splitlines(keepends=True):
        if content := line.strip():
            first = start + line.find(content)
            text = content.decode("utf-8", "replace")
            try:
                cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=delimiter != "\t"), [])
            except csv.Error:  # a field of more than 128 kB
                cells = [text]
            rows.append(_row(first, first + len(content), cells, clean))
        start += len(line)
    return rows


class _Cell(NamedTuple):
    """A cell; offsets are bytes of the table."""

    begin: int
    """Where its specifier or its separator stands."""
    start: int
    end: int
    """Exclusive."""
    span: int
    """How many columns it takes, or how often it is repeated."""


def _read_cells(
    source: bytes, start: int, end: int, separator: re.Pattern[bytes], columns: int, clean: Clean
) -> list[Run]:
    """Read cells that each begin with a separator."""
    raw = source[start:end]
    cells = _cells(raw, separator)
    columns = columns or _in_first_line(raw, cells)
    rows: list[Run] = []
    row: list[_Cell] = []
    width = 0
    for number, cell in enumerate(cells, 1):
        row.append(cell)
        width += cell.span
        if width >= columns or number == len(cells):
            texts = [raw[one.start : one.end].decode("utf-8", "replace") for one in row]
            rows.append(
                _row(start + row[0].begin, start + cell.start + len(raw[cell.start : cell.end].rstrip()), texts, clean)
            )
            row, width = [], 0
    return rows


def _cells(raw: bytes, separator: re.Pattern[bytes]) -> list[_Cell]:
    found = list(separator.finditer(raw))
    before = 0
    heads: list[tuple[int, int, int]] = []  # begin, start and span
    for sign in found:
        specifier = _SPECIFIER.search(raw, max(before, sign.start() - _MAX_SPECIFIER), sign.start())
        span = int(specifier["count"] or 1) if specifier and specifier["many"] else 1
        before = sign.end()
        heads.append((specifier.start() if specifier else sign.start(), before, min(span, _MAX_COLUMNS)))
    ends = [*(begin for begin, _, _ in heads), len(raw)][1:]
    return [_Cell(begin, start, end, span) for (begin, start, span), end in zip(heads, ends, strict=True)]


def _in_first_line(raw: bytes, cells: list[_Cell]) -> int:
    """Return how many columns the first line that has cells fills."""
    width = 0
    for cell in cells:
        width += cell.span
        if _LINE_END.search(raw, cell.start, cell.end):
            break
    return width


def _row(start: int, end: int, cells: list[str], clean: Clean) -> Run:
    read = [clean(cell) for cell in cells]
    links = tuple(dict.fromkeys(link for _, links in read for link in links))
    return Run(start, end, join_cells(text for text, _ in read), links, _clean_row(clean))


def _clean_row(clean: Clean) -> Clean:
    """Return what cleans a part of a row that had to be cut."""
    return lambda raw: clean(raw.replace("|", " "))
