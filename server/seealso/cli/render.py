"""Answers for people: `path:line` a terminal makes clickable, headings, and an excerpt of one or two lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from seealso.cli.printable import excerpt, printable, printable_name
from seealso.model import DocumentMatch, DuplicateGroup, DuplicateKind, Match, Place
from seealso.occurrences import occurrences
from seealso.report import heading_path

RELATIONS = {
    DuplicateKind.EXACT: "the same text",
    DuplicateKind.EDITED: "mostly the same words",
    DuplicateKind.REWORDED: "the same in other words",
    DuplicateKind.PARALLEL: "the same frame, another subject",
}
PLACES_SHOWN = 6
"""Places of one group shown to people; `--json` has all."""

_INDENT = 6
_LINES = 2
_MIN_HEADING = 16


class Page:
    """Print places of one workspace so that they can be opened from the current directory."""

    def __init__(self, console: Console, root: Path) -> None:
        self._console = console
        self._root = root
        # Pipes have no width: two lines of 80 columns are a fair excerpt, and nothing is cut for want of room.
        self._width = max(console.width if console.is_terminal else 80, 40)

    def title(self, text: str, note: str = "") -> None:
        """Print a line that opens a part of the answer."""
        line = Text(text, style="bold")
        if note:
            line.append(f"  {note}", style="not bold dim")
        self._console.print(line, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print a line about the answer."""
        self._console.print(Text(text, style="dim"), soft_wrap=True)

    def gap(self) -> None:
        """Print an empty line."""
        self._console.print()

    def match(self, match: Match) -> None:
        """Print a match: score, place, heading, what sets it apart, and an excerpt with the shared terms in bold."""
        marks = [RELATIONS[match.relation]] if match.relation is not None else []
        if match.same_document:
            marks.append("this document")
        if match.linked:
            marks.append("already linked")
        self._head(f"{match.score:.2f}  ", match.place, marks)
        self._excerpt(match.place.text, match.terms)

    def document(self, match: DocumentMatch) -> None:
        """Print a related document."""
        line = Text(f"{match.score:.2f}  ", style="cyan")
        line.append(printable_name(self._shown_path(match.path)), style="bold blue")
        note = "  [already linked]" if match.linked else ""
        title = printable(match.title)
        room = self._width - line.cell_len - cell_len(note) - 2
        if title and (not self._console.is_terminal or room >= min(_MIN_HEADING, cell_len(title))):
            line.append("  " + self._shorten(title, room), style="dim")
        line.append(note, style="yellow")
        self._console.print(line, soft_wrap=True)

    def passage(self, place: Place) -> None:
        """Print the passage a question was about."""
        self._head("", place, [], indent=0)
        self._excerpt(place.text, (), indent=2)

    def group(self, number: int, group: DuplicateGroup) -> None:
        """Print a group of duplicates: kind, score, its places; what differs from the first place in bold."""
        facts = [group.kind.value, f"{len(group.places)} places", f"score {group.score:.2f}"]
        if group.boilerplate:
            facts.insert(1, "boilerplate")
        self.title(f"{number:>3}.  {RELATIONS[group.kind]}", f"({', '.join(facts)})")
        by_text: dict[str, list[Place]] = {}
        for place in group.places[:PLACES_SHOWN]:
            by_text.setdefault(place.text, []).append(place)
        first = next(iter(by_text))
        for text, places in by_text.items():
            for place in places:
                self._head("", place, [], indent=_INDENT)
            self._excerpt(text, [], indent=_INDENT + 2, against=None if text is first else first)
        if len(group.places) > PLACES_SHOWN:
            self.note(" " * _INDENT + f"and {len(group.places) - PLACES_SHOWN:,} more (--json lists all)")

    def _head(self, lead: str, place: Place, marks: Iterable[str], indent: int = 0) -> None:
        line = Text(" " * indent)
        line.append(lead, style="cyan")
        line.append(f"{printable_name(self._shown_path(place.path))}:{place.start_line + 1}", style="bold blue")
        note = "".join(f"  [{mark}]" for mark in marks)
        heading = printable(heading_path(place))
        room = self._width - line.cell_len - cell_len(note) - 2
        inline = bool(heading) and (not self._console.is_terminal or room >= min(_MIN_HEADING, cell_len(heading)))
        if inline:
            line.append("  " + self._shorten(heading, room), style="dim")
        line.append(note, style="yellow")
        self._console.print(line, soft_wrap=True)
        if heading and not inline:
            below = indent + cell_len(lead)
            self._console.print(
                Text(" " * below + self._shorten(heading, self._width - below), style="dim"), soft_wrap=True
            )

    def _shorten(self, heading: str, room: int) -> str:
        """Cut a heading path from the left: the innermost title says most."""
        if not self._console.is_terminal or cell_len(heading) <= room:
            return heading
        while " > " in heading:
            heading = heading.partition(" > ")[2]
            if cell_len(heading) + 4 <= room:
                return "… > " + heading
        text = Text(heading)
        text.truncate(room, overflow="ellipsis")
        return text.plain

    def _excerpt(self, text: str, terms: Sequence[str], indent: int = _INDENT, against: str | None = None) -> None:
        width = self._width - indent
        shown = Text(excerpt(text, terms, width * _LINES)[: width * (_LINES + 2)])
        for start, end in occurrences(shown.plain, terms):
            shown.stylize("bold", start, end)
        if against is not None:
            for start, end in differences(printable(against), shown.plain):
                shown.stylize("bold", start, end)
        lines = shown.wrap(self._console, width)
        for number, line in enumerate(lines[:_LINES], 1):
            line.rstrip()
            if number == _LINES and len(lines) > _LINES:
                _cut(line, width - 2)
                line.append(" …")
            line.pad_left(indent)
            self._console.print(line, soft_wrap=True)

    def _shown_path(self, path: str) -> str:
        """Return the shorter of the path from the current directory and the absolute one."""
        absolute = str(self._root / path)
        try:
            relative = os.path.relpath(absolute)
        except ValueError:  # another drive on Windows
            return absolute
        return min(relative, absolute, key=len)


def _cut(line: Text, width: int) -> None:
    """Shorten a line to a width, at a word where there is one to cut at."""
    if line.cell_len > width:
        line.truncate(width)
        space = line.plain.rfind(" ")
        if space > len(line.plain) // 2:
            line.truncate(cell_len(line.plain[:space]))
    line.rstrip()


def differences(first: str, second: str) -> list[tuple[int, int]]:
    """Return the (start, end) character ranges of words in `second` that `first` does not have in this order."""
    spans: list[tuple[int, int]] = []
    position = 0
    words = second.split(" ")
    for word in words:
        spans.append((position, position + len(word)))
        position += len(word) + 1
    matcher = SequenceMatcher(None, first.split(" "), words, autojunk=False)
    return [
        (spans[start][0], spans[end - 1][1])
        for operation, _, _, start, end in matcher.get_opcodes()
        if operation in ("replace", "insert")
    ]
