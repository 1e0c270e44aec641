"""Links from one document to a passage of another, written as the document and its workspace write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seealso.lsp import completions
from seealso.model import Match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.lsp.titles import Titles
    from seealso.model import Passage, Place
    from seealso.text.base import Format
    from seealso.workspace import Workspace


def as_wikis_do(syntax: Format, passages: Iterable[Passage], titles: Titles, workspace: Workspace) -> bool:
    """Tell whether a document's links are those of a wiki: by its own custom, else by that of the workspace."""
    if syntax.name != "markdown":
        return False
    own = completions.links_as_wikis_do(link for passage in passages for link in passage.links)
    return own if own is not None else completions.links_as_wikis_do(titles.links(workspace)) or False


def link_to(document: str, syntax: Format, place: Place, *, wiki: bool) -> str:
    """Return a link from a document to the section a place stands in."""
    match = Match(place, score=1.0, dense=None, lexical=1.0)
    (proposal,) = completions.link_proposals(document, syntax, [match], (), near=(), wiki=wiki)
    return proposal.text
