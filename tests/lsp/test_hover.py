"""`textDocument/hover` through the real process."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM
from lsp.conftest import MUSIC, PORT, StartEditor
from lsp.editor import Editor, emoji_units
from ranges import shown
from seealso.lsp.uris import to_path

pytestmark = pytest.mark.asyncio(loop_scope="session")


def markdown(hover: types.Hover | None) -> str:
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.Markdown
    return hover.contents.value


async def test_duplicates_come_first_then_what_is_related(reader: Editor) -> None:
    text = markdown(await reader.hover("guide/install.md", "8:30"))
    head, _, tail = text.partition("**See also**")
    title = reader.titled("Network › Ports", "guide/network.rst", 7)
    assert head.startswith(f"**Written before**\n\n- {title} · nearly the same · guide/network.rst:7")
    assert "**7440**" in head
    assert "Mahler" not in text, "what has nothing in common is not related"
    assert "Network" not in tail, "a duplicate is not repeated below"


async def test_the_range_is_the_passage_in_the_units_of_the_client(reader: Editor) -> None:
    hover = await reader.hover("guide/install.md", "8:30")
    assert hover is not None
    assert hover.range is not None
    assert shown(hover.range) == f"8:0-8:{emoji_units(reader) + 1 + len(PORT)}"


async def test_the_same_file_is_marked(reader: Editor) -> None:
    text = markdown(await reader.hover("guide/restore.md", "4:0"))
    assert f"- {reader.titled('Draft', 'guide/draft.md', 3)} · " in text
    other = markdown(await reader.hover("notes/again.md", "4:0"))
    assert "the same text · notes/music.md" in other


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("2:3", id="on a heading that is not the title"),
        pytest.param("1:0", id="on a blank line"),
        pytest.param("99:0", id="beyond the end"),
    ],
)
async def test_no_passage_no_hover(reader: Editor, at: str) -> None:
    assert await reader.hover("guide/install.md", at) is None


@pytest.mark.parametrize(
    ("path", "at", "title", "nearest"),
    [
        pytest.param("notes/music.md", "0:3", "Again", "notes/again.md", id="Markdown"),
        pytest.param("guide/network.rst", "0:0", "Installing", "guide/install.md", id="reStructuredText"),
    ],
)
async def test_the_title_stands_for_the_document(reader: Editor, path: str, at: str, title: str, nearest: str) -> None:
    text = markdown(await reader.hover(path, at))
    head, first, *_ = text.split("\n- ")
    assert head == "**Related documents**\n"
    named = reader.titled(title, nearest, 1)
    assert re.fullmatch(rf"{re.escape(named)} · [a-z ]+ · {re.escape(nearest)}", first)
    assert (reader.root / nearest).read_text().startswith(("#", title))


async def test_hostile_titles_are_shown_as_they_are(start: StartEditor) -> None:
    title = "[run](command:evil) <img src=x onerror=alert(1)> ![x](http://evil.example/x.png)"
    editor = await start()
    # In reStructuredText none of this is markup.
    (editor.root / "notes/](command:evil) <b>.rst").write_text(f"{title}\n{'=' * len(title)}\n\n{MUSIC}\n")
    await editor.command("updateIndex")
    editor.open("notes/music.md")
    text = markdown(await editor.hover("notes/music.md", "0:3"))
    assert "onerror" in text
    assert "](command:" not in text.replace("\\](command:", "").replace("]\\(command:", "")
    assert "<img" not in text.replace("\\<img", "")
    assert "<b" not in text.replace("\\<b", "")
    assert "](http" not in text.replace("]\\(http", "")
    links = [to_path(uri) for uri in re.findall(r"\]\((file:[^)]*)\)", text)]
    assert len(links) == text.count("\n- ")
    assert all(link is not None and link.exists() for link in links), "they lead to documents"


async def test_titles_for_a_client_without_markdown(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    editor.open("notes/music.md")
    await editor.command("updateIndex")
    hover = await editor.hover("notes/music.md", "0:0")
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.PlainText
    assert hover.contents.value.startswith("Related documents\n- Again · ")
    assert "](" not in hover.contents.value


async def test_plain_text_for_a_client_without_markdown(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    editor.open("notes/music.md")
    # Without progress there is nothing to wait for but the answer of a command.
    await editor.command("updateIndex")
    hover = await editor.hover("notes/music.md", "2:0")
    assert hover is not None
    assert hover.contents == types.MarkupContent(
        types.MarkupKind.PlainText,
        "Written before\n- Again (the same text, notes/again.md:5)",
    )


async def test_hovers_can_be_switched_off(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM, options={"hover": {"enabled": False}})
    await editor.indexed()
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is None


async def test_duplicates_can_be_left_out_of_hovers(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM, options={"hover": {"duplicates": False}})
    await editor.indexed()
    editor.open("notes/music.md")
    hover = await editor.hover("notes/music.md", "2:0")
    assert hover is None or "Written before" not in markdown(hover)
    assert "again.md" not in str(hover)


async def test_what_is_unsaved_in_one_buffer_is_seen_from_another(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open("guide/restore.md")
    editor.open("notes/music.md")
    editor.change("guide/restore.md", "0:0-5:0", f"# New words\n\n\n{MUSIC}\n")
    text = markdown(await editor.hover("notes/music.md", "2:0"))
    assert f"- {editor.titled('New words', 'guide/restore.md', 4)} · the same text" in text
    editor.close("guide/restore.md")
    text = markdown(await editor.hover("notes/music.md", "2:0"))
    assert "New words" not in text, "the file on disk counts again"


async def test_documents_outside_of_any_folder_get_nothing(start: StartEditor) -> None:
    editor = await start(folders=[])
    log = await editor.until(lambda: next(iter(editor.all(types.WINDOW_LOG_MESSAGE)), None))
    assert "No folder is open" in log.message
    editor.open("notes/music.md")
    assert await editor.hover("notes/music.md", "2:0") is None


async def test_hostile_documents_cannot_make_a_hover_do_things(start: StartEditor) -> None:
    evil = f"{MUSIC} <img src=x onerror=alert(1)> [run](command:evil) ![x](http://evil.example/x.png)"
    editor = await start()
    (editor.root / "evil.md").write_text(f"# [run](command:evil) <b>\n\n{evil}\n")
    await editor.indexed()
    editor.open("notes/music.md")
    await editor.command("updateIndex")
    text = markdown(await editor.hover("notes/music.md", "2:0"))
    assert "evil.md" in text
    assert "](command:" not in text
    assert "<img" not in text.replace("\\<img", "")
    assert "](http" not in text
