"""From `shutdown` to the end of the process: less than a second, whatever it is at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from fault_server import FaultServer
from lsp.clients import VSCODE
from lsp.conftest import StartEditor, write
from lsp.editor import TIMEOUT_S, Editor, pulling
from lsp.test_large import LARGE
from lsp.test_progress import embedding
from lsp.test_pull import asked, known, pull_all
from lsp.test_served import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    # The test client knows no tokens for partial results.
    pytest.mark.filterwarnings("ignore:Unknown progress token"),
]

TIMES = 3

LEFT_S = 1.0
"""The median of all times: other processes may take the machine once."""


async def seconds_to_leave(editor: Editor) -> float:
    assert editor.process is not None
    began = time.perf_counter()
    await asyncio.wait_for(editor.client.shutdown_async(None), TIMEOUT_S)
    editor.client.exit(None)
    assert await asyncio.wait_for(editor.process.wait(), TIMEOUT_S) == 0
    return time.perf_counter() - began


async def leaves_at_once(begin: Callable[[], Awaitable[Editor]]) -> None:
    """Let the editor leave a server that is in the middle of what `begin` has begun."""
    times = [await seconds_to_leave(await begin()) for _ in range(TIMES)]
    assert sorted(times)[TIMES // 2] < LEFT_S, times


def ask(editor: Editor, method: str, params: Any) -> asyncio.Future[Any]:
    """Ask for what nobody will wait for."""
    answer = asyncio.wrap_future(editor.client.protocol.send_request(method, params))
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer


async def test_while_passages_are_embedded(start: StartEditor, many: Path) -> None:
    async def begin() -> Editor:
        editor = await start(many)
        await embedding(editor)
        return editor

    await leaves_at_once(begin)


async def test_while_documents_of_no_folder_are_embedded(start: StartEditor, many: Path) -> None:
    async def begin() -> Editor:
        editor = await start(many, folders=[])
        for number in range(10):
            editor.open(f"{number}.md")
        await editor.hover("0.md", "2:0")
        return editor

    await leaves_at_once(begin)


async def test_while_a_request_for_all_diagnostics_is_held(start: StartEditor) -> None:
    async def begin() -> Editor:
        editor = await start(capabilities=pulling(VSCODE))
        await editor.indexed()
        held = asked(editor, known(await pull_all(editor)), "a token")
        held.add_done_callback(lambda done: done.exception())
        await editor.command("listDuplicates")
        assert not held.done()
        return editor

    await leaves_at_once(begin)


async def test_while_duplicates_are_listed(start: StartEditor, repetitive: Path) -> None:
    async def begin() -> Editor:
        editor = await start(repetitive)
        await editor.indexed()
        params = types.ExecuteCommandParams("seealso.listDuplicates")
        waiting = [ask(editor, types.WORKSPACE_EXECUTE_COMMAND, params) for _ in range(5)]
        await editor.command("indexStatus")
        assert not any(answer.done() for answer in waiting)
        return editor

    await leaves_at_once(begin)


async def test_while_a_rebuild_waits_for_a_server(start: StartEditor, root: Path, fault_server: FaultServer) -> None:
    async def begin() -> Editor:
        fault_server.release()
        editor = await start(options=served(fault_server))
        await editor.indexed()
        fault_server.hold()
        fault_server.forget()
        write(root, {"new.md": f"# New\n\nWhat nobody has written before {time.time_ns()}.\n"})
        _ = ask(editor, types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("seealso.rebuildIndex"))
        await asyncio.to_thread(fault_server.wait_for, lambda server: bool(server.embeddings))
        return editor

    await leaves_at_once(begin)


async def test_while_a_large_document_is_read(start: StartEditor) -> None:
    async def begin() -> Editor:
        editor = await start()
        await editor.indexed()
        editor.open("notes/large.md", LARGE)
        params = types.HoverParams(types.TextDocumentIdentifier(editor.uri("notes/large.md")), types.Position(2, 0))
        _ = ask(editor, types.TEXT_DOCUMENT_HOVER, params)
        return editor

    await leaves_at_once(begin)
