"""`workspace/executeCommand` through the real process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from lsp.conftest import FILES, MUSIC, SIGNATURE, StartEditor, write
from lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_all_commands_are_advertised(reader: Editor) -> None:
    assert reader.result is not None
    options = reader.result.capabilities.execute_command_provider
    assert options is not None
    assert sorted(options.commands) == [
        "seealso.indexStatus",
        "seealso.linkTo",
        "seealso.listDuplicates",
        "seealso.markIntended",
        "seealso.openPlace",
        "seealso.rebuildIndex",
        "seealso.search",
        "seealso.shareIntended",
        "seealso.showRelated",
        "seealso.stopUpdate",
        "seealso.updateIndex",
    ]


async def test_search(reader: Editor) -> None:
    result = await reader.command("search", {"query": "how do I verify the download", "limit": 3})
    assert result["complete"]
    best = result["matches"][0]
    assert best == {
        "path": "guide/install.md",
        "uri": reader.uri("guide/install.md"),
        "line": 5,
        "end_line": 5,
        "heading": "Installing > Linux 😀",
        "text": SIGNATURE,
        "score": best["score"],
        "lexical": best["lexical"],
        "dense": best["dense"],
        "relation": None,
        "terms": best["terms"],
        "language": best["language"],
        "same_document": False,
        "linked": False,
        "closeness": "very close",
    }
    assert 0 < best["score"] <= 1
    assert len(result["matches"]) == 3
    scores = [match["score"] for match in result["matches"]]
    assert scores == sorted(scores, reverse=True)


async def test_show_related(reader: Editor) -> None:
    at = {"uri": reader.uri("notes/again.md"), "position": {"line": 4, "character": 0}}
    result = await reader.command("showRelated", at)
    assert result["passage"] == {
        "path": "notes/again.md",
        "uri": reader.uri("notes/again.md"),
        "line": 5,
        "end_line": 5,
        "heading": "Again",
        "text": MUSIC,
    }
    assert [(match["path"], match["relation"], match["closeness"]) for match in result["duplicates"]] == [
        ("notes/music.md", "exact", "the same text")
    ]
    assert {match["closeness"] for match in result["matches"]} == {None}, "nothing else is about music"
    nothing = await reader.command("showRelated", {**at, "position": {"line": 1, "character": 0}})
    assert nothing == {"passage": None, "duplicates": [], "matches": [], "complete": True}


async def test_list_duplicates(reader: Editor) -> None:
    result = await reader.command("listDuplicates", {"kinds": ["exact"], "uri": reader.uri("")})
    assert [
        (group["kind"], group["score"], [(place["path"], place["line"]) for place in group["places"]])
        for group in result["groups"]
    ] == [("exact", 1.0, [("notes/again.md", 5), ("notes/music.md", 3)])]
    assert result["groups"][0]["places"][0]["uri"] == reader.uri("notes/again.md")
    both = await reader.command("listDuplicates")
    assert {group["kind"] for group in both["groups"]} == {"exact", "edited"}


async def test_index_status(reader: Editor) -> None:
    result = await reader.command("indexStatus")
    (status,) = result["folders"]
    assert status["uri"] == reader.root.as_uri()
    assert (status["documents"], status["pending"], status["errors"]) == (len(FILES), 0, [])
    assert status["passages"] == status["embedded"] > len(FILES)
    assert status["state"] == "ready"
    assert status["index_bytes"] > 0
    assert status["model"]
    assert status["updated_at"] > 0


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        pytest.param("search", None, "needs `query`, a string", id="no arguments"),
        pytest.param("search", {"query": " "}, "needs `query`, a string", id="blank"),
        pytest.param("search", {"query": 3}, "wants a string as `query`, not 3", id="wrong type"),
        pytest.param("search", {"query": "x", "limit": 0}, "from 1 to 200 as `limit`, not 0", id="out of bounds"),
        pytest.param("search", {"query": "x", "limit": True}, "as `limit`, not True", id="no number"),
        pytest.param("search", {"query": "x", "k": 3}, "does not know `k`", id="unknown key"),
        pytest.param("search", "x", "takes one object", id="no object"),
        pytest.param("showRelated", {"uri": "file:///a.md"}, "needs `position`", id="no position"),
        pytest.param(
            "showRelated", {"uri": "file:///a.md", "position": {"line": 0}}, "is in no open folder", id="elsewhere"
        ),
        pytest.param("listDuplicates", {"kinds": ["same"]}, "wants a list of exact, edited", id="unknown kind"),
        pytest.param("updateIndex", {"uri": "untitled:1"}, "is in no open folder", id="no file"),
        pytest.param("format", None, "has no command `seealso.format`", id="unknown command"),
    ],
)
async def test_wrong_arguments_get_a_sentence(reader: Editor, command: str, arguments: Any, message: str) -> None:
    with pytest.raises(JsonRpcException) as raised:
        await reader.command(command, arguments)
    assert raised.value.code == -32602
    assert message in raised.value.message


async def test_update_and_rebuild_say_what_they_did(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    write(editor.root, {"new.md": "# New\n\nA passage that stands nowhere else in this small collection of notes.\n"})
    (report,) = (await editor.command("updateIndex"))["folders"]
    assert report == {
        "uri": editor.root.as_uri(),
        "documents": len(FILES) + 1,
        "added": 1,
        "changed": 0,
        "moved": 0,
        "removed": 0,
        "embedded": 1,
        "pending": 0,
        "cancelled": False,
        "doubts": [],
    }
    (report,) = (await editor.command("rebuildIndex", {"uri": editor.uri("new.md")}))["folders"]
    assert (report["documents"], report["embedded"]) == (len(FILES) + 1, 0), "texts keep their vectors"


async def test_a_link_is_written_as_the_document_writes_links(reader: Editor) -> None:
    there = {"otherUri": reader.uri("guide/restore.md"), "otherPosition": {"line": 4, "character": 0}}
    markdown = await reader.command("linkTo", {"uri": reader.uri("guide/install.md"), **there})
    assert markdown == {"text": "[By hand](restore.md#by-hand)"}
    rst = await reader.command("linkTo", {"uri": reader.uri("guide/network.rst"), **there})
    assert rst == {"text": "`By hand <restore.md#by-hand>`__"}
    with pytest.raises(JsonRpcException, match=r"no passage at line 2 of guide/restore\.md"):
        await reader.command(
            "linkTo", {"uri": reader.uri("notes/music.md"), **there, "otherPosition": {"line": 1, "character": 0}}
        )


async def test_an_update_is_stopped_and_goes_on_when_asked(start: StartEditor, tmp_path: Path) -> None:
    new = write(tmp_path / "new", {f"{number}.md": f"# {number}\n\n{number} {SIGNATURE}\n" for number in range(400)})
    editor = await start(new)
    await editor.until(lambda: _said(editor, "embedding"))
    assert await editor.command("stopUpdate") == {"folders": [{"uri": new.as_uri()}]}
    await editor.until(lambda: _said(editor, "stopped"))
    (stopped,) = (await editor.command("indexStatus"))["folders"]
    assert stopped["pending"] > 0
    assert await editor.command("stopUpdate") == {"folders": []}
    (finished,) = (await editor.command("updateIndex"))["folders"]
    assert finished["pending"] == 0


def _said(editor: Editor, word: str) -> bool | None:
    """Tell whether a progress bar has said a word."""
    return any(word in str(params) for params in editor.all("$/progress")) or None
