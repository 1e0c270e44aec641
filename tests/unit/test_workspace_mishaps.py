"""What happens to a workspace over months: edits, missing drives, damage, other processes, other models."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso import repeats
from seealso.embed.base import EmbedKind, Lane, ModelInfo, Vectors
from seealso.errors import CancelledError, EmbeddingError, SeeAlsoError
from seealso.index import vectors as vectors_module
from seealso.index.database import FILE_NAME
from seealso.index.second_look import DuplicateProfile, Verdict, classify
from seealso.indexer import MIN_UNUSED
from seealso.model import Phase, Progress
from seealso.repeats import PLACES
from seealso.settings import resolve
from seealso.workspace import Workspace

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
TULIPS = "Tulip bulbs are planted in late autumn, as deep as three bulbs are high, in loose and dry soil."


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "roses.md").write_text(f"# Roses\n\n{ROSES}\n")
    (root / "tulips.md").write_text(f"# Tulips\n\n{TULIPS}\n")
    return root


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """It is indexed."""
    workspace.update()
    return workspace


def database(workspace: Workspace) -> Path:
    return workspace.directory / FILE_NAME


def test_old_versions_of_a_paragraph_do_not_crowd_out_living_ones(workspace: Workspace, root: Path) -> None:
    for number in range(70):
        (root / "roses.md").write_text(f"# Roses\n\n{ROSES} {'And so on. ' * number}\n")
        workspace.update()
    related = workspace.related("roses.md", 2)
    assert related is not None
    assert [match.place.path for match in related.matches] == ["tulips.md"]


def test_unused_texts_are_forgotten_once_they_are_many(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MIN_UNUSED > 100
    monkeypatch.setattr("seealso.indexer.MIN_UNUSED", 3)
    for number in range(5):
        (root / "roses.md").write_text(f"# Roses\n\n{ROSES} Version {number * '!'}\n")
        workspace.update()
    with sqlite3.connect(database(workspace)) as db:
        assert db.execute("SELECT count(*) FROM texts").fetchone()[0] <= 4
    assert workspace.search("tulip bulbs").matches[0].place.path == "tulips.md"


def test_word_nobody_had_written_is_found_once_it_is(workspace: Workspace, root: Path) -> None:
    assert workspace.search("frobnicate", semantic=False).matches == ()
    (root / "tulips.md").write_text(f"# Tulips\n\n{TULIPS} Do not frobnicate them.\n")
    workspace.update()
    assert [match.place.path for match in workspace.search("frobnicate", semantic=False).matches] == ["tulips.md"]


def test_answers_are_incomplete_after_reading_was_stopped(workspace: Workspace, root: Path) -> None:
    assert workspace.search("roses").complete
    (root / "new.md").write_text("Something entirely new has been written here, about beans.")
    seen: list[Progress] = []
    report = workspace.update(
        report=seen.append, cancelled=lambda: any(step.phase is Phase.READ and step.done for step in seen)
    )
    assert (report.cancelled, report.added, report.pending) == (True, 1, 1)
    assert not workspace.search("roses").complete


def test_index_survives_a_missing_drive(workspace: Workspace, root: Path) -> None:
    hidden = root.with_name("elsewhere")
    root.rename(hidden)
    with pytest.raises(SeeAlsoError, match="cannot be listed"):
        workspace.update()
    hidden.rename(root)
    report = workspace.update()
    assert (report.removed, report.embedded, report.documents) == (0, 0, 2)


def test_document_is_tried_again_when_the_reason_is_gone(root: Path) -> None:
    small, _ = resolve({"index": {"maxFileBytes": 50}})
    workspace = Workspace.open(root, small, embedder=FakeEmbedder())
    assert workspace.update().documents == 0
    assert len(workspace.status().errors) == 2
    workspace.configure(resolve({})[0])
    assert workspace.update().documents == 2
    workspace.configure(small)
    assert workspace.update().documents == 0
    workspace.close()


def test_a_notebook_with_broken_json_is_named_and_the_rest_is_read(root: Path) -> None:
    broken = '{"cells": [\n<<<<<<< HEAD\n'
    (root / "beds.ipynb").write_text(broken)
    workspace = Workspace.open(root, resolve({})[0], embedder=FakeEmbedder())
    assert workspace.update().documents == 2
    (problem,) = workspace.status().errors
    assert problem.path == "beds.ipynb"
    assert problem.reason.startswith("It is no notebook: its JSON is broken in line 2.")
    whole = f'{{"cells": [{{"cell_type": "markdown", "source": ["{TULIPS}"]}}]}}'
    for text, passages in ((whole, 1), (broken, 0), (whole, 1)):
        workspace.set_buffer("beds.ipynb", text, 1)
        found = workspace.segmentation("beds.ipynb")
        assert found is not None
        assert len(found.passages) == passages
    assert workspace.duplicates_in("beds.ipynb")
    workspace.close()


def damage_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def test_damaged_database_is_built_again(workspace: Workspace, root: Path) -> None:
    workspace.close()
    damage_pages(database(workspace))
    again = Workspace.open(root, embedder=FakeEmbedder())
    assert not again.search("roses").complete
    assert again.update().embedded == 2
    assert again.search("roses").complete
    again.close()


def test_intended_pairs_survive_another_version_of_the_index(workspace: Workspace, root: Path) -> None:
    workspace.marks.add(ROSES, TULIPS)
    workspace.close()
    with sqlite3.connect(database(workspace)) as db:
        db.execute("PRAGMA user_version = 999")
    again = Workspace.open(root, embedder=FakeEmbedder())
    again.update()
    assert {frozenset(pair) for pair in again.marks.texts()} == {frozenset((ROSES, TULIPS))}
    again.close()


def test_another_version_of_the_index_keeps_the_vectors(workspace: Workspace, root: Path) -> None:
    before = workspace.search("roses").matches
    workspace.close()
    with sqlite3.connect(database(workspace)) as db:
        db.execute("DROP TABLE pairs")
        db.execute("PRAGMA user_version = 999")
    embedder = FakeEmbedder()
    again = Workspace.open(root, embedder=embedder)
    report = again.update()
    assert (report.added, report.embedded, embedder.embedded) == (2, 0, [])
    assert again.search("roses").matches == before
    again.close()


def test_intended_pairs_survive_damage_elsewhere(workspace: Workspace, root: Path) -> None:
    workspace.marks.add(ROSES, TULIPS)
    workspace.close()
    with sqlite3.connect(database(workspace)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with database(workspace).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    again = Workspace.open(root, embedder=FakeEmbedder())
    assert again.update().embedded == 2
    assert {frozenset(pair) for pair in again.marks.texts()} == {frozenset((ROSES, TULIPS))}
    again.close()


def test_deleted_index_is_noticed_by_a_running_process(workspace: Workspace, root: Path) -> None:
    shutil.rmtree(workspace.directory)
    assert workspace.search("roses").matches == ()
    assert workspace.update().documents == 2
    other = Workspace.open(root, embedder=FakeEmbedder())
    assert other.status().documents == 2
    assert workspace.search("roses").matches[0].place.path == "roses.md"
    other.close()


class AbsentEmbedder(FakeEmbedder):
    @property
    def known(self) -> ModelInfo | None:
        return None

    def identify(self) -> ModelInfo:
        raise EmbeddingError("The model is not installed.", hint="Install it.")

    def embed(self, texts: object, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        raise EmbeddingError("The model is not installed.", hint="Install it.")


def test_what_was_embedded_is_found_while_its_server_is_away(workspace: Workspace, root: Path) -> None:
    away = Workspace.open(root, embedder=AbsentEmbedder())
    related = away.related("roses.md", 2)
    assert related is not None
    assert (related.complete, related) == (True, workspace.related("roses.md", 2))
    assert away.duplicates() == workspace.duplicates()
    assert away.status().model == "fake-bag-of-words"
    with pytest.raises(EmbeddingError):
        away.update()
    assert away.status().state == "ready"
    away.close()


def test_without_a_model_words_still_answer(workspace: Workspace, root: Path) -> None:
    bare = Workspace.open(root, embedder=AbsentEmbedder("never used here"))
    answer = bare.search("tulip bulbs")
    assert (answer.matches[0].place.path, answer.complete) == ("tulips.md", False)
    related = bare.related("roses.md", 2)
    assert related is not None
    assert not related.complete
    assert bare.duplicates() == []
    assert bare.status().model == "none"
    bare.close()


def test_missing_vector_file_is_written_again_by_the_next_update(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "MAX_TAIL", 2)
    (root / "more.md").write_text("\n\n".join(f"Plant number {n} stands in bed {n} of the garden." for n in range(9)))
    workspace.update()
    (file,) = workspace.directory.glob("vectors.*")
    workspace.close()
    file.unlink()
    again = Workspace.open(root, embedder=FakeEmbedder())
    assert again.update().embedded == 0
    assert len(list(again.directory.glob("vectors.*"))) == 1
    assert again.search("tulip bulbs").matches[0].place.path == "tulips.md"
    again.close()


def test_question_with_an_older_state_does_not_disturb_a_newer_one(
    workspace: Workspace, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A review holds its snapshot while the writer saves, embeds and writes the vector file anew."""
    monkeypatch.setattr(vectors_module, "MAX_TAIL", 1)
    passages = workspace.segmentation("roses.md").passages  # type: ignore[union-attr]
    vectors = workspace._vectors_of(passages)
    with workspace._asking() as questions:
        assert questions is not None
        (root / "copy.md").write_text(ROSES)
        (root / "near.md").write_text(f"{ROSES} Gloves help.")
        writer = threading.Thread(target=workspace.update)
        writer.start()
        writer.join(20)
        index = questions.candidates.space.vectors  # type: ignore[union-attr]
        newest = index.state
        index.follow(questions.candidates.store)
        assert index.state == newest
        assert questions.repeats.findings("roses.md", passages, vectors) == []
    assert len(workspace.duplicates_in("roses.md")) == 1


