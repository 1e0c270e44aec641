"""`textDocument/references`: what repeats a passage and what is related to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.locations import place_location
from seealso.worth import worthwhile

if TYPE_CHECKING:
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_REFERENCES, types.ReferenceOptions(), wanted=lambda settings: settings.references.enabled
    )
    async def references(ls: Server, params: types.ReferenceParams) -> list[types.Location] | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.references.enabled:
            return None
        line, _ = snapshot.text.place(params.position)
        related = await folder.ask(lambda workspace: workspace.related(snapshot.path, line))
        if related is None or not ls.session.is_current(snapshot):
            return None
        found = [
            place_location(match.place, folder.path) for match in (*related.duplicates, *worthwhile(related.matches))
        ]
        if params.context.include_declaration:
            passage = related.passage
            where = snapshot.text.range_of_bytes(passage.start_byte, passage.end_byte)
            found.insert(0, types.Location(snapshot.document.uri, where))
        return found
