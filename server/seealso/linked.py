"""Which places a passage links to already."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from seealso.text.registry import format_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.model import Place


class Linked:
    """The places some links of one document lead to.

    A link is a path (relative, or from the root with `/`, with or without its extension), the label of a section
    anywhere in the workspace, or, in the brackets of a wiki, the name of a document wherever it lies.
    """

    def __init__(self, path: str, links: Iterable[str]) -> None:
        """Take the path of the document that links, from the root with `/`, and its links as written."""
        folder = posixpath.dirname(path)
        self._documents: set[str] = set()
        self._names: tuple[str, ...] = ()
        self._labels: set[str] = set()
        for link in links:
            if link.startswith("[["):
                name = _stem_of_name(link[2:-2].partition("#")[0].strip("/"))
                self._names += (f"/{name.casefold()}",) if name else ()
                continue
            target = unquote(link.partition("#")[0].partition("?")[0])
            if not target or "://" in target:
                continue
            base = "" if target[0] == "/" else folder
            stem = _stem(posixpath.normpath(posixpath.join(base, target.lstrip("/"))))
            self._documents.add(stem)
            self._labels.add(target.casefold())

    def holds(self, place: Place) -> bool:
        """Tell whether one of the links leads to a place."""
        return self.leads_to(place.path) or any(
            heading.label.casefold() in self._labels for heading in place.headings if heading.label
        )

    def leads_to(self, path: str) -> bool:
        """Tell whether one of the links leads to a document as such."""
        stem = _stem(path)
        return stem in self._documents or f"/{stem.casefold()}".endswith(self._names)


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0]


def _stem_of_name(name: str) -> str:
    """Return the name of a document without the extension of a format; wikis have full stops in names."""
    return name if format_for(name) is None else _stem(name)
