"""Links to documents that only the server has, and those documents, through the real process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.clients import CLIENTS, NEOVIM, VSCODE, client_capabilities
from lsp.conftest import MUSIC, StartEditor, write
from lsp.editor import TIMEOUT_S, Editor, emoji_units
from ranges import shown
from seealso.lsp.uris import to_path

pytestmark = pytest.mark.asyncio(loop_scope="session")

EACH = pytest.mark.parametrize("capabilities", CLIENTS)


def opening(name: str) -> types.ClientCapabilities:
    """Return a real client's capabilities, with what LSP 3.18 added."""
    capabilities = client_capabilities(name)
    assert capabilities.workspace is not None
    capabilities.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    return capabilities


async def content(editor: Editor, uri: str) -> str:
    params = types.TextDocumentContentParams(uri)
    found = await asyncio.wait_for(editor.client.workspace_text_document_content_async(params), TIMEOUT_S)
    return found.text


async def links(editor: Editor, path: str) -> Sequence[types.DocumentLink] | None:
    params = types.DocumentLinkParams(types.TextDocumentIdentifier(editor.uri(path)))
    return await asyncio.wait_for(editor.client.text_document_document_link_async(params), TIMEOUT_S)


def answer(editor: Editor, error: JsonRpcException | None = None) -> None:
    """Let the client answer when it is told that a document has changed."""

    def refreshed(_params: types.TextDocumentContentRefreshParams) -> None:
        if error is not None:
            raise error

    editor.client.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH)(refreshed)


@EACH
async def test_what_is_offered(start: StartEditor, capabilities: str) -> None:
    for can, expected in ((client_capabilities(capabilities), None), (opening(capabilities), ["seealso"])):
        editor = await start(capabilities=can, configuration={})
        assert editor.result is not None
        offered = editor.result.capabilities
        assert offered.workspace is not None
        options = offered.workspace.text_document_content
        assert (list(options.schemes) if options is not None else None) == expected
        assert (offered.document_link_provider is not None) is (expected is not None)
        await editor.indexed()
        editor.open("notes/music.md", "seealso:duplicates.md")
        assert bool(await links(editor, "notes/music.md")) is (expected is not None)
        registered = [params.registrations[0].method for params in editor.all(types.CLIENT_REGISTER_CAPABILITY)]
        assert types.TEXT_DOCUMENT_DOCUMENT_LINK not in registered


@EACH
@pytest.mark.parametrize(
    ("path", "line", "link"),
    [
        pytest.param(
            "a.md", "😀 [x](seealso:search/restore%20a%20backup.md)", "seealso:search/restore%20a%20backup.md"
        ),
        pytest.param("a.rst", "😀 `x <seealso:search/backup.md>`_", "seealso:search/backup.md"),
        pytest.param("a.txt", "😀 See seealso:duplicates.md.", "seealso:duplicates.md"),
    ],
)
async def test_a_link_leads_to_a_document(
    start: StartEditor, capabilities: str, path: str, line: str, link: str
) -> None:
    editor = await start(capabilities=opening(capabilities))
    await editor.indexed()
    editor.open(path, f"First\r\n\r\n{line}\r\nfile:///etc/passwd http://example.org seealso:open/x.md\r\n")
    found = await links(editor, path)
    assert found is not None
    (only,) = found
    first = line.index(link) - 1 + emoji_units(editor)
    assert shown(only.range) == f"2:{first}-2:{first + len(link)}"
    assert only.target == f"{link}?folder={quote(editor.root.as_uri(), safe='')}"
    text = await content(editor, only.target)
    assert text.startswith("# See also: " if "search" in link else "# Duplicates\n")


async def test_a_document_full_of_links(start: StartEditor) -> None:
    editor = await start(capabilities=opening(NEOVIM))
    await editor.indexed()
    editor.open("a.md", "seealso:duplicates.md\n" * 20_000)
    found = await links(editor, "a.md")
    assert found is not None
    assert len(found) == 1000
    assert shown(found[-1].range) == "999:0-999:21"


async def test_links_can_be_switched_off(start: StartEditor) -> None:
    off = {"documentLinks": {"enabled": False}}
    editor = await start(capabilities=opening(VSCODE), options=off, configuration=off)
    await editor.indexed()
    editor.open("a.md", "seealso:duplicates.md")
    assert editor.result is not None
    assert editor.result.capabilities.document_link_provider is None
    assert await links(editor, "a.md") is None


async def test_the_results_of_a_search(start: StartEditor) -> None:
    editor = await start(capabilities=opening(VSCODE))
    await editor.indexed()
    text = await content(editor, "seealso:search/how%20do%20I%20verify%20the%20download.md")
    head, first, *_ = text.split("\n- ")
    assert head == "# See also: how do I verify the download\n\nIn the folder docs:\n"
    assert first.startswith(f"[Installing › Linux 😀]({editor.uri('guide/install.md')}#L5) · ")
    assert "its signature before you install it" in first
    nothing = await content(editor, "seealso:search/xyzzy.md")
    assert nothing == "# See also: xyzzy\n\nIn the folder docs:\n\nNothing was found.\n"


