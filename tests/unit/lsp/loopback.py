"""The server inside the test's own loop, for what cannot be seen from outside of its process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from seealso.lsp.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

T = TypeVar("T")
TIMEOUT_S = 20.0


class Loopback:
    """Feeds messages to a server and keeps what it writes."""

    def __init__(self) -> None:
        self.server = Server()
        self.server.protocol.set_writer(self, include_headers=False)
        self.sent: list[dict[str, Any]] = []
        self._arrived = asyncio.Event()
        self._ids = 0

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))
        self._arrived.set()

    def close(self) -> None:
        """Belongs to what a writer is."""

    def receive(self, message: dict[str, Any]) -> None:
        """Let the server read one message."""
        protocol = self.server.protocol
        protocol.handle_message(protocol.structure_message({"jsonrpc": "2.0", **message}))

    def notify(self, method: str, params: Any) -> None:
        self.receive({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request; return its id."""
        self._ids += 1
        self.receive({"id": self._ids, "method": method, "params": params})
        return self._ids

    async def until(self, find: Callable[[], T | None]) -> T:
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                self._arrived.clear()
                if (found := find()) is not None:
                    return found
                await self._arrived.wait()

    async def answer(self, number: int) -> dict[str, Any]:
        """Return the answer to a request."""
        return await self.until(
            lambda: next((m for m in self.sent if m.get("id") == number and "method" not in m), None)
        )

    def all(self, method: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message.get("method") == method]

    async def request(self, method: str, params: Any) -> Any:
        answer = await self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer.get("result")


class Gate:
    """Holds one of the threads until it is opened."""

    def __init__(self, client: Loopback, thread: str = "questions") -> None:
        self._opened = threading.Event()
        self._thread: Executor = getattr(client.server.session.threads, thread)

    def __enter__(self) -> None:
        self._thread.submit(self._opened.wait)

    def __exit__(self, *_error: object) -> None:
        self._opened.set()


@asynccontextmanager
async def loopback(root: Path | None, capabilities: dict[str, Any] | None = None) -> AsyncIterator[Loopback]:
    """Start a session on a folder, and end it."""
    client = Loopback()
    await client.request(
        "initialize",
        {"processId": None, "rootUri": root.as_uri() if root else None, "capabilities": capabilities or {}},
    )
    client.notify("initialized", {})
    try:
        yield client
    finally:
        client.server.session.close()
        assert await asyncio.to_thread(client.server.session.wait, TIMEOUT_S)


def document(path: Path, text: str, version: int = 1) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri(), "languageId": "markdown", "version": version, "text": text}}


def insertion(path: Path, version: int, text: str = "x") -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    return {
        "textDocument": {"uri": path.as_uri(), "version": version},
        "contentChanges": [{"range": {"start": start, "end": start}, "text": text}],
    }


def hover(path: Path, line: int = 2) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": 0}}