@pytest.mark.parametrize("limit", [5, 60, 150])
def test_as_many_matches_as_were_asked_for(root: Path, limit: int) -> None:
    for number in range(200):
        (root / f"{number}.md").write_text(f"Note {number}: the compost heap was turned on day {number} of the year.")
    workspace = Workspace.open(root, embedder=FakeEmbedder())
    workspace.update()
    assert len(workspace.search("compost heap turned", limit).matches) == limit
    workspace.close()


def test_marked_pair_and_short_passages_are_no_duplicates_in_hovers(workspace: Workspace, root: Path) -> None:
    (root / "copy.md").write_text(f"{ROSES} Please.\n\nSee below.\n")
    (root / "other.md").write_text("See below.\n")
    workspace.update()
    before = workspace.related("copy.md", 0)
    assert before is not None
    assert [match.place.path for match in before.duplicates] == ["roses.md"]
    workspace.marks.add(before.passage.text, ROSES)
    after = workspace.related("copy.md", 0)
    assert after is not None
    assert after.duplicates == ()
    assert {match.relation for match in after.matches if match.place.path == "roses.md"} == {None}
    short = workspace.related("copy.md", 2)
    assert short is not None
    assert short.duplicates == ()


def test_a_duplicate_that_comes_back_is_found_again(workspace: Workspace, root: Path) -> None:
    (root / "roses.md").rename(root.parent / "roses.md")
    workspace.update()
    workspace.set_buffer("copy.md", f"{ROSES} Please.\n", 1, "markdown")
    assert workspace.duplicates_in("copy.md") == ()
    (root.parent / "roses.md").rename(root / "roses.md")
    assert workspace.update().embedded == 0
    assert len(workspace.duplicates_in("copy.md")) == 1


