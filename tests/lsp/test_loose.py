"""Documents that are in no folder are related to one another, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.conftest import FILES, MUSIC, PORT, PORT_EDITED, StartEditor, write
from lsp.editor import TIMEOUT_S, Editor

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
    assert editor.titled("Somewhere else", "b/again.md", 3) in str(hover)
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


async def test_they_are_named_by_their_whole_path(start: StartEditor, outside: Path, capabilities: str) -> None:
    editor = await start(outside, folders=[], capabilities=capabilities)
    editor.open("a/music.md")
    editor.open("b/again.md")
    where = f"{(outside / 'b/again.md').as_posix()}:3"
    (diagnostic,) = (await editor.diagnosed("a/music.md")).diagnostics
    assert diagnostic.message == f"This passage also stands in {where} (Somewhere else)."
    hover = await editor.hover("a/music.md", "2:0")
    assert hover is not None
    assert f" · {where}" in str(hover.contents).replace("\\", "")
    actions = await editor.actions("a/music.md", "2:0-2:0", diagnostics=[diagnostic])
    (replacing,) = [action for action in actions if action.title.startswith("Replace")]
    assert replacing.title.endswith(f" {where} (Somewhere else)")
    # A link is written as ever.
    assert await editor.act(replacing) == "# Music\n\n[Somewhere else](../b/again.md)\n"


MANY = "# Many\n\n" + "".join(
    f"Paragraph {number * 7919 % 1000} is about machine {number} and its {number * 31 % 997} parts alone.\n\n"
    for number in range(3000)
)
"""Takes many seconds to embed."""


def scratch(cache: Path) -> list[Path]:
    return [path for path in (cache / "scratch").iterdir() if path.is_dir()]


async def busy(start: StartEditor, outside: Path, tmp_path: Path) -> Editor:
    """Return an editor whose server embeds an open document."""
    (tmp_path / "tmp").mkdir(exist_ok=True)
    editor = await start(outside, folders=[], environment={"TMPDIR": str(tmp_path / "tmp")})
    editor.open("a/music.md", MANY)
    await editor.hover("a/music.md", "2:0")
    assert len(scratch(tmp_path / "cache")) == 1
    return editor


@pytest.mark.parametrize(
    "ending",
    [
        "shutdown",
        "pipe",
        pytest.param("SIGTERM", marks=pytest.mark.skipif(os.name == "nt", reason="kills at once on Windows")),
        pytest.param("SIGHUP", marks=pytest.mark.skipif(os.name == "nt", reason="not on Windows")),
        pytest.param("SIGINT", marks=pytest.mark.skipif(os.name == "nt", reason="goes to the console on Windows")),
    ],
)
async def test_nothing_is_left_however_the_server_ends(
    start: StartEditor, outside: Path, tmp_path: Path, ending: str
) -> None:
    editor = await busy(start, outside, tmp_path)
    assert editor.process is not None
    if ending == "shutdown":
        assert await editor.stop() == 0
    else:
        if ending == "pipe":
            assert editor.process.stdin is not None
            editor.process.stdin.close()
        else:
            editor.process.send_signal(signal.Signals[ending])
        assert await asyncio.wait_for(editor.process.wait(), TIMEOUT_S) == 1, "it was not asked to leave"
    assert scratch(tmp_path / "cache") == []
    assert list((tmp_path / "tmp").iterdir()) == []


def send_many(process: int) -> None:
    """Send signals until a server has left; nobody looks meanwhile how it ended, so that its number stays its own."""
    for _ in range(50):
        os.kill(process, signal.SIGTERM)
        os.kill(process, signal.SIGHUP)
        time.sleep(0.0001)


@pytest.mark.skipif(os.name == "nt", reason="kills at once on Windows")
@pytest.mark.usefixtures("cold")  # so many signals are too much for what stands for a forked process
async def test_a_second_signal_does_not_break_off_the_leaving(
    start: StartEditor, outside: Path, tmp_path: Path
) -> None:
    for _ in range(3):  # where a signal arrives is chance
        editor = await start(outside, folders=[])
        editor.open("a/music.md")
        await editor.hover("a/music.md", "2:0")
        assert editor.process is not None
        send_many(editor.process.pid)
        assert await asyncio.wait_for(editor.process.wait(), TIMEOUT_S) == 1
        assert scratch(tmp_path / "cache") == []


@pytest.mark.usefixtures("cold")
async def test_what_a_killed_server_left_is_taken_away_by_the_next(
    start: StartEditor, outside: Path, tmp_path: Path
) -> None:
    killed = await busy(start, outside, tmp_path)
    assert killed.process is not None
    killed.process.kill()
    await killed.process.wait()
    (left,) = scratch(tmp_path / "cache")
    alive = await start(outside, folders=[])
    alive.open("b/again.md")
    await alive.hover("b/again.md", "2:0")
    (own,) = scratch(tmp_path / "cache")
    assert own != left
    # Of two that live, none takes away what is the other's.
    other = await start(outside, folders=[])
    other.open("b/again.md")
    await other.hover("b/again.md", "2:0")
    assert own in scratch(tmp_path / "cache")
    assert len(scratch(tmp_path / "cache")) == 2
