"""`$/cancelRequest`: the answer comes at once, and the work behind it ends as well."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.clients import VSCODE
from lsp.conftest import REPETITIONS, StartEditor
from lsp.editor import TIMEOUT_S, Editor, pulling

pytestmark = pytest.mark.asyncio(loop_scope="session")

STOPPED = b"A review was stopped"

ATTEMPTS = 10


async def test_the_work_ends_early(start: StartEditor, repetitive: Path) -> None:
    capabilities = pulling(VSCODE)
    assert capabilities.workspace is not None
    capabilities.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    editor = await start(repetitive, capabilities=capabilities, environment={"SEEALSO_LOG": "info"})
    assert await editor.indexed() == "up to date"
    groups = (await editor.command("listDuplicates"))["groups"]
    assert sum(len(group["places"]) for group in groups) == REPETITIONS

    await stopped(editor, types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("seealso.listDuplicates"))
    report = types.TextDocumentContentParams("seealso:duplicates.md")
    await stopped(editor, types.WORKSPACE_TEXT_DOCUMENT_CONTENT, report)
    await stopped(editor, types.WORKSPACE_DIAGNOSTIC, types.WorkspaceDiagnosticParams([]))


async def stopped(editor: Editor, method: str, params: Any) -> None:
    """Cancel a request until one was at work just then: it may not have begun, or be at its end already."""
    before = editor.stderr.count(STOPPED)
    for attempt in range(ATTEMPTS):
        identifier = f"{method} {attempt}"
        asked = asyncio.wrap_future(editor.client.protocol.send_request(method, params, msg_id=identifier))
        # Asked later and answered before, in another thread.
        await editor.command("indexStatus")
        if asked.done():
            continue
        editor.client.cancel_request(types.CancelParams(identifier))
        with pytest.raises(JsonRpcException) as raised:
            await asyncio.wait_for(asked, TIMEOUT_S)
        assert raised.value.code == types.LSPErrorCodes.RequestCancelled
        # One review comes after the other.
        await editor.command("listDuplicates", {"kinds": ["edited"]})
        if editor.stderr.count(STOPPED) > before:
            return
    pytest.fail(f"No work for {method} was stopped in {ATTEMPTS} attempts.")
