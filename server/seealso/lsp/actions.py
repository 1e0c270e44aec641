"""Which actions there are at a place in a document. Asks the workspace no more than a hover does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seealso.lsp import completions, render, rewrites, see_also
from seealso.lsp.literals import in_literal
from seealso.lsp.related_lists import says_enough
from seealso.lsp.tasks import Other, Task, What, passage_with, writing_of
from seealso.model import DuplicateKind, Match
from seealso.worth import worthwhile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lsprotocol.types import Position

    from seealso.lsp.documents import Snapshot
    from seealso.lsp.writing import Writing
    from seealso.model import Passage, Place, Related
    from seealso.workspace import Workspace

FIX = "quickfix.seealso"
REWRITE = "refactor.rewrite.seealso"
SOURCE = "source.seealso"
KINDS = (FIX, REWRITE, SOURCE)

OPEN, COMPARE, MARK = "open", "compare", "mark"

PLACES = 3
"""Places that repeat a passage, of which each gets its actions; a list that is longer helps nobody."""
LINKS = 3
TITLE = 80
"""Characters of a title that say where a place is."""

_COPIES = (DuplicateKind.EXACT, DuplicateKind.EDITED, DuplicateKind.REWORDED)


@dataclass(frozen=True, slots=True)
class Action:
    """One action: either a task or a command about a passage and another place."""

    title: str
    kind: str
    task: Task | None = None
    command: str = ""
    """`open`, `compare` or `mark`."""
    passage: Passage | None = None
    place: Place | None = None
    repeat: bool = False
    """It is about a duplicate, so that it belongs to its diagnostic."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a diagnostic of a duplicate says, as the client sent it back."""

    hash: str = ""
    """Of the passage; empty when the client sent nothing back."""
    kind: DuplicateKind | None = None
    places: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """The question behind a list of actions; called with the workspace in the thread for questions."""

    snapshot: Snapshot
    position: Position
    wanted: Callable[[str], bool]
    """Tells whether the client asked for a kind of actions."""
    named: Named

    def __call__(self, workspace: Workspace) -> list[Action]:
        writing = writing_of(workspace, self.snapshot)
        if writing is None:
            return []
        line, _ = self.snapshot.text.place(self.position)
        passage = passage_with(writing, line, self.named.hash) or passage_with(writing, line)
        repeats = self._named(workspace, passage) if passage is not None and self.wanted(FIX) else []
        related: Related | None = None
        if passage is not None and (self.wanted(REWRITE) or (self.wanted(FIX) and not repeats)):
            related = workspace.related(self.snapshot.path, passage.start_line)
        if not repeats and related is not None and passage is not None and not passage.ignored:
            kinds = workspace.settings.duplicate_kinds
            found = (*related.duplicates, *related.matches)
            repeats = [(match.relation, match.place) for match in found if match.relation in kinds]
        actions: list[Action] = []
        if self.wanted(FIX) and passage is not None and repeats:
            actions += self._repeated(writing, passage, repeats[:PLACES])
        if self.wanted(REWRITE):
            matches = [match for match in _worthwhile(related) if not match.same_document and not match.linked]
            if passage is not None and self._takes_links(writing):
                actions += self._links(passage, matches)
            if see_also.has_lists(writing.syntax.name):
                actions += self._list(workspace, writing, line, passage, matches)
        if self.wanted(SOURCE) and see_also.has_lists(writing.syntax.name):
            actions += self._lists(writing)
        return actions

    def _named(self, workspace: Workspace, passage: Passage) -> list[tuple[DuplicateKind | None, Place]]:
        """Return the places that the diagnostics name, as far as they still say what they said."""
        from seealso.overlay import place_of  # with the first question, not before `initialize`

        if passage.hash.hex() != self.named.hash:
            return []
        found: list[tuple[DuplicateKind | None, Place]] = []
        for other in self.named.places[: 2 * PLACES]:
            there = workspace.passage_at(other.path, other.line)
            if there is not None and there.hash.hex() == other.hash:
                found.append((self.named.kind, place_of(other.path, there)))
        return found

    def _repeated(
        self, writing: Writing, passage: Passage, repeats: Sequence[tuple[DuplicateKind | None, Place]]
    ) -> Iterator[Action]:
        def at(what: What, place: Place | None = None) -> Task:
            return self._task(what, passage.start_line, passage, place)

        def command(name: str, title: str, place: Place) -> Action:
            return Action(f"{title} {where(place)}", FIX, None, name, passage, place, repeat=True)

        copies = [place for kind, place in repeats if kind in _COPIES]
        for _, place in repeats:
            yield command(OPEN, "Open", place)
            yield command(COMPARE, "Compare with", place)
        for place in copies if rewrites.may_be_replaced(writing, passage) else ():
            title = f"Replace this passage by a link to {where(place)}"
            yield Action(title, FIX, at(What.REPLACE, place), repeat=True)
        for place in copies[:1] if rewrites.may_be_removed(writing, passage) else ():
            yield Action(f"Remove this copy of {where(place)}", FIX, at(What.REMOVE), repeat=True)
        for _, place in repeats:
            yield command(MARK, "Mark as intended beside", place)
        if self.snapshot.path.lower().endswith(".mdx"):
            return  # a comment is an error there
        if rewrites.stands_alone(writing, passage):
            yield Action("Ignore this passage (a comment before it)", FIX, at(What.IGNORE), repeat=True)
        yield Action("Ignore this document (a comment at its top)", FIX, at(What.IGNORE_FILE), repeat=True)

    def _takes_links(self, writing: Writing) -> bool:
        """Tell whether the position is in running text."""
        text = self.snapshot.text
        markdown = writing.syntax.name == "markdown"
        context = completions.context(text.prefix(self.position), text.suffix(self.position), markdown=markdown)
        line, _ = text.place(self.position)
        return context is not None and context.kind == "any" and not in_literal(text.lines, line, writing.syntax.name)

    def _links(self, passage: Passage, matches: Sequence[Match]) -> Iterator[Action]:
        seen: set[tuple[str, str]] = set()
        byte = self.snapshot.text.byte_of(self.position)
        if not passage.start_byte < byte <= passage.end_byte:
            byte = passage.end_byte  # who stands at the beginning of the line means all that it says
        for match in matches:
            place = match.place
            section = place.path, place.headings[-1].anchor if place.headings else ""
            if section not in seen and len(seen) < LINKS:
                seen.add(section)
                task = self._task(What.LINK, passage.start_line, passage, place, byte)
                yield Action(f"Insert a link to {where(place)}", REWRITE, task)

    def _list(
        self, workspace: Workspace, writing: Writing, line: int, passage: Passage | None, matches: Sequence[Match]
    ) -> Iterator[Action]:
        section = see_also.section_at(writing.segmentation.headings, writing.lines, line)
        task = self._task(What.LIST, line)
        if see_also.find(writing.lines, section, writing.syntax.name) is not None:
            yield Action('Refresh the "See also" list of this section', REWRITE, task)
            return
        if passage is None:  # on the heading, perhaps
            below = (
                there for there in writing.segmentation.passages if section.start <= there.start_line < section.stop
            )
            passage = next(filter(says_enough, below), None)
            related = workspace.related(self.snapshot.path, passage.start_line) if passage is not None else None
            matches = [match for match in _worthwhile(related) if not match.same_document and not match.linked]
        if passage is not None and says_enough(passage) and any(match.score >= render.CLOSE for match in matches):
            yield Action('Add a "See also" list to this section', REWRITE, task)

    def _lists(self, writing: Writing) -> Iterator[Action]:
        sections = see_also.sections(writing.segmentation.headings, writing.lines)
        if any(see_also.find(writing.lines, section, writing.syntax.name) is not None for section in sections):
            yield Action('Refresh the "See also" lists of this document', SOURCE, self._task(What.LISTS, 0))

    def _task(
        self, what: What, line: int, passage: Passage | None = None, place: Place | None = None, byte: int = 0
    ) -> Task:
        other = Other(place.path, place.start_line, place.hash.hex()) if place is not None else None
        text_hash = passage.hash.hex() if passage is not None else ""
        return Task(what, self.snapshot.document.uri, self.snapshot.version, line, byte, text_hash, other)


def _worthwhile(related: Related | None) -> Sequence[Match]:
    return worthwhile(related.matches) if related is not None else ()


def where(place: Place) -> str:
    """Return where a place is, in one line of bounded length."""
    title = " ".join(render.title(place.path, place.headings).split())
    short = title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"
    return f"{' '.join(place.path.split())}:{place.start_line + 1} ({short})"


def named(wire: object) -> Named:
    """Return what the `data` of a diagnostic says; nothing when it is none of ours."""
    match wire:
        case {"hash": str(text_hash), "kind": str(kind), "places": [*places]} if kind in set(DuplicateKind):
            others = tuple(other for place in places if (other := _other(place)) is not None)
            return Named(text_hash, DuplicateKind(kind), others)
    return Named()


def _other(wire: Any) -> Other | None:
    match wire:
        case {"path": str(path), "line": int(line), "hash": str(text_hash)} if line > 0:
            return Other(path, line - 1, text_hash)
    return None
