"""`window/workDoneProgress/cancel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def work_done_progress_cancel(ls: Server, params: types.WorkDoneProgressCancelParams) -> None:
        for folder in ls.session.places:
            if folder.updater is not None and folder.updater.owns(params.token):
                folder.updater.cancel()
