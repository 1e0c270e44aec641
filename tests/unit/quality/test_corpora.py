"""Folders of documents that evaluations index."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.fetching import FetchError
from quality.corpora import kept


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEALSO_BENCH_DIR", str(tmp_path))


def test_a_folder_is_filled_once() -> None:
    folder = kept("part/kernel", lambda empty: (empty / "a.md").touch())
    assert [file.name for file in folder.iterdir()] == ["a.md"]
    assert kept("part/kernel", lambda empty: (empty / "b.md").touch()) == folder
    assert [file.name for file in folder.iterdir()] == ["a.md"]


def test_half_a_folder_is_not_kept(tmp_path: Path) -> None:
    def fail(empty: Path) -> None:
        (empty / "a.md").touch()
        raise FetchError("no network")

    with pytest.raises(FetchError):
        kept("part/kernel", fail)
    assert list((tmp_path / "part").iterdir()) == []
