from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seealso.embed.base import ModelInfo, Vectors
from seealso.index import vectors as vectors_module
from seealso.index.store import Store
from seealso.index.vectors import VectorIndex
from seealso.model import Passage, PassageKind, Segmentation

DIMENSION = 32


def rows(count: int, seed: int = 0) -> Vectors:
    matrix = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)  # type: ignore[no-any-return]


class Corpus:
    """A store whose texts can be given vectors in portions."""

    def __init__(self, folder: Path, texts: int) -> None:
        self.store = Store(folder, create=True)
        passages = tuple(Passage(n, n + 1, n, n, PassageKind.PARAGRAPH, f"text {n}") for n in range(texts))
        with self.store.transaction():
            self.store.put_document("a.md", size=1, mtime_ns=1, segmentation=Segmentation(passages, ()))
        self.model_id = self.store.embeddings.open_space(ModelInfo("m", DIMENSION, 512)).id
        self.matrix = rows(texts)
        self.done = 0

    def embed(self, count: int) -> None:
        part = range(self.done, self.done + count)
        self.store.embeddings.put(self.model_id, [n + 1 for n in part], self.matrix[list(part)])
        self.done += count

    def exact(self, query: Vectors, count: int) -> list[int]:
        return [int(n) + 1 for n in np.argsort(-(self.matrix[: self.done] @ query))[:count]]


@pytest.fixture
def small_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "MAX_TAIL", 50)


def index(corpus: Corpus) -> VectorIndex:
    return VectorIndex(corpus.store.directory, corpus.model_id, DIMENSION)


@pytest.mark.usefixtures("small_tail")
@pytest.mark.parametrize("portions", [[40], [200], [200, 30], [60, 60, 500]], ids=str)
def test_neighbours_are_the_exact_ones_whether_in_the_file_or_in_the_tail(tmp_path: Path, portions: list[int]) -> None:
    corpus = Corpus(tmp_path, sum(portions))
    found = index(corpus)
    for portion in portions:
        corpus.embed(portion)
        found.merge(corpus.store)
    assert len(found) == sum(portions)
    hits = 0
    for query in rows(20, seed=1):
        answer = found.search(query, 10)
        assert [cosine for _, cosine in answer] == sorted((cosine for _, cosine in answer), reverse=True)
        hits += len(set(corpus.exact(query, 10)) & {text_id for text_id, _ in answer})
    assert hits >= 0.97 * 20 * 10


@pytest.mark.usefixtures("small_tail")
def test_reader_follows_a_writer(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, 300)
    writer, reader = index(corpus), index(corpus)
    corpus.embed(10)
    reader.follow(corpus.store)
    assert len(reader) == 10
    corpus.embed(290)
    writer.merge(corpus.store)
    reader.follow(corpus.store)
    assert len(reader) == 300
    assert reader.search(corpus.matrix[299], 1)[0][0] == 300


@pytest.mark.usefixtures("small_tail")
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-100]), id="truncated"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:500] + b"X" + path.read_bytes()[501:]), id="bit"),
    ],
)
def test_damaged_file_is_never_opened_and_rebuilt_without_the_model(tmp_path: Path, damage: object) -> None:
    corpus = Corpus(tmp_path, 200)
    corpus.embed(200)
    index(corpus).merge(corpus.store)
    (file,) = tmp_path.glob("vectors.*.usearch")
    damage(file)  # type: ignore[operator]
    again = index(corpus)
    again.follow(corpus.store)
    assert again.search(corpus.matrix[7], 1)[0][0] == 8, "answers exactly from SQLite meanwhile"
    again.merge(corpus.store)
    fresh = index(corpus)
    fresh.follow(corpus.store)
    assert fresh.search(corpus.matrix[7], 1)[0][0] == 8
    assert len(list(tmp_path.glob("vectors.*"))) == 1


def test_other_models_vectors_take_no_part(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, 5)
    corpus.embed(5)
    other = corpus.store.embeddings.open_space(ModelInfo("other", DIMENSION, 512)).id
    found = VectorIndex(tmp_path, other, DIMENSION)
    found.follow(corpus.store)
    assert found.search(corpus.matrix[0], 3) == []


def test_usearch_does_not_crash_the_model() -> None:
    program = "from seealso.index.vectors import load_usearch; load_usearch(); import onnxruntime"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
