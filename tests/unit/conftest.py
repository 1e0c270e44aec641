"""Workspaces on a cache of their own: with a model that needs none, and on the server that fails on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_embedder import FakeEmbedder
from seealso.corpus import CACHE_VARIABLE
from seealso.settings import resolve
from seealso.workspace import Workspace

if TYPE_CHECKING:
    from fault_server import FaultServer

OpenServed = Callable[..., Workspace]


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let indexes be made in a folder of the test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def embedder() -> FakeEmbedder:
    """The model of `workspace`."""
    return FakeEmbedder()


@pytest.fixture
def workspace(root: Path, embedder: FakeEmbedder) -> Iterator[Workspace]:
    """The folder `root` of the module that asks, opened and not indexed yet."""
    workspace = Workspace.open(root, embedder=embedder)
    yield workspace
    workspace.close()


@pytest.fixture
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_folder: Path, fault_server: FaultServer
) -> Iterator[OpenServed]:
    """Open the folder `docs` with the embeddings of the server, by settings alone, and with little patience."""
    from seealso.embed import bulk

    monkeypatch.setattr(bulk, "PATIENCE_S", 0.5)
    monkeypatch.setattr(bulk, "FIRST_PATIENCE_S", 0.1)
    monkeypatch.setattr(bulk, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(bulk, "LONGEST_WAIT_S", 0.05)
    root = tmp_path / "docs"
    root.mkdir()
    opened: list[Workspace] = []

    def open_served(**embedding: object) -> Workspace:
        wire = {"embedding": {"backend": "openai", "endpoint": fault_server.url, **embedding}}
        settings, problems = resolve(wire)
        assert not problems
        opened.append(Workspace.open(root, settings))
        return opened[-1]

    yield open_served
    for workspace in opened:
        workspace.close()
