"""One document that an editor has open."""

from __future__ import annotations

from bench.corpus import Sheet
from bench.rpc import Client


class Page:
    """One document that is open at a server; text is added at its end alone."""

    def __init__(self, client: Client, sheet: Sheet, *, whole: bool) -> None:
        self.uri = sheet.path.as_uri()
        self.text = sheet.text
        self.version = 1
        self._client = client
        self._whole = whole
        item = {"uri": self.uri, "languageId": sheet.language_id, "version": 1, "text": self.text}
        client.notify("textDocument/didOpen", {"textDocument": item})

    @property
    def end(self) -> dict[str, int]:
        lines = self.text.split("\n")
        return {"line": len(lines) - 1, "character": len(lines[-1].encode("utf-16-le")) // 2}

    def add(self, text: str) -> None:
        change: dict[str, object] = {"range": {"start": self.end, "end": self.end}, "text": text}
        self.text += text
        self.version += 1
        if self._whole:
            change = {"text": self.text}
        identifier = {"uri": self.uri, "version": self.version}
        self._client.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]})

    def close(self) -> None:
        self._client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})
