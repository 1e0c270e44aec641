"""`textDocument/codeLens` through the real process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from lsprotocol import types

from lsp.clients import CLIENTS, VSCODE, client_capabilities
from lsp.conftest import MUSIC, StartEditor, write
from lsp.editor import TIMEOUT_S, Editor, plain
from ranges import shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

ON = {"codeLens": {"enabled": True}}
EACH = pytest.mark.parametrize("capabilities", CLIENTS)


async def lenses(editor: Editor, path: str) -> Sequence[types.CodeLens] | None:
    params = types.CodeLensParams(types.TextDocumentIdentifier(editor.uri(path)))
    return await asyncio.wait_for(editor.client.text_document_code_lens_async(params), TIMEOUT_S)


async def resolve(editor: Editor, lens: types.CodeLens) -> types.CodeLens:
    lens.data = plain(lens.data)
    return await asyncio.wait_for(editor.client.code_lens_resolve_async(lens), TIMEOUT_S)


async def shown_lenses(editor: Editor, path: str) -> list[tuple[str, str, str, Any]]:
    """Return where each lens stands, its title, its command and the arguments of that."""
    result = []
    for lens in await lenses(editor, path) or ():
        assert lens.command is None, "counting comes later"
        command = (await resolve(editor, lens)).command
        assert command is not None
        result.append((shown(lens.range), command.title, command.command, plain(command.arguments)))
    return result


@EACH
async def test_each_section_has_one(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities, options=ON)
    assert editor.result is not None
    offered = editor.result.capabilities.code_lens_provider
    assert offered is not None
    assert offered.resolve_provider
    await editor.indexed()
    editor.open("guide/install.md")
    signature, firewall = await shown_lenses(editor, "guide/install.md")
    assert signature[0] == "2:0-2:0"
    assert (firewall[0], firewall[2]) == ("6:0-6:0", "seealso.showRelated")
    assert firewall[1].endswith("1 duplicate")
    (arguments,) = firewall[3]
    assert arguments == {"uri": editor.uri("guide/install.md"), "position": {"line": 8, "character": 0}}
    result = await editor.command("showRelated", arguments)
    assert [match["path"] for match in result["duplicates"]] == ["guide/network.rst"]


@EACH
async def test_a_client_that_can_show_them_is_asked_to(start: StartEditor, capabilities: str) -> None:
    can = client_capabilities(capabilities)
    can.experimental = {"commands": {"commands": ["seealso.client.showRelated"]}}
    editor = await start(capabilities=can, options=ON)
    await editor.indexed()
    editor.open("notes/again.md", f"# Again\r\n\r\n😀 first line.\r\n\r\n> {MUSIC}\r\n")
    ((where, title, command, arguments),) = await shown_lenses(editor, "notes/again.md")
    assert (where, title, command) == ("0:0-0:0", "1 duplicate", "seealso.client.showRelated")
    assert arguments == [editor.uri("notes/again.md"), {"line": 4, "character": 0}]


async def test_the_counts_are_those_of_the_hovers(start: StartEditor) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    editor.open("guide/restore.md")
    ((_, title, _, arguments),) = await shown_lenses(editor, "guide/restore.md")
    result = await editor.command("showRelated", arguments[0])
    related = [match for match in result["matches"] if match["score"] >= 0.2]
    assert title == f"{len(related)} related"
    assert related
    editor.change("guide/restore.md", None, "# Restoring\n\nXyzzy plugh, said the little voice.\n")
    ((_, title, _, _),) = await shown_lenses(editor, "guide/restore.md")
    assert title == "nothing related"


async def test_a_lens_of_an_older_version_stays_as_it_is(start: StartEditor) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    editor.open("guide/restore.md")
    (lens,) = await lenses(editor, "guide/restore.md") or ()
    editor.change("guide/restore.md", "0:0-0:0", "\n")
    assert (await resolve(editor, lens)).command is None
    (lens,) = await lenses(editor, "guide/restore.md") or ()
    assert (await resolve(editor, lens)).command is not None
    editor.close("guide/restore.md")
    assert (await resolve(editor, lens)).command is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="none"),
        pytest.param({"uri": "file:///etc/passwd", "version": 1, "line": 0}, id="another document"),
        pytest.param({"uri": 1, "version": "1", "line": None}, id="other types"),
        pytest.param({"line": -1}, id="not all of it"),
    ],
)
async def test_data_that_is_not_ours(start: StartEditor, data: Any) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    lens = types.CodeLens(types.Range(types.Position(0, 0), types.Position(0, 0)), data=data)
    assert (await resolve(editor, lens)).command is None


async def test_a_line_without_a_section_has_no_counts(start: StartEditor) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    uri = editor.open("notes/music.md")
    for line in (1, -1, 10**6):
        data = {"uri": uri, "version": 1, "line": line}
        lens = types.CodeLens(types.Range(types.Position(0, 0), types.Position(0, 0)), data=data)
        assert (await resolve(editor, lens)).command is None


async def test_lenses_are_asked_for_again_when_the_index_changes(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, options=ON)
    editor.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda _params: None)
    await editor.indexed()
    editor.open("guide/restore.md")
    before = await shown_lenses(editor, "guide/restore.md")
    since = len(editor.received)
    write(editor.root, {"copy.md": (editor.root / "guide/restore.md").read_text()})
    await editor.command("updateIndex")
    await editor.until(lambda: editor.all(types.WORKSPACE_CODE_LENS_REFRESH, since=since) or None)
    ((_, title, _, _),) = await shown_lenses(editor, "guide/restore.md")
    assert "1 duplicate" in title
    assert "duplicate" not in before[0][1]


async def test_a_document_full_of_sections(start: StartEditor) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    editor.open("notes/music.md", "# Again\n\nSome words.\n\n" * 2_000)
    found = await lenses(editor, "notes/music.md")
    assert found is not None
    assert [lens.range.start.line for lens in found] == [4 * number for number in range(1000)]


async def test_they_go_when_they_are_switched_off(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, options=ON, configuration=ON)
    editor.client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lambda _params: None)
    await editor.indexed()
    editor.open("guide/restore.md")
    assert await lenses(editor, "guide/restore.md")
    since = len(editor.received)
    editor.client.set_configuration({"codeLens": {"enabled": False}}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await editor.until(lambda: editor.all(types.WORKSPACE_CODE_LENS_REFRESH, since=since) or None)
    assert await lenses(editor, "guide/restore.md") is None


@EACH
async def test_they_are_off_by_default(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    assert editor.result is not None
    assert editor.result.capabilities.code_lens_provider is None
    await editor.indexed()
    editor.open("guide/restore.md")
    assert await lenses(editor, "guide/restore.md") is None
