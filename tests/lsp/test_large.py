"""A very large document makes nobody wait who asks about another one."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from lsp.conftest import MUSIC, StartEditor
from lsp.editor import Editor
from ranges import position

pytestmark = pytest.mark.asyncio(loop_scope="session")

LARGE = f"# Large\n\n{MUSIC}\n\n" + "".join(
    f"Line {number} of a very long log says that nothing has happened on this machine.\n\n" for number in range(40_000)
)


def hover(editor: Editor, path: str, at: str) -> asyncio.Future[types.Hover | None]:
    params = types.HoverParams(types.TextDocumentIdentifier(editor.uri(path)), position(at))
    return asyncio.ensure_future(editor.client.text_document_hover_async(params))


async def test_others_are_answered_first(start: StartEditor) -> None:
    editor = await start(options={"duplicates": {"minWords": 16}})
    await editor.indexed()
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is not None
    editor.open("notes/large.md", LARGE)
    for line in (2, 4):
        if line == 4:
            editor.change("notes/large.md", "2:0-2:0", "A new line.\n\n")
        slow = hover(editor, "notes/large.md", f"{line}:0")
        for _ in range(5):
            assert await editor.hover("notes/music.md", "2:0") is not None
        assert not slow.done()
        found = await asyncio.wait_for(slow, 60)
        assert found is not None
        assert found.range == types.Range(types.Position(line, 0), types.Position(line, len(MUSIC)))
        assert "Again" in str(found.contents)
    other = await editor.hover("notes/music.md", "2:0")
    assert "large.md" in str(other)
    editor.close("notes/large.md")
    assert "large.md" not in str(await editor.hover("notes/music.md", "2:0"))


async def test_the_server_leaves_at_once(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    editor.open("notes/large.md", LARGE)
    await asyncio.sleep(0)
    before = asyncio.get_running_loop().time()
    assert await editor.stop() == 0
    assert asyncio.get_running_loop().time() - before < 3  # one second, on a machine that has nothing else to do


async def test_closed_and_opened_again_while_it_is_read(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    editor.open("notes/large.md", LARGE)
    slow = hover(editor, "notes/large.md", "2:0")
    editor.close("notes/large.md")
    editor.open("notes/large.md", LARGE)
    await asyncio.wait([slow], timeout=60)
    assert "Again" in str(await asyncio.wait_for(hover(editor, "notes/large.md", "2:0"), 60))
