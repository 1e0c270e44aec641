"""Code actions that are computed while somebody types on."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from seealso.lsp.tasks import CHANGED, Task, What
from unit.lsp.loopback import Gate, document, hover, insertion, loopback

pytestmark = pytest.mark.asyncio

BODY = "The orchestra plays a symphony by Mahler on Friday evening in the old concert hall near the river."
TEXT = f"# Music\n\n{BODY}\n\nSee also:\n\n- [Gone](gone.md)\n"


@pytest.mark.parametrize("what", [What.LIST, What.LISTS])
async def test_an_edit_that_arrives_in_between_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what: What
) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "a.md"
    action = {"title": "Refresh", "data": Task(what, path.as_uri(), 1, 0).wire()}
    async with loopback(tmp_path / "docs") as client:
        client.notify("textDocument/didOpen", document(path, TEXT))
        with Gate(client, "reviews"):
            number = client.ask("codeAction/resolve", action)
            await client.request("textDocument/hover", hover(path))  # asked later: the action waits for its thread
            client.notify("textDocument/didChange", insertion(path, 2, f"# More\n\n{BODY} Again.\n\n" * 9))
            await client.request("textDocument/hover", hover(path))  # the workspace has the new version
        error = (await client.answer(number))["error"]
    assert error["code"] == types.LSPErrorCodes.RequestFailed.value, caplog.text
    assert error["message"] == str(CHANGED)
