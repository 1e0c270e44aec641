"""The real process on the sample handbook, indexed once a session."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.command import HANDBOOK, Seealso


@pytest.fixture(autouse=True, scope="session")
def _forked(prefork: None) -> None:
    """Commands are started for almost every test."""


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Seealso:
    """The sample handbook, indexed; tests only read it."""
    base = tmp_path_factory.mktemp("cli")
    seealso = Seealso(base / "cache", base / "handbook")
    shutil.copytree(HANDBOOK, seealso.folder)
    result = seealso("index", "handbook", "--json")
    assert (result.code, result.err) == (0, ""), result
    return seealso


@pytest.fixture
def scratch(tmp_path: Path) -> Seealso:
    """An empty folder with an empty cache."""
    seealso = Seealso(tmp_path / "cache", tmp_path / "docs")
    seealso.folder.mkdir()
    return seealso
