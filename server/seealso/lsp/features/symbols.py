"""`workspace/symbol`: passages found by meaning, headings by words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.errors import SeeAlsoError
from seealso.lsp.symbols import Found, Query, Question, symbols

if TYPE_CHECKING:
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.WORKSPACE_SYMBOL, types.WorkspaceSymbolOptions(), wanted=lambda settings: settings.symbols.enabled)
    async def symbol(ls: Server, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        query = Query.of(params.query)
        if query is None:
            return []
        folders = [folder for folder in ls.session.folders.values() if folder.settings.symbols.enabled]
        answers = await asyncio.gather(*(_ask(ls, folder, query) for folder in folders))
        known = [answer for answer in answers if answer is not None]
        return symbols(query, known, filtered=ls.session.client.filters_symbols)


async def _ask(ls: Server, folder: Folder, query: Query) -> Found | None:
    """Ask one folder; what is wrong with it does not keep the others from answering."""
    try:
        return await folder.ask(Question(query, folder.path, folder.titles, await folder.opened_paths()))
    except SeeAlsoError as error:
        ls.outbox.problem(error)
        return None
