"""`textDocument/hover`: what else says what this passage says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp import render
from seealso.lsp.uris import to_uri

if TYPE_CHECKING:
    from seealso.lsp.server import Server
    from seealso.model import IndexStatus, Place, Related
    from seealso.workspace import Workspace


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.hover.enabled:
            return None
        line, _ = snapshot.text.place(params.position)

        def question(workspace: Workspace) -> tuple[Related | None, IndexStatus | None]:
            related = workspace.related(snapshot.path, line)
            status = workspace.status() if related is not None and not related.complete else None
            return related, status

        related, status = await folder.ask(question)
        if related is None or not ls.session.is_current(snapshot):
            return None

        def link(place: Place) -> str:
            return to_uri(folder.path / place.path, place.start_line)

        footer = render.footer(related.complete, status)
        if ls.session.client.hover_markdown:
            kind, text = types.MarkupKind.Markdown, render.hover_markdown(related, link, footer)
        else:
            kind, text = types.MarkupKind.PlainText, render.hover_plain(related, footer)
        if not text:
            return None
        where = snapshot.text.range_of_bytes(related.passage.start_byte, related.passage.end_byte)
        return types.Hover(types.MarkupContent(kind, text), where)
