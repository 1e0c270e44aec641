"""Section titles of a workspace and how its documents link, kept between keystrokes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from seealso.model import Heading
    from seealso.workspace import Workspace


class Title(NamedTuple):
    """A heading with its document, and its title as it is compared."""

    folded: str
    path: str
    heading: Heading


class Named(NamedTuple):
    """A heading that holds the words looked for."""

    begins: bool
    """Its title begins with them."""
    path: str
    heading: Heading


class Titles:
    """The titles of one workspace.

    Reading them all takes far longer than looking through them, so they are kept, and read again of documents that
    have changed; those of open documents are taken from their buffers each time.
    """

    def __init__(self) -> None:
        self._saved: dict[str, tuple[bytes, list[Title]]] = {}
        """Those of each saved document, with what it is known by."""
        self._all: list[Title] = []
        """Those of all saved documents: one list is looked through twice as fast as thousands."""
        self._current = False
        self._links: list[str] | None = None

    def forget(self) -> None:
        """Look for changes with the next question."""
        self._current, self._links = False, None

    def links(self, workspace: Workspace) -> list[str]:
        """Return some links of the workspace's Markdown documents."""
        if self._links is None:
            self._links = workspace.sample_links("markdown")
        return self._links

    def find(self, typed: str, workspace: Workspace, opened: Collection[str]) -> list[Named]:
        """Return the headings whose titles hold all typed words; `opened` are the paths of the open documents."""
        if not typed.split():
            return []
        saved = self._follow(workspace)
        buffers = {path: workspace.segmentation(path) for path in opened}
        unsaved = (
            title
            for path, segmentation in buffers.items()
            if segmentation is not None
            for title in _titles(path, segmentation.headings)
        )
        kept = (found for found in named(typed, saved) if found.path not in buffers)
        return [*kept, *named(typed, unsaved)]

    def _follow(self, workspace: Workspace) -> list[Title]:
        if not self._current:
            self._current = True  # first: what changes while this reads is read again
            paths, news = workspace.headings({path: known for path, (known, _) in self._saved.items()})
            read = {path: (known, _titles(path, headings)) for path, (known, headings) in news.items()}
            self._saved = {path: read.get(path) or self._saved[path] for path in paths}
            self._all = [title for _, titles in self._saved.values() for title in titles]
        return self._all


def named(typed: str, titles: Iterable[Title]) -> Iterator[Named]:
    """Yield the headings that hold all typed words."""
    words = typed.casefold().split()
    whole, first = " ".join(words), words[0]
    for folded, path, heading in titles:
        if first in folded and all(word in folded for word in words):
            yield Named(folded.startswith(whole), path, heading)


def _titles(path: str, headings: Iterable[Heading]) -> list[Title]:
    return [Title(heading.title.casefold(), path, heading) for heading in headings]
