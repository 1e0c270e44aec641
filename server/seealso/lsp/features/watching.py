"""Files that change on disk: watched ones, and those the editor creates, renames or deletes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.committed import FILE_NAME
from seealso.lsp.uris import to_path

if TYPE_CHECKING:
    from pathlib import Path

    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.lsp.session import Session

SETTLE_S = 0.5
"""A branch switch is one update, not a thousand."""

IGNORE_FILES = ".{gitignore,ignore,seealsoignore}"

_ANY_FILE = types.FileOperationRegistrationOptions(
    filters=[types.FileOperationFilter(scheme="file", pattern=types.FileOperationPattern(glob="**"))]
)
"""Folders too: when one is renamed or deleted, clients do not name each file in it."""


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            touched(ls.session, change.uri)

    @server.on(types.WORKSPACE_DID_CREATE_FILES, _ANY_FILE)
    def did_create_files(ls: Server, params: types.CreateFilesParams) -> None:
        for file in params.files:
            touched(ls.session, file.uri)

    @server.on(types.WORKSPACE_DID_RENAME_FILES, _ANY_FILE)
    def did_rename_files(ls: Server, params: types.RenameFilesParams) -> None:
        for file in params.files:
            touched(ls.session, file.old_uri)
            touched(ls.session, file.new_uri)

    @server.on(types.WORKSPACE_DID_DELETE_FILES, _ANY_FILE)
    def did_delete_files(ls: Server, params: types.DeleteFilesParams) -> None:
        for file in params.files:
            touched(ls.session, file.uri)


def touched(session: Session, uri: str) -> None:
    """Bring the index of the folder that holds a file up to date, soon."""
    path = to_path(uri)
    folder = session.folder_of(path) if path is not None else None
    if folder is None or path is None:
        return
    if path.name == FILE_NAME:
        session.debouncer.soon(("pairs", folder.uri), SETTLE_S, lambda: _look_at_pairs(session, folder))
    elif not _is_switched_off(folder, path):
        session.debouncer.soon(("update", folder.uri), SETTLE_S, folder.refresh)


def _is_switched_off(folder: Folder, path: Path) -> bool:
    """Tell whether a file is of a format that is not read in its folder: source files change all the time."""
    from seealso.text.registry import extensions

    suffix = path.suffix.lower()
    return suffix in extensions() and suffix not in extensions(folder.settings.index)


async def _look_at_pairs(session: Session, folder: Folder) -> None:
    """Say what is wrong with the file of pairs, and let answers follow it."""
    await folder.check()
    session.changed(folder)


async def register_dynamically(ls: Server) -> None:
    """Ask the client to watch documents, ignore files and the file of pairs."""
    if not ls.session.client.registers_watchers:
        return
    globs = await asyncio.get_running_loop().run_in_executor(ls.session.threads.questions, _globs)
    await ls.offers.register(
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in globs]),
    )


def _globs() -> list[str]:
    from seealso.text.registry import extensions

    names = ",".join(sorted(extension.removeprefix(".") for extension in extensions()))
    return [f"**/*.{{{names}}}", f"**/{IGNORE_FILES}", f"**/{FILE_NAME}"]
