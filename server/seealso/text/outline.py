"""The headings of a document while it is read from top to bottom."""

from __future__ import annotations

from seealso.model import Heading
from seealso.text.prose import Slugs, slugify


class Outline:
    """Collect headings in order and know the path to the section that is open."""

    __slots__ = ("_slugs", "headings", "path")

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.path: tuple[Heading, ...] = ()
        """From the document's title to the open section."""
        self._slugs = Slugs()

    def enter(self, title: str, level: int, line: int, *, anchor: str | None = None, label: str = "") -> Heading:
        """Open a section, which closes those of the same level and deeper ones.

        Without an anchor it gets the one GitHub makes of its title; an explicit anchor is taken as it is.
        """
        heading = Heading(title, level, line, self._slugs.unique(slugify(title)) if anchor is None else anchor, label)
        self.headings.append(heading)
        self.path = (*(above for above in self.path if above.level < level), heading)
        return heading
