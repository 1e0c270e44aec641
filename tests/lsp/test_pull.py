"""`textDocument/diagnostic` and `workspace/diagnostic` through the real process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.clients import CLIENTS, VSCODE
from lsp.conftest import MUSIC, PORT, StartEditor, write
from lsp.editor import TIMEOUT_S, Editor, emoji_units, plain, pulling
from ranges import shown

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    # The test client knows no tokens for partial results.
    pytest.mark.filterwarnings("ignore:Unknown progress token"),
]

FULL, UNCHANGED = types.RelatedFullDocumentDiagnosticReport, types.RelatedUnchangedDocumentDiagnosticReport
REPEATED = {"guide/install.md", "guide/network.rst", "notes/again.md", "notes/music.md"}
TOKEN = "the workspace"


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """Every editor, as if it pulled; each counts characters in its own way."""
    return str(request.param)


async def pull(editor: Editor, path: str, previous: str | None = None) -> Any:
    params = types.DocumentDiagnosticParams(
        types.TextDocumentIdentifier(editor.uri(path)), identifier="seealso", previous_result_id=previous
    )
    return await asyncio.wait_for(editor.client.text_document_diagnostic_async(params), TIMEOUT_S)


async def diagnostics(editor: Editor, path: str) -> list[types.Diagnostic]:
    report = await pull(editor, path)
    assert isinstance(report, FULL)
    return list(report.items)


def known(reports: dict[str, types.WorkspaceFullDocumentDiagnosticReport]) -> list[types.PreviousResultId]:
    return [types.PreviousResultId(report.uri, report.result_id) for report in reports.values() if report.result_id]


def asked(editor: Editor, previous: list[types.PreviousResultId], token: str | None) -> asyncio.Task[Any]:
    """Ask for everything; the answer may be long in coming."""
    params = types.WorkspaceDiagnosticParams(previous, identifier="seealso", partial_result_token=token)
    return asyncio.ensure_future(editor.client.workspace_diagnostic_async(params))


async def pull_all(
    editor: Editor, previous: list[types.PreviousResultId] | None = None
) -> dict[str, types.WorkspaceFullDocumentDiagnosticReport]:
    """Return the reports of one answer, by path."""
    answer = await asyncio.wait_for(asked(editor, previous or [], None), TIMEOUT_S)
    return by_path(editor, answer.items)


def by_path(editor: Editor, items: Any) -> dict[str, Any]:
    return {item.uri.removeprefix(f"{editor.root.as_uri()}/"): item for item in items}


def streamed(editor: Editor, token: str) -> dict[str, Any]:
    """Return what came in parts, as plain JSON, by path; the last report of a document wins."""
    parts = [plain(params.value) for params in editor.all(types.PROGRESS) if params.token == token]
    return {item["uri"].removeprefix(f"{editor.root.as_uri()}/"): item for part in parts for item in part["items"]}


async def answered(task: asyncio.Task[Any]) -> Any:
    return await asyncio.wait_for(task, TIMEOUT_S)


async def asked_again(editor: Editor, since: int) -> None:
    """Wait until the client was asked to ask again; the request has no parameters."""
    await editor.until(lambda: editor.all(types.WORKSPACE_DIAGNOSTIC_REFRESH, since=since) or None)


def touch(editor: Editor, *paths: str) -> None:
    """Tell the server that files have changed on disk."""
    changes = [types.FileEvent(editor.uri(path), types.FileChangeType.Changed) for path in paths]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))


# -- who pulls


async def test_a_client_that_pulls_is_never_told(start: StartEditor, client: str) -> None:
    editor = await start(capabilities=pulling(client))
    await editor.indexed()
    assert editor.result is not None
    assert editor.result.capabilities.diagnostic_provider == types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="seealso"
    )
    editor.open("notes/again.md")
    (found,) = await diagnostics(editor, "notes/again.md")
    assert found.message == "This passage also stands in notes/music.md:3 (Music)."
    assert await diagnostics(editor, "guide/draft.md") == []
    editor.close("notes/again.md")
    await pull_all(editor)
    assert editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS) == []


async def test_a_client_that_cannot_be_told_to_ask_again_is_told_itself(start: StartEditor, client: str) -> None:
    # Neovim 0.11 asks after each edit, and would know nothing of an index that is made meanwhile.
    editor = await start(capabilities=client)
    assert editor.result is not None
    assert editor.result.capabilities.diagnostic_provider is None
    editor.open("notes/again.md")
    await editor.diagnosed("notes/again.md", version=1)
    assert editor.all(types.WORKSPACE_DIAGNOSTIC_REFRESH) == []
    assert not [
        item
        for params in editor.all(types.CLIENT_REGISTER_CAPABILITY)
        for item in params.registrations
        if "iagnostic" in item.method
    ]


# -- one document


async def test_an_open_document(start: StartEditor, client: str) -> None:
    editor = await start(capabilities=pulling(client))
    await editor.indexed()
    editor.open("guide/install.md")
    report = await pull(editor, "guide/install.md")
    (found,) = report.items
    assert shown(found.range) == f"8:0-8:{emoji_units(editor) + 1 + len(PORT)}"
    assert await pull(editor, "guide/install.md", report.result_id) == UNCHANGED(report.result_id)
    editor.change("guide/install.md", "0:0-0:0", "😀\n")
    moved = await pull(editor, "guide/install.md", report.result_id)
    assert isinstance(moved, FULL), "the answer is about the text as it is"
    assert shown(moved.items[0].range) == f"9:0-9:{emoji_units(editor) + 1 + len(PORT)}"
    editor.change("guide/install.md", "0:0-1:0", "")
    assert await pull(editor, "guide/install.md", report.result_id) == UNCHANGED(report.result_id), "as it was"


async def test_what_changes_elsewhere_has_the_client_ask_again(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    editor.open("notes/music.md")
    editor.open("notes/again.md")
    before = await pull(editor, "notes/music.md")
    await pull(editor, "notes/again.md")
    since = len(editor.received)
    editor.change("notes/again.md", "0:0-0:0", "Line\n\n\n")
    await asked_again(editor, since)
    after = await pull(editor, "notes/music.md", before.result_id)
    assert [item.message for item in after.items] == ["This passage also stands in notes/again.md:8 (Again)."]

    since = len(editor.received)
    write(editor.root, {"third.md": f"# Third\n\n{MUSIC}\n"})
    touch(editor, "third.md")
    await asked_again(editor, since)
    again = await pull(editor, "notes/music.md", after.result_id)
    assert [item.message for item in again.items] == [
        "This passage also stands in notes/again.md:8 (Again) and 1 more place."
    ]


async def test_documents_of_no_folder_have_nothing(start: StartEditor, tmp_path: Path) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    write(tmp_path, {"elsewhere.md": f"# T\n\n{MUSIC}\n"})
    for uri in ((tmp_path / "elsewhere.md").as_uri(), "untitled:Untitled-1", "untitled://[New]/x", editor.uri("no.md")):
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
        report = await asyncio.wait_for(editor.client.text_document_diagnostic_async(params), TIMEOUT_S)
        assert isinstance(report, FULL)
        assert list(report.items) == []


async def test_an_open_document_of_no_folder_has_its_own_until_it_is_closed(start: StartEditor, tmp_path: Path) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    previous = known(await pull_all(editor))
    path = str(tmp_path / "elsewhere.md")
    since = len(editor.received)
    editor.open(path, f"# T\n\n{MUSIC}\n\n{MUSIC}\n")
    if not (found := await diagnostics(editor, path)):  # what such documents are kept in is not there yet
        await asked_again(editor, since)
        found = await diagnostics(editor, path)
    assert len(found) == 2
    assert await pull_all(editor, [*previous, types.PreviousResultId(editor.uri(path), "any")]) == {}
    waiting = asked(editor, previous, TOKEN)
    editor.close(path)
    await answered(waiting)
    assert [item["items"] for item in streamed(editor, TOKEN).values()] == [[]]
    assert await diagnostics(editor, path) == []


# -- everything


async def test_closed_documents_are_told_what_open_ones_are(start: StartEditor, client: str) -> None:
    editor = await start(capabilities=pulling(client))
    await editor.indexed()
    found = await pull_all(editor)
    assert found.keys() == REPEATED
    for path, report in found.items():
        assert report.version is None
        assert report.result_id is not None
        closed = await pull(editor, path, report.result_id)
        assert closed == UNCHANGED(report.result_id)
        editor.open(path)
        opened = await pull(editor, path)
        assert (opened.result_id, opened.items) == (report.result_id, report.items)
        editor.close(path)
    assert await pull_all(editor, known(found)) != {}, "what was open is told once more"
    assert await pull_all(editor, known(found)) == {}


UNUSUAL = {
    "crlf.md": f"# T\r\n\r\nFirst 😀.\r\n\r\n😀 {MUSIC}\r\n".encode(),
    "mark.md": f"\ufeff😀 {MUSIC}\n".encode(),
    "utf16.md": f"# T\n\nFirst 😀.\n\n😀 {MUSIC}\n".encode("utf-16"),
    "cr.md": f"# T\r\rFirst 😀.\r\r😀 {MUSIC}\r".encode(),
    "separators.md": f"# T\x0c\u2028\n\nFirst\x0b😀.\n\n😀 {MUSIC}".encode(),
    "latin.md": f"# Töne\n\n{MUSIC} Schön war's für alle, die da waren, natürlich.\n".encode("latin-1"),
}


async def test_positions_in_unusual_files(start: StartEditor, root: Path, client: str) -> None:
    for name, raw in UNUSUAL.items():
        (root / name).write_bytes(raw)
    editor = await start(capabilities=pulling(client), options={"duplicates": {"boilerplateFiles": 99}})
    await editor.indexed()
    found = await pull_all(editor)
    width = emoji_units(editor) + 1 + len(MUSIC)
    ranges = {path: shown(report.items[0].range) for path, report in found.items() if path in UNUSUAL}
    line = dict.fromkeys(UNUSUAL, 4) | {"mark.md": 0}
    assert {path: ranges[path] for path in UNUSUAL if path != "latin.md"} == {
        path: f"{line[path]}:0-{line[path]}:{width}" for path in UNUSUAL if path != "latin.md"
    }


async def test_everything_comes_in_parts_and_the_end_waits_for_news(start: StartEditor, client: str) -> None:
    editor = await start(capabilities=pulling(client))
    await editor.indexed()
    first = asked(editor, [], TOKEN)
    assert list((await answered(first)).items) == []
    found = streamed(editor, TOKEN)
    assert found.keys() == REPEATED
    assert {item["version"] for item in found.values()} == {None}
    previous = [types.PreviousResultId(item["uri"], item["resultId"]) for item in found.values()]

    second = asked(editor, previous, "second")
    await pull(editor, "notes/music.md")
    write(editor.root, {"notes/again.md": "# Again\n\nSomething else.\n", "third.md": f"# Third\n\n{MUSIC}\n"})
    touch(editor, "notes/again.md", "third.md")
    assert list((await answered(second)).items) == []
    news = streamed(editor, "second")
    assert news.keys() == {"notes/again.md", "notes/music.md", "third.md"}
    assert (news["notes/again.md"]["items"], news["notes/again.md"].get("resultId")) == ([], None)
    assert "third.md:3" in news["notes/music.md"]["items"][0]["message"]


async def test_an_index_that_is_made_comes_to_who_waits(start: StartEditor, tmp_path: Path) -> None:
    root = write(tmp_path / "new", {f"{name}.md": f"# {name}\n\n{MUSIC}\n" for name in "ab"})
    editor = await start(root, capabilities=pulling(VSCODE))
    await answered(asked(editor, [], TOKEN))
    assert streamed(editor, TOKEN).keys() == {"a.md", "b.md"}


async def test_only_the_last_request_waits(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    previous = known(await pull_all(editor))
    first, second = (asked(editor, previous, token) for token in ("first", "second"))
    assert list((await answered(first)).items) == []
    assert streamed(editor, "first") == {}
    assert not second.done()
    third = asked(editor, previous, "third")
    assert list((await answered(second)).items) == []
    assert not third.done()


async def test_cancelling_ends_what_waits(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    previous = known(await pull_all(editor))
    params = types.WorkspaceDiagnosticParams(previous, partial_result_token=TOKEN)
    waiting = asyncio.wrap_future(
        editor.client.protocol.send_request(types.WORKSPACE_DIAGNOSTIC, params, msg_id="the one")
    )
    await pull(editor, "notes/music.md")
    assert not waiting.done()
    editor.client.cancel_request(types.CancelParams("the one"))
    with pytest.raises(JsonRpcException) as raised:
        await asyncio.wait_for(waiting, TIMEOUT_S)
    assert raised.value.code == types.LSPErrorCodes.RequestCancelled


async def test_shutdown_does_not_wait_for_news(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    waiting = asked(editor, known(await pull_all(editor)), TOKEN)
    await pull(editor, "notes/music.md")
    began = time.monotonic()
    await asyncio.wait_for(editor.client.shutdown_async(None), TIMEOUT_S)
    with pytest.raises(JsonRpcException):
        await answered(waiting)
    editor.client.exit(None)
    assert editor.process is not None
    assert await asyncio.wait_for(editor.process.wait(), TIMEOUT_S) == 0
    assert time.monotonic() - began < 5.0, "a busy machine, but nothing that waits"


async def test_a_document_that_is_closed_is_told_as_it_is_saved(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    found = await pull_all(editor)
    editor.open("notes/again.md", f"# Again\n\n\n\n\n\n{MUSIC}\n")
    waiting = asked(editor, known(found), TOKEN)
    await answered(waiting)
    # The other side of what is typed; the open document itself is pulled by itself.
    news = streamed(editor, TOKEN)
    assert news.keys() == {"notes/music.md"}
    assert "again.md:7" in news["notes/music.md"]["items"][0]["message"]
    ids = {
        **{path: report.result_id for path, report in found.items()},
        "notes/music.md": news["notes/music.md"]["resultId"],
    }
    previous = [types.PreviousResultId(editor.uri(path), value) for path, value in ids.items() if value]
    waiting = asked(editor, previous, "closed")
    await pull(editor, "notes/again.md")
    editor.close("notes/again.md")
    await answered(waiting)
    news = streamed(editor, "closed")
    assert news.keys() == {"notes/again.md", "notes/music.md"}
    assert news["notes/again.md"]["items"][0]["range"]["start"]["line"] == 4
    assert "again.md:5" in news["notes/music.md"]["items"][0]["message"]
    (saved,) = await diagnostics(editor, "notes/again.md")
    assert saved.range.start.line == 4


async def test_a_closed_document_without_findings_is_cleared(start: StartEditor) -> None:
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    editor.open("guide/draft.md", f"# Draft\n\n{MUSIC}\n")
    assert len(await diagnostics(editor, "guide/draft.md")) == 1
    previous = known(await pull_all(editor))
    waiting = asked(editor, previous, TOKEN)
    editor.close("guide/draft.md")
    await answered(waiting)
    news = streamed(editor, TOKEN)
    assert (news["guide/draft.md"]["items"], news["guide/draft.md"].get("resultId")) == ([], None)


async def test_a_file_that_changed_since_it_was_indexed_waits_for_the_index(start: StartEditor, root: Path) -> None:
    write(root, {"notes/again.md": f"# Again 😀\n\nA longer text.\n\n\n{MUSIC}\n"})
    editor = await start(capabilities=pulling(VSCODE), options={"index": {"exclude": ["third.md"]}})
    await editor.indexed()
    write(root, {"notes/again.md": f"# Again\n\n{MUSIC}\n"})
    found = await pull_all(editor)
    assert found.keys() == REPEATED - {"notes/again.md"}
    touch(editor, "notes/again.md")
    await answered(asked(editor, known(found), TOKEN))
    assert streamed(editor, TOKEN)["notes/again.md"]["items"][0]["range"]["start"]["line"] == 2


async def test_text_in_documents_stays_text(start: StartEditor, root: Path) -> None:
    title = "[a](command:x) <b>`"
    write(root, {"evil [x](y).md": f"# {title}\n\n{MUSIC}\n"})
    editor = await start(capabilities=pulling(VSCODE))
    await editor.indexed()
    found = await pull_all(editor)
    evil = next(report for path, report in found.items() if "evil" in path)
    assert evil.uri == editor.uri("evil [x](y).md")
    info = [info for info in found["notes/music.md"].items[0].related_information or () if "evil" in info.location.uri]
    assert info, "a place of its own"
    assert "command:" not in info[0].location.uri


# -- settings


@pytest.mark.parametrize(
    ("settings", "opened", "closed"),
    [
        pytest.param({"diagnostics": {"enabled": False}}, 0, 0, id="off"),
        pytest.param({"diagnostics": {"workspace": False}}, 1, 0, id="only what is open"),
        pytest.param({"diagnostics": {"exact": "error"}}, 1, 4, id="another severity"),
    ],
)
async def test_settings_change_what_is_answered(
    start: StartEditor, settings: dict[str, Any], opened: int, closed: int
) -> None:
    editor = await start(capabilities=pulling(VSCODE), configuration={})
    await editor.indexed()
    editor.open("guide/draft.md", f"# Draft\n\n{MUSIC}\n")
    assert len(await diagnostics(editor, "guide/draft.md")) == 1
    found = await pull_all(editor)
    assert len(found) == 4
    since = len(editor.received)
    editor.client.set_configuration(settings, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await asked_again(editor, since)
    assert len(await diagnostics(editor, "guide/draft.md")) == opened
    news = await pull_all(editor, known(found))
    if closed:
        assert {item.severity for item in news["notes/music.md"].items} == {types.DiagnosticSeverity.Error}
    else:
        assert {path: list(report.items) for path, report in news.items()} == {path: [] for path in found}
    assert isinstance(await pull(editor, "notes/music.md"), FULL)


async def test_diagnostics_that_are_wanted_later_are_offered_then(start: StartEditor) -> None:
    off = {"diagnostics": {"enabled": False}}
    editor = await start(capabilities=pulling(VSCODE), options=off, configuration=off)
    await editor.indexed()
    assert editor.result is not None
    assert editor.result.capabilities.diagnostic_provider is None
    editor.open("notes/again.md")
    assert await diagnostics(editor, "notes/again.md") == []
    since = len(editor.received)
    editor.client.set_configuration({"diagnostics": {"enabled": True}}, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    (registration,) = (await editor.message(types.CLIENT_REGISTER_CAPABILITY, since=since)).registrations
    assert registration.method == types.TEXT_DOCUMENT_DIAGNOSTIC
    options = plain(registration.register_options)
    assert (options["identifier"], options["workspaceDiagnostics"], options["interFileDependencies"]) == (
        "seealso",
        True,
        True,
    )
    assert len(await diagnostics(editor, "notes/again.md")) == 1
    assert editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS) == []


async def test_folders_that_go_take_theirs_with_them(start: StartEditor, root: Path) -> None:
    folders = [root / "guide", root / "notes"]
    editor = await start(capabilities=pulling(VSCODE), folders=folders)
    await editor.command("updateIndex")
    found = await pull_all(editor)
    assert found.keys() == {"notes/again.md", "notes/music.md", "guide/install.md", "guide/network.rst"}
    waiting = asked(editor, known(found), TOKEN)
    gone = types.WorkspaceFolder(folders[1].as_uri(), "notes")
    editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent([], [gone]))
    )
    await answered(waiting)
    assert {path: item["items"] for path, item in streamed(editor, TOKEN).items()} == {
        "notes/again.md": [],
        "notes/music.md": [],
    }
