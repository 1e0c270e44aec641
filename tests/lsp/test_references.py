"""`textDocument/references` through the real process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from lsprotocol import types

from lsp.clients import CLIENTS, VSCODE
from lsp.conftest import PORT, StartEditor
from lsp.editor import TIMEOUT_S, Editor, emoji_units
from ranges import position, shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

ON = {"references": {"enabled": True}}


async def references(editor: Editor, path: str, at: str, *, declaration: bool = False) -> list[str] | None:
    params = types.ReferenceParams(
        types.ReferenceContext(include_declaration=declaration),
        types.TextDocumentIdentifier(editor.uri(path)),
        position(at),
    )
    found: Sequence[types.Location] | None = await asyncio.wait_for(
        editor.client.text_document_references_async(params), TIMEOUT_S
    )
    root = editor.root.as_uri()
    if found is None:
        return None
    return [f"{location.uri.removeprefix(f'{root}/')} {shown(location.range)}" for location in found]


@pytest.mark.parametrize("capabilities", CLIENTS)
async def test_a_passage_is_referred_to_by_what_repeats_it(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities, options=ON)
    assert editor.result is not None
    assert editor.result.capabilities.references_provider
    await editor.indexed()
    editor.open("guide/install.md")
    found = await references(editor, "guide/install.md", "8:3")
    assert found is not None
    assert found[0] == "guide/network.rst 6:0-7:0"
    assert len(found) == len(set(found))
    assert not [place for place in found if place.startswith("guide/install.md 8:")]
    declared = await references(editor, "guide/install.md", "8:3", declaration=True)
    assert declared == [f"guide/install.md 8:0-8:{emoji_units(editor) + 1 + len(PORT)}", *found]


async def test_related_passages_follow_the_duplicates(start: StartEditor) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    editor.open("guide/restore.md")
    found = await references(editor, "guide/restore.md", "4:0")
    assert found is not None
    assert found[0] == "guide/draft.md 2:0-3:0"
    assert "notes/music.md 2:0-3:0" not in found, "what has nothing in common is not related"
    editor.open("notes/again.md")
    assert await references(editor, "notes/again.md", "4:0") == ["notes/music.md 2:0-3:0"]


@pytest.mark.parametrize("at", ["0:2", "1:0", "99:0"])
async def test_only_passages_have_any(start: StartEditor, at: str) -> None:
    editor = await start(options=ON)
    await editor.indexed()
    editor.open("guide/restore.md")
    assert await references(editor, "guide/restore.md", at, declaration=True) is None
    assert await references(editor, "notes/music.md", "2:0") is None, "not open"


async def test_they_are_off_by_default_and_registered_when_wanted(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, configuration={})
    assert editor.result is not None
    assert editor.result.capabilities.references_provider is None
    await editor.indexed()
    editor.open("guide/restore.md")
    assert await references(editor, "guide/restore.md", "4:0") is None
    editor.client.set_configuration(ON, section="seealso")
    since = len(editor.received)
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    (registration,) = (await editor.message(types.CLIENT_REGISTER_CAPABILITY, since=since)).registrations
    assert registration.method == types.TEXT_DOCUMENT_REFERENCES
    assert await references(editor, "guide/restore.md", "4:0")
