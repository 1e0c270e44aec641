"""`textDocument/publishDiagnostics` through the real process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE
from lsp.conftest import MUSIC, PORT, PORT_EDITED, StartEditor, write
from lsp.editor import Editor, emoji_units, plain
from ranges import shown
from seealso.lsp.capabilities import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")


def only(params: types.PublishDiagnosticsParams) -> types.Diagnostic:
    assert len(params.diagnostics) == 1, params
    return params.diagnostics[0]


async def test_a_copy_names_every_other_place(reader: Editor) -> None:
    params = await reader.diagnosed("notes/again.md", version=1)
    found = only(params)
    assert shown(found.range) == f"4:0-4:{len(MUSIC)}"
    assert found.severity is types.DiagnosticSeverity.Information
    assert (found.code, found.source) == ("duplicate-passage", "seealso")
    assert found.message == "This passage also stands in notes/music.md:3 (Music)."
    assert reader.client.capabilities is not None
    client = Client.of(reader.client.capabilities)
    places = [(reader.uri("notes/music.md"), "2:0-3:0", "Music")] if client.diagnostic_related else []
    assert [
        (info.location.uri, shown(info.location.range), info.message) for info in found.related_information or ()
    ] == places
    if not client.diagnostic_data:
        assert found.data is None
        return
    data = plain(found.data)
    assert len(data["hash"]) == 32
    assert data == {
        "kind": "exact",
        "score": 1.0,
        "hash": data["hash"],
        "places": [
            {
                "uri": reader.uri("notes/music.md"),
                "path": "notes/music.md",
                "line": 3,
                "end_line": 3,
                "hash": data["hash"],
            }
        ],
    }


async def test_an_edited_copy_is_a_near_duplicate(reader: Editor) -> None:
    found = only(await reader.diagnosed("guide/network.rst", version=1))
    assert shown(found.range) == f"6:0-6:{len(PORT_EDITED)}"
    assert found.code == "near-duplicate-passage"
    assert (
        found.message == "This passage stands in nearly the same words in guide/install.md:9 (Installing › Firewall)."
    )


async def test_positions_are_in_the_units_of_the_client(reader: Editor) -> None:
    found = only(await reader.diagnosed("guide/install.md", version=1))
    assert shown(found.range) == f"8:0-8:{emoji_units(reader) + 1 + len(PORT)}"


async def test_a_client_without_related_information_gets_the_places_in_the_message(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    write(editor.root, {"notes/third.md": f"# Third\n\n{MUSIC}\n"})
    editor.open("notes/again.md")
    await editor.command("updateIndex")
    found = await editor.until(
        lambda: next(
            (
                params.diagnostics[0]
                for params in editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
                if params.diagnostics and "third" in params.diagnostics[0].message
            ),
            None,
        )
    )
    assert found.message == "This passage also stands in notes/music.md:3 (Music), notes/third.md:3 (Third)."
    assert found.related_information is None
    assert found.data is None


async def test_edits_move_and_clear_them_here_and_elsewhere(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open("notes/music.md")
    editor.open("notes/again.md")
    await editor.diagnosed("notes/again.md", version=1)
    assert only(await editor.diagnosed("notes/music.md", version=1)).related_information is not None

    version = editor.change("notes/again.md", "0:0-0:0", "Line\n\n\n")
    assert only(await editor.diagnosed("notes/again.md", version=version)).range.start.line == 7
    moved = await editor.until(
        lambda: next(
            (
                params
                for params in editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
                if params.uri == editor.uri("notes/music.md")
                and params.diagnostics[0].related_information[0].location.range.start.line == 7
            ),
            None,
        )
    )
    assert moved.version == 1, "the other document did not change, what it says did"

    since = len(editor.received)
    version = editor.change(
        "notes/again.md", "7:0-8:0", "Something else is written here now, about tea and biscuits.\n"
    )
    assert (await editor.diagnosed("notes/again.md", version=version)).diagnostics == ()
    assert (await editor.diagnosed("notes/music.md", since=since)).diagnostics == ()


async def test_an_update_of_the_index_brings_them_and_closing_takes_them(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("guide/restore.md")
    text = (editor.root / "guide/restore.md").read_text()
    write(editor.root, {"copy.md": text})
    editor.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(editor.uri("copy.md"), types.FileChangeType.Created)])
    )
    assert "copy.md:5" in only(await editor.diagnosed("guide/restore.md", version=1)).message
    since = len(editor.received)
    editor.close("guide/restore.md")
    closed = await editor.diagnosed("guide/restore.md", since=since)
    assert (closed.diagnostics, closed.version) == ((), None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"exact": "error"}, [("duplicate-passage", 1)], id="severity"),
        pytest.param({"exact": "off"}, [], id="one kind off"),
        pytest.param({"enabled": False}, [], id="all off"),
    ],
)
async def test_severity_is_a_setting(
    start: StartEditor, settings: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    editor = await start(capabilities=NEOVIM, options={"diagnostics": {"debounceMs": 0, "reworded": "off", **settings}})
    await editor.indexed()
    editor.open("notes/again.md")
    editor.open("guide/install.md")
    if expected:
        found = await editor.diagnosed("notes/again.md", version=1)
        assert [(item.code, item.severity) for item in found.diagnostics] == expected
    elif settings == {"exact": "off"}:
        # The near duplicate next door comes, and with it the certainty that this document had its turn.
        await editor.diagnosed("guide/install.md", version=1)
        assert not [p for p in editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS) if "again" in p.uri]
    else:
        await editor.hover("notes/again.md", "4:0")
        assert editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS) == []


async def test_boilerplate_is_one_quiet_hint(start: StartEditor, root: Path) -> None:
    lines = [
        "This page is part of the manual of the backup system and may be copied under the terms of its licence.",
        "Write to the editors at the address on the last page when you find a mistake in this manual, please.",
    ]
    write(root, {f"many/{number}.md": f"# {number}\n\n{lines[0]}\n\n{lines[1]}\n" for number in range(9)})
    editor = await start()
    await editor.indexed()
    editor.open("many/3.md")
    found = only(await editor.diagnosed("many/3.md", version=1))
    assert (found.code, found.severity) == ("boilerplate-passage", types.DiagnosticSeverity.Hint)
    assert found.message == "This and 1 more passages here are boilerplate: the same text stands in many files."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# T\r\n\r\nFirst 😀.\r\n\r\n😀 {MUSIC}\r\n", id="CRLF"),
        pytest.param(f"# T\r\rFirst 😀.\r\r😀 {MUSIC}\r", id="lone carriage returns"),
        pytest.param(f"\ufeff# T\n\nFirst 😀.\n\n😀 {MUSIC}\n", id="byte order mark"),
        pytest.param(f"# T\x0c\u2028\n\nFirst\x0b😀.\n\n😀 {MUSIC}", id="other separators, no final line end"),
    ],
)
async def test_positions_in_unusual_texts(reader: Editor, text: str) -> None:
    path = "notes/unusual.md"
    since = len(reader.received)
    reader.open(path, text)
    try:
        found = only(await reader.diagnosed(path, version=1, since=since))
        assert shown(found.range) == f"4:0-4:{emoji_units(reader) + 1 + len(MUSIC)}"
    finally:
        reader.close(path)
