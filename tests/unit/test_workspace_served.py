"""A workspace whose model is on a server: which is away, changes, refuses, and dies in the middle."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path

import pytest

from fault_server import FaultServer, ListedModel, Personality, Status
from seealso import meter, updating
from seealso.embed.identity import PROBES
from seealso.errors import EmbeddingError
from seealso.index.calibration import thinned
from seealso.index.database import FILE_NAME
from seealso.model import Phase, Progress
from seealso.settings import Settings
from seealso.workspace import Workspace

OpenServed = Callable[..., Workspace]

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
EDITED = ROSES.replace("with clean", "and with clean")
TULIPS = "Tulip bulbs are planted in late autumn, as deep as three bulbs are high, in loose and dry soil."
SPACE = "bag-of-words/64"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "docs"


def fill(root: Path, count: int = 0) -> None:
    (root / "roses.md").write_text(f"# Roses\n\n{ROSES}\n")
    (root / "again.md").write_text(f"# Again\n\n{EDITED}\n")
    (root / "tulips.md").write_text(f"# Tulips\n\n{TULIPS}\n")
    for number in range(count):
        (root / f"bed{number:04}.md").write_text(f"The bed with the number {number} holds plant{number} and nothing.\n")


def texts(server: FaultServer, known: Collection[str] = ()) -> list[str]:
    """Return what was embedded besides what servers are tried with, and what their models are measured with."""
    measured = {few for text in (*known, *server.texts) if (few := thinned(text)) != text}
    return [text for text in server.texts if text not in PROBES and text not in measured]


def test_a_full_cycle(served: OpenServed, root: Path, fault_server: FaultServer) -> None:
    fill(root)
    workspace = served()
    assert (workspace.status().state, workspace.status().model) == ("empty", "none")
    report = workspace.update()
    assert (report.documents, report.embedded, report.pending) == (3, 3, 0)
    assert sorted(texts(fault_server)) == sorted([ROSES, EDITED, TULIPS])
    status = workspace.status()
    assert (status.state, status.model, status.pending, status.errors) == ("ready", SPACE, 0, ())
    answer = workspace.search("when are tulips planted")
    assert answer.complete
    assert answer.matches[0].place.path == "tulips.md"
    assert answer.matches[0].dense is not None
    related = workspace.related("roses.md", 2)
    assert related is not None
    assert [match.place.path for match in related.duplicates] == ["again.md"]
    assert [[place.path for place in group.places] for group in workspace.duplicates()] == [["again.md", "roses.md"]]
    assert workspace.related_documents("roses.md")[0].path == "again.md"
    fault_server.forget()
    assert workspace.update().embedded == 0
    assert texts(fault_server) == []


def scans(progress: list[Progress]) -> int:
    return sum(one.phase is Phase.SCAN and not one.done for one in progress)


def test_an_update_asks_the_server_while_it_reads(served: OpenServed, root: Path, fault_server: FaultServer) -> None:
    fill(root)
    workspace = served()
    for _ in range(2):
        progress: list[Progress] = []
        workspace.update(report=progress.append)
        assert scans(progress) == 1


def test_what_is_written_while_the_server_starts_is_not_missed(
    served: OpenServed, root: Path, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "PROMPT_S", 0.01)
    fill(root)
    workspace = served()
    fault_server.hold()
    progress: list[Progress] = []

    def report(one: Progress) -> None:
        if one.phase is Phase.MODEL and progress[-1].phase is not Phase.MODEL:
            (root / "late.md").write_text("Dahlias are dug up before the first frost, and kept dry in the cellar.\n")
            fault_server.release()
        progress.append(one)

    done = workspace.update(report=report)
    assert scans(progress) == 2
    assert (done.documents, done.added, done.embedded, done.pending) == (4, 4, 4, 0)


def test_settings_that_change_while_an_update_reads_hold_for_it(
    served: OpenServed, root: Path, fault_server: FaultServer
) -> None:
    fill(root)
    workspace = served()

    def report(one: Progress) -> None:
        if one.phase is Phase.READ and one.done == one.total:
            workspace.configure(Settings())

    assert workspace.update(report=report).embedded == 3
    assert texts(fault_server) == []
    assert workspace.status().model == workspace.embedder.identify().id
    workspace.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "seealso-http"] == []


def test_documents_keep_their_whole_vectors_when_settings_change_late(
    served: OpenServed, root: Path, fault_server: FaultServer
) -> None:
    model = ListedModel("bag-of-words", "vllm", max_model_len=32_768)
    fault_server.personality = Personality((model,), max_tokens=32_768)
    fill(root)
    workspace = served()
    workspace.update()
    (root / "tulips.md").write_text(f"# Tulips\n\n{TULIPS} They come back each year.\n")

    def report(one: Progress) -> None:
        if one.phase is Phase.COMPARE:
            workspace.configure(Settings())

    with suppress(EmbeddingError):  # its embedder is closed by then
        workspace.update(report=report)
    with closing(sqlite3.connect(workspace.directory / FILE_NAME)) as database:
        found = database.execute("SELECT DISTINCT how FROM document_vectors").fetchall()
    assert found == [("whole",)]


def test_a_model_that_was_complete_is_so_after_another_was_used(
    served: OpenServed, root: Path, fault_server: FaultServer
) -> None:
    fill(root)
    workspace = served()
    workspace.update()
    settings = workspace.settings
    workspace.configure(Settings())
    workspace.update()
    workspace.configure(settings)
    assert workspace.search("when are tulips planted").complete
    (root / "late.md").write_text("Dahlias are dug up before the first frost, and kept dry in the cellar.\n")
    workspace.update()
    workspace.configure(Settings())
    assert not workspace.search("when are dahlias dug up").complete


def test_a_server_that_is_away_is_complained_about_each_time_it_goes(
    served: OpenServed, root: Path, fault_server: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    fill(root)
    workspace = served()
    workspace.update()
    for _ in range(2):
        fault_server.down()
        for word in ("tulips", "roses"):
            workspace.search(word)
        fault_server.up()
        workspace.embedder.identify()
        workspace.search("roses")
    said = [record.getMessage() for record in caplog.records if "words alone" in record.getMessage()]
    assert len(said) == 2


@pytest.mark.parametrize("restarted", [False, True])
def test_what_works_without_the_server(
    served: OpenServed, root: Path, fault_server: FaultServer, restarted: bool
) -> None:
    fill(root)
    workspace = served()
    workspace.update()
    before = workspace.related("roses.md", 2), workspace.duplicates()
    fault_server.down()
    if restarted:
        workspace = served()
    assert (workspace.related("roses.md", 2), workspace.duplicates()) == before
    assert before[0] is not None
    assert before[0].complete
    assert len(workspace.duplicates_in("roses.md")) == 1
    began = time.monotonic()
    for _ in range(10):
        answer = workspace.search("when are tulips planted")
        assert not answer.complete
        assert answer.matches[0].place.path == "tulips.md"
    assert time.monotonic() - began < 2.0
    status = workspace.status()
    assert (status.state, status.model, status.pending) == ("ready", SPACE, 0)
    with pytest.raises(EmbeddingError, match=fault_server.url):
        workspace.update()
    (root / "new.md").write_text("Beans climb as high as the pole that somebody has put beside them in April.")
    with pytest.raises(EmbeddingError):
        workspace.update()
    status = workspace.status()
    assert (status.state, status.pending, status.embedded) == ("partial", 1, 3)
    assert workspace.search("beans pole").matches[0].place.path == "new.md"
    fault_server.up()
    report = workspace.update()
    assert (report.embedded, report.pending) == (1, 0)
    assert workspace.search("beans pole").complete


def test_another_model_behind_the_same_name(served: OpenServed, root: Path, fault_server: FaultServer) -> None:
    fill(root)
    workspace = served()
    workspace.update()
    fault_server.change_model(1)
    status = workspace.status()
    assert (status.model, status.state, status.pending) == (SPACE, "ready", 0), "nobody knows yet"
    seen: list[str] = []
    cancelled = workspace.update(
        report=lambda progress: seen.append(progress.phase), cancelled=lambda: Phase.EMBED in seen
    )
    assert cancelled.cancelled
    status = workspace.status()
    assert (status.model, status.state) == (f"{SPACE} (2)", "partial")
    assert status.pending + status.embedded == 3
    report = workspace.update()
    assert (report.embedded + cancelled.embedded, report.pending) == (3, 0)
    status = workspace.status()
    assert (status.model, status.state, status.pending) == (f"{SPACE} (2)", "ready", 0)
    assert workspace.search("when are tulips planted").complete
    fault_server.change_model(0)
    assert workspace.update().embedded == 0, "the vectors of the first one are still there"
    assert workspace.status().model == SPACE


def test_another_model_with_another_name_and_dimension(
    served: OpenServed, root: Path, fault_server: FaultServer
) -> None:
    fill(root)
    workspace = served()
    workspace.update()
    fault_server.down()
    fault_server.personality = Personality((ListedModel("larger"),), dimension=128)
    fault_server.up()
    fresh = served()
    for opened in (workspace, fresh):
        related = opened.related("roses.md", 2)
        assert related is not None
        opened.set_buffer("new.md", f"{ROSES.replace('early', 'late')}\n\n{TULIPS}\n", 1, "markdown")
        assert opened.duplicates_in("new.md"), "at least the copy that reads the same"
        assert opened.search("tulips").matches
    assert workspace.update().embedded == 3
    assert workspace.status().model == "larger/128"
    assert workspace.duplicates_in("new.md")


def test_a_poisoned_passage(served: OpenServed, root: Path, fault_server: FaultServer) -> None:
    fill(root)
    (root / "poison.md").write_text("# Herbs\n\nSage grows in the sun.\n\nHemlock does poison whoever eats of it.\n")
    (root / "alone.md").write_text("A poison of its own kind is in this one, and nothing else.\n")
    fault_server.when("poison", Status(400))
    workspace = served()
    report = workspace.update()
    assert (report.embedded, report.pending) == (4, 0)
    status = workspace.status()
    assert (status.state, status.pending, status.embedded, status.passages) == ("ready", 0, 4, 6)
    assert [
        (problem.path, "line 1 " in problem.reason or "line 5 " in problem.reason) for problem in status.errors
    ] == [
        ("alone.md", True),
        ("poison.md", True),
    ]
    assert all("made to fail with 400" in problem.reason for problem in status.errors)
    assert workspace.search("hemlock eats").matches[0].place.path == "poison.md"
    assert workspace.related_documents("poison.md"), "what remains of it stands for it"
    assert workspace.related_documents("alone.md") == ()
    fault_server.forget()
    assert workspace.update().embedded == 0
    assert texts(fault_server) == [], "not tried again by itself"
    workspace.update(everything=True)
    assert {text for text in texts(fault_server) if "poison" in text}, "but when everything is wanted"
    assert len(workspace.status().errors) == 2
    fault_server.clear_faults()
    assert workspace.update(everything=True).embedded == 2
    status = workspace.status()
    assert (status.errors, status.embedded, status.state) == ((), 6, "ready")


def test_a_server_that_dies_in_the_middle(
    served: OpenServed, root: Path, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter, "_REPORT_EVERY_S", 0.0)
    fill(root, 700)
    workspace = served()

    def report(progress: Progress) -> None:
        if progress.phase is Phase.EMBED and progress.done:
            fault_server.down()

    with pytest.raises(EmbeddingError, match=fault_server.url):
        workspace.update(report=report)
    status = workspace.status()
    assert 0 < status.embedded < 703
    assert (status.state, status.pending) == ("partial", 703 - status.embedded)
    with closing(sqlite3.connect(workspace.directory / FILE_NAME)) as db:
        done = {text for (text,) in db.execute("SELECT text FROM texts JOIN vectors ON text_id = texts.id")}
    fault_server.up()
    fault_server.forget()
    assert workspace.update().pending == 0
    again = texts(fault_server, done)
    assert len(again) == len(set(again)) == 703 - len(done)
    assert not done.intersection(again)
    assert workspace.status().state == "ready"


def test_cancelling_keeps_the_calls_under_way(served: OpenServed, root: Path, fault_server: FaultServer) -> None:
    fill(root, 300)
    workspace = served()
    stop = threading.Event()
    fault_server.hold()

    def identified(progress: Progress) -> None:
        if progress.phase is Phase.MODEL:
            fault_server.release()
        if progress.phase is Phase.EMBED and not progress.done:
            fault_server.hold()

    def cancelled() -> bool:
        if stop.is_set():
            fault_server.release()
        return stop.is_set()

    def watch() -> None:
        fault_server.wait_for(lambda server: sum(text not in PROBES for text in server.texts) >= 8)
        stop.set()

    watching = threading.Thread(target=watch)
    watching.start()
    report = workspace.update(report=identified, cancelled=cancelled)
    watching.join()
    assert report.cancelled
    asked = texts(fault_server)
    assert report.embedded == 192, "three calls were under way, the first one included"
    assert sorted(set(asked)) == sorted(asked)
    assert workspace.update().embedded == 303 - 192
    assert len(texts(fault_server)) == 303, "no text is embedded twice"
