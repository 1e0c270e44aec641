"""What is near is looked for again only when it may be something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso.embed.base import EmbedKind, Lane, Vectors
from seealso.errors import EmbeddingError
from seealso.lsp import documents
from seealso.lsp.nearby import Nearby
from seealso.workspace import Workspace
from unit.lsp.loopback import Gate, document, loopback

SUBJECT = "Stop the service before you restore a backup."


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    root = tmp_path / "docs"
    root.mkdir()
    (root / "restore.md").write_text(f"{SUBJECT}\n")
    return root


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """It is indexed."""
    workspace.update()
    return workspace


def near(nearby: Nearby, workspace: Workspace, subject: str, path: str = "draft.md") -> list[str]:
    return [match.place.path for match in nearby.of(subject, path, workspace)]


def test_the_same_subject_is_looked_for_once(workspace: Workspace, embedder: FakeEmbedder) -> None:
    nearby = Nearby()
    assert near(nearby, workspace, SUBJECT[:-1]) == near(nearby, workspace, SUBJECT[:-1]) == ["restore.md"]
    workspace.set_buffer("draft.md", "Stop", 2)
    assert near(nearby, workspace, SUBJECT[:-1]) == ["restore.md"]
    assert embedder.questions == [SUBJECT[:-1]], "its own document is nothing to it"


@pytest.mark.parametrize("other", [{"subject": "Stop the service"}, {"path": "other.md"}], ids=["subject", "path"])
def test_another_question_is_answered_anew(workspace: Workspace, embedder: FakeEmbedder, other: dict[str, str]) -> None:
    nearby = Nearby()
    for asked in ({}, other, {}):
        near(nearby, workspace, **{"subject": "Restore a backup", **asked})
    assert len(embedder.questions) == 3, "the last one alone is kept"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda workspace: workspace.set_buffer("data.md", "Copy the data folder.", 2), id="changed"),
        pytest.param(lambda workspace: workspace.set_buffer("data.md", "Copy the data folder.", 1), id="opened again"),
    ],
)
def test_another_open_document_is_found_as_it_is(workspace: Workspace, change: Callable[[Workspace], None]) -> None:
    def texts() -> set[str]:
        return {match.place.text for match in nearby.of("Copy the data folder", "draft.md", workspace)}

    nearby = Nearby()
    workspace.set_buffer("data.md", "Nothing like it.", 1)
    assert texts() == {SUBJECT, "Nothing like it."}
    change(workspace)
    assert texts() == {SUBJECT, "Copy the data folder."}
    workspace.drop_buffer("data.md")
    assert texts() == {SUBJECT}


def test_what_has_changed_is_found(workspace: Workspace) -> None:
    nearby = Nearby()
    assert "data.md" not in near(nearby, workspace, "Copy the data folder")
    (workspace.root / "data.md").write_text("Copy the data folder to its old place.\n")
    workspace.update()
    nearby.forget()
    assert "data.md" in near(nearby, workspace, "Copy the data folder")


def test_an_answer_by_words_alone_is_not_kept(
    workspace: Workspace, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(texts: object, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        raise EmbeddingError("The server is away.", hint="Wait.")

    nearby = Nearby()
    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed", away)
        assert not [match for match in nearby.of(SUBJECT[:-1], "draft.md", workspace) if match.dense is not None]
    (match,) = nearby.of(SUBJECT[:-1], "draft.md", workspace)
    assert match.dense is not None


def test_nothing_is_near_to_nothing(workspace: Workspace, embedder: FakeEmbedder) -> None:
    assert near(Nearby(), workspace, "") == []
    assert embedder.questions == []


@pytest.mark.asyncio
async def test_a_large_document_is_found_once_it_has_been_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LARGE", 200)
    (root / "restore.md").unlink()
    draft, large = root / "draft.md", root / "large.md"
    at = {"textDocument": {"uri": draft.as_uri()}, "position": {"line": 2, "character": 5}}
    async with loopback(root) as client:
        await client.request("workspace/executeCommand", {"command": "seealso.updateIndex"})
        client.notify("textDocument/didOpen", document(draft, f"{SUBJECT[:-1]}\n\nSee [\n"))
        with Gate(client, "large"):
            client.notify("textDocument/didOpen", document(large, f"{SUBJECT}\n\n" + "Something else.\n\n" * 20))
            assert (await client.request("textDocument/completion", at))["items"] == []
        session = client.server.session
        await session.folders[root.as_uri()].given(session.documents[large.as_uri()])
        assert "large.md" in str(await client.request("textDocument/completion", at))
