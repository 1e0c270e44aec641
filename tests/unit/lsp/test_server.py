"""What goes wrong in long sessions with pygls as it is, and must not here."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import FeatureAlreadyRegisteredError

from seealso.errors import CancelledError, DocumentError, IndexUnavailableError
from seealso.lsp.server import Server
from unit.lsp.loopback import Gate, Loopback, document, hover, insertion, loopback

TEXT = "# Title\n\nThe orchestra plays a symphony by Mahler on Friday evening in the old concert hall.\n"
TWICE = TEXT + "\n" + TEXT.splitlines()[2] + "\n"
"""Its passages are duplicates of each other, so that there is something to say whatever the index knows."""

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("cache_folder")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


async def test_a_thousand_edits_leave_nothing_behind(root: Path) -> None:
    async with loopback(root) as client:
        path = root / "a.md"
        client.notify("textDocument/didOpen", document(path, TEXT))
        for version in range(2, 1_002):
            client.notify("textDocument/didChange", insertion(path, version))
            client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": 2}]})
        await client.request("textDocument/hover", hover(path))
        protocol = client.server.protocol
        assert protocol._request_futures == {}
        assert protocol._result_types == {}
        assert len(client.server.session.debouncer) <= 2
        assert client.server.session.documents[path.as_uri()].text.source.startswith("x" * 1_000 + "# Title")


async def test_pygls_threads_are_never_used(root: Path) -> None:
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
        await client.request("textDocument/hover", hover(root / "a.md"))
        await client.request("textDocument/completion", hover(root / "a.md"))
        assert client.server._thread_pool is None


async def test_a_bug_in_a_notification_is_told_once(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))

        def broken(*_arguments: object) -> None:
            raise ZeroDivisionError("secret prose")

        monkeypatch.setattr("seealso.lsp.documents.Document.change", broken)
        for version in range(2, 12):
            client.notify("textDocument/didChange", insertion(root / "a.md", version))
        shown = client.all("window/showMessage")
        assert [message["params"]["type"] for message in shown] == [1]
        assert "textDocument/didChange (ZeroDivisionError)" in shown[0]["params"]["message"]
        assert "secret" not in shown[0]["params"]["message"]
        tracebacks = [record for record in caplog.records if record.exc_info]
        assert len(tracebacks) == 10, "the log has each of them"


async def test_a_bug_in_a_command_is_an_error_for_who_called_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with loopback(root) as client:

        def broken(*_arguments: object) -> None:
            raise ZeroDivisionError("secret prose")

        monkeypatch.setattr("seealso.workspace.Workspace.status", broken)
        number = client.ask("workspace/executeCommand", {"command": "seealso.indexStatus"})
        error = (await client.answer(number))["error"]
        assert (error["code"], error["message"]) == (-32603, "An internal error: ZeroDivisionError.")


@pytest.mark.parametrize(
    ("error", "messages", "logged"),
    [
        pytest.param(IndexUnavailableError("Locked.", hint="Wait."), ["seealso: Locked. Wait."], 1, id="with a hint"),
        pytest.param(DocumentError("Unreadable."), [], 1, id="nothing to do about it"),
        pytest.param(CancelledError("Stopped.", hint="x"), [], 0, id="cancelled"),
    ],
)
async def test_what_the_user_can_do_something_about_is_told_once(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, messages: list[str], logged: int
) -> None:
    async with loopback(root) as client:

        def broken(*_arguments: object) -> None:
            raise error

        monkeypatch.setattr("seealso.workspace.Workspace.related", broken)
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
        for _ in range(3):
            assert await client.request("textDocument/hover", hover(root / "a.md")) is None
        assert [message["params"]["message"] for message in client.all("window/showMessage")] == messages
        assert len([m for m in client.all("window/logMessage") if error.args[0] in m["params"]["message"]]) == logged


async def test_an_answer_about_an_older_version_is_dropped(root: Path) -> None:
    async with loopback(root) as client:
        path = root / "a.md"
        client.notify("textDocument/didOpen", document(path, TWICE))
        assert await client.request("textDocument/hover", hover(path)) is not None
        with Gate(client):
            number = client.ask("textDocument/hover", hover(path))
            await asyncio.sleep(0)  # the handler has asked
            client.notify("textDocument/didChange", insertion(path, 2, " "))
        assert (await client.answer(number))["result"] is None
        assert await client.request("textDocument/hover", hover(path)) is not None


async def test_a_cancelled_request_is_answered_and_does_not_lose_edits(root: Path) -> None:
    async with loopback(root) as client:
        path = root / "a.md"
        client.notify("textDocument/didOpen", document(path, TWICE))
        assert await client.request("textDocument/hover", hover(path, 3)) is None
        with Gate(client):
            client.notify("textDocument/didChange", insertion(path, 2, "\n"))
            number = client.ask("textDocument/hover", hover(path, 3))
            await asyncio.sleep(0)
            client.notify("$/cancelRequest", {"id": number})
            answer = await client.answer(number)
        assert answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled.value
        assert await client.request("textDocument/hover", hover(path, 3)) is not None


async def test_an_answer_nobody_waits_for_any_more_is_no_error(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with loopback(root) as client:
        task = asyncio.ensure_future(
            client.server.outbox.request("workspace/configuration", types.ConfigurationParams([]))
        )
        asked = await client.until(lambda: next(iter(client.all("workspace/configuration")), None))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        client.server.protocol._request_futures[asked["id"]].cancel()
        caplog.clear()
        client.receive({"id": asked["id"], "result": []})
        await client.request("workspace/executeCommand", {"command": "seealso.indexStatus"})
        assert not caplog.records
        assert client.server.protocol._request_futures == {}


async def test_diagnostics_of_an_older_version_are_not_published(root: Path) -> None:
    async with loopback(root) as client:
        path = root / "a.md"
        client.notify("textDocument/didOpen", document(path, TWICE))
        first = await client.until(lambda: next(iter(client.all("textDocument/publishDiagnostics")), None))
        assert len(first["params"]["diagnostics"]) == 2
        versions = range(2, 12)
        for version in versions:
            client.notify("textDocument/didChange", insertion(path, version, "\n"))
        last = await client.until(
            lambda: next(
                (m for m in client.all("textDocument/publishDiagnostics") if m["params"]["version"] == 11), None
            )
        )
        published = [message["params"]["version"] for message in client.all("textDocument/publishDiagnostics")]
        assert [version for version in published if version != 1] == [11], "one for ten quick edits"
        assert [d["range"]["start"]["line"] for d in last["params"]["diagnostics"]] == [12, 14]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param({"method": "textDocument/hover", "params": {"position": 3}}, -32602, id="wrong parameters"),
        pytest.param({"method": "textDocument/rename", "params": None}, -32602, id="no parameters"),
        pytest.param({"method": "seealso/unknown", "params": {}}, -32601, id="unknown method"),
    ],
)
async def test_a_request_that_cannot_be_read_is_answered(root: Path, message: dict[str, Any], code: int) -> None:
    async with loopback(root) as client:
        try:
            client.receive({"id": 77, **message})
        except Exception as error:  # noqa: BLE001 - what pygls' reading loop catches and logs
            client.server.report_server_error(error, type(error))
        answer = await client.answer(77)
        assert answer["error"]["code"] == code
        assert client.all("window/showMessage") == []


async def test_requests_have_their_time() -> None:
    client = Loopback()
    early = await client.answer(client.ask("textDocument/hover", hover(Path("/a.md"))))
    assert early["error"]["code"] == -32002
    async with loopback(None) as client:
        assert await client.request("shutdown", None) is None
        late = await client.answer(client.ask("textDocument/hover", hover(Path("/a.md"))))
        assert late["error"]["code"] == -32600


async def test_notifications_before_the_first_request_are_dropped(root: Path) -> None:
    client = Loopback()
    client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    assert client.sent == []
    with pytest.raises(SystemExit):
        client.notify("exit", None)


async def test_a_session_begins_once(root: Path) -> None:
    async with loopback(root) as client:
        session = client.server.session
        again: dict[str, Any] = {"processId": None, "rootUri": (root / "other").as_uri(), "capabilities": {}}
        answer = await client.answer(client.ask("initialize", again))
        assert answer["error"]["code"] == -32600
        assert client.server.session is session
        assert list(session.folders) == [root.as_uri()]


async def test_shutdown_cancels_what_is_in_flight(root: Path) -> None:
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
        await client.request("textDocument/hover", hover(root / "a.md"))
        with Gate(client):
            pending = [client.ask("textDocument/hover", hover(root / "a.md")) for _ in range(3)]
            pending.append(client.ask("workspace/executeCommand", {"command": "seealso.indexStatus"}))
            assert await client.request("shutdown", None) is None
            codes = [(await client.answer(number))["error"]["code"] for number in pending]
        assert codes == [types.LSPErrorCodes.RequestCancelled.value] * 4
        assert client.server.protocol.exit_code == 0


async def test_a_client_that_never_says_its_settings_gets_the_defaults(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seealso.lsp.session.CONFIGURATION_S", 0.01)
    async with loopback(root, {"workspace": {"configuration": True}}) as client:
        client.notify("textDocument/didOpen", document(root / "a.md", TWICE))
        assert await client.request("textDocument/hover", hover(root / "a.md")) is not None
        asked = client.all("workspace/configuration")
        client.receive({"id": asked[0]["id"], "result": [{"hover": {"enabled": False}}]})
        assert await client.request("textDocument/hover", hover(root / "a.md")) is not None, "too late"


async def test_two_handlers_for_one_method_raise() -> None:
    with pytest.raises(FeatureAlreadyRegisteredError):
        Server().on(types.TEXT_DOCUMENT_HOVER)(lambda ls, params: None)


async def test_payloads_are_not_logged(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "seealso")
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
        await client.request("textDocument/hover", hover(root / "a.md"))
        await client.request("textDocument/completion", hover(root / "a.md"))
    assert "Mahler" not in caplog.text


async def test_nothing_heavy_is_imported_before_initialize_is_answered() -> None:
    code = (
        "import sys, seealso.lsp.server as s; s.Server(); "
        "print([m for m in ('numpy', 'onnxruntime', 'usearch', 'tree_sitter', 'sqlite3', 'tokenizers', "
        "'seealso.workspace', 'typer', 'rich', 'urllib.request') if m in sys.modules])"
    )
    printed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"
