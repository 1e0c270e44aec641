"""Vector spaces: each model has its own, whatever it calls itself, and what was embedded once stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fake_embedder import DIMENSION, FakeEmbedder
from seealso.embed.base import EmbedKind, Lane, ModelInfo, Vectors
from seealso.errors import EmbeddingError
from seealso.index import vectors as vectors_module
from seealso.index.database import FILE_NAME
from seealso.index.store import Store
from seealso.model import DuplicateKind, Phase, Progress
from seealso.settings import resolve
from seealso.workspace import Workspace

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
TULIPS = "Tulip bulbs are planted in late autumn, as deep as three bulbs are high, in loose and dry soil."
CLOVER = "Clover needs no care at all, which is why it may stay in every meadow, also between the fruit trees."


def unit(row: Vectors) -> Vectors:
    return (row / float(np.linalg.norm(row))).astype(np.float32)


def fingerprint(seed: int, dimension: int = DIMENSION) -> Vectors:
    return unit(np.random.default_rng(seed).standard_normal(dimension).astype(np.float32))


def near(row: Vectors, cosine: float) -> Vectors:
    """Return a unit row at a cosine from another one."""
    other = fingerprint(99, len(row))
    across = unit(other - (other @ row) * row)
    return unit(cosine * row + np.sqrt(1 - cosine**2) * across)


class ServedEmbedder(FakeEmbedder):
    """A bag of words behind a server: known by name and fingerprint, and turned by its seed."""

    def __init__(self, seed: int = 0, mark: Vectors | None = None, dimension: int = DIMENSION) -> None:
        super().__init__("served")
        self.turn(seed, mark, dimension)

    def turn(self, seed: int, mark: Vectors | None = None, dimension: int = DIMENSION) -> None:
        """Put another model behind the same address; the next `identify` finds out."""
        self._seed = seed
        self._dimension = dimension
        row = fingerprint(seed, dimension) if mark is None else mark
        self.there = ModelInfo("served", dimension, 512, row)

    @property
    def known(self) -> ModelInfo | None:
        return getattr(self, "_found", None)

    def identify(self) -> ModelInfo:
        self._found = self.there
        return self.there

    def embed(self, texts: object, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        if self.known is not self.there:
            self.identify()
        rows = super().embed(texts, kind, lane)  # type: ignore[arg-type]
        return np.stack([unit((row[::-1] if self._seed else row)[: self._dimension]) for row in rows])


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    for name, text in {"roses": ROSES, "tulips": TULIPS, "clover": CLOVER}.items():
        (root / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    return root


@pytest.fixture
def embedder() -> ServedEmbedder:
    return ServedEmbedder()


# -- the table


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, create=True)
    yield store
    store.close()


FIRST = fingerprint(1)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(ModelInfo("m", DIMENSION, 512, FIRST.copy()), True, id="the same"),
        pytest.param(ModelInfo("m", DIMENSION, 9999, FIRST.copy()), True, id="reads more"),
        pytest.param(ModelInfo("m", DIMENSION, 512, near(FIRST, 0.997)), True, id="quantisation"),
        pytest.param(ModelInfo("m", DIMENSION, 512, near(FIRST, 0.99)), False, id="coarse quantisation"),
        pytest.param(ModelInfo("m", DIMENSION, 512, fingerprint(2)), False, id="other weights"),
        pytest.param(ModelInfo("m", 32, 512, fingerprint(1, 32)), False, id="other dimension"),
        pytest.param(ModelInfo("m", DIMENSION, 512), False, id="without fingerprint"),
        pytest.param(ModelInfo("n", DIMENSION, 512, FIRST), False, id="other name"),
    ],
)
def test_a_space_is_a_name_and_a_fingerprint(store: Store, other: ModelInfo, same: bool) -> None:
    first = store.embeddings.open_space(ModelInfo("m", DIMENSION, 512, FIRST))
    assert (store.embeddings.space(other) == first) is same
    second = store.embeddings.open_space(other)
    assert (second == first) is same
    assert (second.name == first.name) is same
    assert store.embeddings.open_space(other) == second
    assert store.embeddings.space_of_id(second.id) == second
    assert store.embeddings.space_of_id(99) is None


def test_spaces_of_one_name_have_names_of_their_own(store: Store) -> None:
    infos = [ModelInfo("m", DIMENSION, 512, fingerprint(seed)) for seed in range(3)]
    assert [store.embeddings.open_space(info).name for info in infos] == ["m", "m (2)", "m (3)"]
    assert [store.embeddings.open_space(info).name for info in reversed(infos)] == ["m (3)", "m (2)", "m"]


# -- models that change


def test_switching_back_and_forth_embeds_nothing_twice(
    root: Path, workspace: Workspace, embedder: ServedEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "MAX_TAIL", 1)
    found = []
    for seed in (0, 1, 0, 1, 0):
        embedder.turn(seed)
        workspace.update()
        status = workspace.status()
        answer = workspace.search("prune roses with scissors")
        assert answer.complete
        assert answer.matches[0].place.path == "roses.md"
        assert answer.matches[0].dense is not None
        found.append((status.model, status.state, status.pending, round(answer.matches[0].dense, 3)))
        assert workspace.related_documents("roses.md")
    assert [item[0] for item in found] == ["served", "served (2)"] * 2 + ["served"]
    assert {item[1:] for item in found} == {("ready", 0, 0.384)}, "cosines of vectors of one space"
    assert sorted(embedder.embedded) == sorted([ROSES, TULIPS, CLOVER] * 2), "once for each model"
    assert {path.name.split(".")[1] for path in workspace.directory.glob("vectors.*.usearch")} == {"1", "2"}


def test_a_model_that_was_only_quantised_keeps_its_vectors(workspace: Workspace, embedder: ServedEmbedder) -> None:
    workspace.update()
    embedder.turn(0, near(embedder.there.fingerprint, 0.997))  # type: ignore[arg-type]
    assert workspace.update().embedded == 0
    assert workspace.status().model == "served"


@pytest.mark.parametrize("dimension", [DIMENSION, 32])
def test_answers_do_not_mix_models(root: Path, embedder: ServedEmbedder, dimension: int) -> None:
    """Neither vectors in the index nor those of unsaved passages meet vectors of another model."""
    workspace = Workspace.open(root, embedder=embedder)
    workspace.update()
    unsaved = ROSES.replace("early", "late")
    copy = ROSES.replace("clean", "shiny")
    workspace.set_buffer("one.md", f"{unsaved}\n\n{TULIPS}\n", 1, "markdown")
    workspace.set_buffer("two.md", copy, 1, "markdown")
    before = workspace.duplicates_in("one.md"), workspace.related("two.md", 0)
    assert before[0]
    embedder.turn(1, dimension=dimension)
    answer = workspace.search("prune roses")  # the question that finds out
    assert not answer.complete
    assert all(match.dense is None or match.place.path == "one.md" for match in answer.matches)
    for _ in range(2):
        related = workspace.related("two.md", 0)
        assert related is not None
        assert not related.complete
        assert all(match.dense is None or match.place.path == "one.md" for match in related.matches)
        workspace.duplicates_in("one.md")
    assert workspace.status().pending == 3
    workspace.update()
    assert workspace.duplicates_in("one.md") == before[0]
    assert workspace.related("two.md", 0).complete  # type: ignore[union-attr]
    workspace.close()


def test_a_new_process_that_finds_another_model(root: Path) -> None:
    """Its first question meets vectors of the model that was there last, until it has asked the server."""
    workspace = Workspace.open(root, embedder=ServedEmbedder())
    workspace.update()
    workspace.close()
    workspace = Workspace.open(root, embedder=ServedEmbedder(1, dimension=32))
    workspace.set_buffer("one.md", f"{TULIPS}\n\n{ROSES.replace('early', 'late')}\n", 1, "markdown")
    workspace.set_buffer("two.md", ROSES.replace("early", "very early"), 1, "markdown")
    assert {finding.kind for finding in workspace.duplicates_in("one.md")} >= {DuplicateKind.EXACT}
    assert workspace.status().pending == 3
    workspace.close()


class AwayEmbedder(ServedEmbedder):
    """Knows nothing of its server, which is away."""

    def identify(self) -> ModelInfo:
        raise EmbeddingError("Nobody is there.")

    def embed(self, texts: object, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        raise EmbeddingError("Nobody is there.")


def test_without_its_server_the_space_used_last_counts(root: Path, workspace: Workspace) -> None:
    (root / "again.md").write_text(ROSES)
    workspace.update()
    away = Workspace.open(root, embedder=AwayEmbedder())
    status = away.status()
    assert (status.model, status.state, status.pending) == ("served", "ready", 0)
    related = away.related("roses.md", 2)
    assert related is not None
    assert related.complete, "a saved passage has its vector"
    assert [match.place.path for match in related.duplicates] == ["again.md"]
    assert all(match.dense is not None for match in related.matches)
    assert away.related_documents("roses.md")
    assert not away.search("roses").complete
    with pytest.raises(EmbeddingError):
        away.update()
    other = AwayEmbedder()
    other.source = "another address"
    unknown = Workspace.open(root, embedder=other)
    assert (unknown.status().model, unknown.status().state) == ("none", "partial")
    for opened in (away, unknown):
        opened.close()


# -- an index of the version before


SCHEMA_2 = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, hash BLOB, format TEXT, problem TEXT);
    CREATE TABLE texts (id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL,
        words INTEGER NOT NULL);
    CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, dimension INTEGER NOT NULL);
    CREATE TABLE vectors (id INTEGER PRIMARY KEY AUTOINCREMENT, model_id INTEGER NOT NULL REFERENCES models,
        text_id INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE, vector BLOB NOT NULL);
    CREATE TABLE ignored_pairs (first BLOB NOT NULL, second BLOB NOT NULL, first_text TEXT NOT NULL,
        second_text TEXT NOT NULL, PRIMARY KEY (first, second)) WITHOUT ROWID;
    PRAGMA user_version = 2;
"""
"""Those of its tables that hold what is carried over, as that version made them."""

