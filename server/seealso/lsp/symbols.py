"""Workspace symbols: what one folder answers to a query, and what clients are shown of it.

The specification lets clients filter and sort the answer by the names of the symbols. VS Code and Zed drop those that
do not hold the letters of the query in their order, which is most of what is found by meaning. For clients that may do
so, names begin with the query and their rank: then all are kept, score the same, and stand in our order.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import TYPE_CHECKING

from lsprotocol.types import SymbolKind, WorkspaceSymbol

from seealso.lsp.locations import heading_location, place_location
from seealso.worth import MIN_SCORE_ASKED, worthwhile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from seealso.lsp.titles import Named, Titles
    from seealso.model import Match, Place
    from seealso.workspace import Workspace

    Order = tuple[bool, int, str, int]


HEADINGS_ONLY = "#"

QUERY_CHARACTERS = 400
"""The beginning of a query that is looked for; more would cost time and blur what is asked for."""

PASSAGES = 20
HEADINGS_FIRST = 5
"""Headings named by the words of a query that stand before the passages; with `#` there are more, and no passages."""

HEADINGS_ALONE = 50

NAME_CHARACTERS = 80
"""Characters of a passage that are its name, about and at most."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for."""

    typed: str
    """As the client sent it, without white space around it."""
    text: str
    headings_only: bool

    @classmethod
    def of(cls, typed: str) -> Query | None:
        """Read a query; None when it is empty."""
        typed = " ".join(typed.split())[:QUERY_CHARACTERS]
        text = typed.removeprefix(HEADINGS_ONLY).strip()
        return cls(typed, text, typed.startswith(HEADINGS_ONLY)) if text else None


@dataclass(frozen=True, slots=True)
class Found:
    """What one folder knows, each with what it is sorted by."""

    headings: Sequence[tuple[Order, WorkspaceSymbol]]
    passages: Sequence[tuple[float, WorkspaceSymbol]]


@dataclass(frozen=True, slots=True)
class Question:
    """Asked of one workspace, in the thread for questions."""

    query: Query
    root: Path
    """The folder, as the client spells it."""
    titles: Titles
    opened: Collection[str]
    """Paths of the open documents."""

    def __call__(self, workspace: Workspace) -> Found:
        """Look for headings by words and for passages by meaning."""
        only = self.query.headings_only
        named = self.titles.find(self.query.text, workspace, self.opened)
        matches = () if only else workspace.search(self.query.text, PASSAGES).matches
        return found(self.root, nsmallest(HEADINGS_ALONE if only else HEADINGS_FIRST, named, _order), matches)


def found(root: Path, headings: Iterable[Named], matches: Iterable[Match]) -> Found:
    """Return what was found in one folder as symbols."""
    return Found(
        [(_order(named), _heading(named, root)) for named in headings],
        [(-match.score, _passage(match.place, root)) for match in worthwhile(matches, MIN_SCORE_ASKED)],
    )


def symbols(query: Query, answers: Collection[Found], *, filtered: bool) -> list[WorkspaceSymbol]:
    """Return what all folders know, best first; with `filtered` by names that the client keeps."""
    headings = sorted(chain.from_iterable(answer.headings for answer in answers), key=lambda row: row[0])
    passages = sorted(chain.from_iterable(answer.passages for answer in answers), key=lambda row: row[0])
    count = HEADINGS_ALONE if query.headings_only else HEADINGS_FIRST
    rows = [symbol for _, symbol in headings[:count]] + [symbol for _, symbol in passages[:PASSAGES]]
    if filtered:
        for rank, row in enumerate(rows, 1):
            row.name = f"{query.typed} · {rank:02} {row.name}"
    return rows


def _order(named: Named) -> Order:
    return not named.begins, len(named.heading.title), named.path, named.heading.line


def _heading(named: Named, root: Path) -> WorkspaceSymbol:
    where = heading_location(named.path, named.heading, root)
    return WorkspaceSymbol(where, beginning(named.heading.title), SymbolKind.Namespace, container_name=named.path)


def _passage(place: Place, root: Path) -> WorkspaceSymbol:
    container = " › ".join((place.path, *(heading.title for heading in place.headings)))
    return WorkspaceSymbol(
        place_location(place, root), beginning(place.text), SymbolKind.String, container_name=container
    )


def beginning(text: str) -> str:
    """Return the beginning of a text in one line, cut between words."""
    text = " ".join(text.split())
    if len(text) <= NAME_CHARACTERS:
        return text
    head = text[:NAME_CHARACTERS]
    space = head.rfind(" ", NAME_CHARACTERS // 2)
    return f"{head[:space] if space > 0 else head}…"
