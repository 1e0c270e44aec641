"""Files that change beside the editor, and folders that come and go."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE
from lsp.conftest import FILES, MUSIC, SIGNATURE, StartEditor, write
from lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW = "# New\n\nA new chapter about the heating of greenhouses in cold winters and how much wood it takes.\n"
QUERY = {"query": "greenhouses in winter", "limit": 1}


async def found(editor: Editor) -> str:
    result = await editor.command("search", QUERY)
    return str(result["matches"][0]["path"])


async def changed(editor: Editor, path: str, expected: str) -> None:
    """Wait for the diagnostics that an update brings to an open document."""
    params = await editor.until(
        lambda: next(
            (
                params
                for params in reversed(editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS))
                if params.uri == editor.uri(path) and params.diagnostics and expected in params.diagnostics[0].message
            ),
            None,
        )
    )
    assert params.diagnostics


def event(editor: Editor, path: str, kind: types.FileChangeType) -> None:
    editor.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(editor.uri(path), kind)])
    )


async def test_watchers_are_registered_for_documents_and_ignore_files(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    registration = await editor.until(
        lambda: next(
            (
                registration
                for params in editor.all(types.CLIENT_REGISTER_CAPABILITY)
                for registration in params.registrations
                if registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            ),
            None,
        )
    )
    patterns = [watcher["globPattern"] for watcher in registration.register_options["watchers"]]
    assert len(patterns) == 3
    assert all(extension in patterns[0].strip("*/{}").lstrip(".{").split(",") for extension in ("md", "rst", "txt"))
    assert patterns[1:] == ["**/.{gitignore,ignore,seealsoignore}", "**/seealso.ignore.toml"]


async def test_a_client_that_does_not_watch_is_not_asked_to(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    assert editor.all(types.CLIENT_REGISTER_CAPABILITY) == []


async def test_created_changed_and_deleted_files(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("open.md", NEW)

    write(editor.root, {"a.md": NEW})
    event(editor, "a.md", types.FileChangeType.Created)
    await changed(editor, "open.md", "a.md:3 (")
    assert await found(editor) in ("a.md", "open.md")

    write(editor.root, {"a.md": f"A line before.\n\n{NEW}"})
    event(editor, "a.md", types.FileChangeType.Changed)
    await changed(editor, "open.md", "a.md:5 (")

    since = len(editor.received)
    (editor.root / "a.md").unlink()
    event(editor, "a.md", types.FileChangeType.Deleted)
    assert (await editor.diagnosed("open.md", since=since)).diagnostics == ()


async def test_saving_brings_the_index_up_to_date(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    editor.open("guide/draft.md")
    editor.open("open.md", NEW)
    editor.save("guide/draft.md", NEW)
    editor.close("guide/draft.md")
    await changed(editor, "open.md", "guide/draft.md:3 (")


async def test_renaming_a_folder_embeds_nothing(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("open.md", f"# Open\n\n{SIGNATURE}\n")
    await changed(editor, "open.md", "guide/install.md")
    (editor.root / "guide").rename(editor.root / "manual")
    editor.client.workspace_did_rename_files(
        types.RenameFilesParams([types.FileRename(editor.uri("guide"), editor.uri("manual"))])
    )
    await changed(editor, "open.md", "manual/install.md")
    (report,) = (await editor.command("updateIndex"))["folders"]
    assert (report["embedded"], report["documents"]) == (0, len(FILES))


async def test_created_and_deleted_in_the_editor(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("open.md", f"# Open\n\n{MUSIC}\n")
    await changed(editor, "open.md", "notes/")
    write(editor.root, {"aa.md": f"# First\n\n{MUSIC}\n"})
    editor.client.workspace_did_create_files(types.CreateFilesParams([types.FileCreate(editor.uri("aa.md"))]))
    await changed(editor, "open.md", "aa.md")
    since = len(editor.received)
    shutil.rmtree(editor.root / "notes")
    (editor.root / "aa.md").unlink()
    editor.client.workspace_did_delete_files(
        types.DeleteFilesParams([types.FileDelete(editor.uri(path)) for path in ("notes", "aa.md")])
    )
    assert (await editor.diagnosed("open.md", since=since)).diagnostics == ()


async def test_each_folder_has_an_index_of_its_own(start: StartEditor, root: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"only.md": NEW})
    editor = await start(folders=[root, other], capabilities=VSCODE)
    report = await editor.command("updateIndex")
    assert [folder["documents"] for folder in report["folders"]] == [len(FILES), 1]
    everywhere = await editor.command("search", QUERY)
    assert everywhere["matches"][0]["uri"] == (other / "only.md").as_uri()
    here = await editor.command("search", {**QUERY, "uri": root.as_uri()})
    assert here["matches"][0]["uri"].startswith(root.as_uri())
    editor.open("notes/again.md")
    assert "notes/music.md" in (await editor.diagnosed("notes/again.md")).diagnostics[0].message


async def test_folders_come_and_go(start: StartEditor, root: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"only.md": NEW, "twin.md": NEW})
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open(str(other / "only.md"))
    assert await editor.hover(str(other / "only.md"), "2:0") is None, "it is in no folder yet"

    folder = types.WorkspaceFolder(other.as_uri(), "other")
    editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added=[folder], removed=[]))
    )
    found = await editor.diagnosed(str(other / "only.md"))
    assert found.diagnostics[0].code == "duplicate-passage"
    assert len((await editor.command("indexStatus"))["folders"]) == 2

    since = len(editor.received)
    editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added=[], removed=[folder]))
    )
    assert (await editor.diagnosed(str(other / "only.md"), since=since)).diagnostics == ()
    assert len((await editor.command("indexStatus"))["folders"]) == 1
    assert await editor.hover(str(other / "only.md"), "2:0") is None


async def test_the_inner_of_two_folders_holds_a_document(start: StartEditor, root: Path) -> None:
    editor = await start(folders=[root, root / "notes"], capabilities=VSCODE)
    await editor.command("updateIndex")
    editor.open("notes/again.md")
    message = (await editor.diagnosed("notes/again.md")).diagnostics[0].message
    assert "music.md:3 (" in message


async def test_ignore_files_count_for_open_documents_too(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("notes/music.md")
    editor.open("notes/again.md")
    await changed(editor, "notes/music.md", "notes/again.md:5 (")
    await changed(editor, "notes/again.md", "notes/music.md:3 (")

    since = len(editor.received)
    write(editor.root, {".seealsoignore": "again.md\n"})
    event(editor, ".seealsoignore", types.FileChangeType.Created)
    for path in ("notes/music.md", "notes/again.md"):
        assert (await editor.diagnosed(path, since=since)).diagnostics == ()

    since = len(editor.received)
    (editor.root / ".seealsoignore").unlink()
    event(editor, ".seealsoignore", types.FileChangeType.Deleted)
    for path in ("notes/music.md", "notes/again.md"):
        assert len((await editor.diagnosed(path, since=since)).diagnostics) == 1
