"""What is counted when warnings about boilerplate are measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_embedder import FakeEmbedder
from quality import boilerplate
from seealso.workspace import Workspace

NOTICE = "Copies of this page may be made by anybody as long as they carry this notice, whatever they cost."
COPY = "Before an upgrade, make a backup of the database and copy it to another machine in another building."


@pytest.fixture
def manual(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "manual"
    root.mkdir()
    for number in range(9):
        copied = COPY if number < 2 else f"Text {number}."
        (root / f"{number}.md").write_text(f"# Page {number}\n\n{copied}\n\n{NOTICE}\n", "utf-8")
    opened = Workspace.open
    monkeypatch.setattr(Workspace, "open", lambda folder: opened(folder, embedder=FakeEmbedder()))
    monkeypatch.setattr(boilerplate, "manuals", lambda: {"Manual": root})
    return root


def test_copies_are_warned_about_and_boilerplate_is_not(manual: Path) -> None:
    passages, findings = boilerplate.findings_of(manual)
    assert passages == 18
    assert [boilerplate.documents(path, one) for path, one in findings if not one.boilerplate] == [2, 2]
    found = {one.measure: (one.value, one.count) for one in boilerplate.figures()}
    assert found == {
        "warnings a thousand": (pytest.approx(1000 * 2 / 18), 18),
        "of notices": (0.0, 18),
        "warnings a thousand, Manual": (pytest.approx(1000 * 2 / 18), 18),
    }
