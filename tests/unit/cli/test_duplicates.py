"""`seealso duplicates` while the index is not complete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso.cli import main
from seealso.embed.base import EmbedKind, Vectors
from seealso.errors import EmbeddingError
from seealso.workspace import Workspace

ONE = "Restore a folder of your choice on the first Monday of each quarter, and compare it with the original.\n"
OTHER = "The ticket is a priority one when copies cannot be read. Call the engineer on duty at once, at any hour.\n"


class BrokenEmbedder(FakeEmbedder):
    """Knows no meaning at all."""

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
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
        pytest.param({"a.md": ONE, "b.md": ONE}, ("--fail-on", "exact"), 1, "1 group fail", id="what is found fails"),
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
