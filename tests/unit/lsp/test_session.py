"""Folders and settings that change in a session."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from seealso.lsp.folder import Folder
from seealso.settings import DuplicateSettings, HoverSettings, IndexSettings, Settings, resolve
from seealso.workspace import Workspace
from unit.lsp.loopback import TIMEOUT_S, Gate, Loopback, document, hover, loopback

TEXT = "# Title\n\nThe orchestra plays a symphony by Mahler on Friday evening in the old concert hall.\n"
TWICE = TEXT + "\n" + TEXT.splitlines()[2] + "\n"
"""Its passages are duplicates of each other, so that there is something to say whatever the index knows."""

UPDATE = {"command": "seealso.updateIndex"}

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("cache_folder")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "inner").mkdir(parents=True)
    return tmp_path / "docs"


def added(folder: Path) -> dict[str, Any]:
    return {"event": {"added": [{"uri": folder.as_uri(), "name": folder.name}], "removed": []}}


async def opened(client: Loopback, root: Path) -> Folder:
    """Return the folder once its first update is over."""
    await client.request("workspace/executeCommand", UPDATE)
    return client.server.session.folders[root.as_uri()]


async def passages(folder: Folder, path: str) -> list[str] | None:
    """Return what a document says, as the workspace has it."""
    found = await folder.ask(lambda workspace: workspace.segmentation(path))
    return None if found is None else [passage.text for passage in found.passages]


@pytest.mark.parametrize(
    ("settings", "updates"),
    [
        pytest.param(Settings(index=IndexSettings(exclude=("inner/",))), True, id="which documents"),
        pytest.param(Settings(duplicates=DuplicateSettings(across_languages=True)), False, id="which pairs are told"),
        pytest.param(Settings(hover=HoverSettings(enabled=False)), False, id="what is shown"),
    ],
)
async def test_settings_the_index_depends_on_bring_it_up_to_date(root: Path, settings: Settings, updates: bool) -> None:
    async with loopback(root) as client:
        folder = await opened(client, root)
        assert folder.updater is not None
        await asyncio.sleep(0)
        assert not folder.updater.running
        await folder.configure(settings)
        assert folder.updater.running is updates


async def test_an_inner_folder_gets_the_open_buffers(root: Path) -> None:
    async with loopback(root) as client:
        path = root / "inner" / "unsaved.md"
        client.notify("textDocument/didOpen", document(path, TEXT))
        await client.request("textDocument/hover", hover(path))
        client.notify("workspace/didChangeWorkspaceFolders", added(root / "inner"))
        await client.request("textDocument/hover", hover(path))
        folder = client.server.session.folders[(root / "inner").as_uri()]
        assert await passages(folder, "unsaved.md") == [TEXT.splitlines()[2]]
        outer = client.server.session.folders[root.as_uri()]
        assert await passages(outer, "inner/unsaved.md") is None


async def test_a_client_that_falls_silent_keeps_its_settings(root: Path) -> None:
    async with loopback(root, {"workspace": {"configuration": True}}) as client:
        session = client.server.session

        async def answered(number: int, answer: dict[str, Any]) -> None:
            asked = await client.until(lambda: next(iter(client.all("workspace/configuration")[number:]), None))
            client.receive({"id": asked["id"], **answer})

        await answered(0, {"result": [{"hover": {"enabled": False}}]})
        folder = await opened(client, root)
        assert not folder.settings.hover.enabled
        configured = asyncio.create_task(session.configure())
        await answered(1, {"error": {"code": -32803, "message": "busy"}})
        await configured
        assert not folder.settings.hover.enabled, "refused"
        configured = asyncio.create_task(session.configure())
        await answered(2, {"result": [None]})
        await configured
        assert folder.settings.hover.enabled, "an answer that says nothing means the defaults"


@pytest.mark.parametrize("name", [pytest.param("docs", id="open"), pytest.param("late", id="being opened")])
async def test_settings_survive_a_notification_that_comes_right_after(root: Path, tmp_path: Path, name: str) -> None:
    async with loopback(root) as client:
        await opened(client, root)
        session = client.server.session
        (tmp_path / "late").mkdir()
        session.add_folder((tmp_path / "late").as_uri())
        session.pushed = {"related": {"limit": 1}}
        if name == "late":
            await session.folders[root.as_uri()].configure(resolve(session.pushed)[0])
        with Gate(client):
            first = asyncio.create_task(session.configure())
            for _ in range(3):
                await asyncio.sleep(0)
            first.cancel()  # what the debouncer does to the older of two
            await asyncio.gather(first, return_exceptions=True)
        await session.configure()
        async with asyncio.timeout(TIMEOUT_S):
            folder = session.folders[(tmp_path / name).as_uri()]
            assert await folder.ask(lambda workspace: workspace.settings.related.limit) == 1


async def test_a_link_that_leads_to_itself_disturbs_no_other_document(root: Path, tmp_path: Path) -> None:
    circle, elsewhere = root / "circle.md", tmp_path / "elsewhere.md"
    for path in (circle, elsewhere, tmp_path / "folder"):
        path.symlink_to(path.name)
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(circle, TEXT))
        client.notify("textDocument/didOpen", document(elsewhere, TEXT))
        client.notify("textDocument/didOpen", document(root / "a.md", TWICE))
        client.notify("workspace/didChangeWorkspaceFolders", added(tmp_path / "folder"))
        await client.request("workspace/executeCommand", {**UPDATE, "arguments": [{"uri": root.as_uri()}]})
        assert await client.request("textDocument/hover", hover(root / "a.md")) is not None
        assert await client.request("textDocument/hover", hover(elsewhere)) is None
        assert not [m for m in client.all("window/showMessage") if "internal error" in m["params"]["message"]]


@pytest.mark.parametrize("spelling", [pytest.param("link.md", id="link"), pytest.param("%61.md", id="percent")])
async def test_unsaved_text_stays_when_another_name_of_its_file_is_closed(root: Path, spelling: str) -> None:
    (root / "a.md").write_text("# On disk\n\nA recipe with onions, butter and a pinch of nutmeg for the winter.\n")
    (root / "link.md").symlink_to("a.md")
    async with loopback(root) as client:
        folder = await opened(client, root)
        client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
        other = document(root / "a.md", (root / "a.md").read_text())
        other["textDocument"]["uri"] = f"{root.as_uri()}/{spelling}"
        client.notify("textDocument/didOpen", other)
        assert await passages(folder, "a.md") == [(root / "a.md").read_text().splitlines()[2]], "the latest counts"
        client.notify("textDocument/didClose", {"textDocument": {"uri": other["textDocument"]["uri"]}})
        assert await passages(folder, "a.md") == [TEXT.splitlines()[2]]
        client.notify("textDocument/didClose", {"textDocument": {"uri": (root / "a.md").as_uri()}})
        assert await passages(folder, "a.md") == [(root / "a.md").read_text().splitlines()[2]]


async def test_an_update_hands_over_only_what_belongs_differently(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, str]] = []
    for name in ("set_buffer", "drop_buffer"):

        def record(workspace: Workspace, path: str, *_arguments: object, name: str = name) -> None:
            calls.append((name, path))

        monkeypatch.setattr(Workspace, name, record)
    async with loopback(root) as client:
        for name in ("a.md", "b.md"):
            client.notify("textDocument/didOpen", document(root / name, TEXT))
        folder = await opened(client, root)
        await folder.ask(lambda workspace: None)
        assert calls == [("set_buffer", "a.md"), ("set_buffer", "b.md")]
        for lines, expected in (("", []), ("b.md\n", [("drop_buffer", "b.md")]), ("", [("set_buffer", "b.md")])):
            calls.clear()
            (root / ".gitignore").write_text(lines)
            await opened(client, root)
            await folder.ask(lambda workspace: None)
            assert calls == expected


async def test_cancelling_one_command_leaves_the_update_to_the_other(root: Path) -> None:
    async with loopback(root) as client:
        folder = await opened(client, root)
        with Gate(client, "updates"):
            folder.update()
            await asyncio.sleep(0)  # it runs, and cannot be joined any more
            cancelled, other = (client.ask("workspace/executeCommand", UPDATE) for _ in range(2))
            await asyncio.sleep(0)
            client.notify("$/cancelRequest", {"id": cancelled})
            assert "error" in await client.answer(cancelled)
        (report,) = (await client.answer(other))["result"]["folders"]
        assert not report["cancelled"]


async def test_a_client_that_never_answers_a_registration_is_served(root: Path) -> None:
    dynamic = {"dynamicRegistration": True}
    workspace = {"didChangeWatchedFiles": dynamic, "didChangeConfiguration": dynamic}
    async with loopback(root, {"workspace": workspace}) as client:
        await opened(client, root)
        asked = await client.until(lambda: client.all("client/registerCapability")[1:] or None)
        client.receive({"id": asked[0]["id"], "error": {"code": -32601, "message": "no"}})
        refused = await client.until(lambda: next(iter(client.all("window/logMessage")), None))
        assert "refused to register" in refused["params"]["message"]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        pytest.param("workspace/didChangeWatchedFiles", {"changes": [{"uri": "a.md", "type": 1}]}, id="watched"),
        pytest.param("workspace/didChangeConfiguration", {"settings": None}, id="settings"),
        pytest.param("workspace/executeCommand", UPDATE, id="command"),
        pytest.param("textDocument/didOpen", {}, id="document"),
    ],
)
async def test_a_folder_made_after_the_start_is_opened(tmp_path: Path, method: str, params: dict[str, Any]) -> None:
    late = tmp_path / "late"
    if "changes" in params:
        params = {"changes": [{"uri": (late / "a.md").as_uri(), "type": 1}]}
    async with loopback(late, {"window": {"workDoneProgress": True}}) as client:
        for _ in range(2):
            await client.answer(client.ask("workspace/executeCommand", UPDATE))
        assert len(client.all("window/showMessage")) == 1
        late.mkdir()
        (late / "a.md").write_text(TEXT)
        if method == "workspace/executeCommand":
            await client.request(method, params)
        else:
            client.notify(method, params or document(late / "a.md", TEXT))
        await client.until(lambda: client.all("window/workDoneProgress/create")[:1] or None)
        folder = await opened(client, late)
        assert await passages(folder, "a.md") == [TEXT.splitlines()[2]]


async def test_a_folder_that_was_let_go_is_not_opened_again(tmp_path: Path) -> None:
    late = tmp_path / "late"
    async with loopback(late) as client:
        await client.answer(client.ask("workspace/executeCommand", UPDATE))
        folder = client.server.session.folders[late.as_uri()]
        client.server.session.remove_folder(late.as_uri())
        late.mkdir()
        await folder.refresh()
        with pytest.raises(asyncio.CancelledError):
            await folder.opened_updater()
        assert folder.updater is None


async def test_documents_of_no_folder_wait_for_no_index(root: Path) -> None:
    async with loopback(None) as client:
        with Gate(client, "updates"):
            client.notify("textDocument/didOpen", document(root / "a.md", TEXT))
            assert await client.request("textDocument/hover", hover(root / "a.md")) is None
