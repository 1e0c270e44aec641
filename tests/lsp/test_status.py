"""`seealso/status`: what a status bar shows."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from lsp.clients import VSCODE, client_capabilities
from lsp.conftest import FILES, StartEditor
from lsp.editor import Editor, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")

STATUS = "seealso/status"


def wants_status() -> types.ClientCapabilities:
    capabilities = client_capabilities(VSCODE)
    capabilities.experimental = {"seealso": {"status": True}}
    return capabilities


async def told(editor: Editor, wanted: dict[str, Any], *, since: int = 0) -> dict[str, Any]:
    """Return the first status of the one folder that says what is wanted."""

    def find() -> dict[str, Any] | None:
        for params in editor.all(STATUS, since=since):
            (folder,) = plain(params)["folders"]
            if wanted.items() <= folder.items():
                return dict(folder)
        return None

    return await editor.until(find)


async def test_a_status_bar_follows_the_index(start: StartEditor, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for number in range(12):
        (new / f"{number}.md").write_text(
            f"# Part {number}\n\n" + "".join(f"{number} {text}" for text in FILES.values())
        )
    editor = await start(new, capabilities=wants_status())
    ready = await told(editor, {"state": "ready"})
    assert ready["uri"] == new.as_uri()
    assert ready["name"] == "new"
    assert ready["documents"] == 12
    assert ready["passages"] == ready["embedded"] > 12
    assert (ready["pending"], ready["errors"]) == (0, 0)
    assert "e5" in ready["model"]
    assert (ready["message"], ready["percentage"]) == ("", None)
    seen = [plain(params)["folders"] for params in editor.all(STATUS)]
    assert all(one != other for one, other in pairwise(seen)), "only what is new is told"

    since = len(editor.received)
    (new / "large.md").write_text("x " * 6_000_000)
    editor.save("1.md", "# Gone\n")
    assert (await told(editor, {"state": "ready", "errors": 1}, since=since))["documents"] == 12


async def test_it_is_told_again_when_settings_change_so_that_views_ask_again(start: StartEditor) -> None:
    editor = await start(capabilities=wants_status(), configuration={})
    ready = await told(editor, {"state": "ready"})

    since = len(editor.received)
    editor.client.set_configuration({"related": {"limit": 1}}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    assert await told(editor, ready, since=since) == ready


async def test_who_does_not_ask_is_not_told(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("notes/music.md")
    await editor.diagnosed("notes/music.md")
    await asyncio.wait_for(editor.command("indexStatus"), 10)
    assert editor.all(STATUS) == []


async def test_a_folder_that_is_not_there_says_so(start: StartEditor, tmp_path: Path) -> None:
    editor = await start(tmp_path / "missing", capabilities=wants_status())
    failed = await told(editor, {"state": "failed"})
    assert "does not exist" in failed["message"]
