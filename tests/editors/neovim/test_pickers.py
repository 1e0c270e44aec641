"""Searching in real pickers. No package registry has them: `SEEALSO_NVIM_PLUGINS` names a folder with clones.

These are `telescope.nvim` with `plenary.nvim`, `fzf-lua` (with `fzf` on the PATH) and `snacks.nvim`; a picker that is
missing is skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from editors.neovim.conftest import INIT, Start, ready
from editors.neovim.editor import Neovim

PLUGINS = "SEEALSO_NVIM_PLUGINS"
CLONES = {"telescope": ("plenary.nvim", "telescope.nvim"), "fzf-lua": ("fzf-lua",), "snacks": ("snacks.nvim",)}
"""Folders of each picker, by what `require` calls it."""


@pytest.fixture(params=CLONES)
def nvim(request: pytest.FixtureRequest, start: Start, docs: Path) -> Neovim:
    """An editor with one picker."""
    folder = Path(os.environ.get(PLUGINS, "/nowhere"))
    clones = [folder / name for name in CLONES[request.param]]
    if not all(clone.is_dir() for clone in clones):
        pytest.skip(f"{PLUGINS} names no folder with {' and '.join(CLONES[request.param])}")
    paths = "".join(f"vim.opt.runtimepath:append({str(clone)!r})\n" for clone in clones)
    nvim = start(paths + INIT, columns=140)
    nvim.command(f"cd {docs}")
    nvim.edit(docs / "install" / "linux.md", 20)
    ready(nvim)
    return nvim


def test_search_while_one_types(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso! search<CR>")
    nvim.sees("Search by meaning")
    nvim.keys("recovery")
    nvim.sees("guide/encryption.md:8")
    nvim.keys("<BS>" * len("recovery") + "firewall port")
    nvim.sees("reference/settings.rst:12", "drag Lantern")
    nvim.keys("<CR>")
    nvim.until(lambda: nvim.name().endswith("install/macos.md"))
    nvim.until(lambda: nvim.line() == 11)


@pytest.mark.parametrize("command", ["SeeAlso! related", "SeeAlso! search firewall port"])
def test_places_to_choose_from(nvim: Neovim, command: str) -> None:
    nvim.keys(f":{command}<CR>")
    nvim.sees("See also: ", "install/macos.md:11", "support/troubleshooting.rst:7", "drag Lantern")
    nvim.keys("<CR>")
    nvim.until(lambda: nvim.name().endswith("install/macos.md"))
    nvim.until(lambda: nvim.line() == 11)


def test_another_way_to_choose_can_be_set(nvim: Neovim) -> None:
    nvim.lua("vim.g.seealso = { picker = 'select' }")
    nvim.keys(":SeeAlso! related<CR>")
    nvim.sees("Type number and <Enter>", "install/macos.md:11")
