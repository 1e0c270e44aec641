"""`textDocument/codeAction` and `codeAction/resolve` through the real process."""

from __future__ import annotations

import pytest
from lsprotocol import types

from lsp.conftest import FILES, MUSIC
from lsp.editor import Editor
from seealso.lsp.capabilities import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

Found = list[types.CodeAction | types.Command]


def titles(found: Found) -> list[str]:
    return [action.title for action in found]


def titled(found: Found, start: str) -> types.CodeAction:
    (action,) = [action for action in found if action.title.startswith(start)]
    assert isinstance(action, types.CodeAction)
    return action


def client_of(editor: Editor) -> Client:
    assert editor.client.capabilities is not None
    return Client.of(editor.client.capabilities)


async def test_what_can_be_done_about_a_duplicate(reader: Editor) -> None:
    shown = (await reader.diagnosed("notes/again.md", version=1)).diagnostics
    found = await reader.actions("notes/again.md", "4:3-4:3", diagnostics=shown, only=["quickfix"])
    where = "notes/music.md:3 (Music)"
    opens = [f"Open {where}"] if client_of(reader).shows_documents else []
    assert titles(found) == [
        *opens,
        f"Replace this passage by a link to {where}",
        f"Remove this copy of {where}",
        f"Mark as intended beside {where}",
        "Ignore this passage (a comment before it)",
        "Ignore this document (a comment at its top)",
    ]
    for action in found:
        assert isinstance(action, types.CodeAction)
        assert action.kind == "quickfix.seealso"
        assert action.diagnostics is not None
        assert [diagnostic.code for diagnostic in action.diagnostics] == ["duplicate-passage"]
        assert (action.edit is None) or not client_of(reader).code_action_lazy_edits
    before = FILES["notes/again.md"]
    assert await reader.act(titled(found, "Replace")) == before.replace(MUSIC, "[Music](music.md)")
    assert await reader.act(titled(found, "Remove")) == before.replace(f"\n{MUSIC}\n", "")
    assert await reader.act(titled(found, "Ignore this passage")) == before.replace(
        MUSIC, f"<!-- seealso-ignore -->\n\n{MUSIC}"
    )
    assert await reader.act(titled(found, "Ignore this document")) == f"<!-- seealso-ignore-file -->\n\n{before}"
