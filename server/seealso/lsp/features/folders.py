"""`workspace/didChangeWorkspaceFolders`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.features import configuration, diagnostics

if TYPE_CHECKING:
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_workspace_folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for removed in params.event.removed:
            ls.session.remove_folder(removed.uri)
        for added in params.event.added:
            ls.session.add_folder(added.uri)
        for document in list(ls.session.documents.values()):
            ls.session.take_in(document)
        await configuration.configure(ls)
        for document in list(ls.session.documents.values()):
            diagnostics.schedule(ls.session, document)
