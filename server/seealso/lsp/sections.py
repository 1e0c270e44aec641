"""Sections of a document, and in numbers what the rest of the workspace says about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.meter import unless
from seealso.worth import worthwhile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.meter import Cancelled
    from seealso.model import Heading, Passage, Place, Segmentation
    from seealso.workspace import Workspace

COUNTED = 20
"""Passages of a section that are looked at; each is a question of its own."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the passages that stand directly below it."""

    heading: Heading
    passages: Sequence[Passage]

    def holds(self, path: str, place: Place) -> bool:
        """Tell whether a place is in this section of the document at `path`."""
        first, last = self.passages[0].start_line, self.passages[-1].end_line
        return place.path == path and first <= place.start_line <= last


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to a section."""

    related: int
    """Places that the hovers of its passages list as related, each once."""
    repeated: int
    """Its passages that are repeated elsewhere."""
    more: bool
    """Only its first passages were looked at."""
    passage: Passage
    """The one to begin with: the first that is repeated, or has something related to it, or simply the first."""


def sections(segmentation: Segmentation) -> list[Section]:
    """Return the sections that have prose of their own, in order."""
    below: dict[int, list[Passage]] = {}
    for passage in segmentation.passages:
        if passage.headings:
            below.setdefault(passage.headings[-1].line, []).append(passage)
    return [Section(heading, below[heading.line]) for heading in segmentation.headings if heading.line in below]


def count(workspace: Workspace, path: str, line: int, cancelled: Cancelled) -> Counts | None:
    """Count what there is to the section whose heading stands at a 0-based line; None when there is none.

    Raises `CancelledError` when nobody wants to know any more.
    """
    segmentation = workspace.segmentation(path)
    found = [section for section in sections(segmentation) if section.heading.line == line] if segmentation else []
    if not found:
        return None
    (section,) = found
    related: set[tuple[str, int]] = set()
    repeated: list[Passage] = []
    first = None
    for passage in unless(cancelled, section.passages[:COUNTED]):
        if (known := workspace.related(path, passage.start_line)) is None:
            continue
        places = [match.place for match in worthwhile(known.matches) if not section.holds(path, match.place)]
        related.update((place.path, place.start_line) for place in places)
        repeated += [passage] if known.duplicates and not passage.ignored else []
        first = first or (passage if places else None)
    start = repeated[0] if repeated else first or section.passages[0]
    return Counts(len(related), len(repeated), len(section.passages) > COUNTED, start)


def words(counts: Counts) -> str:
    """Return the counts in words."""
    more = "+" if counts.more else ""
    parts = [f"{counts.related}{more} related"] if counts.related else []
    if counts.repeated:
        parts.append(f"{counts.repeated}{more} {'duplicate' if counts.repeated == 1 and not more else 'duplicates'}")
    return " · ".join(parts) or "nothing related"
