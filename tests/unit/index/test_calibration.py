"""What cosines mean is measured in the workspace, once, and whatever the model is like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest

from fake_embedder import DIMENSION, FakeEmbedder
from seealso.corpus import CACHE_VARIABLE
from seealso.embed.base import EmbedKind, Lane, ModelInfo, RefusedTextsError, Vectors
from seealso.embed.profile import CAUTIOUS, MULTILINGUAL_E5_SMALL, ModelProfile
from seealso.index import calibration
from seealso.index.calibration import GROWTH, MAX_NEAR, MIN_TEXTS, profile_of, thinned
from seealso.index.compare import is_compared
from seealso.index.embeddings import Space
from seealso.index.store import Store
from seealso.model import DuplicateFinding, DuplicateKind, Passage, PassageKind, Segmentation
from seealso.workspace import Workspace

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
COUNT = MIN_TEXTS + 20


def direction(text: str) -> Vectors:
    seed = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)


def unit(row: Vectors) -> Vectors:
    return (row / float(np.linalg.norm(row))).astype(np.float32)


def random_directions(text: str) -> Vectors:
    return direction(text)


def all_alike(text: str) -> Vectors:
    return np.ones(DIMENSION, np.float32)


def narrow(text: str) -> Vectors:
    """Return vectors of which two strangers have a cosine of 0.9."""
    return unit(np.full(DIMENSION, np.sqrt(0.9 / DIMENSION), np.float32) + np.sqrt(0.1) * unit(direction(text)))


def opposites(text: str) -> Vectors:
    return direction("one") * (1 if len(text) % 2 else -1)


class ShapedEmbedder(FakeEmbedder):
    """Makes vectors of whatever shape a model's space may have, or of words."""

    def __init__(self, shape: Callable[[str], Vectors] | None = None, model_id: str = "unmeasured") -> None:
        super().__init__(model_id)
        self.shape = shape
        self.queries: list[list[str]] = []
        self.refused = ""

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        if kind == "query" and lane is Lane.BULK:
            self.queries.append(list(texts))
        if self.shape is None:
            rows = super().embed(texts, kind, lane)
        else:
            rows = np.stack([unit(self.shape(text)) for text in texts])
        refused = {number: "no" for number, text in enumerate(texts) if self.refused and self.refused in text}
        if refused:
            rows[list(refused)] = 0
            raise RefusedTextsError(rows, refused)
        return rows


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    root = tmp_path / "garden"
    root.mkdir()
    return root


def fill(root: Path, count: int, *, start: int = 0, titled: bool = True) -> None:
    """Write documents of ten passages, all different, each below a title of its own that says the same."""
    for first in range(start, start + count, 10):
        parts = [
            (f"## About plant{number} in bed{number % 7}\n\n" if titled else "")
            + f"A plant{number} is in bed{number % 7} by neighbour{number * 7 % 11} and wants water{number % 13}.\n"
            for number in range(first, first + 10)
        ]
        (root / f"part{first:05}.md").write_text("\n".join(parts))


def store_of(workspace: Workspace) -> Store:
    store = workspace._index.reader()
    assert store is not None
    return store


def space_of(workspace: Workspace) -> Space:
    space = store_of(workspace).embeddings.space_of_id(1)
    assert space is not None
    return space


def profile(workspace: Workspace) -> ModelProfile:
    return profile_of(store_of(workspace), space_of(workspace))


def assert_sane(found: ModelProfile) -> None:
    assert -1 <= found.background_cosine < found.near_duplicate_cosine <= MAX_NEAR
    assert found.background_cosine < 1
    assert -1 <= found.query_background_cosine < found.query_top_cosine
    assert all(np.isfinite([found.background_cosine, found.near_duplicate_cosine, found.query_top_cosine]))


@pytest.fixture
def opened() -> Iterator[Callable[..., Workspace]]:
    workspaces: list[Workspace] = []

    def open_workspace(root: Path, embedder: FakeEmbedder) -> Workspace:
        workspaces.append(Workspace.open(root, embedder=embedder))
        return workspaces[-1]

    yield open_workspace
    for workspace in workspaces:
        workspace.close()


Open = Callable[[Path, FakeEmbedder], Workspace]


