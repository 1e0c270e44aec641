"""A workspace from the outside: files in, answers out, with an embedder that counts what it is asked."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from fake_embedder import FakeEmbedder
from seealso.embed.base import EmbedKind, Lane, Vectors
from seealso.errors import EmbeddingError, IndexUnavailableError, SeeAlsoError
from seealso.index.lexical import MANY_PASSAGES, LexicalIndex
from seealso.model import DuplicateKind, Phase, Progress
from seealso.settings import resolve
from seealso.workspace import Workspace

BACKUP = "Before an upgrade, make a backup of the database and copy it to another machine in another building."
RESTORE = "To restore the database, stop the service, unpack the newest backup and start the service again."
COFFEE = "Our kitchen has two coffee machines, and whoever takes the last cup is expected to brew a fresh pot."

DOCUMENTS = {
    "admin/backup.md": f"# Backups\n\n{BACKUP}\n\n## Restore\n\n{RESTORE}\n",
    "admin/upgrade.md": f"# Upgrade\n\n{BACKUP}\n\nSee [backups](backup.md) for the database and its restore.\n",
    "life.md": f"# Life\n\n{COFFEE}\n",
}


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    root = tmp_path / "root"
    for path, text in DOCUMENTS.items():
        write(root / path, text)
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    # A change within one tick of the file system's clock must not look like none.
    write.tick += 1  # type: ignore[attr-defined]
    os.utime(path, ns=(write.tick * 10**9, write.tick * 10**9))  # type: ignore[attr-defined]


write.tick = 1_700_000_000  # type: ignore[attr-defined]


# -- bringing the index up to date


def test_first_update_reads_and_embeds_each_text_once(workspace: Workspace, embedder: FakeEmbedder) -> None:
    report = workspace.update()
    assert (report.documents, report.added, report.embedded, report.pending) == (3, 3, 4, 0)
    assert sorted(embedder.embedded).count(BACKUP) == 1
    status = workspace.status()
    assert (status.documents, status.passages, status.embedded, status.pending) == (3, 5, 5, 0)
    assert status.state == "ready"


def test_second_update_does_nothing(workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update()
    embedder.embedded.clear()
    report = workspace.update()
    assert (report.added, report.changed, report.moved, report.removed, report.embedded) == (0, 0, 0, 0, 0)
    assert embedder.embedded == []


def test_words_are_merged_after_much_was_read_and_not_after_little(
    root: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged: list[bool] = []
    merge = LexicalIndex.merge

    def count(index: LexicalIndex) -> bool:
        merged.append(merge(index))
        return merged[-1]

    monkeypatch.setattr(LexicalIndex, "merge", count)
    workspace.update()
    assert merged
    assert not merged[-1], "until nothing is left to do"
    for number in range(20):
        write(root / f"{number}.md", COFFEE)
    workspace.update()
    merged.clear()
    write(root / "life.md", BACKUP)
    workspace.update()
    assert merged == []


def test_renamed_folder_embeds_nothing(root: Path, workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update()
    embedder.embedded.clear()
    (root / "admin").rename(root / "operations")
    report = workspace.update()
    assert (report.moved, report.removed, report.added, report.embedded) == (2, 0, 0, 0)
    assert {match.place.path for match in workspace.search("database").matches} >= {"operations/backup.md"}


def test_touched_file_is_read_but_not_embedded(root: Path, workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update()
    embedder.embedded.clear()
    write(root / "life.md", DOCUMENTS["life.md"])
    report = workspace.update()
    assert (report.changed, report.embedded) == (0, 0)


def test_one_edited_paragraph_embeds_one_text(root: Path, workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update()
    embedder.embedded.clear()
    write(root / "admin/backup.md", DOCUMENTS["admin/backup.md"].replace("newest", "most recent"))
    report = workspace.update()
    assert (report.changed, report.embedded) == (1, 1)
    assert embedder.embedded == [RESTORE.replace("newest", "most recent")]


def test_reverted_file_embeds_nothing(root: Path, workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update()
    write(root / "life.md", "# Life\n\nSomething completely different stands here for a while.\n")
    workspace.update()
    embedder.embedded.clear()
    write(root / "life.md", DOCUMENTS["life.md"])
    assert workspace.update().embedded == 0


def test_removed_file_is_forgotten(root: Path, workspace: Workspace) -> None:
    workspace.update()
    (root / "life.md").unlink()
    assert workspace.update().removed == 1
    assert workspace.search("coffee machines").matches[0].place.path != "life.md"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"\x00\x01\x02" * 100, "binary", id="binary"),
        pytest.param(b"x" * 2_000, "limit is 1,000", id="too large"),
    ],
)
def test_unreadable_document_has_a_reason_and_harms_no_other(root: Path, content: bytes, reason: str) -> None:
    (root / "bad.md").write_bytes(content)
    settings, problems = resolve({"index": {"maxFileBytes": 1_000}})
    assert not problems
    workspace = Workspace.open(root, settings, embedder=FakeEmbedder())
    assert workspace.update().documents == 3
    (problem,) = workspace.status().errors
    assert problem.path == "bad.md"
    assert reason in problem.reason
    (root / "bad.md").write_text("Now it is good.")
    workspace.update()
    assert workspace.status().errors == ()
    workspace.close()


def test_open_documents_are_embedded_first(root: Path, workspace: Workspace, embedder: FakeEmbedder) -> None:
    workspace.update(first=["life.md"])
    assert embedder.embedded[0] == COFFEE


def test_cancelled_update_keeps_what_is_done_and_is_resumed(root: Path, embedder: FakeEmbedder) -> None:
    for number in range(1000):
        write(root / f"many/{number}.md", f"The paragraph with the number {number} speaks of item{number} alone.")
    workspace = Workspace.open(root, embedder=embedder)
    report = workspace.update(cancelled=lambda: len(embedder.embedded) > 100)
    assert report.cancelled
    done = len(embedder.embedded)
    assert report.embedded == done
    assert 0 < done < 1000
    assert workspace.status().state == "partial"
    assert not workspace.search("item7 alone").complete
    assert workspace.search("item7 alone").matches[0].place.path == "many/7.md"
    workspace.update()
    assert len(embedder.embedded) == len(set(embedder.embedded)), "no text is embedded twice"
    assert workspace.status().state == "ready"
    workspace.close()


def test_progress_counts_up_and_ends(workspace: Workspace) -> None:
    seen: list[Progress] = []
    workspace.update(report=seen.append)
    assert [progress.phase for progress in seen if progress.done == 0][:2] == [Phase.SCAN, Phase.READ]
    last = {progress.phase: progress for progress in seen}
    assert (last[Phase.EMBED].done, last[Phase.EMBED].total) == (4, 4)


def test_only_one_process_writes(root: Path, workspace: Workspace) -> None:
    inside = threading.Event()
    leave = threading.Event()

    def slow(progress: Progress) -> None:
        inside.set()
        assert leave.wait(10)

    writer = threading.Thread(target=lambda: workspace.update(report=slow))
    writer.start()
    assert inside.wait(10)
    other = Workspace.open(root, embedder=FakeEmbedder())
    with pytest.raises(IndexUnavailableError, match="writing"):
        other.update()
    leave.set()
    writer.join(10)
    assert other.update().documents == 3
    other.close()


def test_other_model_gets_its_own_vectors_and_the_old_ones_stay(root: Path, workspace: Workspace) -> None:
    workspace.update()
    other = Workspace.open(root, embedder=FakeEmbedder("another-model"))
    assert other.status().pending == 5
    assert other.update().embedded == 4
    assert workspace.status().pending == 0
    other.close()


class BrokenEmbedder(FakeEmbedder):
    def embed(self, texts: object, kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        raise EmbeddingError("The model is broken.", hint="Install it again.")


def test_without_a_model_search_works_by_words_and_says_so(root: Path) -> None:
    workspace = Workspace.open(root, embedder=BrokenEmbedder())
    with pytest.raises(EmbeddingError):
        workspace.update()
    answer = workspace.search("coffee")
    assert not answer.complete
    assert [match.place.path for match in answer.matches] == ["life.md"]
    assert answer.matches[0].dense is None
    workspace.close()


@pytest.mark.parametrize("path", ["missing", "root/life.md"])
def test_what_is_no_folder_is_refused(root: Path, path: str) -> None:
    with pytest.raises(SeeAlsoError) as error:
        Workspace.open(root.parent / path)
    assert error.value.hint


def test_workspace_of_a_file_is_found_upwards(root: Path, workspace: Workspace) -> None:
    with pytest.raises(IndexUnavailableError, match="seealso index"):
        Workspace.containing(root / "admin/backup.md")
    workspace.update()
    assert Workspace.containing(root / "admin/backup.md").root == workspace.root


# -- questions


def test_search_finds_by_words_and_says_why(workspace: Workspace) -> None:
    workspace.update()
    answer = workspace.search("restore the newest backup")
    assert answer.complete
    best = answer.matches[0]
    assert (best.place.path, best.place.start_line) == ("admin/backup.md", 6)
    assert [heading.title for heading in best.place.headings] == ["Backups", "Restore"]
    assert {"restore", "backup"} <= set(best.terms)
    assert 0 < best.score <= 1


def test_words_that_nobody_has_written_are_answered_by_no_passage(workspace: Workspace) -> None:
    pages = (f"Page {number} of the book, and what is written in it.\n" for number in range(MANY_PASSAGES))
    write(workspace.root / "book.md", "\n".join(pages))
    workspace.update()
    assert workspace.search("of the", semantic=False).matches, "there is nothing else in the question"
    assert not workspace.search("history of the pizza", semantic=False).matches
    (match,) = workspace.search("history of the coffee", semantic=False).matches
    assert match.place.path == "life.md"


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("coffee mug", id="a word"),
        pytest.param("coffeeRoom", id="a name"),
        pytest.param("咖啡的", id="the pair across two words"),
    ],
)
def test_what_few_passages_are_about_answers_also_beside_unknown_words(workspace: Workspace, question: str) -> None:
    for number in range(6):
        write(workspace.root / f"{number}.md", f"The coffee of cup {number} is cold. 咖啡凉了。\n")
    workspace.update()
    assert workspace.search(question, semantic=False).matches


def test_a_document_full_of_it_keeps_no_other_out(workspace: Workspace) -> None:
    pages = (f"The coffee machine has a filter, and filter {number} is for page {number}.\n" for number in range(50))
    write(workspace.root / "machine.md", "\n".join(pages))
    for number in range(4):
        write(
            workspace.root / f"note{number}.md",
            f"A note, the {number}th, on what the filter of a machine costs here.\n",
        )
    workspace.update()
    found = [match.place.path for match in workspace.search("coffee machine filter", 5).matches]
    assert found.count("machine.md") == 3
    assert len(found) == 5


def test_what_stands_under_the_same_titles_is_more_related(root: Path, workspace: Workspace) -> None:
    write(root / "kettle.md", "# Kettle\n\nOpen the lid of it with the small key at once.\n")
    write(root / "lantern.md", "# Lantern\n\nOpen the lid of it with the small key in time.\n")
    write(root / "lantern/battery.md", "# Lantern battery\n\nOpen the lid of it with the small key and wait.\n")
    workspace.update()
    related = workspace.related("lantern/battery.md", 2)
    assert related is not None
    assert [match.place.path for match in related.matches][:2] == ["lantern.md", "kettle.md"]
    by_text = workspace.related_to_text(
        "Open the lid of it with the small key and wait.", 5, exclude="lantern/battery.md"
    )
    assert by_text.matches[0].place.path == "kettle.md", "a text without headings has its own words only"


def test_related_tells_duplicates_own_document_and_links(workspace: Workspace) -> None:
    workspace.update()
    related = workspace.related("admin/upgrade.md", 2)
    assert related is not None
    assert [(match.place.path, match.relation) for match in related.duplicates] == [
        ("admin/backup.md", DuplicateKind.EXACT)
    ]
    places = {(match.place.path, match.same_document) for match in related.matches}
    assert ("admin/upgrade.md", True) in places
    linking = workspace.related("admin/upgrade.md", 4)
    assert linking is not None
    assert {match.linked for match in linking.matches if match.place.path == "admin/backup.md"} == {True}
    assert workspace.related("admin/upgrade.md", 1) is None


def test_duplicates_are_groups(workspace: Workspace) -> None:
    workspace.update()
    (group,) = workspace.duplicates([DuplicateKind.EXACT])
    assert [place.path for place in group.places] == ["admin/backup.md", "admin/upgrade.md"]


def test_pair_marked_as_intended_is_not_reported(workspace: Workspace, root: Path) -> None:
    edited = BACKUP.replace("make a backup", "please make a backup")
    write(root / "admin/upgrade.md", f"# Upgrade\n\n{edited}\n")
    workspace.update()
    assert workspace.duplicates_in("admin/upgrade.md")
    workspace.marks.add(BACKUP, edited)
    assert workspace.duplicates_in("admin/upgrade.md") == ()
    assert workspace.duplicates() == []
    assert [frozenset(pair) for pair in workspace.marks.texts()] == [frozenset((BACKUP, edited))]


def test_ignore_comment_silences_both_sides(workspace: Workspace, root: Path) -> None:
    write(root / "admin/upgrade.md", f"# Upgrade\n\n<!-- seealso-ignore -->\n\n{BACKUP}\n")
    workspace.update()
    assert workspace.duplicates_in("admin/upgrade.md") == ()
    assert workspace.duplicates_in("admin/backup.md") == ()
    assert workspace.duplicates() == []
    (line,) = (p.start_line for p in workspace.segmentation("admin/backup.md").passages if p.text == BACKUP)  # type: ignore[union-attr]
    related = workspace.related("admin/backup.md", line)
    assert related is not None
    assert related.duplicates == (), "nor does the hover call the original a copy of what quotes it"


# -- unsaved buffers


def test_buffer_hides_the_file_and_its_new_text_is_found(workspace: Workspace) -> None:
    workspace.update()
    tea = "The tea cupboard is filled by the office manager on the first Monday of each month, with eleven sorts."
    workspace.set_buffer("life.md", f"# Life\n\n{tea}\n", 1)
    assert workspace.passage_at("life.md", 2).text == tea  # type: ignore[union-attr]
    assert all(match.place.text != COFFEE for match in workspace.search("coffee machines").matches)
    assert workspace.search("tea cupboard eleven sorts").matches[0].place.text == tea
    workspace.drop_buffer("life.md")
    assert workspace.search("coffee machines").matches[0].place.text == COFFEE


def test_duplicate_typed_into_a_buffer_is_found_at_once(workspace: Workspace) -> None:
    workspace.update()
    workspace.set_buffer("notes.md", f"First a line of its own that nobody else has.\n\n{COFFEE}\n", 1, "markdown")
    (finding,) = workspace.duplicates_in("notes.md")
    assert (finding.passage.start_line, finding.kind) == (2, DuplicateKind.EXACT)
    assert [place.path for place in finding.others] == ["life.md"]
    other = workspace.related("life.md", 2)
    assert other is not None
    assert [match.place.path for match in other.duplicates] == ["notes.md"]


def test_two_buffers_that_repeat_each_other_before_anything_is_saved(workspace: Workspace) -> None:
    workspace.update()
    tea = "The tea cupboard is filled by the office manager on the first Monday of each month, with eleven sorts."
    workspace.set_buffer("one.md", tea, 1, "markdown")
    workspace.set_buffer("two.md", tea, 1, "markdown")
    (finding,) = workspace.duplicates_in("one.md")
    assert [place.path for place in finding.others] == ["two.md"]


def test_following_passage(workspace: Workspace) -> None:
    workspace.update()
    place = workspace.search("backup of the database").matches[0].place
    after = workspace.following(place)
    assert after is None or after.start_line > place.end_line


def test_questions_before_the_first_update_are_answered_with_nothing(workspace: Workspace) -> None:
    assert workspace.search("anything").matches == ()
    assert workspace.duplicates() == []
    assert workspace.status().state == "empty"
    workspace.set_buffer("life.md", COFFEE, 1)
    related = workspace.related("life.md", 0)
    assert related is not None
    assert not related.complete


def test_vectors_file_is_rebuilt_without_the_model(workspace: Workspace, root: Path, embedder: FakeEmbedder) -> None:
    workspace.update()
    expected = [match.place for match in workspace.search("restore backup").matches]
    workspace.close()
    for file in workspace.directory.glob("vectors.*"):
        file.write_bytes(b"junk")
    embedder.embedded.clear()
    again = Workspace.open(root, embedder=embedder)
    assert [match.place for match in again.search("restore backup").matches] == expected
    assert again.update().embedded == 0
    assert embedder.embedded == []
    again.close()


def test_fake_embedder_brings_texts_with_shared_words_together() -> None:
    a, b, c = FakeEmbedder().embed([BACKUP, BACKUP + " Soon.", COFFEE], "passage")
    assert a @ b > 0.9 > 0.6 > a @ c
    np.testing.assert_allclose(np.linalg.norm([a, b, c], axis=1), 1, atol=1e-5)


def test_phrases_are_found_in_saved_documents_and_in_buffers_as_they_are(workspace: Workspace) -> None:
    workspace.set_buffer("early.md", "Before an upgrade there is no index.\n", 1)
    assert [place.path for place in workspace.with_phrase("Before an upgr", 9)] == ["early.md"]
    workspace.drop_buffer("early.md")
    workspace.update()
    assert [place.path for place in workspace.with_phrase("Before an upgr", 9)] == [
        "admin/backup.md",
        "admin/upgrade.md",
    ]
    assert [place.path for place in workspace.with_phrase("Before an upgr", 1)] == ["admin/backup.md"]
    workspace.set_buffer("admin/backup.md", "Nothing of it is left here.\n", 1)
    workspace.set_buffer("new.md", "# New\n\nWhat to do BEFORE an Upgrade is written elsewhere.\n", 1)
    assert [place.path for place in workspace.with_phrase("Before an upgr", 9)] == ["admin/upgrade.md", "new.md"]
    assert workspace.with_phrase("", 9) == []