COPIES = (
    "INSERT INTO meta SELECT * FROM now.meta",
    "INSERT INTO texts SELECT * FROM now.texts",
    "INSERT INTO models SELECT id, name, dimension FROM now.models",
    "INSERT INTO vectors SELECT * FROM now.vectors",
    "INSERT INTO ignored_pairs SELECT * FROM now.ignored_pairs",
)


def test_an_index_of_the_version_before_keeps_its_vectors(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "MAX_TAIL", 1)
    workspace = Workspace.open(root, embedder=FakeEmbedder())
    workspace.update()
    workspace.marks.add(ROSES, TULIPS)
    expected = workspace.search("prune roses")
    workspace.close()
    path = workspace.directory / FILE_NAME
    path.rename(path.with_name("now"))
    db = sqlite3.connect(path)
    db.executescript(SCHEMA_2)
    db.execute("ATTACH ? AS now", (str(path.with_name("now")),))
    for copy in COPIES:
        db.execute(copy)
    db.commit()
    db.close()

    embedder = FakeEmbedder()
    workspace = Workspace.open(root, embedder=embedder)
    assert workspace.status().state == "empty", "this version cannot read it yet"
    report = workspace.update()
    assert (report.documents, report.embedded, report.pending) == (3, 0, 0)
    assert embedder.embedded == []
    assert workspace.search("prune roses") == expected
    assert [frozenset(pair) for pair in workspace.marks.texts()] == [frozenset((ROSES, TULIPS))]
    assert workspace.status().model == "fake-bag-of-words"
    assert workspace.related_documents("roses.md")
    workspace.close()


def test_settings_that_change_while_an_update_runs_do_not_rename_its_space(root: Path) -> None:
    """The space belongs to the embedder that was asked, not to the one that the settings mean by now."""
    workspace = Workspace.open(root)
    first = ServedEmbedder()
    workspace._spaces._embedder = first
    openai, _ = resolve({"embedding": {"backend": "openai", "endpoint": "http://127.0.0.1:9/v1"}})

    def report(one: Progress) -> None:
        if one.phase is Phase.EMBED:
            workspace.configure(openai)

    workspace.update(report=report)
    assert workspace.status().model == "none"
    workspace.close()
