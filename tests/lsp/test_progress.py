"""Updates of the index as the client sees them: progress, cancel, retry, shutdown in the middle."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE
from lsp.conftest import FILES, MANY, StartEditor, write
from lsp.editor import Editor
from seealso.index.lock import writer_lock

pytestmark = pytest.mark.asyncio(loop_scope="session")


def values(editor: Editor, token: types.ProgressToken | None = None) -> list[Any]:
    return [p.value for p in editor.all(types.PROGRESS) if token in (None, p.token)]


async def embedding(editor: Editor) -> types.ProgressToken:
    """Wait until some passages are embedded; return the token of the bar that says so."""
    return await editor.until(
        lambda: next(
            (
                params.token
                for params in editor.all(types.PROGRESS)
                if params.value["kind"] == "report"
                and params.value["message"].startswith("embedding")
                and not params.value["message"].startswith("embedding 0 of")
            ),
            None,
        )
    )


async def test_a_first_run_shows_how_far_it_is(start: StartEditor, tmp_path: Path, capabilities: str) -> None:
    editor = await start(write(tmp_path / "new", FILES), capabilities=capabilities)
    assert await editor.indexed() == "up to date"
    (created,) = editor.all(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
    begin, *reports, end = values(editor, created.token)
    assert (begin["kind"], begin["title"], begin["cancellable"]) == ("begin", "Indexing new", True)
    assert end == {"kind": "end", "message": "up to date"}
    percentages = [report["percentage"] for report in reports]
    assert percentages == sorted(percentages)
    assert percentages[-1] <= 100
    assert any(report["message"].startswith("embedding ") for report in reports)


async def test_no_bar_for_a_client_that_shows_none(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    await editor.command("updateIndex")
    assert editor.all(types.PROGRESS) == []
    assert editor.all(types.WINDOW_WORK_DONE_PROGRESS_CREATE) == []


async def test_a_command_reports_on_the_token_of_its_caller(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    editor.client.progress_reports["mine"] = []
    params = types.ExecuteCommandParams("seealso.rebuildIndex", None, work_done_token="mine")
    await editor.client.workspace_execute_command_async(params)
    kinds = [value["kind"] for value in values(editor, "mine")]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert kinds.count("end") == 1


async def test_cancelling_keeps_what_is_done(start: StartEditor, many: Path) -> None:
    editor = await start(many, capabilities=VSCODE)
    token = await embedding(editor)
    (folder,) = (await editor.command("indexStatus"))["folders"]
    assert folder["state"] == "building"
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    message = await editor.indexed()
    assert message.startswith("stopped, ")
    (folder,) = (await editor.command("indexStatus"))["folders"]
    assert folder["state"] == "partial"
    assert 0 < folder["embedded"] < folder["passages"] == MANY
    # The half-built index answers, and says that it is half-built.
    found = await editor.command("search", {"query": "copper bridge", "limit": 2})
    assert (len(found["matches"]), found["complete"]) == (2, False)
    editor.open("3.md")
    hover = await editor.hover("3.md", "2:0")
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "passages are found by meaning so far, the others by words." in hover.contents.value


async def test_words_are_found_while_meaning_is_still_being_embedded(start: StartEditor, many: Path) -> None:
    editor = await start(many, capabilities=NEOVIM)
    await embedding(editor)
    editor.open("7.md")
    hover = await editor.hover("7.md", "2:0")
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "Index is still being built: " in hover.contents.value


async def test_leaving_does_not_wait_for_the_index_and_nothing_is_lost(start: StartEditor, many: Path) -> None:
    editor = await start(many, capabilities=VSCODE)
    await embedding(editor)
    begin = time.perf_counter()
    await editor.client.shutdown_async(None)
    answered = time.perf_counter() - begin
    editor.client.exit(None)
    assert editor.process is not None
    assert await editor.process.wait() == 0
    left = time.perf_counter() - begin
    # Embedding all of it takes far longer than this on any machine the tests run on.
    assert answered < 5, "the answer to shutdown"
    assert left < 10, "the end of the process"

    again = await start(many, capabilities=VSCODE)
    first = await again.until(
        lambda: next((v["message"] for v in values(again) if v.get("message", "").startswith("embedding")), None)
    )
    total = int(first.split(" of ")[1].split()[0].replace(",", ""))
    assert total < MANY, "what was embedded before is not embedded again"


async def test_cancelling_the_request_stops_the_rebuild(start: StartEditor, many: Path) -> None:
    editor = await start(many, capabilities=VSCODE)
    token = await embedding(editor)
    request = editor.client.protocol.send_request(
        types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("seealso.rebuildIndex"), msg_id="rebuild"
    )
    await editor.until(
        lambda: next(
            (True for p in editor.all(types.PROGRESS) if p.token != token and p.value["kind"] == "report"), None
        )
    )
    editor.client.cancel_request(types.CancelParams("rebuild"))
    await editor.until(
        lambda: next((True for p in editor.all(types.PROGRESS) if p.token != token and p.value["kind"] == "end"), None)
    )
    assert request.exception(timeout=10) is not None
    (folder,) = (await editor.command("indexStatus"))["folders"]
    assert folder["state"] == "partial"


async def test_while_another_process_writes_answers_go_on_and_the_update_comes_later(
    start: StartEditor, root: Path, tmp_path: Path
) -> None:
    first = await start()
    await first.indexed()
    (status,) = (await first.command("indexStatus"))["folders"]
    assert status["documents"] == len(FILES)
    await first.stop()

    (directory,) = (tmp_path / "cache" / "workspaces").iterdir()
    write(root, {"new.md": "# New\n\nA passage that stands nowhere else in this small collection of notes.\n"})
    with writer_lock(directory):
        editor = await start(environment={"SEEALSO_LOG": "info"})
        await editor.until(
            lambda: next((p for p in editor.all(types.WINDOW_LOG_MESSAGE) if "Answers come from" in p.message), None)
        )
        editor.open("notes/music.md")
        assert await editor.hover("notes/music.md", "2:0") is not None
        (status,) = (await editor.command("indexStatus"))["folders"]
        assert status["documents"] == len(FILES)
    report = await editor.command("updateIndex")
    assert report["folders"][0]["documents"] == len(FILES) + 1
