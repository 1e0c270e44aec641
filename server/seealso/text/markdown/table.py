"""Read a pipe table as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from seealso.model import PassageKind
from seealso.text.markdown.draft import Draft, drafts, merged_links
from seealso.text.markdown.inline import Definitions, clean
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, packed, weight
from seealso.text.prose import is_prose, join_cells, join_items

_BLANKS = b" \t\r\n"
_BORDER = re.compile(r"(?<!\\)\|")


class Row(NamedTuple):
    start: int
    end: int
    text: str
    links: tuple[str, ...]


def rows(raw: bytes, definitions: Definitions) -> Iterator[Row]:
    """Yield the rows of a pipe table, without the one that only rules it."""
    at = 0
    for number, line in enumerate(raw.splitlines(keepends=True)):
        content = line.strip(_BLANKS)
        start = at + len(line) - len(line.lstrip(_BLANKS))
        at += len(line)
        if number == 1 or not content:
            continue
        row = content.decode("utf-8", "replace")
        cells = [cell.replace("\\|", "|") for cell in _BORDER.split(row)] if "\\|" in row else row.split("|")
        read = [clean(cell, definitions) for cell in cells]
        yield Row(
            start,
            start + len(content),
            join_cells(text for text, _ in read),
            merged_links(links for _, links in read),
        )


def read_table(raw: bytes, definitions: Definitions) -> list[Draft]:
    """Return a table as one passage, or as several of whole rows that each start with the header's text."""
    found = list(rows(raw, definitions))
    header = found[0].text if found and weight(found[0].text) <= MAX_OVERLAP_WEIGHT else ""
    made: list[Draft] = []
    for group in packed(found, MAX_PASSAGE_WEIGHT - weight(header)):
        start, end = group[0].start, group[-1].end
        text = join_items([*([header] if made else []), *(row.text for row in group)])
        if weight(text) > MAX_PASSAGE_WEIGHT + 2:
            made += drafts(raw[start:end], start, PassageKind.TABLE, partial(_clean_row, definitions=definitions))
        elif is_prose(text):
            made.append(Draft(start, end, PassageKind.TABLE, text, merged_links(row.links for row in group)))
    return made


def _clean_row(raw: str, definitions: Definitions) -> tuple[str, tuple[str, ...]]:
    return clean(_BORDER.sub(" ", raw), definitions)
