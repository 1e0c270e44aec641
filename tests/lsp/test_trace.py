"""`$/setTrace`: what the server does with the client's messages, without their text."""

from __future__ import annotations

import pytest
from lsprotocol import types

from lsp.clients import VSCODE
from lsp.conftest import StartEditor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_messages_are_traced_while_the_client_wants_it(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("notes/music.md")
    await editor.hover("notes/music.md", "2:0")
    assert editor.all(types.LOG_TRACE) == []

    editor.client.set_trace(types.SetTraceParams(types.TraceValue.Messages))
    await editor.hover("notes/music.md", "2:0")
    traced = await editor.message(types.LOG_TRACE)
    assert traced.message.startswith("textDocument/hover: ")
    assert traced.verbose is None

    since = len(editor.received)
    editor.client.set_trace(types.SetTraceParams(types.TraceValue.Verbose))
    editor.change("notes/music.md", "2:0-2:0", "A secret word. ")
    traced = await editor.message(types.LOG_TRACE, since=since)
    assert traced.message.startswith("textDocument/didChange: ")
    assert traced.verbose == editor.uri("notes/music.md")

    editor.client.set_trace(types.SetTraceParams(types.TraceValue.Off))
    since = len(editor.received)
    await editor.hover("notes/music.md", "2:0")
    assert editor.all(types.LOG_TRACE, since=since) == []
    assert "secret" not in str(editor.all(types.LOG_TRACE))
