"""Which folder a document of a command is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seealso.errors import SettingsError
from seealso.lsp.uris import to_path

if TYPE_CHECKING:
    from seealso.lsp.folder import Folder
    from seealso.lsp.session import Session


async def located(session: Session, uri: str) -> tuple[Folder, str]:
    """Return the folder that holds a document, and its path there.

    Raises `SettingsError` when none does.
    """
    path = to_path(uri)
    folder = session.folder_of(path) if path is not None else None
    relative = await folder.relative(path) if folder is not None and path is not None else None
    if folder is None or relative is None:
        raise SettingsError(f"{uri} is in no open folder.")
    return folder, relative
