"""`workspace/textDocumentContent`: documents that only the server has, and news of them when the index changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from seealso.errors import SeeAlsoError
from seealso.lsp import render
from seealso.lsp.addresses import SCHEME, Search, parse_address
from seealso.lsp.pages import Part, duplicates_page, search_page
from seealso.lsp.uris import to_path, to_uri
from seealso.worth import MIN_SCORE_ASKED, worthwhile

if TYPE_CHECKING:
    from seealso.lsp.addresses import Address
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.lsp.session import Session
    from seealso.model import Place
    from seealso.workspace import Workspace

MATCHES = 30

REMEMBERED = 20
"""Documents the client is told about when the index changes; it does not say when it has closed one."""

SETTLE_S = 1.0
"""An index that is being built changes all the time."""

ANSWER_S = 10.0


def register(server: Server) -> None:
    """Add the handlers."""
    server.amendments.append(_offer)

    @server.on(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, quiet=False)
    async def text_document_content(
        ls: Server, params: types.TextDocumentContentParams
    ) -> types.TextDocumentContentResult:
        try:
            address = parse_address(params.uri)
            folders = _folders(ls.session, address)
        except SeeAlsoError as error:
            raise JsonRpcInvalidParams(str(error)) from error
        _remember(ls.session, params.uri)
        try:
            parts = [await _part(folder, address) for folder in folders]
        except SeeAlsoError as error:
            raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed.value) from error
        text = search_page(address.query, parts) if isinstance(address, Search) else duplicates_page(parts)
        return types.TextDocumentContentResult(text)


def refresh(session: Session, _folder: Folder) -> None:
    """Let the client ask again for the documents it may still show."""
    if session.pages:
        session.debouncer.soon("pages", SETTLE_S, lambda: _refresh(session))


async def _refresh(session: Session) -> None:
    await asyncio.gather(*(_refresh_one(session, uri) for uri in list(session.pages)))


async def _refresh_one(session: Session, uri: str) -> None:
    params = types.TextDocumentContentRefreshParams(uri)
    try:
        await session.outbox.request(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, params, ANSWER_S)
    except TimeoutError:
        pass  # some clients never answer
    except JsonRpcException:
        session.pages.pop(uri, None)


def _offer(ls: Server, capabilities: types.ServerCapabilities) -> None:
    if ls.session.client.text_document_content and capabilities.workspace is not None:
        capabilities.workspace.text_document_content = types.TextDocumentContentOptions(schemes=[SCHEME])


def _remember(session: Session, uri: str) -> None:
    session.pages.pop(uri, None)
    session.pages[uri] = None
    if len(session.pages) > REMEMBERED:
        del session.pages[next(iter(session.pages))]


def _folders(session: Session, address: Address) -> list[Folder]:
    """Return the folder an address is about, or all of them."""
    if address.folder is None:
        return list(session.folders.values())
    path = to_path(address.folder)
    folder = session.folder_of(path) if path is not None else None
    if folder is None:
        raise SeeAlsoError(f"{address.folder[:200]!r} is in no open folder.", hint="Open the folder first.")
    return [folder]


async def _part(folder: Folder, address: Address) -> Part:
    def link(place: Place) -> str:
        return to_uri(folder.path / place.path, place.start_line)

    def search(workspace: Workspace) -> Part:
        assert isinstance(address, Search)
        answer = workspace.search(address.query, MATCHES)
        note = render.footer(answer.complete, workspace.status() if not answer.complete else None)
        return Part(folder.name, link, matches=worthwhile(answer.matches, MIN_SCORE_ASKED), note=note)

    if isinstance(address, Search):
        return await folder.ask(search)
    groups = await folder.review(lambda workspace, cancelled: workspace.duplicates(cancelled=cancelled))
    return Part(folder.name, link, groups=groups)
