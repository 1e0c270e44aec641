"""What the client is told it can ask for follows the settings."""

from __future__ import annotations

import pytest
from lsprotocol import types

from lsp.clients import EMACS, VSCODE
from lsp.conftest import StartEditor
from lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

OFF = {"hover": {"enabled": False}}


def offered(editor: Editor) -> types.ServerCapabilities:
    assert editor.result is not None
    return editor.result.capabilities


def configure(editor: Editor, settings: object) -> None:
    editor.client.set_configuration(settings, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))


@pytest.mark.parametrize("capabilities", [VSCODE, EMACS])
async def test_what_the_start_wants_stays_offered(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities, configuration=OFF)
    await editor.indexed()
    assert offered(editor).hover_provider
    assert offered(editor).completion_provider is not None
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is None


async def test_the_rest_is_registered_and_taken_back(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE, options=OFF, configuration={})
    await editor.indexed()
    assert offered(editor).hover_provider is None
    assert offered(editor).completion_provider is not None
    editor.open("notes/music.md")
    for _ in range(2):
        since = len(editor.received)
        configure(editor, {"hover": {"enabled": True}})
        (registration,) = (await editor.message(types.CLIENT_REGISTER_CAPABILITY, since=since)).registrations
        assert registration.method == types.TEXT_DOCUMENT_HOVER
        assert await editor.hover("notes/music.md", "2:0") is not None
        since = len(editor.received)
        configure(editor, {"hover": {"enabled": False}})
        (gone,) = (await editor.message(types.CLIENT_UNREGISTER_CAPABILITY, since=since)).unregisterations
        assert (gone.id, gone.method) == (registration.id, registration.method)
        assert await editor.hover("notes/music.md", "2:0") is None


async def test_a_client_that_cannot_be_told_later_is_not_told(start: StartEditor) -> None:
    editor = await start(capabilities=EMACS, options=OFF, configuration={"hover": {"enabled": True}})
    await editor.indexed()
    assert offered(editor).hover_provider is None
    assert not [
        params for params in editor.all(types.CLIENT_REGISTER_CAPABILITY) if "hover" in params.registrations[0].method
    ]
