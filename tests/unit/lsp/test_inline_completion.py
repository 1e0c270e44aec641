"""Ghost text for what is no longer asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from unit.lsp.loopback import Gate, document, insertion, loopback

WRITTEN = "The orchestra plays a symphony by Mahler on Friday evening in the old concert hall."
TEXT = f"{WRITTEN}\n\nThe orchestra plays a s\n"

pytestmark = pytest.mark.asyncio


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs" / "a.md"


def question(path: Path, line: int = 2) -> dict[str, Any]:
    return {
        "textDocument": {"uri": path.as_uri()},
        "position": {"line": line, "character": 23},
        "context": {"triggerKind": types.InlineCompletionTriggerKind.Invoked.value},
    }


def texts(answer: dict[str, Any] | None) -> list[str]:
    return [item["insertText"] for item in answer["items"]] if answer else []


async def test_an_answer_for_text_that_has_changed_is_none(path: Path) -> None:
    async with loopback(path.parent) as client:
        client.notify("textDocument/didOpen", document(path, TEXT))
        assert texts(await client.request("textDocument/inlineCompletion", question(path))) == [WRITTEN[23:]]
        with Gate(client):
            number = client.ask("textDocument/inlineCompletion", question(path))
            await asyncio.sleep(0)  # the handler has asked
            client.notify("textDocument/didChange", insertion(path, 2, "\n"))
        assert (await client.answer(number))["result"] is None
        assert texts(await client.request("textDocument/inlineCompletion", question(path, 3))) == [WRITTEN[23:]]


async def test_a_cancelled_question_stops_and_does_not_lose_edits(path: Path) -> None:
    async with loopback(path.parent) as client:
        client.notify("textDocument/didOpen", document(path, TEXT))
        await client.request("textDocument/inlineCompletion", question(path))
        with Gate(client):
            client.notify("textDocument/didChange", insertion(path, 2, "\n"))
            number = client.ask("textDocument/inlineCompletion", question(path, 3))
            await asyncio.sleep(0)
            client.notify("$/cancelRequest", {"id": number})
            answer = await client.answer(number)
        assert answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled.value
        assert texts(await client.request("textDocument/inlineCompletion", question(path, 3))) == [WRITTEN[23:]]
