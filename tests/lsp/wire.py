"""A client for tests that keeps every message as it came over the wire, with nothing between it and the JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lsprotocol.converters import get_converter

from bench.rpc import Client, Message
from lsp.clients import client_capabilities
from lsp.editor import TIMEOUT_S
from prefork import seealso

Json = dict[str, Any]

SETTINGLESS: Mapping[str, Callable[[Any], object]] = {
    "workspace/configuration": lambda params: [None] * len(params["items"])
}
"""Answers of a client whose user has set nothing."""


class Wire(Client):
    """Knows what each answer is an answer to."""

    def __init__(self, cache: Path, answers: Mapping[str, Callable[[Any], object]] = SETTINGLESS) -> None:
        self.log = cache / "stderr.log"
        self.answered: list[tuple[str, Message]] = []
        """Methods of requests, and the answers to them."""
        cache.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "SEEALSO_CACHE_DIR": str(cache)}
        with self.log.open("wb") as log:
            super().__init__(seealso("lsp"), environment, answers, stderr=log)

    def ask(self, method: str, params: object, timeout_s: float | None = TIMEOUT_S) -> Message:
        answer = super().ask(method, params, timeout_s)
        self.answered.append((method, answer))
        return answer

    def begin(self, root: Path, capabilities: Json, options: object = None) -> Json:
        """Open a folder and wait until it is indexed; return what the server can do."""
        uri = root.as_uri()
        answer = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": root.name}],
                "capabilities": capabilities,
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})
        self.request("workspace/executeCommand", {"command": "seealso.updateIndex"})
        offered: Json = answer["capabilities"]
        return offered

    def open(self, path: Path, text: str, version: int = 1) -> str:
        uri = path.as_uri()
        language_id = {".md": "markdown", ".rst": "restructuredtext"}.get(path.suffix, "plaintext")
        item = {"uri": uri, "languageId": language_id, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def published(self, uri: str, version: int) -> list[Json]:
        """Return the diagnostics of a version once they have come."""

        def wanted(message: Message) -> bool:
            params = message.get("params") or {}
            return message.get("method") == "textDocument/publishDiagnostics" and (
                (params["uri"], params.get("version")) == (uri, version)
            )

        come = next((message for message in reversed(self.notifications) if wanted(message)), None)
        items: list[Json] = (come or self.until(wanted, TIMEOUT_S))["params"]["diagnostics"]
        return items


@contextmanager
def wire(cache: Path, answers: Mapping[str, Callable[[Any], object]] = SETTINGLESS) -> Iterator[Wire]:
    """Start a server; in the end it has to leave by itself, without having met a bug."""
    client = Wire(cache, answers)
    try:
        yield client
        assert client.stop() == 0
    finally:
        client.process.kill()
        client.process.wait()
    log = client.log.read_text()
    assert "Traceback" not in log, log
    shown = [m["params"]["message"] for m in client.notifications if m["method"] == "window/showMessage"]
    assert not [message for message in shown if "internal error" in message]


def capabilities_of(editor: str) -> Json:
    """Return the recorded capabilities of an editor as JSON."""
    capabilities: Json = get_converter().unstructure(client_capabilities(editor))
    return capabilities
