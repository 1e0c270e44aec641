"""Open documents that are in no folder: an index of buffers alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from seealso.corpus import Corpus, FileEntry
from seealso.index.duplicates import STRENGTH
from seealso.meter import Cancelled, never
from seealso.model import DuplicateGroup, DuplicateKind, Place
from seealso.overlay import place_of
from seealso.settings import Settings
from seealso.workspace import Workspace


class LooseWorkspace(Workspace):
    """Relates open documents to one another; nothing is read from disk, and nothing is kept.

    The vectors of buffers live in memory. The index is empty but for what a model needs to be asked.
    """

    def __init__(self, root: Path, settings: Settings, directory: Path) -> None:
        """Take the documents of `root`, a whole drive; the index is in a `directory` that somebody else takes away."""
        super().__init__(root, settings, directory=directory)

    def relative(self, path: Path) -> str | None:
        """Return the whole path with `/`: from the root of a drive, a way without the drive says nothing to people."""
        relative = super().relative(path)
        return (self.root / relative).as_posix() if relative is not None else None

    def corpus(self) -> Corpus:
        return _Nothing(self.root, self.settings.index)

    def duplicates(
        self, kinds: Collection[DuplicateKind] | None = None, cancelled: Cancelled = never
    ) -> list[DuplicateGroup]:
        """Return the groups of passages that repeat one another; the index, which is empty, knows of none."""
        wanted = kinds or self.settings.duplicate_kinds
        groups: dict[tuple[Place, ...], DuplicateGroup] = {}
        for path in list(self._buffers().buffers):
            for finding in self.duplicates_in(path, cancelled):
                if finding.kind in wanted:
                    places = tuple(sorted((place_of(path, finding.passage), *finding.others), key=_by_path))
                    group = DuplicateGroup(finding.kind, finding.score, places, finding.boilerplate)
                    groups.setdefault(places, group)
        return sorted(groups.values(), key=lambda group: (STRENGTH[group.kind], -group.score))


def _by_path(place: Place) -> tuple[str, int]:
    return place.path, place.start_line


class _Nothing(Corpus):
    """No file is read, and whatever the editor has opened belongs."""

    def scan(self) -> Iterator[FileEntry]:
        return iter(())

    def contains(self, path: str) -> bool:  # noqa: ARG002
        return True
