"""Vectors of whole documents: read whole, in windows, or the mean of their passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_embedder import DIMENSION, FakeEmbedder
from seealso.documents import WINDOW_TOKENS, combined, estimated_tokens, windows_of
from seealso.embed.base import EmbedKind, Lane, ModelInfo, RefusedTextsError, Vectors
from seealso.model import Heading, Passage, PassageKind, Phase, Progress
from seealso.settings import resolve
from seealso.workspace import Workspace

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
TULIPS = "Tulip bulbs are planted in late autumn, as deep as three bulbs are high, in loose and dry soil."
DOCUMENTS = {
    "roses.md": f"# Roses\n\n{ROSES}\n\n## Tools\n\nScissors are sharpened in winter.\n",
    "roses2.md": f"# More roses\n\n{ROSES} So it is said.\n",
    "tulips.md": f"# Tulips\n\n{TULIPS}\n",
    "empty.md": "# Nothing yet\n",
}
LONG = 8192


# -- windows


def passages(words: Sequence[int], titles: Sequence[str] = ()) -> list[Passage]:
    """Return passages of so many words, all different; a word is two tokens by estimate."""
    headings = tuple(Heading(title, level + 1, 0, "") for level, title in enumerate(titles))
    return [
        Passage(n, n, n, n, PassageKind.PARAGRAPH, " ".join([f"w{n:05}"] * count), headings)
        for n, count in enumerate(words)
    ]


def held(window: str) -> list[int]:
    """Return the numbers of the passages in a window, each once."""
    return [int(number) for number in dict.fromkeys(re.findall(r"\bw(\d{5})\b", window))]


@pytest.mark.parametrize("reads", [LONG, 4 * LONG])
def test_a_document_that_is_short_enough_is_read_whole(reads: int) -> None:
    count = int(0.9 * reads / estimated_tokens("w00000 " * 100))
    (window,) = windows_of(passages([100] * count), reads)
    assert held(window) == list(range(count))
    assert estimated_tokens(window) <= reads


def test_titles_are_read_where_they_stand() -> None:
    first, second = passages([1], ["Garden", "Roses"]), passages([1], ["Garden", "Tulips"])
    assert windows_of([*first, *first, *second], LONG) == ["Garden\nRoses\nw00000\n\nw00000\n\nTulips\nw00000"]
    assert windows_of([], LONG) == []


def test_a_longer_one_goes_through_in_windows_that_overlap() -> None:
    windows = windows_of(passages([50] * 600), 2 * LONG)
    numbers = [held(window) for window in windows]
    assert len(windows) > 3
    for before, after in pairwise(numbers):
        shared = len(set(before) & set(after))
        assert 0.05 < shared / len(before) < 0.15
    assert all(0.95 * WINDOW_TOKENS < estimated_tokens(window) <= WINDOW_TOKENS for window in windows[:-1])


@settings(max_examples=120, deadline=None)
@given(
    words=st.lists(st.one_of(st.integers(1, 30), st.integers(1, 400), st.integers(1, 4500)), min_size=1, max_size=60),
    times=st.integers(1, 40),
    reads=st.sampled_from([LONG, 2 * LONG, 4 * LONG]),
    titles=st.lists(st.text("ab 文😀\n", max_size=30), max_size=3),
)
def test_windows_of_any_document(words: list[int], times: int, reads: int, titles: list[str]) -> None:
    blocks = passages(words * times, [f"title {title}" for title in titles])
    windows = windows_of(blocks, reads)
    numbers = [held(window) for window in windows]
    assert sorted({number for found in numbers for number in found}) == list(range(len(blocks))), "none is lost"
    assert all(found == list(range(found[0], found[-1] + 1)) for found in numbers), "in order, without gaps"
    for before, after in pairwise(numbers):
        assert before[0] < after[0], "each begins later"
        assert before[-1] < after[-1], "and gets further"
    limit = reads if len(windows) == 1 else WINDOW_TOKENS
    for window, found in zip(windows, numbers, strict=True):
        assert estimated_tokens(window) <= limit or len(found) == 1


def test_the_estimate_is_rather_too_high() -> None:
    assert estimated_tokens("") == 1
    assert estimated_tokens("The quick brown fox jumps over the lazy dog.") >= 10
    assert estimated_tokens("文字の多い言語" * 10) >= 60
    assert estimated_tokens("\ud800") == 1


def test_longer_windows_weigh_more() -> None:
    rows = np.eye(3, dtype=np.float32)
    row = combined(rows, np.array([3, 4, 0], np.float32))
    np.testing.assert_allclose(row, [0.6, 0.8, 0], atol=1e-6)
    opposites = np.array([[1, 0], [-1, 0]], np.float32)
    np.testing.assert_allclose(combined(opposites, np.ones(2, np.float32)), [1, 0])


# -- in a workspace


class LongMemory(FakeEmbedder):
    """Reads so many tokens, and refuses what it is told to."""

    def __init__(self, max_tokens: int = LONG) -> None:
        super().__init__()
        self._info = ModelInfo("long-memory", DIMENSION, max_tokens)
        self.poison = ""

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        rows = super().embed(texts, kind, lane)
        refused = {number: "poison" for number, text in enumerate(texts) if self.poison and self.poison in text}
        if refused:
            rows[list(refused)] = 0
            raise RefusedTextsError(rows, refused)
        return rows


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    for name, text in DOCUMENTS.items():
        (root / name).write_text(text)
    return root


@pytest.fixture
def embedder() -> LongMemory:
    return LongMemory()


def vector_of(workspace: Workspace, path: str) -> Vectors:
    store = workspace._index.reader()
    assert store is not None
    paths, rows = store.document_vectors.all(1)
    row: Vectors = rows[paths.index(path)].astype(np.float32)
    return row


def wholes(embedder: FakeEmbedder) -> list[str]:
    """Return the texts that were more than one passage."""
    return [text for text in embedder.embedded if "\n" in text]


WHOLE_ROSES = f"Roses\n{ROSES}\n\nTools\nScissors are sharpened in winter."


def test_a_model_with_a_long_memory_reads_documents_whole(workspace: Workspace, embedder: LongMemory) -> None:
    seen: list[Progress] = []
    workspace.update(report=seen.append)
    assert wholes(embedder) == [WHOLE_ROSES, f"More roses\n{ROSES} So it is said.", f"Tulips\n{TULIPS}"]
    expected = embedder.embed([WHOLE_ROSES], "query")[0]
    np.testing.assert_allclose(vector_of(workspace, "roses.md"), expected, atol=1e-3)
    assert [(progress.done, progress.total) for progress in seen if progress.phase is Phase.DOCUMENTS][-1] == (3, 3)


def test_another_reads_passages_and_their_mean_stands_for_them(root: Path) -> None:
    embedder = LongMemory(LONG - 1)
    workspace = Workspace.open(root, embedder=embedder)
    workspace.update()
    assert wholes(embedder) == []
    first, second = embedder.embed([ROSES, "Scissors are sharpened in winter."], "query")
    mean = 16 * first + 5 * second
    np.testing.assert_allclose(vector_of(workspace, "roses.md"), mean / np.linalg.norm(mean), atol=1e-3)
    workspace.close()


def test_nearest_documents_come_first(workspace: Workspace, root: Path) -> None:
    (root / "tulips.md").write_text(f"# Tulips\n\n{TULIPS} See [roses](roses.md).\n")
    (root / "other.md").write_text("Nothing in this one is about plants of whatever kind.\n")
    workspace.update()
    matches = workspace.related_documents("roses.md")
    assert matches[0].path == "roses2.md"
    assert sorted(match.path for match in matches) == ["other.md", "roses2.md", "tulips.md"]
    assert matches[0].title == "More roses"
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert matches[0].score > 0.3
    assert all(0 <= match.score <= 1 for match in matches)
    assert {match.path: match.linked for match in workspace.related_documents("tulips.md")}["roses.md"]
    assert len(workspace.related_documents("roses.md", 1)) == 1
    assert workspace.related_documents("empty.md") == ()
    assert workspace.related_documents("missing.md") == ()


@pytest.mark.parametrize("others", [1, 2, 3])
def test_the_nearest_of_few_is_related(workspace: Workspace, root: Path, others: int) -> None:
    for name in list(DOCUMENTS)[others + 1 :]:
        (root / name).unlink()
    workspace.update()
    matches = workspace.related_documents("roses.md")
    assert len(matches) == min(others, 2)
    if len(matches) == 2:
        assert matches[0].score > 0.2
        assert matches[1].score == 0


def test_only_what_changed_is_read_again(workspace: Workspace, root: Path, embedder: LongMemory) -> None:
    workspace.update()
    embedder.embedded.clear()
    (root / "moved").mkdir()
    (root / "roses2.md").rename(root / "moved" / "roses.md")
    (root / "tulips.md").write_text(DOCUMENTS["tulips.md"].replace("late", "early"))
    assert workspace.update().moved == 1
    assert wholes(embedder) == [f"Tulips\n{TULIPS.replace('late', 'early')}"]
    assert workspace.related_documents("roses.md")[0].path == "moved/roses.md"
    embedder.embedded.clear()
    workspace.update(everything=True)
    assert wholes(embedder) == []
    (root / "tulips.md").unlink()
    workspace.update()
    assert [match.path for match in workspace.related_documents("roses.md")] == ["moved/roses.md"]


def test_whole_documents_can_be_switched_off_and_on(workspace: Workspace, embedder: LongMemory) -> None:
    off, problems = resolve({"embedding": {"wholeDocuments": False}})
    assert not problems
    workspace.configure(off)
    workspace.update()
    assert wholes(embedder) == []
    mean = vector_of(workspace, "roses.md")
    workspace.configure(resolve({})[0])
    workspace.update()
    assert len(wholes(embedder)) == 3
    assert not np.allclose(vector_of(workspace, "roses.md"), mean, atol=1e-3)
    workspace.configure(off)
    workspace.update()
    np.testing.assert_allclose(vector_of(workspace, "roses.md"), mean)
    assert len(wholes(embedder)) == 3


def test_a_window_that_is_refused(workspace: Workspace, root: Path, embedder: LongMemory) -> None:
    """Its document's passages stand for it, or its other windows; where nothing is left, it is not tried again."""
    long = [f"Paragraph {number} of the long one " + f"says word{number} " * 90 + "." for number in range(60)]
    (root / "long.md").write_text("# Long\n\n" + "\n\n".join(long) + "\n")
    (root / "alone.md").write_text("# Alone\n\nHemlock does poison.\n")
    (root / "partly.md").write_text(f"# Partly\n\n{TULIPS}\n\nHemlock does poison.\n")
    embedder.poison = "Hemlock"
    workspace.update()
    windows = [text for text in wholes(embedder) if "Paragraph" in text]
    assert len(windows) > 1
    (passage,) = embedder.embed([TULIPS], "query")
    np.testing.assert_allclose(vector_of(workspace, "partly.md"), passage, atol=1e-3)
    assert workspace.related_documents("alone.md") == ()
    assert not any("Alone" in text for text in wholes(embedder)), "the model refuses all there is in it"
    embedder.embedded.clear()
    workspace.update()
    assert embedder.embedded == []
    assert workspace.status().state == "ready"
    embedder.poison = "word0 "
    (root / "long.md").write_text("# Long\n\n" + "\n\n".join(long) + "\n\nThe end.\n")
    workspace.update()
    others = embedder.embed([window for window in windows if "word0 " not in window], "query")
    assert vector_of(workspace, "long.md") @ others.mean(axis=0) > 0.9


def test_titles_alone_do_not_make_another_text_of_a_passage(workspace: Workspace, root: Path) -> None:
    workspace.update()
    (root / "roses2.md").write_text(DOCUMENTS["roses2.md"].replace("More", "Many more"))
    report = workspace.update()
    assert report.embedded == 0
    assert workspace.related_documents("roses.md")[0].title == "Many more roses"
