"""Open documents as the client has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.positions import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seealso.lsp.positions import Encoding


@dataclass(slots=True, eq=False)
class Document:
    """One open document; replaced texts are new values, so that a snapshot stays what it was."""

    uri: str
    """As the client spells it."""
    path: Path
    language_id: str
    version: int
    text: Text
    written: int | None = None
    """Version the workspace has been given."""

    def change(self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent], encoding: Encoding) -> None:
        """Apply the changes of one notification in their order."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                self.text = self.text.edited(change.range, change.text)
            else:
                self.text = Text.of(change.text, encoding)
        self.version = version


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an open document, and where it stands in its workspace; what questions are asked about."""

    document: Document
    version: int
    text: Text
    path: str
    """Relative to the workspace root, with `/`."""
