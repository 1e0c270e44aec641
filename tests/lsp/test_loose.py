"""Documents that are in no folder are related to one another, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.conftest import FILES, MUSIC, PORT, PORT_EDITED, StartEditor, write

pytestmark = pytest.mark.asyncio(loop_scope="session")

AGAIN = f"# Somewhere else\n\n{MUSIC}\n"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return write(
        tmp_path / "outside", {"a/music.md": FILES["notes/music.md"], "b/again.md": AGAIN, "c/other.md": MUSIC}
    )


async def test_open_documents_of_no_folder_know_one_another(
    start: StartEditor, outside: Path, capabilities: str, tmp_path: Path
) -> None:
    editor = await start(outside, folders=[], capabilities=capabilities)
    for path in ("a/music.md", "b/again.md"):
        editor.open(path)
    for path in ("a/music.md", "b/again.md"):
        (diagnostic,) = (await editor.diagnosed(path)).diagnostics
        assert diagnostic.code == "duplicate-passage"
        (other,) = diagnostic.related_information or ()
        assert other.location.uri == editor.uri("b/again.md" if path.startswith("a") else "a/music.md")
    hover = await editor.hover("a/music.md", "2:0")
    assert hover is not None
    assert editor.uri("b/again.md") in str(hover)
    # What is on disk and not open is nobody's business.
    assert "other.md" not in str(hover)
    indexes = list((tmp_path / "cache" / "workspaces").iterdir())
    assert [index.name.partition("-")[0] for index in indexes] == ["docs"], "that of the sample, made before"


async def test_what_is_typed_counts_and_what_is_closed_does_not(start: StartEditor, outside: Path) -> None:
    editor = await start(outside, folders=[])
    editor.open("a/music.md")
    editor.open("b/again.md", f"# Network\n\n{PORT}\n")
    since = len(editor.received)
    version = editor.change("a/music.md", None, f"# Firewall\n\n{PORT_EDITED}\n")
    (diagnostic,) = (await editor.diagnosed("a/music.md", version=version, since=since)).diagnostics
    assert diagnostic.code == "near-duplicate-passage"
    since = len(editor.received)
    editor.close("b/again.md")
    assert (await editor.diagnosed("a/music.md", since=since)).diagnostics == ()


async def test_a_folder_and_what_is_outside_do_not_mix(start: StartEditor, root: Path, outside: Path) -> None:
    editor = await start(root)
    await editor.indexed()
    editor.open("notes/music.md")
    path = str(outside / "a/music.md")
    editor.open(path)
    hover = await editor.hover(path, "2:0")
    assert root.as_uri() not in str(hover)
    found = await editor.diagnosed("notes/music.md")
    assert outside.as_uri() not in str(found)
    # The folder it is in is opened later: it belongs there from then on.
    since = len(editor.received)
    editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(
            types.WorkspaceFoldersChangeEvent(added=[types.WorkspaceFolder(outside.as_uri(), "outside")], removed=[])
        )
    )
    found = await editor.until(
        lambda: next(
            (
                params
                for params in editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, since=since)
                if params.uri == editor.uri(path) and params.diagnostics
            ),
            None,
        )
    )
    assert {place.location.uri for place in found.diagnostics[0].related_information or ()} == {
        (outside / name).as_uri() for name in ("b/again.md", "c/other.md")
    }


async def test_search_and_duplicates_include_them(start: StartEditor, outside: Path) -> None:
    editor = await start(outside, folders=[])
    editor.open("a/music.md")
    editor.open("b/again.md")
    await editor.diagnosed("b/again.md")
    (group,) = (await editor.command("listDuplicates"))["groups"]
    assert {place["uri"] for place in group["places"]} == {editor.uri("a/music.md"), editor.uri("b/again.md")}
    found = (await editor.command("search", {"query": "symphony in the concert hall"}))["matches"]
    assert {match["uri"] for match in found} >= {editor.uri("a/music.md")}
    assert (await editor.command("indexStatus"))["folders"] == []


async def test_nothing_of_them_is_kept_or_shared(start: StartEditor, outside: Path) -> None:
    editor = await start(outside, folders=[])
    uri, other = editor.open("a/music.md"), editor.open("b/again.md")
    await editor.diagnosed("b/again.md")
    place = {"line": 2, "character": 0}
    for name, arguments in (
        ("shareIntended", {"uri": uri}),
        ("markIntended", {"uri": uri, "position": place, "otherUri": other, "otherPosition": place}),
        ("openPlace", {"uri": (outside / "c/other.md").as_uri(), "position": place}),
    ):
        with pytest.raises(JsonRpcException, match="folder"):
            await editor.command(name, arguments)
