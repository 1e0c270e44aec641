"""What is near is looked for again only when it may be something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso.corpus import CACHE_VARIABLE
from seealso.lsp.nearby import Nearby
from seealso.workspace import Workspace

SUBJECT = "Stop the service before you restore a backup."


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: FakeEmbedder) -> Iterator[Workspace]:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/restore.md").write_text(f"{SUBJECT}\n")
    workspace = Workspace.open(tmp_path / "docs", embedder=embedder)
    workspace.update()
    yield workspace
    workspace.close()


def near(nearby: Nearby, workspace: Workspace, subject: str, path: str = "draft.md", others: int = 0) -> list[str]:
    return [match.place.path for match in nearby.of(subject, path, others, workspace)]


def test_the_same_subject_is_looked_for_once(workspace: Workspace, embedder: FakeEmbedder) -> None:
    nearby = Nearby()
    assert near(nearby, workspace, SUBJECT[:-1]) == near(nearby, workspace, SUBJECT[:-1]) == ["restore.md"]
    assert embedder.questions == [SUBJECT[:-1]]


@pytest.mark.parametrize(
    "other", [{"subject": "Stop the service"}, {"path": "other.md"}, {"others": 1}], ids=["subject", "path", "others"]
)
def test_another_question_is_answered_anew(
    workspace: Workspace, embedder: FakeEmbedder, other: dict[str, object]
) -> None:
    nearby = Nearby()
    for asked in ({}, other, {}):
        near(nearby, workspace, **{"subject": "Restore a backup", **asked})  # type: ignore[arg-type]
    assert len(embedder.questions) == 3, "the last one alone is kept"


def test_what_has_changed_is_found(workspace: Workspace) -> None:
    nearby = Nearby()
    assert "data.md" not in near(nearby, workspace, "Copy the data folder")
    (workspace.root / "data.md").write_text("Copy the data folder to its old place.\n")
    workspace.update()
    nearby.forget()
    assert "data.md" in near(nearby, workspace, "Copy the data folder")


def test_nothing_is_near_to_nothing(workspace: Workspace, embedder: FakeEmbedder) -> None:
    assert near(Nearby(), workspace, "") == []
    assert embedder.questions == []
