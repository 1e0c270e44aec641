"""Pulls that something comes in between of."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from seealso.closed import Closed, ClosedDocument
from seealso.errors import IndexUnavailableError
from seealso.lsp import pulling
from unit.lsp.loopback import Gate, Loopback, document, insertion, loopback

TEXT = "# Title\n\nThe orchestra plays a symphony by Mahler on Friday evening in the old concert hall.\n"
TWICE = TEXT + "\n" + TEXT.splitlines()[2] + "\n"
PULLS = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
UPDATE = {"command": "seealso.updateIndex"}

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("cache_folder")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def of(path: Path, previous: str | None = None) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "previousResultId": previous}


def lines(report: dict[str, Any]) -> list[int]:
    return [item["range"]["start"]["line"] for item in report["items"]]


def parts(client: Loopback, token: str) -> list[dict[str, Any]]:
    progress = [message["params"] for message in client.all("$/progress")]
    return [params["value"] for params in progress if params["token"] == token]


async def test_a_document_that_changes_meanwhile_is_answered_about_as_it_is(root: Path) -> None:
    async with loopback(root, PULLS) as client:
        path = root / "a.md"
        await client.request("workspace/executeCommand", UPDATE)
        client.notify("textDocument/didOpen", document(path, TWICE))
        with Gate(client, "reviews"):
            first = client.ask("textDocument/diagnostic", of(path))
            await asyncio.sleep(0.05)
            client.notify("textDocument/didChange", insertion(path, 2, "\n"))
            second = client.ask("textDocument/diagnostic", of(path))
        answers = [(await client.answer(number))["result"] for number in (first, second)]
        assert answers[0] == answers[1]
        assert lines(answers[0]) == [3, 5]


async def test_a_pull_that_is_cancelled_leaves_the_review_to_the_next(root: Path) -> None:
    async with loopback(root, PULLS) as client:
        path = root / "a.md"
        await client.request("workspace/executeCommand", UPDATE)
        with Gate(client, "reviews"):
            client.notify("textDocument/didOpen", document(path, TWICE))
            number = client.ask("textDocument/diagnostic", of(path))
            await asyncio.sleep(0)
            client.notify("$/cancelRequest", {"id": number})
            answer = await client.answer(number)
        assert answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled.value
        assert lines(await client.request("textDocument/diagnostic", of(path))) == [2, 4]


async def test_a_document_that_is_closed_meanwhile_is_answered_about_as_it_is_saved(root: Path) -> None:
    async with loopback(root, PULLS) as client:
        path = root / "a.md"
        path.write_text(f"\n\n{TWICE}")
        await client.request("workspace/executeCommand", UPDATE)
        with Gate(client, "reviews"):
            client.notify("textDocument/didOpen", document(path, TWICE))
            number = client.ask("textDocument/diagnostic", of(path))
            await asyncio.sleep(0)
            client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        assert lines((await client.answer(number))["result"]) == [4, 6]


async def test_a_document_that_is_closed_while_all_are_compared_is_told_as_it_is_saved(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "a.md"
    path.write_text(f"\n\n{TWICE}")
    compared, closed = threading.Event(), threading.Event()
    findings = Closed.findings

    def held(*given: Any) -> Any:
        found = findings(*given)
        compared.set()
        closed.wait(10)
        return found

    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)
        client.notify("textDocument/didOpen", document(path, TWICE))
        await client.request("workspace/diagnostic", {"previousResultIds": []})
        monkeypatch.setattr(Closed, "findings", held)
        number = client.ask("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": "t"})
        await asyncio.to_thread(compared.wait, 10)
        client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        closed.set()
        assert (await client.answer(number))["result"] == {"items": []}
        assert [lines(item) for part in parts(client, "t") for item in part["items"]] == [[4, 6]]


async def test_what_does_not_change_is_neither_compared_nor_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "SETTLE_S", 0.0)
    compared: list[object] = []
    read: list[str] = []
    documents, text = Closed._documents, ClosedDocument.text

    def comparing(*given: Any) -> Any:
        compared.append(given)
        return documents(*given)

    def reading(self: ClosedDocument, file: Path) -> str | None:
        read.append(file.name)
        return text(self, file)

    monkeypatch.setattr(Closed, "_documents", comparing)
    monkeypatch.setattr(ClosedDocument, "text", reading)
    for name in "abc":
        (root / f"{name}.md").write_text(TEXT)
    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)
        result = await client.request("workspace/diagnostic", {"previousResultIds": []})
        assert sorted(read) == ["a.md", "b.md", "c.md"]
        compared.clear()
        read.clear()
        known = [{"uri": item["uri"], "value": item["resultId"]} for item in result["items"]]
        waiting = client.ask("workspace/diagnostic", {"previousResultIds": known, "partialResultToken": "t"})
        for _ in range(3):
            await client.request("workspace/executeCommand", UPDATE)
            assert (await client.request("textDocument/diagnostic", of(root / "a.md")))["items"]
        client.notify("textDocument/didOpen", document(root / "new.md", "# New\n\nNothing that is said elsewhere.\n"))
        await client.request("textDocument/diagnostic", of(root / "new.md"))
        assert (len(compared), read) == (0, [])
        (root / "b.md").write_text("# Another\n\nText.\n")
        await client.request("workspace/executeCommand", UPDATE)
        await client.answer(waiting)
        assert len(compared) <= 2
        assert sorted(read) == ["a.md", "c.md"]


async def test_many_documents_come_in_many_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "PART", 10)
    for number in range(40):
        (root / f"{number}.md").write_text(f"# {number}\n\n{TEXT.splitlines()[2]}\n")
    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)
        number = client.ask("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": "t"})
        assert (await client.answer(number))["result"] == {"items": []}
        found = [item for part in parts(client, "t") for item in part["items"]]
        assert len(found) == len({item["uri"] for item in found}) == 40
        assert {item["version"] for item in found} == {None}
        assert all(len(part["items"]) <= 10 for part in parts(client, "t"))


async def test_what_the_client_has_in_its_own_spelling_is_not_sent_again(root: Path) -> None:
    for name in ("a ä.md", "b.md"):
        (root / name).write_text(TEXT)
    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)
        result = await client.request("workspace/diagnostic", {"previousResultIds": []})
        known = [
            {"uri": item["uri"].replace("b.md", "%62.md").replace("%C3%A4", "ä"), "value": item["resultId"]}
            for item in result["items"]
        ]
        assert (await client.request("workspace/diagnostic", {"previousResultIds": known}))["items"] == []
        strange = [{"uri": uri, "value": "1"} for uri in ("untitled:x", "file:///nowhere/at/all.md", "no uri")]
        result = await client.request("workspace/diagnostic", {"previousResultIds": known + strange})
        assert result["items"] == [
            {"kind": "full", "uri": "file:///nowhere/at/all.md", "version": None, "items": []}
        ], "of no folder: nothing is said about it"


async def test_an_index_that_cannot_be_read_is_told_once_and_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "a.md").write_text(TWICE)
    monkeypatch.setattr(pulling, "SETTLE_S", 0.0)
    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)

        def broken(*_arguments: object) -> None:
            raise IndexUnavailableError("Unreadable.", hint="Wait.")

        with monkeypatch.context() as patch:
            patch.setattr("seealso.workspace.Workspace.closed_findings", broken)
            for _ in range(3):
                assert (await client.request("workspace/diagnostic", {"previousResultIds": []}))["items"] == []
            waiting = client.ask("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": "t"})
            await client.request("workspace/executeCommand", UPDATE)
        assert len(client.all("window/showMessage")) == 1
        await client.request("workspace/executeCommand", UPDATE)
        await client.answer(waiting)
        assert [lines(item) for part in parts(client, "t") for item in part["items"]] == [[2, 4]]


async def test_a_report_that_nobody_waited_for_is_still_to_be_made(root: Path) -> None:
    (root / "a.md").write_text(TWICE)
    async with loopback(root, PULLS) as client:
        await client.request("workspace/executeCommand", UPDATE)
        (folder,) = client.server.session.folders.values()
        await folder.closed.compare()
        with Gate(client, "reviews"):
            making = asyncio.create_task(folder.closed.make("a.md"))
            await asyncio.sleep(0.05)
            assert folder.closed.stale == ["a.md"], "there may be something to be said about it"
            making.cancel()
            await asyncio.wait([making])
        assert folder.closed.stale == ["a.md"]
        await folder.closed.make()
        assert (folder.closed.stale, list(folder.closed.reports)) == ([], ["a.md"])
