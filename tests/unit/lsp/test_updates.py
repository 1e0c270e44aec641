"""One update runs, at most one waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from fake_embedder import FakeEmbedder
from seealso.embed.base import EmbedKind, Lane, Vectors
from seealso.errors import CancelledError, EmbeddingError, IndexUnavailableError
from seealso.index import lock
from seealso.index.lock import writer_lock
from seealso.lsp import updates
from seealso.lsp.capabilities import Client
from seealso.lsp.outbox import Outbox
from seealso.lsp.updates import Updater
from seealso.model import UpdateReport
from seealso.settings import resolve
from seealso.workspace import Workspace
from unit.lsp.test_progress import Wire

pytestmark = pytest.mark.asyncio
TIMEOUT_S = 20.0


class SlowEmbedder(FakeEmbedder):
    """Embeds when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.error: Exception | None = None
        self.asked = 0

    def embed(self, texts: Any, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        self.asked += 1
        self.begun.set()
        assert self.gate.wait(TIMEOUT_S)
        if self.error is not None:
            raise self.error
        return super().embed(texts, kind)


class Bench:
    """An updater on a real workspace with an embedder that waits."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.embedder = SlowEmbedder()
        self.workspace = Workspace.open(root, embedder=self.embedder)
        self.wire = Wire()
        self.executor = ThreadPoolExecutor(1)
        self.changes = 0
        self.updater = Updater(
            self.workspace,
            "docs",
            self.executor,
            Outbox(self.wire),
            Client(progress=True),
            first=list,
            on_change=self._changed,
            on_progress=lambda: None,
        )

    def _changed(self) -> None:
        self.changes += 1
        self.wire.arrived.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look again after each message and each end of an update."""
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():
                self.wire.arrived.clear()
                await self.wire.arrived.wait()

    def write(self, name: str, text: str) -> None:
        (self.root / f"{name}.md").write_text(f"# {name}\n\nA passage about {text} and nothing else at all.\n")

    async def begun(self) -> None:
        assert await asyncio.to_thread(self.embedder.begun.wait, TIMEOUT_S)
        self.embedder.begun.clear()

    async def report(self, answer: asyncio.Future[UpdateReport]) -> UpdateReport:
        return await asyncio.wait_for(asyncio.shield(answer), TIMEOUT_S)

    def endings(self) -> list[str]:
        """Return what the progress bars said last."""
        sent = [params.value for method, params in self.wire.sent if method == types.PROGRESS]
        return [value.message or "" for value in sent if isinstance(value, types.WorkDoneProgressEnd)]

    def shown(self) -> list[str]:
        return [params.message for method, params in self.wire.sent if method == types.WINDOW_SHOW_MESSAGE]


@pytest_asyncio.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "docs").mkdir()
    bench = Bench(tmp_path / "docs")
    bench.write("first", "rivers")
    yield bench
    bench.embedder.gate.set()
    bench.updater.close()
    await asyncio.to_thread(bench.executor.shutdown)
    bench.workspace.close()


async def test_wishes_while_one_runs_become_one_more_run(bench: Bench) -> None:
    first = bench.updater.request()
    await bench.begun()
    bench.write("second", "mountains")
    waiting = [bench.updater.request() for _ in range(5)]
    assert all(answer is waiting[0] for answer in waiting)
    assert waiting[0] is not first
    bench.embedder.gate.set()
    assert (await bench.report(first)).embedded == 1
    assert (await bench.report(waiting[0])).added == 1
    assert bench.embedder.asked == 2
    await asyncio.sleep(0)
    assert not bench.updater.running


async def test_cancelling_stops_what_runs_and_what_waits(bench: Bench) -> None:
    for number in range(200):
        bench.write(f"many{number}", f"subject {number}")
    first = bench.updater.request(visible=True)
    await bench.begun()
    waiting = bench.updater.request()
    bench.updater.cancel()
    bench.embedder.gate.set()
    report = await bench.report(first)
    assert report.cancelled
    assert report.pending > 0
    with pytest.raises(CancelledError):
        await bench.report(waiting)
    assert "stopped" in [params.value.message for method, params in bench.wire.sent if method == types.PROGRESS][-1]
    assert bench.shown() == []