async def test_the_duplicates(start: StartEditor) -> None:
    editor = await start(capabilities=opening(NEOVIM))
    await editor.indexed()
    text = await content(editor, "seealso:duplicates.md")
    assert text.startswith("# Duplicates\n\nIn the folder docs:\n\n## The same text\n\n### 2 places\n\n")
    again, music = editor.uri("notes/again.md"), editor.uri("notes/music.md")
    assert f"- [Again]({again}#L5) · notes/again.md:5\n- [Music]({music}#L3) · notes/music.md:3\n\n> {MUSIC}\n" in text
    assert "\n\n## Nearly the same\n\n### 2 places\n\n" in text
    assert text.count(MUSIC) == 1


async def test_an_address_as_vs_code_writes_it(start: StartEditor) -> None:
    editor = await start(capabilities=opening(VSCODE))
    await editor.indexed()
    editor.open("a.md", "seealso:search/either%2For.md")
    (link,) = await links(editor, "a.md") or ()
    assert link.target is not None
    parts = urlsplit(link.target)
    uri = f"{parts.scheme}:{quote(unquote(parts.path))}?{quote(unquote(parts.query), safe='')}"
    assert uri != link.target
    assert (await content(editor, uri)).startswith("# See also: either/or\n")


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        pytest.param("seealso:search/.md", "is no address of seealso", id="no query"),
        pytest.param("file:///etc/passwd", "is no address of seealso", id="a file"),
        pytest.param("seealso:search/x.md?folder=file%3A%2F%2F%2Fetc", "is in no open folder", id="a folder elsewhere"),
        pytest.param("seealso:duplicates.md?folder=untitled%3Ax", "is in no open folder", id="no folder"),
    ],
)
async def test_other_addresses_get_a_sentence(start: StartEditor, uri: str, message: str) -> None:
    editor = await start(capabilities=opening(VSCODE))
    with pytest.raises(JsonRpcException) as raised:
        await content(editor, uri)
    assert raised.value.code == -32602
    assert message in raised.value.message


async def test_every_folder_or_one(start: StartEditor, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"birds.md": "# Birds\n\nThe blackbird sings in the evening from the roof.\n"})
    editor = await start(capabilities=opening(VSCODE), folders=[tmp_path / "docs", other])
    for folder in (tmp_path / "docs", other):
        await editor.command("updateIndex", {"uri": folder.as_uri()})
    text = await content(editor, "seealso:search/songs.md")
    assert re.findall(r"In the folder (.*):", text) == ["docs", "other"]
    one = f"seealso:search/songs.md?folder={quote(other.as_uri(), safe='')}"
    assert re.findall(r"In the folder (.*):", await content(editor, one)) == ["other"]


async def test_news_of_documents_that_were_asked_for(start: StartEditor) -> None:
    editor = await start(capabilities=opening(VSCODE))
    answer(editor)
    await editor.indexed()
    uri = "seealso:search/quantum%20chromodynamics.md"
    assert "Nothing was found." in await content(editor, uri)
    since = len(editor.received)
    write(editor.root, {"physics.md": "# Physics\n\nQuantum chromodynamics describes what holds quarks together.\n"})
    await editor.command("updateIndex")
    changed = await editor.message(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, since=since)
    assert changed.uri == uri
    assert "physics" in await content(editor, uri)


async def test_no_news_for_a_client_that_does_not_want_any(start: StartEditor) -> None:
    editor = await start(capabilities=opening(VSCODE))
    answer(editor, JsonRpcException("Closed.", -32803))
    await editor.indexed()
    first, second = "seealso:search/first.md", "seealso:search/second.md"
    await content(editor, first)
    write(editor.root, {"one.md": "# One\n\nThe first of two passages that are new here.\n"})
    await editor.command("updateIndex")
    await editor.message(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH)
    since = len(editor.received)
    await content(editor, second)
    write(editor.root, {"two.md": "# Two\n\nAnother passage, about something else.\n"})
    await editor.command("updateIndex")
    changed = await editor.message(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH, since=since)
    assert changed.uri == second
    assert [params.uri for params in editor.all(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH)] == [first, second]


async def test_hostile_documents_and_queries_are_text(start: StartEditor) -> None:
    evil = "[run](command:evil) <img src=x onerror=alert(1)> ![x](http://evil.example/x.png)"
    editor = await start(capabilities=opening(VSCODE))
    await editor.indexed()
    files = {f"](command:evil) <b> {n}.rst": f"{evil}\n{'=' * len(evil)}\n\n{MUSIC} {evil}\n" for n in (1, 2)}
    write(editor.root, files)
    await editor.command("updateIndex")
    for uri in ("seealso:duplicates.md", f"seealso:search/{quote(evil, safe='')}.md"):
        text = await content(editor, uri)
        assert "onerror" in text
        assert "](command:" not in text.replace("\\](command:", "").replace("]\\(command:", "")
        assert "<img" not in text.replace("\\<img", "")
        assert "<b" not in text.replace("\\<b", "")
        assert "](http" not in text.replace("]\\(http", "")
        targets = [to_path(found) for found in re.findall(r"\]\((file:[^)]*)\)", text)]
        assert targets
        assert all(path is not None and path.exists() for path in targets), "they lead to documents"
