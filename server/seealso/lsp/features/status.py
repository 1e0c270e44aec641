"""`seealso/status`: how the index of each folder is, for status bars of clients that ask for it.

They do so with `experimental.seealso.status` in their capabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seealso.errors import SeeAlsoError
from seealso.lsp.progress import describe, percentage
from seealso.report import status_json

if TYPE_CHECKING:
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.report import Json

METHOD = "seealso/status"

EVERY_S = 0.5
"""As often as this at most, so that a bar moves but nobody is kept busy."""


def register(server: Server) -> None:
    """Nothing to register: the server speaks first."""
    del server


def soon(ls: Server) -> None:
    """Tell the client what is new, soon."""
    if ls.session.client.wants_status:
        ls.session.debouncer.soon("status", EVERY_S, lambda: _tell(ls))


async def _tell(ls: Server) -> None:
    folders = [await _status(folder) for folder in list(ls.session.folders.values())]
    if folders != ls.session.told_status:
        ls.session.told_status = folders
        ls.outbox.notify(METHOD, {"folders": folders})


async def _status(folder: Folder) -> Json:
    named: Json = {"uri": folder.uri, "name": folder.name}
    try:
        status = await folder.ask(lambda workspace: workspace.status())
    except SeeAlsoError as error:
        return {**named, "state": "failed", "message": str(error)}
    updater = folder.updater
    progress = updater.progress if updater is not None else None
    return {
        **named,
        **status_json(status),
        "errors": len(status.errors),
        "message": describe(progress) if progress is not None else updater.outcome if updater is not None else "",
        "percentage": percentage(progress) if progress is not None else None,
    }
