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

LARGE = 1_000_000
"""Characters of a document that has a thread of its own: they take some 0.3 s to read."""


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
    large: bool = False
    """Whether it takes so long to read that nobody else should wait for it; once it is, it stays so."""

    def __post_init__(self) -> None:
        self._grown()

    def _grown(self) -> None:
        self.large = self.large or len(self.text.source) > LARGE

    def change(self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent], encoding: Encoding) -> None:
        """Apply the changes of one notification in their order."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                self.text = self.text.edited(change.range, change.text)
            else:
                self.text = Text.of(change.text, encoding)
        self.version = version
        self._grown()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an open document, and where it stands in its workspace; what questions are asked about."""

    document: Document
    version: int
    text: Text
    path: str
    """Relative to the workspace root, with `/`."""