@pytest.mark.parametrize("begun", [pytest.param(True, id="runs"), pytest.param(False, id="waits")])
@pytest.mark.parametrize("others", ["another who waits", "a wish nobody waits for", "nobody"])
async def test_who_stops_waiting_stops_only_what_nobody_else_wants(bench: Bench, others: str, begun: bool) -> None:
    for number in range(200):
        bench.write(f"many{number}", f"subject {number}")
    before = None if begun else bench.updater.request()
    if before is not None:
        await bench.begun()
    stopping = asyncio.create_task(bench.updater.wait(token="mine"))
    staying: asyncio.Future[UpdateReport] | None = None
    if others == "another who waits":
        staying = asyncio.create_task(bench.updater.wait())
    await asyncio.sleep(0)
    if others == "a wish nobody waits for":
        staying = bench.updater.request()
    if begun:
        await bench.begun()
    stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
    bench.embedder.gate.set()
    if before is not None:
        assert not (await bench.report(before)).cancelled
    if staying is not None:
        report = await bench.report(staying)
        assert (report.cancelled, report.pending) == (False, 0)
    await bench.until(lambda: not bench.updater.running)
    assert bench.endings() == (["stopped"] if begun else [])
    pending = bench.workspace.status().pending
    assert (pending > 0) is (begun and staying is None)


async def test_a_rebuild_takes_the_place_of_an_update(bench: Bench) -> None:
    for number in range(200):
        bench.write(f"many{number}", f"subject {number}")
    first = bench.updater.request()
    await bench.begun()
    rebuild = bench.updater.request(rebuild=True)
    bench.embedder.gate.set()
    assert (await bench.report(first)).cancelled
    report = await bench.report(rebuild)
    assert (report.cancelled, report.pending, report.documents) == (False, 0, 201)


async def test_another_process_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "RETRY_S", (0.01,))
    bench.embedder.gate.set()
    before = bench.workspace.directory
    with writer_lock(before):
        answer = bench.updater.request()
        with pytest.raises(Exception, match="Another seealso process is writing"):
            await bench.report(answer)
        logged = [params.message for method, params in bench.wire.sent if method == types.WINDOW_LOG_MESSAGE]
        assert len(logged) == 1
    await bench.until(lambda: bench.embedder.asked == 1)
    assert bench.shown() == []


async def test_one_retry_waits_however_often_the_index_was_locked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE_S", 0.05)
    retries: list[asyncio.TimerHandle] = []
    with writer_lock(bench.workspace.directory):
        for _ in range(3):
            with pytest.raises(IndexUnavailableError):
                await bench.report(bench.updater.request(visible=True))
            assert bench.updater._retry is not None
            retries.append(bench.updater._retry)
    assert [retry.cancelled() for retry in retries] == [True, True, False]
    await bench.until(lambda: len(bench.endings()) == 3)
    assert set(bench.endings()) == {"another process is writing the index"}


async def test_a_model_that_fails_is_told_once(bench: Bench) -> None:
    bench.embedder.error = EmbeddingError("The model is damaged.", hint="Install seealso again.")
    bench.embedder.gate.set()
    for _ in range(3):
        with pytest.raises(EmbeddingError):
            await bench.report(bench.updater.request())
    assert bench.shown() == ["seealso: The model is damaged. Install seealso again."]
    assert bench.changes >= 3, "words are indexed: answers may have changed"


SERVED = resolve({"embedding": {"backend": "openai", "endpoint": "http://127.0.0.1:9/v1"}})[0]
AWAY = EmbeddingError("No embedding server answers at http://127.0.0.1:9/v1.", hint="Start it.", passing=True)


async def test_a_server_that_is_away_is_tried_again_until_it_is_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "RETRY_S", (0.01, 0.02))
    bench.workspace.configure(SERVED)
    bench.embedder.error = AWAY
    bench.embedder.gate.set()
    with pytest.raises(EmbeddingError):
        await bench.report(bench.updater.request(visible=True))
    await bench.until(lambda: bench.embedder.asked >= 4)
    assert bench.shown() == [f"seealso: {AWAY}"], "told once"
    assert bench.endings() == [f"stopped: {AWAY.message} Next try in 1 s."]
    bench.embedder.error = None
    await bench.until(lambda: bench.workspace.status().state == "ready")
    await bench.until(lambda: not bench.updater.running)
    assert bench.updater._retry is None
    asked = bench.embedder.asked
    bench.write("second", "mountains")
    assert (await bench.report(bench.updater.request())).embedded == 1
    assert bench.embedder.asked == asked + 1


