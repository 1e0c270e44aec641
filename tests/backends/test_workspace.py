"""An index that real servers embed: whole documents, and a server that ends in the middle."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import models, plain
from backends.conftest import QWEN3
from backends.servers import Running, vllm_server
from backends.test_embedder import sentence, unit
from seealso.documents import combined, estimated_tokens, windows_of
from seealso.embed import bulk
from seealso.errors import EmbeddingError
from seealso.settings import resolve
from seealso.workspace import Workspace

Open = Callable[..., Workspace]


@pytest.fixture
def open_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a folder with a server's model."""
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    made: list[Workspace] = []
    (tmp_path / "docs").mkdir()

    def make(server: Running, **embedding: Any) -> Workspace:
        given = {"backend": "openai", "endpoint": server.url, "apiKey": server.key, "model": server.model, **embedding}
        settings, problems = resolve({"embedding": given})
        assert not problems
        made.append(Workspace.open(tmp_path / "docs", settings))
        return made[-1]

    yield make
    for workspace in made:
        workspace.close()


def vectors_in(workspace: Workspace) -> dict[str, Any]:
    """Return the vectors of all embedded texts, by text."""
    with workspace._asking() as questions:
        assert questions is not None
        store = workspace._index.reader()
        assert store is not None
        space = workspace._spaces.known(store)
        assert space is not None
        rows = store.embeddings._db.execute(
            "SELECT text, vector FROM vectors JOIN texts ON texts.id = text_id WHERE model_id = ?", (space.id,)
        )
        return {text: np.frombuffer(vector, "<f2").astype(np.float32) for text, vector in rows}


def test_whole_documents(vllm_qwen: Running, open_with: Open) -> None:
    workspace = open_with(vllm_qwen, model=QWEN3)
    paragraphs = {
        "a.md": [sentence(40, seed) for seed in range(5)],
        "b.md": [*(sentence(40, seed) for seed in range(4)), sentence(40, 9)],
        "c.md": ["明日は雨が降るでしょう。", "傘を持って行ってください。"],
        "long.md": [sentence(60, seed) for seed in range(100, 300)],
    }
    for name, texts in paragraphs.items():
        (workspace.root / name).write_text("\n\n".join([f"# {name}", *texts]) + "\n", "utf-8")
    report = workspace.update()
    assert (report.documents, report.pending) == (4, 0)

    store = workspace._index.reader()
    assert store is not None
    space = workspace._spaces.known(store)
    assert space is not None
    assert [row[0] for row in store.document_vectors._db.execute("SELECT how FROM document_vectors")] == ["whole"] * 4
    paths, rows = store.document_vectors.all(space.id)
    for path, row in zip(paths, rows.astype(np.float32), strict=True):
        segmentation = workspace.segmentation(path)
        assert segmentation is not None
        windows = windows_of(segmentation.passages, 8192)
        assert (len(windows) > 1) == (path == "long.md")
        weights = np.array([estimated_tokens(text) for text in windows], np.float32)
        expected = combined(unit(plain.embed(vllm_qwen, windows)), weights)
        np.testing.assert_allclose(row, expected, atol=3e-3)
    assert workspace.related_documents("a.md")[0].path == "b.md"
    assert not workspace.update().embedded


def test_a_server_that_ends_in_the_middle(
    vllm_environment: None,
    llama_minilm: Running,
    open_with: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "PATIENCE_S", 3.0)
    with vllm_server(models.minilm(), log=tmp_path / "log") as server, ThreadPoolExecutor(1) as pool:
        workspace = open_with(server)
        for name in range(20):
            texts = [sentence(12, 100 * name + number) for number in range(30)]
            (workspace.root / f"{name}.md").write_text("\n\n".join([f"# {name}", *texts]) + "\n")
        update = pool.submit(workspace.update)
        while not workspace.status().embedded:
            assert not update.done()
            time.sleep(0.01)
        os.kill(server.pid, signal.SIGTERM)
        with pytest.raises(EmbeddingError, match="embedding server") as caught:
            update.result(60)
        assert "finished is kept" in caught.value.hint

        status = workspace.status()
        assert (status.passages, status.state) == (600, "partial")
        assert 0 < status.embedded < 600
        assert status.embedded + status.pending == 600
        kept = vectors_in(workspace)
        assert len(kept) == status.embedded
        some = dict(list(kept.items())[::20])
        np.testing.assert_allclose(list(some.values()), unit(plain.embed(llama_minilm, list(some))), atol=3e-3)

    # Another server of the same model embeds the rest, and no text a second time.
    other = open_with(llama_minilm)
    report = other.update()
    assert (report.embedded, report.pending) == (600 - status.embedded, 0)
    done = vectors_in(other)
    assert len(done) == 600
    assert all((done[text] == vector).all() for text, vector in kept.items())
