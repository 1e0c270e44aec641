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

    Reading them all takes far longer than looking through them, so they are kept until the index changes; those of
    open documents are taken from their buffers each time.
    """

    def __init__(self) -> None:
        self._saved: list[Title] | None = None
        self._links: list[str] | None = None

    def forget(self) -> None:
        """Read them again with the next question."""
        self._saved = self._links = None

    def links(self, workspace: Workspace) -> list[str]:
        """Return some links of the workspace's Markdown documents."""
        if self._links is None:
            self._links = workspace.sample_links("markdown")
        return self._links

    def find(self, typed: str, workspace: Workspace, opened: Collection[str]) -> list[Named]:
        """Return the headings whose titles hold all typed words; `opened` are the paths of the open documents."""
        if not typed.split():
            return []
        saved = self._saved
        if saved is None:
            self._saved = saved = _titles(workspace.headings())
        buffers = {path: workspace.segmentation(path) for path in opened}
        unsaved = _titles(
            (path, heading)
            for path, segmentation in buffers.items()
            if segmentation is not None
            for heading in segmentation.headings
        )
        return [*named(typed, (title for title in saved if title.path not in buffers)), *named(typed, unsaved)]


def named(typed: str, titles: Iterable[Title]) -> Iterator[Named]:
    """Yield the headings that hold all typed words."""
    words = typed.casefold().split()
    whole, first = " ".join(words), words[0]
    for folded, path, heading in titles:
        if first in folded and all(word in folded for word in words):
            yield Named(folded.startswith(whole), path, heading)


def _titles(headings: Iterable[tuple[str, Heading]]) -> list[Title]:
    return [Title(heading.title.casefold(), path, heading) for path, heading in headings]