def test_a_tiny_workspace_is_judged_with_caution(root: Path, opened: Open) -> None:
    fill(root, MIN_TEXTS - 10)
    embedder = ShapedEmbedder()
    workspace = opened(root, embedder)
    workspace.update()
    assert profile(workspace) == CAUTIOUS
    assert embedder.queries == []


def test_a_model_is_measured_once_and_again_when_there_is_much_more(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    embedder = ShapedEmbedder()
    workspace = opened(root, embedder)
    workspace.update()
    first = profile(workspace)
    assert_sane(first)
    assert first != CAUTIOUS
    assert len(embedder.queries) == 1
    assert all(title.startswith("About plant") for title in embedder.queries[0])
    assert first.query_top_cosine > first.query_background_cosine + 0.1, "a title is closer to what it stands above"
    fill(root, 2 * COUNT, start=COUNT)
    workspace.update()
    workspace.update(everything=True)
    assert profile(workspace) == first
    assert len(embedder.queries) == 1
    fill(root, GROWTH * COUNT, start=COUNT)
    workspace.update()
    assert len(embedder.queries) == 2
    second = profile(workspace)
    assert_sane(second)
    assert second != first
    assert is_compared(store_of(workspace), space_of(workspace)), "the pairs are those of the new profile"


def test_a_space_that_an_older_version_has_measured_is_measured_again(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    workspace = opened(root, ShapedEmbedder())
    workspace.update()
    store, space, measured = store_of(workspace), space_of(workspace), profile(workspace)
    less = json.loads(store.meta("cosines 1") or "")
    del less["thinned_distance"]
    store.set_meta("cosines 1", json.dumps(less))
    assert profile(workspace) == CAUTIOUS
    assert calibration.is_needed(store, space)
    workspace.update(everything=True)
    assert profile(workspace) == measured


def test_it_is_measured_the_same_each_time(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    workspace = opened(root, ShapedEmbedder())
    workspace.update()
    store, space, embedder = store_of(workspace), space_of(workspace), ShapedEmbedder()
    first = profile(workspace)
    assert [calibration.calibrate(store, space, embedder.embed) for _ in range(2)] == [
        first,
        first,
    ]


@pytest.mark.parametrize(
    "shape",
    [pytest.param(shape, id=shape.__name__) for shape in (random_directions, all_alike, narrow, opposites)],
)
@pytest.mark.parametrize("titled", [True, False], ids=["titled", "untitled"])
def test_spaces_of_any_shape(root: Path, opened: Open, shape: Callable[[str], Vectors], titled: bool) -> None:
    fill(root, COUNT, titled=titled)
    (root / "one.md").write_text(ROSES)
    (root / "two.md").write_text(ROSES)
    workspace = opened(root, ShapedEmbedder(shape))
    workspace.update()
    found = profile(workspace)
    assert_sane(found)
    if shape is narrow:
        assert found.background_cosine == pytest.approx(0.9, abs=0.02)
        assert found.near_duplicate_cosine > 0.93
    if shape is random_directions:
        assert found.background_cosine == pytest.approx(0, abs=0.05)
    answer = workspace.search("roses scissors")
    assert answer.complete
    assert all(0 <= match.score <= 1 for match in answer.matches)
    related = workspace.related("one.md", 0)
    assert related is not None
    assert [match.place.path for match in related.duplicates][:1] == ["two.md"]
    assert all(0 <= match.score <= 1 for match in related.matches)
    (group,) = workspace.duplicates([DuplicateKind.EXACT])
    assert {place.path for place in group.places} == {"one.md", "two.md"}
    workspace.duplicates(list(DuplicateKind))
    assert workspace.related_documents("one.md")[0].cosine == pytest.approx(1, abs=0.01)
    assert workspace.status().state == "ready"


def test_the_less_small_changes_move_the_nearer_is_a_copy(root: Path, opened: Open) -> None:
    """Strangers are equally far apart in both spaces."""
    fill(root, COUNT, titled=False)
    found: list[ModelProfile] = []
    for share in (0.1, 0.3):

        def moved(text: str, share: float = share) -> Vectors:
            subject = direction(text.split()[1])
            return unit(unit(subject) + share * unit(direction(text)))

        workspace = opened(root, ShapedEmbedder(moved, model_id=f"moved by {share}"))
        workspace.update()
        store = store_of(workspace)
        space = store.embeddings.space_of_id(len(found) + 1)
        assert space is not None
        found.append(profile_of(store, space))
    still, moving = found
    assert still.background_cosine == pytest.approx(moving.background_cosine, abs=0.01)
    assert still.thinned_distance < moving.thinned_distance
    assert still.scale < moving.scale
    assert moving.near_duplicate_cosine < still.near_duplicate_cosine


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param(
            "one two three four five six seven eight nine", "one two three four five six seven nine", id="words"
        ),
        pytest.param("一二三四五六七八九十一二三四五六七八", "一二三四五六七九十一二三四五七八", id="characters"),
    ],
)
def test_a_text_is_thinned(text: str, left: str) -> None:
    assert thinned(text) == left


def test_titles_that_are_refused_do_not_matter(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    embedder = ShapedEmbedder()
    embedder.refused = "About plant1"
    workspace = opened(root, embedder)
    workspace.update()
    assert_sane(profile(workspace))
    assert len(embedder.queries) == 1


def test_a_model_that_was_measured_is_not_measured_again(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    embedder = ShapedEmbedder(model_id="intfloat/multilingual-e5-small/384")
    workspace = opened(root, embedder)
    workspace.update()
    assert profile(workspace) == MULTILINGUAL_E5_SMALL
    assert embedder.queries == []


def test_what_was_measured_is_what_questions_and_pairs_are_judged_by(root: Path, opened: Open) -> None:
    fill(root, COUNT)
    edited = ROSES.replace("clean and very sharp", "very sharp and clean")
    (root / "one.md").write_text(ROSES)
    (root / "two.md").write_text(edited)
    one, across = unit(narrow(ROSES)), direction("across")
    two = 0.955 * one + np.sqrt(1 - 0.955**2) * unit(across - (across @ one) * one)
    shapes = {ROSES: one, edited: two}
    workspace = opened(root, ShapedEmbedder(lambda text: shapes[text] if text in shapes else narrow(text)))
    before: list[tuple[DuplicateFinding, ...]] = []

    def cancelled() -> bool:
        status = workspace.status()
        if status.embedded == status.passages and not before:
            # All have their vectors, and nobody has measured yet what cosines mean.
            before.append(workspace.duplicates_in("one.md"))
        return False

    workspace.update(cancelled=cancelled)
    assert CAUTIOUS.near_duplicate_cosine < 0.955 < profile(workspace).near_duplicate_cosine
    assert len(before[0]) == 1
    assert workspace.duplicates_in("one.md") == ()
    assert workspace.duplicates() == []
    store = store_of(workspace)
    store.set_meta(
        "cosines 1",
        (store.meta("cosines 1") or "").replace('"near_duplicate_cosine": 0.9', '"near_duplicate_cosine": 0.8'),
    )
    assert not is_compared(store, space_of(workspace)), "pairs are judged anew"
    assert workspace.status().state == "partial"
    workspace.update()
    assert len(workspace.duplicates()) == len(workspace.duplicates_in("one.md")) == 1


@pytest.mark.parametrize(("total", "count"), [(10, 20), (10, 10), (29, 10), (19, 10), (1, 5), (101, 10)])
def test_samples_are_spread_evenly(tmp_path: Path, total: int, count: int) -> None:
    store = Store(tmp_path, create=True)
    passages = tuple(Passage(n, n, n, n, PassageKind.PARAGRAPH, f"text {n}") for n in range(total))
    with store.transaction():
        store.put_document("a.md", size=1, mtime_ns=1, segmentation=Segmentation(passages, ()))
    space = store.embeddings.open_space(ModelInfo("m", DIMENSION, 512))
    rows = np.ones((total, DIMENSION), np.float32)
    store.embeddings.put(space.id, range(1, total + 1), rows)
    ids = store.embeddings.sample(space.id, count)
    assert len(ids) == min(total, count)
    gaps = np.diff([0, *ids])
    assert gaps.max() - gaps.min() <= 1
    assert ids[-1] == total
    store.close()