def test_boilerplate_counts_all_files_not_only_the_places_that_are_told(workspace: Workspace, root: Path) -> None:
    (root / "a.md").write_text(f"{ROSES}\n\n" * (2 * PLACES + 1))
    for number in range(6):
        (root / f"z{number}.md").write_text(ROSES)
    workspace.update()
    (finding,) = workspace.duplicates_in("roses.md")
    assert finding.boilerplate
    assert len(finding.others) == PLACES


def test_a_review_nobody_waits_for_stops(workspace: Workspace) -> None:
    with pytest.raises(CancelledError):
        workspace.duplicates_in("roses.md", cancelled=lambda: True)


def test_reviewing_unsaved_text_again_judges_no_pair_twice(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{ROSES} This is said for the {number}th time in the same garden." for number in range(150)]
    workspace.set_buffer("new.md", "\n\n".join([*lines, f"{TULIPS} Please."]), 1, "markdown")
    judged: list[str] = []

    def counted(a: str, b: str, cosine: float, thresholds: DuplicateProfile) -> Verdict:
        judged.append(a)
        return classify(a, b, cosine, thresholds)

    monkeypatch.setattr(repeats, "classify", counted)
    found = workspace.duplicates_in("new.md")
    assert found[-1].others[0].path == "tulips.md"
    assert 0 < len(judged) <= 151 * 2 * repeats.NEIGHBOURS
    judged.clear()
    workspace.set_buffer("new.md", "\n\n".join(["New.", *lines, f"{TULIPS} Please."]), 2, "markdown")
    again = workspace.duplicates_in("new.md")
    assert judged == []
    assert [finding.kind for finding in again] == [finding.kind for finding in found]


def test_document_behind_a_link_is_the_one_it_leads_to(workspace: Workspace, root: Path) -> None:
    (root / "link.md").symlink_to(root / "roses.md")
    assert workspace.relative(root / "link.md") == "roses.md"
    assert workspace.relative(root.parent / "outside.md") is None
