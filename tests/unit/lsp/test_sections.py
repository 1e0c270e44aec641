"""Sections of a document and their counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from seealso.errors import CancelledError
from seealso.lsp.sections import COUNTED, Counts, Section, count, sections, words
from seealso.model import Passage, PassageKind, Place, Segmentation
from seealso.text.registry import format_for
from seealso.workspace import Workspace

A = "Stop the service before you restore a backup, and copy the data folder to its old place again."
B = "The orchestra plays a symphony by Mahler on Friday evening in the old concert hall near the river."


def segmented(text: str) -> Segmentation:
    found = format_for("a.md", None)
    assert found is not None
    return found.segmenter().segment(text.encode())


def titles(text: str) -> list[tuple[str, int, int]]:
    return [
        (section.heading.title, section.heading.line, len(section.passages)) for section in sections(segmented(text))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(f"{A}\n", [], id="no heading"),
        pytest.param(f"{A}\n\n# One\n\n{B}\n", [("One", 2, 1)], id="text before the first"),
        pytest.param(f"# One\n\n## Two\n\n{A}\n\n{B}\n", [("Two", 2, 2)], id="a heading without text"),
        pytest.param(f"# One\n\n{A}\n\n# One\n\n{B}\n", [("One", 0, 1), ("One", 4, 1)], id="the same title twice"),
        pytest.param(f"# One\n\n{A}\n\n## Two\n\n{B}\n", [("One", 0, 1), ("Two", 4, 1)], id="nested"),
    ],
)
def test_sections(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert titles(text) == expected


def test_what_a_section_holds() -> None:
    first, second = sections(segmented(f"# One\n\n{A}\n\n{B}\n\n# Two\n\n{A}\n"))
    inside = Place("a.md", 4, 4, PassageKind.PARAGRAPH, B)
    assert first.holds("a.md", inside)
    assert not second.holds("a.md", inside)
    assert not first.holds("b.md", inside)


@pytest.fixture
def passage() -> Passage:
    return segmented(A).passages[0]


@pytest.mark.parametrize(
    ("related", "repeated", "more", "expected"),
    [
        pytest.param(3, 1, False, "3 related · 1 duplicate", id="both"),
        pytest.param(0, 2, False, "2 duplicates", id="only duplicates"),
        pytest.param(1, 0, False, "1 related", id="only related"),
        pytest.param(0, 0, False, "nothing related", id="nothing"),
        pytest.param(9, 1, True, "9+ related · 1+ duplicates", id="not all was looked at"),
    ],
)
def test_words(passage: Passage, related: int, repeated: int, more: bool, expected: str) -> None:
    assert words(Counts(related, repeated, more, passage)) == expected


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "docs"
    root.mkdir()
    (root / "a.md").write_text(f"# One\n\nXyzzy plugh, said the voice.\n\n{B}\n\n## Two\n\n{A}\n\n## Three\n\n{A}\n")
    (root / "b.md").write_text(f"# Other\n\n{B}\n")
    workspace = Workspace.open(root)
    workspace.update()
    return workspace


def test_counts(workspace: Workspace) -> None:
    found = count(workspace, "a.md", 0, lambda: False)
    assert found is not None
    assert (found.repeated, found.more, found.passage.start_line) == (1, False, 4)
    assert count(workspace, "a.md", 1, lambda: False) is None
    assert count(workspace, "missing.md", 0, lambda: False) is None
    other = count(workspace, "a.md", 6, lambda: False)
    assert other is not None
    assert other.repeated == 1, "it stands again in another section of the same document"


def test_what_is_ignored_is_no_duplicate(workspace: Workspace) -> None:
    workspace.set_buffer("a.md", f"# One\n\n<!-- seealso-ignore -->\n\n{B}\n", 1, "markdown")
    found = count(workspace, "a.md", 0, lambda: False)
    assert found is not None
    assert found.repeated == 0


def test_long_sections_are_looked_at_in_part(workspace: Workspace) -> None:
    many = "\n\n".join(f"{B} Number {number}." for number in range(COUNTED + 1))
    workspace.set_buffer("a.md", f"# One\n\n{many}\n", 1, "markdown")
    found = count(workspace, "a.md", 0, lambda: False)
    assert found is not None
    assert found.more


def test_counting_stops_when_nobody_waits(workspace: Workspace) -> None:
    with pytest.raises(CancelledError):
        count(workspace, "a.md", 0, lambda: True)


def test_a_section_is_not_related_to_itself(workspace: Workspace) -> None:
    section = sections(segmented(f"# One\n\n{A}\n"))[0]
    assert isinstance(section, Section)
    workspace.set_buffer("a.md", f"# One\n\n{A}\n\n{A} Then start it.\n", 1, "markdown")
    workspace.set_buffer("b.md", "", 1, "markdown")
    found = count(workspace, "a.md", 0, lambda: False)
    assert found is not None
    assert found.related == 0
