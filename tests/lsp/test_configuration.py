"""Settings: where they come from, who wins, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE, client_capabilities
from lsp.conftest import FILES, StartEditor, write
from lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NO_RST = {"index": {"exclude": ["*.rst"]}}


async def documents(editor: Editor) -> int:
    await editor.command("updateIndex")
    (status,) = (await editor.command("indexStatus"))["folders"]
    return int(status["documents"])


async def test_the_client_is_asked_for_each_folder(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities, configuration=NO_RST, options={"hover": {"enabled": False}})
    await editor.indexed()
    (asked,) = editor.all(types.WORKSPACE_CONFIGURATION)
    assert [(item.scope_uri, item.section) for item in asked.items] == [(editor.root.as_uri(), "seealso")]
    assert await documents(editor) == len(FILES) - 2
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is None, "options of the start hold where the answer is silent"


async def test_a_change_takes_effect(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, configuration={})
    await editor.indexed()
    registered = [
        registration.method
        for params in editor.all(types.CLIENT_REGISTER_CAPABILITY)
        for registration in params.registrations
    ]
    assert types.WORKSPACE_DID_CHANGE_CONFIGURATION in registered
    editor.open("notes/again.md")
    assert (await editor.diagnosed("notes/again.md")).diagnostics[0].severity == types.DiagnosticSeverity.Information

    since = len(editor.received)
    editor.client.set_configuration({"diagnostics": {"exact": "warning"}, **NO_RST}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    found = await editor.diagnosed("notes/again.md", since=since)
    assert found.diagnostics[0].severity == types.DiagnosticSeverity.Warning
    await editor.indexed(since=since)
    assert await documents(editor) == len(FILES) - 2

    since = len(editor.received)
    editor.client.set_configuration({"diagnostics": {"enabled": False}}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    assert (await editor.diagnosed("notes/again.md", since=since)).diagnostics == ()


async def test_what_is_left_out_is_left_alone_in_the_editor_too(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, configuration={"index": {"maxFileBytes": 5000}})
    write(editor.root, {".seealsoignore": "drafts/\n"})
    await editor.indexed()
    editor.open("drafts/music.md", FILES["notes/music.md"])
    editor.open("notes/long.md", FILES["notes/music.md"] + "x " * 5000)
    editor.open("notes/music.md")
    assert await editor.hover("drafts/music.md", "2:0") is None
    assert await editor.hover("notes/long.md", "2:0") is None
    found = await editor.diagnosed("notes/music.md")
    assert "drafts" not in str(found)
    assert "long" not in str(found)

    since = len(editor.received)
    editor.client.set_configuration({"index": {"useIgnoreFiles": False}}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await editor.diagnosed("drafts/music.md", since=since)
    assert await editor.hover("drafts/music.md", "2:0") is not None


async def test_a_client_that_cannot_be_asked_pushes(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities(), options={"seealso": NO_RST})
    assert await documents(editor) == len(FILES) - 2
    editor.open("notes/again.md")
    await editor.diagnosed("notes/again.md")
    since = len(editor.received)
    settings = {"seealso": {"diagnostics": {"exact": "error"}}, "other": {"exact": "hint"}}
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
    found = await editor.diagnosed("notes/again.md", since=since)
    assert found.diagnostics[0].severity == types.DiagnosticSeverity.Error


async def test_wrong_settings_are_told_in_one_message(start: StartEditor) -> None:
    wrong: dict[str, Any] = {
        "hover": {"enabled": "no"},
        "relatd": {},
        "diagnostics": {"exact": "loud", "debounceMs": 5},
    }
    editor = await start(capabilities=NEOVIM, configuration=wrong)
    shown = await editor.message(types.WINDOW_SHOW_MESSAGE)
    assert shown.message.startswith("seealso settings: ")
    for part in (
        "`seealso.hover.enabled` must be true or false, not a string",
        "`seealso.relatd` is not a setting of seealso (did you mean `related`?)",
        "`seealso.diagnostics.exact` must be one of",
    ):
        assert part in shown.message
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await editor.until(lambda: True if len(editor.all(types.WORKSPACE_CONFIGURATION)) == 2 else None)
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is not None, "the default is used"
    assert len(editor.all(types.WINDOW_SHOW_MESSAGE)) == 1, "told once"


async def test_folders_have_settings_of_their_own(start: StartEditor, root: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", FILES)
    editor = await start(initialize=False)
    editor.client.set_configuration({"index": {"exclude": ["*.md"]}}, section="seealso", scope_uri=other.as_uri())
    editor.client.set_configuration({}, section="seealso")
    await editor.client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(VSCODE),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in (root, other)],
        )
    )
    await editor.until(lambda: True if len(editor.all(types.WORKSPACE_CONFIGURATION)) == 1 else None)
    report = await editor.command("updateIndex")
    assert [folder["documents"] for folder in report["folders"]] == [len(FILES), 2]
