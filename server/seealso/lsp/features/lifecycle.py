"""From `initialize` to `shutdown`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.capabilities import Client
from seealso.lsp.configuration import section
from seealso.lsp.features import code_lens, configuration, content, diagnostics, status, watching
from seealso.lsp.session import NO_FOLDER, Session
from seealso.lsp.uris import to_uri

if TYPE_CHECKING:
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.INITIALIZE, quiet=False)
    def initialize(ls: Server, params: types.InitializeParams) -> None:
        ls.protocol.trace = params.trace or ls.protocol.trace
        # Only what the answer needs: models, indexes and folders come after it.
        name = params.client_info.name if params.client_info is not None else ""
        client = Client.of(params.capabilities, name)
        ls.session = Session(ls.outbox, client, section(params.initialization_options))
        ls.session.listeners = [
            partial(refresh, ls.session) for refresh in (diagnostics.changed, code_lens.refresh, content.refresh)
        ]
        ls.session.on_progress = lambda: status.soon(ls)
        for uri in folder_uris(params):
            ls.session.add_folder(uri)

    @server.on(types.INITIALIZED)
    def initialized(ls: Server, _params: types.InitializedParams) -> None:
        # Not awaited here: pygls cannot have this handler cancelled when the client leaves early.
        if not ls.session.folders:
            ls.outbox.log(NO_FOLDER)
        ls.session.debouncer.later("the start", 0.0, lambda: begin(ls))

    @server.on(types.SHUTDOWN)
    def shutdown(ls: Server, _params: None) -> None:
        ls.session.close()


async def begin(ls: Server) -> None:
    """Tell the client what to tell us, learn its settings, and open its folders."""
    # Side by side: some clients never answer a registration.
    await asyncio.gather(
        configuration.register_dynamically(ls), watching.register_dynamically(ls), configuration.configure(ls)
    )


def folder_uris(params: types.InitializeParams) -> list[str]:
    """Return the folders to work on: all of them, or the one root that older clients name."""
    if params.workspace_folders:
        return [folder.uri for folder in params.workspace_folders]
    if params.root_uri:
        return [params.root_uri]
    if params.root_path:
        from pathlib import Path

        return [to_uri(Path(params.root_path))]
    return []
