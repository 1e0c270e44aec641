"""The model on a server, through the real process: away, back, exchanged while it runs, and its key told to nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from fault_server import FaultServer
from lsp.clients import VSCODE
from lsp.conftest import MUSIC, StartEditor, write
from lsp.editor import Editor
from seealso.embed.identity import PROBES

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY = "sk-that-nobody-may-see"


def served(server: FaultServer, **more: Any) -> dict[str, Any]:
    return {"embedding": {"backend": "openai", "endpoint": server.url, "apiKey": KEY, **more}}


def texts(server: FaultServer) -> list[str]:
    return [text for text in server.texts if text not in PROBES]


async def status(editor: Editor) -> dict[str, Any]:
    (found,) = (await editor.command("indexStatus"))["folders"]
    return dict(found)


async def until_ready(editor: Editor, model: str) -> None:
    """Look again after each message until the index is complete for a model."""
    while True:
        seen = len(editor.received)
        found = await status(editor)
        if (found["model"], found["state"]) == (model, "ready"):
            return
        await editor.until(lambda seen=seen: len(editor.received) > seen or None)  # type: ignore[misc]


def shown(editor: Editor) -> list[str]:
    return [params.message for params in editor.all(types.WINDOW_SHOW_MESSAGE)]


async def test_progress_shows_and_answers_come_from_the_server(start: StartEditor, fault_server: FaultServer) -> None:
    fault_server.personality.api_key = KEY
    editor = await start(options=served(fault_server), environment={"SEEALSO_LOG": "debug"})
    assert await editor.indexed() == "up to date"
    said = [str(params.value) for params in editor.all(types.PROGRESS)]
    assert any("embedding" in value and "passages" in value for value in said)
    assert MUSIC in texts(fault_server)
    assert {record.authorization for record in fault_server.requests} == {f"Bearer {KEY}"}
    assert (await status(editor))["model"] == "bag-of-words/64"
    editor.open("notes/music.md")
    hover = await editor.hover("notes/music.md", "2:0")
    assert hover is not None
    assert "Again" in str(hover.contents)
    await editor.stop()
    assert b"initialization_options" in editor.stderr, "pygls did log what the client sent"
    assert b"apiKey" in editor.stderr
    assert KEY.encode() not in editor.stderr
    assert KEY not in str(editor.received)


async def test_pulled_and_pushed_keys_are_not_logged_either(start: StartEditor, fault_server: FaultServer) -> None:
    for capabilities in (VSCODE, types.ClientCapabilities()):
        editor = await start(
            capabilities=capabilities, configuration=served(fault_server), environment={"SEEALSO_LOG": "debug"}
        )
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"seealso": served(fault_server, apikey=KEY, api_key=KEY)})
        )
        await editor.command("updateIndex")
        await editor.stop()
        assert b"DEBUG" in editor.stderr
        assert KEY.encode() not in editor.stderr
        assert KEY not in str([params for method, params in editor.received if method != types.WORKSPACE_CONFIGURATION])


async def test_a_server_that_is_away_at_the_start(start: StartEditor, fault_server: FaultServer) -> None:
    fault_server.down()
    editor = await start(options=served(fault_server))
    ended = await editor.indexed()
    assert ended.startswith(f"stopped: No embedding server answers at {fault_server.url}")
    assert "Next try in " in ended
    waiting = [str(params.value) for params in editor.all(types.PROGRESS)]
    assert any("Trying again in" in value for value in waiting), "it is said what is waited for"
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is not None
    found = await editor.command("search", {"query": "orchestra symphony"})
    assert (found["complete"], found["matches"][0]["path"]) == (False, "notes/again.md")
    assert (await status(editor))["state"] == "partial"
    fault_server.up()
    await editor.command("updateIndex")
    assert (await status(editor))["state"] == "ready"
    assert len(shown(editor)) == 1
    assert fault_server.url in shown(editor)[0]


async def test_backends_are_exchanged_while_it_runs(start: StartEditor, fault_server: FaultServer) -> None:
    editor = await start(capabilities=VSCODE, configuration={})
    await editor.indexed()
    before = await status(editor)
    assert before["model"].startswith("multilingual-e5-small")

    async def change(configuration: dict[str, Any]) -> None:
        editor.client.set_configuration(configuration, section="seealso")
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))

    await change(served(fault_server))
    await until_ready(editor, "bag-of-words/64")
    assert MUSIC in texts(fault_server)
    editor.open("notes/music.md")
    assert "Again" in str(await editor.hover("notes/music.md", "2:0"))
    editor.change("notes/music.md", None, f"# Music\n\nUnsaved. {MUSIC}\n")
    await editor.hover("notes/music.md", "2:0")
    assert f"Unsaved. {MUSIC}" in texts(fault_server)
    fault_server.forget()
    await change({})
    await until_ready(editor, before["model"])
    editor.change("notes/music.md", None, f"# Music\n\nUnsaved again. {MUSIC}\n")
    assert "Again" in str(await editor.hover("notes/music.md", "2:0"))
    assert texts(fault_server) == []


async def test_documents_cannot_name_a_server(start: StartEditor, root: Path, fault_server: FaultServer) -> None:
    write(root, {"seealso.toml": f'[embedding]\nbackend = "openai"\nendpoint = "{fault_server.url}"\n'})
    editor = await start()
    await editor.indexed()
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is not None
    (message,) = shown(editor)
    assert "seealso.toml' sets `seealso.embedding`, which only your own settings may" in message
    assert fault_server.requests == []
    assert (await status(editor))["model"].startswith("multilingual-e5-small")
