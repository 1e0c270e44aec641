"""`textDocument/inlineCompletion` through the real process."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from lsp.conftest import StartEditor
from lsp.editor import EMACS, NEOVIM, VSCODE, Editor, shown

pytestmark = pytest.mark.asyncio(loop_scope="session")


def with_ghosts(name: str) -> types.ClientCapabilities:
    """Return the capabilities of a real client, and that it shows ghost text."""
    capabilities = client_capabilities(name)
    assert capabilities.text_document is not None
    capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities(dynamic_registration=True)
    return capabilities


async def test_an_unfinished_sentence_goes_on_as_it_did(start: StartEditor) -> None:
    editor = await start(capabilities=with_ghosts(VSCODE))
    await editor.indexed()
    editor.open("new.md", "# New\n\nThe signing key is prin\n")
    (item,) = await editor.ghosts("new.md", "2:23")
    assert item.insert_text == "ted on the last page of the contract."
    assert item.range is not None
    assert shown(item.range) == "2:23-2:23"
    assert item.filter_text is None
