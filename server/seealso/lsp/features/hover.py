"""`textDocument/hover`: what else says what this passage says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp import render
from seealso.lsp.locations import place_link
from seealso.lsp.uris import to_uri

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seealso.lsp.server import Server
    from seealso.model import DocumentMatch, IndexStatus, Related
    from seealso.workspace import Workspace


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.TEXT_DOCUMENT_HOVER, wanted=lambda settings: settings.hover.enabled)
    async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.hover.enabled:
            return None
        line, _ = snapshot.text.place(params.position)

        def question(workspace: Workspace) -> _Found:
            related = workspace.related(snapshot.path, line)
            if related is not None and not folder.settings.hover.duplicates:
                related = replace(related, duplicates=())
            if related is None:
                title = workspace.is_title(snapshot.path, line)
                return _Found(documents=workspace.related_documents(snapshot.path) if title else ())
            # Open documents of no folder have no index that anybody could wait for.
            unfinished = not (related.complete or folder.loose)
            return _Found(related, workspace.status() if unfinished else None)

        found = await folder.ask(question)
        if not ls.session.is_current(snapshot):
            return None
        markdown, links = ls.session.client.hover_markdown, ls.session.client.markdown_links
        text, where = "", None
        if found.related is not None:
            passage = found.related.passage
            where = snapshot.text.range_of_bytes(passage.start_byte, passage.end_byte)
            footer = render.footer(found.related.complete, found.status)
            text = (
                render.hover_markdown(found.related, partial(place_link, folder.path) if links else None, footer)
                if markdown
                else render.hover_plain(found.related, footer)
            )
        elif found.documents:
            text = (
                render.documents_markdown(found.documents, partial(_document_link, folder.path) if links else None)
                if markdown
                else render.documents_plain(found.documents)
            )
        if not text:
            return None
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        return types.Hover(types.MarkupContent(kind, text), where)


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to say where the cursor is: about a passage, or about the document whose title this is."""

    related: Related | None = None
    status: IndexStatus | None = None
    documents: Sequence[DocumentMatch] = ()


def _document_link(folder: Path, path: str) -> str:
    return to_uri(folder / path, 0)
