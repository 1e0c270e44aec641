"""Connections as servers may leave them."""

from __future__ import annotations

import asyncio
import time

import pytest

from seealso.embed import http
from seealso.embed.endpoint import Endpoint
from seealso.embed.http import BrokenError, Http


@pytest.mark.parametrize("listens", [True, False])
def test_an_answer_is_waited_for_while_somebody_listens(listens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LOOK_S", 0.05)

    async def talk() -> bytes:
        answer = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.readline()
            if line.startswith(b"POST"):
                if not listens:
                    server.close()
                await answer.wait()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = Http(Endpoint(f"http://127.0.0.1:{port}/v1"), 4)
        asyncio.get_running_loop().call_later(0.5, answer.set if listens else lambda: None)
        try:
            return await client.post("/embeddings", b"{}")
        finally:
            answer.set()
            await client.close()
            server.close()

    began = time.monotonic()
    if listens:
        assert asyncio.run(talk()) == b"{}"
    else:
        with pytest.raises(BrokenError, match="stopped listening"):
            asyncio.run(talk())
    assert time.monotonic() - began < 10
