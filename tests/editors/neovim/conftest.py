"""A real Neovim with the plugin, on a copy of the handbook; skipped where it is not installed, or an error in CI."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from editors import install
from editors.neovim.editor import CLIENT, Neovim

HERE = Path(__file__).parent
HANDBOOK = Path(__file__).parents[2] / "data" / "handbook"
REQUIRED = "SEEALSO_REQUIRE_EDITORS"
"""Environment variable with the editors (separated by commas) that have to be there."""

INIT = f"""
vim.opt.runtimepath:prepend({str(CLIENT)!r})
vim.lsp.config('seealso', {{ cmd = {{ {sys.executable!r}, '-m', 'seealso', 'lsp' }} }})
vim.lsp.enable('seealso')
"""


@pytest.hookimpl(tryfirst=True)  # before `-m` picks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and only that."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.editors)
            item.add_marker(pytest.mark.slow)


class Start(Protocol):
    """Starts an editor; it is closed when the test has ended."""

    def __call__(self, init: str = INIT, *, home: str = "home", columns: int = 100, lines: int = 30) -> Neovim: ...


@pytest.fixture(scope="session")
def program() -> Path:
    """The real Neovim."""
    if found := install.installed("neovim"):
        return found
    if "neovim" in os.environ.get(REQUIRED, "").replace(",", " ").split():
        pytest.fail(f"{install.hint('neovim')} ({REQUIRED} asks for it)", pytrace=False)
    pytest.skip(install.hint("neovim"))


def copy_handbook(folder: Path) -> Path:
    """Make a folder of documents that is one to Neovim as well."""
    shutil.copytree(HANDBOOK, folder)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A handbook to change."""
    return copy_handbook(tmp_path / "docs")


@pytest.fixture
def start(program: Path, tmp_path: Path) -> Iterator[Start]:
    """Start editors with homes of their own; those with one home share an index."""
    running: list[Neovim] = []

    def start(init: str = INIT, *, home: str = "home", columns: int = 100, lines: int = 30) -> Neovim:
        running.append(Neovim(program, tmp_path / home, columns=columns, lines=lines, init=init))
        return running[-1]

    yield start
    for nvim in running:
        nvim.close()


@pytest.fixture
def nvim(start: Start, docs: Path) -> Neovim:
    """An editor that shows a document, with the index made."""
    nvim = start()
    nvim.command(f"cd {docs}")
    nvim.edit(docs / "guide" / "restore.md")
    ready(nvim)
    return nvim


@pytest.fixture(scope="module")
def reader(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """Such an editor for the tests of a module that change nothing; its working folder is that of the documents."""
    folder = tmp_path_factory.mktemp("reader")
    docs = copy_handbook(folder / "docs")
    nvim = Neovim(program, folder / "home", init=INIT)
    nvim.command(f"cd {docs}")
    nvim.edit(docs / "guide" / "restore.md")
    ready(nvim)
    yield nvim
    nvim.close()


def ready(nvim: Neovim, documents: int = 21) -> None:
    """Wait until all documents are in the index."""
    nvim.returns("return require('seealso').status()", f"seealso: {documents} documents")
