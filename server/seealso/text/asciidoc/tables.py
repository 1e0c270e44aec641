"""Tables of AsciiDoc as rows of text."""

from __future__ import annotations

import csv
import re

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


def _read_cells(
    source: bytes, start: int, end: int, separator: re.Pattern[bytes], columns: int, clean: Clean
) -> list[Run]:
    """Read cells that each begin with a separator."""
    rows: list[Run] = []
    cells: list[str] = []
    count, first = 0, start
    at: int | None = None  # where the cell that is open begins
    span = 1
    raw = source[start:end]
    # Without a number of columns, the first line that holds cells tells it.
    line_end = re.compile(rb"[\r\n]")
    for found in [*separator.finditer(raw), None]:
        stop = len(raw) if found is None else found.start()
        specifier = _SPECIFIER.search(raw, max(at or 0, stop - _MAX_SPECIFIER), stop) if found else None
        text = raw[at : specifier.start() if specifier else stop] if at is not None else b""
        if at is not None:
            cells += [text.decode("utf-8", "replace")]
            count += span
            if not columns and line_end.search(raw, at, stop) and (found is None or count):
                columns = count
            if columns and (count >= columns or found is None):
                last = start + at + len(text.rstrip())
                rows.append(_row(first, last, cells, clean))
                cells, count = [], 0
        if found is None:
            break
        if not cells:
            first = start + (specifier.start() if specifier else stop)
        span = min(int(specifier["count"] or 1), _MAX_COLUMNS) if specifier and specifier["many"] else 1
        at = found.end()
    if cells:
        rows.append(_row(first, start + len(raw.rstrip()), cells, clean))
    return [row for row in rows if row.end > row.start]


def _row(start: int, end: int, cells: list[str], clean: Clean) -> Run:
    read = [clean(cell) for cell in cells]
    links = tuple(dict.fromkeys(link for _, links in read for link in links))
    return Run(start, end, join_cells(text for text, _ in read), links, _clean_row(clean))


def _clean_row(clean: Clean) -> Clean:
    """Return what cleans a part of a row that had to be cut."""
    return lambda raw: clean(raw.replace("|", " "))
