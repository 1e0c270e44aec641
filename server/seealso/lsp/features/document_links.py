"""`textDocument/documentLink`: `seealso:` addresses in documents lead to the documents they stand for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.addresses import SCHEME, addresses, format_address, within

if TYPE_CHECKING:
    from seealso.lsp.positions import Text
    from seealso.lsp.server import Server

LINKS = 1000
"""Links of one document, at most: more are no prose, and would hold up the answers to other requests."""


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_DOCUMENT_LINK,
        types.DocumentLinkOptions(),
        wanted=lambda settings: settings.document_links.enabled,
        possible=lambda client: client.text_document_content,
    )
    async def document_link(ls: Server, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.document_links.enabled or not ls.session.client.text_document_content:
            return None
        found = await folder.ask(lambda _workspace: links(snapshot.text, folder.uri))
        return found if ls.session.is_current(snapshot) else None


def links(text: Text, folder: str) -> list[types.DocumentLink]:
    """Return the links of a document; those that name no folder are about the one the document stands in."""
    found = (
        types.DocumentLink(
            types.Range(text.position(number, start), text.position(number, end)),
            format_address(within(address, folder)),
        )
        for number, line in enumerate(text.lines)
        if f"{SCHEME}:" in line
        for start, end, address in addresses(line)
    )
    return list(islice(found, LINKS))
