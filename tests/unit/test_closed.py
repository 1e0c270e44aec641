"""What is repeated in documents that are not open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from seealso.closed import FINDINGS, ClosedFindings, bounded
from seealso.model import DuplicateFinding, DuplicateKind, Passage, PassageKind, Place
from seealso.settings import resolve
from seealso.workspace import Workspace

BACKUP = "Before an upgrade, make a backup of the database and copy it to another machine in another building."
EDITED = BACKUP.replace("make a backup", "please make a backup")
COFFEE = "Our kitchen has two coffee machines, and whoever takes the last cup is expected to brew a fresh pot."
SHORT = "See the manual for details of this."

DOCUMENTS = {
    "backup.md": f"# Backups\n\n{BACKUP}\n\n{SHORT}\n",
    "upgrade.md": f"# Upgrade\n\n{BACKUP}\n\n{SHORT}\n",
    "edited.md": f"# Upgrade\n\nText.\n\n{EDITED}\n",
    "life.md": f"# Life\n\n{COFFEE}\n",
}


@pytest.fixture
def root(tmp_path: Path, cache_folder: Path) -> Path:
    for path, text in DOCUMENTS.items():
        write(tmp_path / "root" / path, text)
    return tmp_path / "root"


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    """It is indexed."""
    workspace.update()
    return workspace


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")


def closed(workspace: Workspace, before: ClosedFindings | None = None) -> ClosedFindings:
    found = workspace.closed_findings(before)
    assert found is not None
    return found


def others(found: ClosedFindings) -> dict[str, list[str]]:
    return {
        path: [f"{place.path}:{place.start_line}" for finding in document.findings for place in finding.others]
        for path, document in sorted(found.documents.items())
    }


def test_they_are_what_an_open_document_is_told(workspace: Workspace, embedder: FakeEmbedder) -> None:
    embedder.embedded.clear()
    found = closed(workspace)
    assert others(found) == {
        "backup.md": ["upgrade.md:2", "edited.md:4"],
        "edited.md": ["backup.md:2", "upgrade.md:2"],
        "upgrade.md": ["backup.md:2", "edited.md:4"],
    }
    assert embedder.embedded == []
    for path, document in found.documents.items():
        assert document.findings == workspace.duplicates_in(path)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"diagnostics": {"exact": "off"}}, id="no copies"),
        pytest.param({"diagnostics": {"edited": "off", "reworded": "off"}}, id="copies only"),
        pytest.param({"duplicates": {"minWords": 1}}, id="short passages"),
        pytest.param({"duplicates": {"minWords": 50}}, id="long passages only"),
        pytest.param({"duplicates": {"boilerplateFiles": 3}}, id="boilerplate"),
    ],
)
def test_settings_count_in_the_same_way(workspace: Workspace, options: dict[str, object]) -> None:
    before = closed(workspace)
    settings, problems = resolve(options)
    assert problems == ()
    workspace.configure(settings)
    found = closed(workspace, before)
    assert found is not before
    assert found.documents != before.documents
    for path in DOCUMENTS:
        document = found.documents.get(path)
        assert (document.findings if document else ()) == workspace.duplicates_in(path)


def test_a_notice_that_is_parallel_in_many_documents_is_boilerplate(workspace: Workspace, root: Path) -> None:
    notice = "This rule was introduced in release {} of the program, which warns whenever it is not set by the user."
    for name, release in (("a", "3.1"), ("b", "3.1"), ("c", "3.2"), ("d", "3.5")):
        write(root / f"rules/{name}.md", f"# Rule\n\n{notice.format(release)}\n")
    workspace.update()
    for files, boilerplate in ((5, False), (4, True)):
        settings, _ = resolve({"duplicates": {"boilerplateFiles": files}})
        workspace.configure(settings)
        found = closed(workspace).documents
        assert not found.keys() & {"rules/c.md", "rules/d.md"}
        for path in ("rules/a.md", "rules/b.md"):
            assert [finding.boilerplate for finding in found[path].findings] == [boilerplate]
            assert found[path].findings == workspace.duplicates_in(path)
        groups = [one for one in workspace.duplicates() if one.places[0].path == "rules/a.md"]
        assert [one.boilerplate for one in groups] == [boilerplate]


def test_nothing_is_done_twice_until_something_changes(workspace: Workspace, root: Path) -> None:
    found = closed(workspace)
    workspace.update()
    assert closed(workspace, found) is found
    workspace.set_buffer("new.md", "# New\n\nNothing that is said elsewhere.\n", 1)
    assert closed(workspace, found) is found, "it is not saved, and repeats nothing"
    workspace.drop_buffer("new.md")
    workspace.set_buffer(
        "life.md", "# Life\n\nSomething that is said nowhere else in all of these documents here.\n", 1
    )
    opened = closed(workspace, found)
    assert opened.documents == found.documents
    workspace.set_buffer("life.md", "# Life\n\nSomething else that is said nowhere else, and with more words.\n", 2)
    assert closed(workspace, opened) is opened, "what is typed repeats nothing"
    write(root / "life.md", f"# Life\n\n{BACKUP}\n")
    workspace.update()
    assert closed(workspace, opened) is not opened


def test_open_documents_count_as_they_are_and_are_left_out(workspace: Workspace) -> None:
    found = closed(workspace)
    workspace.set_buffer("upgrade.md", f"# Upgrade\n\n\n\n\n{BACKUP}\n", 1)
    found = closed(workspace, found)
    assert others(found) == {"backup.md": ["upgrade.md:5", "edited.md:4"], "edited.md": ["backup.md:2", "upgrade.md:5"]}
    workspace.set_buffer("upgrade.md", f"# Upgrade\n\n{COFFEE}\n", 2)
    found = closed(workspace, found)
    assert others(found) == {
        "backup.md": ["edited.md:4"],
        "edited.md": ["backup.md:2"],
        "life.md": ["upgrade.md:2"],
    }
    workspace.drop_buffer("upgrade.md")
    assert others(closed(workspace, found)) == others(closed(workspace))


def test_pairs_marked_as_intended_are_left_out(workspace: Workspace) -> None:
    found = closed(workspace)
    workspace.marks.add(BACKUP, EDITED)
    found = closed(workspace, found)
    assert others(found) == {"backup.md": ["upgrade.md:2"], "upgrade.md": ["backup.md:2"]}
    workspace.marks.add(BACKUP, BACKUP)
    assert closed(workspace, found).documents == {}


def test_ignored_passages_are_left_out_on_both_sides(workspace: Workspace, root: Path) -> None:
    write(root / "upgrade.md", f"# Upgrade\n\n<!-- seealso-ignore -->\n\n{BACKUP}\n")
    workspace.update()
    assert others(closed(workspace)) == {"backup.md": ["edited.md:4"], "edited.md": ["backup.md:2"]}


def test_before_the_first_update_there_is_nothing(root: Path, embedder: FakeEmbedder) -> None:
    workspace = Workspace.open(root, embedder=embedder)
    assert workspace.closed_findings() is None
    workspace.close()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("\ufeffÄ 😀\r\n".encode(), "\ufeffÄ 😀\r\n", id="byte order mark"),
        pytest.param("Ä 😀\n".encode("utf-16"), "Ä 😀\n", id="UTF-16"),
    ],
)
def test_the_text_is_that_of_the_file(root: Path, embedder: FakeEmbedder, raw: bytes, text: str) -> None:
    copy = root / "copy.md"
    encoding = "utf-16" if raw.startswith(b"\xff\xfe") else "utf-8"
    copy.write_bytes(raw + f"\n{COFFEE}\n".encode(encoding).removeprefix(b"\xff\xfe"))
    workspace = Workspace.open(root, embedder=embedder)
    workspace.update()
    document = closed(workspace).documents["copy.md"]
    assert document.text(copy) == f"{text}\n{COFFEE}\n"
    workspace.close()


def test_a_file_that_is_not_what_was_indexed_has_no_text(workspace: Workspace, root: Path) -> None:
    document = closed(workspace).documents["backup.md"]
    file = root / "backup.md"
    assert document.text(file) == DOCUMENTS["backup.md"]
    same_size = DOCUMENTS["backup.md"].replace("Backups", "backupS")
    stamp = file.stat().st_mtime_ns
    write(file, same_size)
    os.utime(file, ns=(stamp, stamp))
    assert document.text(file) is None, "the same size and time"
    file.unlink()
    assert document.text(file) is None, "gone"
    file.mkdir()
    assert document.text(file) is None, "a folder"
    file.rmdir()
    os.mkfifo(file)
    assert document.text(file) is None, "a pipe, which must not be waited for"


def test_a_document_that_is_one_paragraph_a_thousand_times_is_bounded(root: Path, embedder: FakeEmbedder) -> None:
    write(root / "many.md", "\n\n".join([COFFEE] * 1_000))
    workspace = Workspace.open(root, embedder=embedder)
    workspace.update()
    found = closed(workspace).documents["many.md"].findings
    assert len(found) == FINDINGS
    assert sum(len(finding.others) for finding in found) < 2 * FINDINGS
    assert all(finding.others for finding in found)
    workspace.close()


def test_a_few_findings_are_left_as_they_are() -> None:
    passage = Passage(0, 9, 0, 0, PassageKind.PARAGRAPH, "Something")
    place = Place("a.md", 0, 0, PassageKind.PARAGRAPH, "Something")
    finding = DuplicateFinding(passage, DuplicateKind.EXACT, 1.0, (place,) * 100)
    assert bounded([finding] * 5) == (finding,) * 5
    assert [len(one.others) for one in bounded([finding] * 7)] == [100] * 5 + [1, 1]
