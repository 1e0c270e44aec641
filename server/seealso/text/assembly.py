"""From what a reader finds, top to bottom, to passages in their sections: for formats that are read line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from seealso.model import Passage, PassageKind, Segmentation
from seealso.text import markers
from seealso.text.decode import readable
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.outline import Outline
from seealso.text.pieces import (
    MAX_LIST_WEIGHT,
    MAX_OVERLAP_WEIGHT,
    MAX_PASSAGE_WEIGHT,
    Clean,
    is_light,
    packed,
    pieces,
    weight,
)
from seealso.text.prose import is_prose, join_items

_BLANKS = b" \t\r\n\f\v"
_TERM_ENDS = (":", ".", ",", ";", "?", "!")


class Run(NamedTuple):
    """A stretch of the source and what it says: a row of a table, or a run of prose inside a list or quotation."""

    start: int
    """Byte offset, markers of lists included."""
    end: int
    """Exclusive."""
    text: str
    """Clean text."""
    links: tuple[str, ...]
    clean: Clean
    """What made the text, for one that has to be cut."""
    item: int = 0
    """Number of the outermost item it stands in."""
    fresh: bool = True
    """It begins an item."""
    ignored: bool = False
    prose: tuple[int, int] | None = None
    """What the text was made of, where it is less: markers of lists and attached code are left out."""


class Assembly:
    """Collect the headings and passages of one document.

    Everything is added in the order of the source. Between `open` and `close`, prose is collected into one list or
    quotation, which becomes one passage, or several when it is heavy.
    """

    def __init__(self, source: bytes) -> None:
        """Take the whole document as UTF-8; bytes that are none are read as question marks."""
        self.source = readable(source)
        """What is read: of the same length, without a byte order mark."""
        self.outline = Outline()
        self.collecting: PassageKind | None = None
        """Kind of the container that is open."""
        self._lines = LineTable(source)
        self._passages: list[Passage] = []
        self._runs: list[Run] = []
        self._item = 0
        self._marker: int | None = None
        self._fresh = False
        self._ignore_next = self._ignore_all = self._ignore_file = False

    def enter(self, title: str, level: int, start: int, anchor: str | None = None, label: str = "") -> None:
        """Open the section with a title that stands at a byte."""
        self.close()
        if title:
            self.outline.enter(title, level, self._lines.line_of(start), anchor=anchor, label=label)

    def comment(self, text: str) -> None:
        """Take note of a comment: it may say that what follows is to be ignored."""
        self._ignore_next |= markers.ignores_next(text)
        self._ignore_file |= markers.ignores_file(text)

    def open(self, kind: PassageKind) -> None:
        """Begin a list or a quotation."""
        self.close()
        self.collecting = kind
        self._ignore_all, self._ignore_next = self._ignore_next, False

    def item(self, start: int, *, outermost: bool) -> None:
        """Begin an item whose marker stands at a byte."""
        self._item += outermost
        self._fresh = True
        if self._marker is None or outermost:
            self._marker = start

    def term(self, start: int, end: int, clean: Clean) -> None:
        """Add what an item of a list of descriptions describes."""
        text, links = clean(self.source[start:end].decode("utf-8", "replace"))
        self._collect(start, end, text if text.endswith(_TERM_ENDS) else f"{text}:", links, clean)

    def prose(self, kind: PassageKind, start: int, end: int, clean: Clean) -> None:
        """Add a run of inline markup; inside a container the kind is that of the container."""
        raw = self.source[start:end]
        start += len(raw) - len(raw.lstrip(_BLANKS))
        raw = raw.strip(_BLANKS)
        if self.collecting is not None:
            text, links = clean(raw.decode("utf-8", "replace"))
            self._collect(start, start + len(raw), text, links, clean)
            return
        made = pieces(raw, start, clean)
        for piece in made:
            self._add(kind, *piece, ignored=self._ignore_next)
        self._ignore_next &= not made

    def table(self, rows: Sequence[Run]) -> None:
        """Add a table; when it is cut, each part but the first starts with the text of the first row."""
        if self.collecting is not None:
            for row in rows:
                self._fresh = True
                self._collect(*row[:5])
            return
        header = rows[0].text if rows and weight(rows[0].text) <= MAX_OVERLAP_WEIGHT else ""
        limit = MAX_PASSAGE_WEIGHT - weight(header) - 2
        added = len(self._passages)
        for group in packed([row for row in rows if is_prose(row.text)], limit):
            if weight(group[0].text) > limit:
                self._cut(PassageKind.TABLE, group[0])
                continue
            repeated = [header] if len(self._passages) > added else []
            text = join_items([*repeated, *(row.text for row in group)])
            self._add(PassageKind.TABLE, group[0].start, group[-1].end, text, _merged(group), ignored=self._ignore_next)
        self._ignore_next &= len(self._passages) == added

    def cover(self, end: int) -> None:
        """Let the open item reach to a byte, over what belongs to it but is no prose."""
        if self._runs:
            self._runs[-1] = self._runs[-1]._replace(end=end)

    def close(self) -> None:
        """End the list or quotation that is open, if any."""
        kind, runs = self.collecting, self._runs
        self.collecting, self._runs, self._marker, self._fresh = None, [], None, False
        if kind is None:
            return
        if kind is PassageKind.QUOTE or _fit(runs, MAX_LIST_WEIGHT):
            self._together(kind, runs)
        else:
            for _, item in groupby(runs, key=lambda run: run.item):
                self._together(kind, list(item))
        self._ignore_next |= self._ignore_all and not runs
        self._ignore_all = False

    def segmentation(self) -> Segmentation:
        """Return what was collected."""
        self.close()
        passages = self._passages
        if self._ignore_file:
            passages = [replace(passage, ignored=True) for passage in passages]
        return Segmentation(tuple(passages), tuple(self.outline.headings))

    def _collect(self, start: int, end: int, text: str, links: tuple[str, ...], clean: Clean) -> None:
        if not is_prose(text):
            return
        begin = start if self._marker is None else self._marker
        fresh = self._fresh or not self._runs
        self._runs.append(Run(begin, end, text, links, clean, self._item, fresh, self._ignore_next, (start, end)))
        self._marker, self._fresh, self._ignore_next = None, False, False

    def _together(self, kind: PassageKind, runs: list[Run]) -> None:
        """Add runs as one passage, or as several that are light enough."""
        for group in packed(runs, MAX_PASSAGE_WEIGHT):
            ignored = self._ignore_all or any(run.ignored for run in group)
            if len(group) == 1 and not is_light(group[0].text):
                self._cut(kind, group[0], ignored=ignored)
            else:
                self._add(kind, group[0].start, group[-1].end, _joined(group), _merged(group), ignored=ignored)

    def _cut(self, kind: PassageKind, run: Run, *, ignored: bool = False) -> None:
        start, end = run.prose or (run.start, run.end)
        for at, piece in enumerate(pieces(self.source[start:end], start, run.clean)):
            begin = piece.start if at else run.start
            self._add(kind, begin, piece.end, piece.text, piece.links, ignored=ignored or self._ignore_next)

    def _add(
        self, kind: PassageKind, start: int, end: int, text: str, links: tuple[str, ...], *, ignored: bool
    ) -> None:
        if not self._passages and is_licence(text):
            return
        meant = ignored or markers.names_its_source(kind, text, links)
        lines, path = self._lines, self.outline.path
        first, last = lines.line_of(start), lines.line_of(end - 1)
        self._passages.append(Passage(start, end, first, last, kind, text, path, guess_language(text), links, meant))


def _fit(runs: list[Run], limit: int) -> bool:
    return sum(weight(run.text) + 2 for run in runs) <= limit


def _merged(runs: Iterable[Run]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link for run in runs for link in run.links))


def _joined(runs: Iterable[Run]) -> str:
    """Return the text of runs: those of one item as they are, items separated."""
    items: list[list[str]] = []
    for run in runs:
        if run.fresh or not items:
            items.append([run.text])
        else:
            items[-1].append(run.text)
    return join_items(" ".join(item) for item in items)
