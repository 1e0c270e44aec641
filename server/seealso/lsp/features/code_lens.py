"""`textDocument/codeLens` and `codeLens/resolve`: what there is to each section, in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.errors import CancelledError
from seealso.lsp.sections import Counts, count, sections, words

if TYPE_CHECKING:
    from seealso.lsp.capabilities import Client
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.lsp.session import Session
    from seealso.workspace import Workspace

CLIENT_COMMAND = "seealso.client.showRelated"
"""Performed by clients that say so: shows what is related to the passage at a position, called with (uri, position)."""

SERVER_COMMAND = "seealso.showRelated"
"""What other clients are given, since a lens without a command is not shown. Its answer is data, for scripts."""

LENSES = 1000
"""Lenses of one document, at most; more would hold up the answers to other requests."""

SETTLE_S = 1.0
"""An index that is being built changes all the time."""

ANSWER_S = 10.0


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_CODE_LENS,
        types.CodeLensOptions(resolve_provider=True),
        wanted=lambda settings: settings.code_lens.enabled,
    )
    async def code_lens(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.code_lens.enabled:
            return None
        lines = await folder.ask(lambda workspace: _lines(workspace, snapshot.path))
        if not ls.session.is_current(snapshot):
            return None
        found = [_unresolved(snapshot, line) for line in lines]
        ls.session.shows_lenses = ls.session.shows_lenses or bool(found)
        return found

    @server.on(types.CODE_LENS_RESOLVE)
    async def resolve(ls: Server, lens: types.CodeLens) -> types.CodeLens:
        match lens.data:
            case {"uri": str(uri), "version": int(version), "line": int(line)}:
                asked = await ls.session.snapshot(uri)
                if asked is not None and asked[1].version == version:
                    folder, snapshot = asked
                    counts = await _counts(ls.session, folder, snapshot, line)
                    if counts is not None and ls.session.is_current(snapshot):
                        lens.command = _command(counts, snapshot, ls.session.client)
        return lens  # without a command when the document has changed: the client asks again


def _lines(workspace: Workspace, path: str) -> list[int]:
    """Return where the headings of the sections with prose of their own stand."""
    segmentation = workspace.segmentation(path)
    return [section.heading.line for section in sections(segmentation)[:LENSES]] if segmentation is not None else []


async def _counts(session: Session, folder: Folder, snapshot: Snapshot, line: int) -> Counts | None:
    try:
        return await folder.review(
            lambda workspace, cancelled: count(
                workspace, snapshot.path, line, lambda: cancelled() or not session.is_current(snapshot)
            )
        )
    except CancelledError:
        return None


def refresh(session: Session, _folder: Folder) -> None:
    """Let a client that shows lenses ask for them again."""
    if session.shows_lenses and session.client.code_lens_refresh:
        session.debouncer.soon("code lenses", SETTLE_S, lambda: _refresh(session))


async def _refresh(session: Session) -> None:
    try:
        await session.outbox.request(types.WORKSPACE_CODE_LENS_REFRESH, None, ANSWER_S)
    except (JsonRpcException, TimeoutError) as error:
        session.outbox.log(f"The client did not ask for code lenses again: {error}")


def _unresolved(snapshot: Snapshot, line: int) -> types.CodeLens:
    at = types.Position(line, 0)
    data = {"uri": snapshot.document.uri, "version": snapshot.version, "line": line}
    return types.CodeLens(types.Range(at, at), data=data)


def _command(counts: Counts, snapshot: Snapshot, client: Client) -> types.Command:
    at = snapshot.text.position_of_byte(counts.passage.start_byte)
    uri, position = snapshot.document.uri, {"line": at.line, "character": at.character}
    if CLIENT_COMMAND in client.commands:
        return types.Command(words(counts), CLIENT_COMMAND, arguments=[uri, position])
    return types.Command(words(counts), SERVER_COMMAND, arguments=[{"uri": uri, "position": position}])
