"""What commands answer while the index is not complete, or cannot be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso.cli import main
from seealso.embed.base import EmbedKind, Lane, Vectors
from seealso.errors import EmbeddingError
from seealso.model import Phase, Progress
from seealso.workspace import Workspace

ONE = "Restore a folder of your choice on the first Monday of each quarter, and compare it with the original.\n"
OTHER = "The ticket is a priority one when copies cannot be read. Call the engineer on duty at once, at any hour.\n"


class BrokenEmbedder(FakeEmbedder):
    """Knows no meaning at all."""

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        raise EmbeddingError(f"{len(texts)} texts of {kind} were refused.")


def index_without_vectors(root: Path, documents: dict[str, str]) -> None:
    """Read documents into an index, with a model that fails."""
    root.mkdir()
    for name, text in documents.items():
        (root / name).write_text(text, "utf-8")
    workspace = Workspace.open(root, embedder=BrokenEmbedder())
    with pytest.raises(EmbeddingError):
        workspace.update()
    workspace.close()


@pytest.mark.parametrize(
    ("documents", "arguments", "code", "said"),
    [
        pytest.param({"a.md": ONE, "b.md": OTHER}, (), 0, "2 passages not embedded yet", id="a list says so"),
        pytest.param(
            {"a.md": ONE, "b.md": OTHER},
            ("--fail-on", "reworded"),
            2,
            "seealso: The index is not complete: 2 passages not embedded yet may repeat others.",
            id="nothing found is no answer",
        ),
        pytest.param({"a.md": ONE, "b.md": ONE}, ("--fail-on", "exact"), 1, "1 group fails", id="what is found fails"),
    ],
)
def test_passages_without_vectors(
    documents: dict[str, str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    index_without_vectors(tmp_path / "docs", documents)
    assert main(["duplicates", str(tmp_path / "docs"), *arguments]) == code
    err = " ".join(capsys.readouterr().err.split())
    assert said in err
    assert "`seealso update` goes on" in err


class StoppedError(Exception):
    """The process ends here."""


def stop_while_comparing(progress: Progress) -> None:
    if progress.phase is Phase.COMPARE:
        raise StoppedError


def test_an_update_stopped_while_comparing_is_not_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "docs"
    root.mkdir()
    (root / "a.md").write_text(ONE)
    with closing(Workspace.open(root)) as workspace:
        workspace.update()
        (root / "b.md").write_text(ONE.replace("and compare", "and then compare"))
        with pytest.raises(StoppedError):
            workspace.update(report=stop_while_comparing)
        status = workspace.status()
    assert (status.pending, status.state) == (0, "partial")
    assert main(["duplicates", str(root), "--fail-on", "edited"]) == 2
    assert "its last update was not finished" in " ".join(capsys.readouterr().err.split())
    assert main(["update", str(root)]) == 0
    assert main(["status", str(root), "--json"]) == 0
    assert '"state": "ready"' in capsys.readouterr().out
    assert main(["duplicates", str(root), "--fail-on", "edited"]) == 1


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database" * 1000), id="no-database"),
        pytest.param(lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 999"), id="another-version"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [("duplicates", "--fail-on", "exact"), ("search", "folder", "--path"), ("status",)],
    ids=lambda arguments: arguments[0],
)
def test_an_index_that_cannot_be_read_has_no_answers(
    damage: Callable[[Path], object],
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "docs"
    index_without_vectors(root, {"a.md": ONE, "b.md": ONE})
    (database,) = (tmp_path / "cache").rglob("index.sqlite")
    damage(database)
    assert main([*arguments, str(root)]) == 2
    assert "seealso index" in " ".join(capsys.readouterr().err.split())
    assert main(["update", str(root)]) == 0
    assert main(["duplicates", str(root), "--fail-on", "exact"]) == 1


@pytest.mark.parametrize(
    "arguments", [("duplicates", "--fail-on", "exact"), ("update",), ("search", "folder", "--path"), ("status",)]
)
def test_a_path_that_does_not_exist_is_no_answer(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    index_without_vectors(tmp_path / "docs", {"a.md": ONE, "b.md": ONE})
    assert main([*arguments, str(tmp_path / "docs" / "typo")]) == 2
    assert "does not exist" in " ".join(capsys.readouterr().err.split())
