"""Which places a passage links to already."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.model import Place


class Linked:
    """The places some links of one document lead to.

    A link is a path (relative, or from the root with `/`, with or without its extension), the label of a section
    anywhere in the workspace, or the name of a document wherever it lies, as wikis write it.
    """

    def __init__(self, path: str, links: Iterable[str], *, wiki: bool) -> None:
        """Take the path of the document that links, from the root with `/`, and its links as written.

        With `wiki`, the bare name of a document is a link to it.
        """
        folder = posixpath.dirname(path)
        self._documents: set[str] = set()
        self._names: tuple[str, ...] = ()
        self._labels: set[str] = set()
        for link in links:
            target = unquote(link.partition("#")[0].partition("?")[0])
            if not target or "://" in target:
                continue
            base = "" if target[0] == "/" else folder
            stem = _stem(posixpath.normpath(posixpath.join(base, target.lstrip("/"))))
            self._documents.add(stem)
            if stem.endswith(target):  # without an extension
                self._labels.add(target.casefold())
                self._names += (f"/{target.casefold()}",) if wiki else ()

    def holds(self, place: Place) -> bool:
        """Tell whether one of the links leads to a place."""
        stem = _stem(place.path)
        return (
            stem in self._documents
            or any(heading.label.casefold() in self._labels for heading in place.headings if heading.label)
            or f"/{stem.casefold()}".endswith(self._names)
        )


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0]