async def test_a_rebuild_that_is_withdrawn_loses_nothing(bench: Bench) -> None:
    first = bench.updater.request()
    await bench.begun()
    wish = asyncio.ensure_future(bench.updater.wait(rebuild=True))
    await asyncio.sleep(0)  # it has stopped the first one
    wish.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wish
    bench.embedder.gate.set()
    assert (await bench.report(first)).cancelled
    await bench.until(lambda: not bench.updater.running)
    assert bench.workspace.status().state == "ready"


async def test_a_rebuild_stays_one_when_it_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "RETRY_S", (0.01,))
    asked: list[bool] = []
    update = bench.workspace.update

    def counted(*, everything: bool = False, **options: Any) -> UpdateReport:
        asked.append(everything)
        return update(everything=everything, **options)

    monkeypatch.setattr(bench.workspace, "update", counted)
    bench.embedder.gate.set()
    bench.embedder.error = AWAY
    with pytest.raises(EmbeddingError):
        await bench.report(bench.updater.request(rebuild=True))
    bench.embedder.error = None
    await bench.until(lambda: len(asked) >= 2 and not bench.updater.running)
    assert asked[:2] == [True, True]


@pytest.mark.parametrize("how", ["asked for", "closed"])
async def test_one_who_does_not_wait_for_the_next_try(bench: Bench, how: str) -> None:
    bench.workspace.configure(SERVED)
    bench.embedder.error = AWAY
    bench.embedder.gate.set()
    with pytest.raises(EmbeddingError):
        await bench.report(bench.updater.request())
    retry = bench.updater._retry
    assert retry is not None
    if how == "closed":
        bench.updater.close()
    else:
        bench.embedder.error = None
        assert (await bench.report(bench.updater.request())).embedded == 1
    assert retry.cancelled()
    assert bench.updater._retry is None


async def test_what_does_not_pass_by_itself_is_not_tried_again(bench: Bench) -> None:
    bench.workspace.configure(SERVED)
    bench.embedder.error = EmbeddingError("vLLM has too little memory.", hint="Take a smaller model.")
    bench.embedder.gate.set()
    with pytest.raises(EmbeddingError):
        await bench.report(bench.updater.request())
    assert bench.updater._retry is None
    assert bench.shown() == ["seealso: vLLM has too little memory. Take a smaller model."]


async def test_doubts_about_the_vectors_are_shown_once(bench: Bench) -> None:
    bench.embedder.doubts = ("The model finds unrelated texts closer.",)
    bench.embedder.gate.set()
    for _ in range(2):
        await bench.report(bench.updater.request())
    assert bench.shown() == ["seealso: The model finds unrelated texts closer."]


async def test_what_an_update_waits_for_is_shown(bench: Bench) -> None:
    bench.embedder.activity = "The server starts."
    answer = bench.updater.request(visible=True)
    await bench.until(lambda: any("The server starts." in str(params) for _, params in bench.wire.sent))
    bench.embedder.gate.set()
    await bench.report(answer)


async def test_a_short_update_nobody_asked_for_shows_no_bar(bench: Bench) -> None:
    bench.embedder.gate.set()
    await bench.report(bench.updater.request())
    assert bench.wire.values() == []
    await bench.report(bench.updater.request(visible=True))
    await bench.until(lambda: [value["kind"] for value in bench.wire.values()][-1:] == ["end"])


async def test_what_goes_wrong_before_an_update_is_answered_too(bench: Bench) -> None:
    def broken() -> list[str]:
        raise ZeroDivisionError

    bench.updater._first = broken
    with pytest.raises(ZeroDivisionError):
        await bench.report(bench.updater.request())
    bench.updater._first = list
    bench.embedder.gate.set()
    assert (await bench.report(bench.updater.request())).embedded == 1


async def test_nothing_runs_after_the_end(bench: Bench) -> None:
    bench.updater.close()
    with pytest.raises(CancelledError):
        await bench.report(bench.updater.request())
    assert bench.embedder.asked == 0
