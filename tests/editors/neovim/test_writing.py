"""What happens in Neovim while somebody writes, and when things go wrong."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest

import readme
from editors.neovim.conftest import INIT, Start, ready
from editors.neovim.editor import CLIENT, Neovim

COMPLETION = """
vim.o.completeopt = 'menu,menuone,noselect,popup'
vim.api.nvim_create_autocmd('LspAttach', { callback = function(event)
  vim.lsp.completion.enable(true, event.data.client_id, event.buf, { autotrigger = true })
end })
"""

WATCHING = """
vim.o.laststatus = 2
vim.o.statusline = '%f %=%{v:lua.require("seealso").status()}'
vim.g.progress, vim.g.status = {}, {}
local function keep(name, text)
  vim.g[name] = vim.list_extend(vim.g[name], { text })
end
vim.api.nvim_create_autocmd('LspProgress', { callback = function(event)
  keep('progress', event.data.params.value.kind .. ' ' .. (event.data.params.value.message or ''))
end })
vim.api.nvim_create_autocmd('User', { pattern = 'SeeAlsoStatus', callback = function()
  keep('status', require('seealso').status())
end })
"""

PROCESS = """
return vim.tbl_map(function(process) return process.pid end, vim.tbl_filter(function(process)
  return process.ppid == vim.uv.os_getpid()
end, vim.tbl_map(vim.api.nvim_get_proc, vim.api.nvim_get_proc_children(vim.uv.os_getpid()))))[1]
"""


def test_nothing_is_loaded_before_a_document_opens(start: Start, docs: Path) -> None:
    nvim = start()
    loaded = "return vim.tbl_filter(function(name) return name:find('^seealso') end, vim.tbl_keys(package.loaded))"
    nvim.command(f"edit {docs / 'program.c'}")
    assert nvim.lua(loaded) == []
    assert nvim.lua("return #vim.lsp.get_clients({ _uninitialized = true })") == 0


def test_first_index_shows_progress(start: Start, docs: Path) -> None:
    for number in range(60):
        shutil.copytree(docs / "guide", docs / f"guide-{number}")
        for path in (docs / f"guide-{number}").iterdir():
            path.write_text(path.read_text("utf-8").replace("backup", f"copy of number {number}"), "utf-8")
    nvim = start(INIT + WATCHING)
    nvim.edit(docs / "guide" / "restore.md")
    nvim.until(lambda: any(message.startswith("end") for message in nvim.lua("return vim.g.progress")), 120)
    nvim.sees("seealso: 261 documents")
    assert any("embedding" in message for message in nvim.lua("return vim.g.progress"))
    assert any(re.fullmatch(r"seealso: \d+%", line) for line in nvim.lua("return vim.g.status"))


def test_replace_a_copy_by_a_link(nvim: Neovim, docs: Path) -> None:
    nvim.edit(docs / "install" / "linux.md", 20)
    nvim.returns("return #vim.diagnostic.get(0) > 0")
    nvim.keys("gra")
    screen = nvim.sees("Type number and <Enter>")
    number = next(line for line in screen.splitlines() if "by a link to install/macos.md" in line).partition(":")[0]
    nvim.keys(f"{number}<CR>")
    nvim.until(lambda: "macos.md#install-the-package" in "\n".join(nvim.buffer()))
    assert "After the installation, open port" not in "\n".join(nvim.buffer())


def test_completion_inserts_a_snippet(start: Start, docs: Path) -> None:
    nvim = start(INIT + COMPLETION)
    nvim.edit(docs / "guide" / "encryption.md", 21)
    ready(nvim)
    nvim.keys("oHow a whole computer is brought back: see [")
    nvim.sees("Bring a whole computer back")
    nvim.keys("<C-n><C-y>")
    nvim.until(lambda: re.fullmatch(r"How a whole .*: see \[.+\]\(.+\.md#.+\)", nvim.buffer()[21]))
    assert nvim.lua("return vim.snippet.active()"), "the title is a tab stop"


def test_insert_offers_links_only(nvim: Neovim, docs: Path) -> None:
    nvim.keys("16G:SeeAlso insert<CR>")
    screen = nvim.sees("Code actions:")
    actions = [line for line in screen.splitlines() if line[:1].isdigit()]
    assert actions
    assert all("Insert a link" in action or "See also" in action for action in actions)


def test_settings_apply_without_a_restart(nvim: Neovim, docs: Path) -> None:
    nvim.edit(docs / "install" / "linux.md", 20)
    nvim.returns("return #vim.diagnostic.get(0)", 2)
    process = nvim.lua(PROCESS)
    nvim.lua("require('seealso').configure({ diagnostics = { enabled = false } })")
    nvim.returns("return #vim.diagnostic.get(0)", 0)
    nvim.lua("require('seealso').configure({ diagnostics = { enabled = true } })")
    nvim.returns("return #vim.diagnostic.get(0)", 2)
    assert nvim.lua(PROCESS) == process


def test_the_related_window_follows_the_settings(nvim: Neovim, docs: Path) -> None:
    nvim.edit(docs / "faq.md", 30)
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("See also", "guide/schedule.rst")
    entries = """
        local window = vim.iter(vim.api.nvim_list_wins()):find(function(window) return vim.wo[window].winfixbuf end)
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true)
        return #vim.tbl_filter(function(line) return line:match('^%s*%d+ ') end, lines)
    """
    many = nvim.lua(entries)
    nvim.lua("require('seealso').configure({ related = { limit = 1 } })")
    nvim.until(lambda: 0 < nvim.lua(entries) < many)


def test_settings_of_the_configuration(start: Start, docs: Path) -> None:
    settings = "{ settings = { seealso = { diagnostics = { exact = 'error' } } } }"
    nvim = start(f"{INIT}\nvim.lsp.config('seealso', {settings})")
    nvim.edit(docs / "install" / "linux.md", 20)
    nvim.returns("return #vim.diagnostic.get(0, { severity = 'ERROR' }) > 0")


def test_a_lens_shows_what_it_counts(start: Start, docs: Path) -> None:
    settings = "{ settings = { seealso = { codeLens = { enabled = true } } } }"
    nvim = start(f"{INIT}\nvim.lsp.config('seealso', {settings})")
    nvim.edit(docs / "install" / "linux.md")
    ready(nvim)
    nvim.lua("vim.lsp.codelens.refresh({ bufnr = 0 })")
    nvim.sees(" related · 1 duplicate")
    nvim.go(10)
    nvim.lua("vim.lsp.codelens.run()")
    nvim.sees("│Install the package", "│See also")


def test_a_page_is_read_again_when_the_index_changes(nvim: Neovim, docs: Path) -> None:
    nvim.keys(":SeeAlso page where do tapirs sleep<CR>")
    nvim.sees("# See also: where do tapirs sleep")
    (docs / "new.md").write_text("# Tapirs\n\nTapirs sleep in the river while the sun stands high.\n", "utf-8")
    nvim.keys(":SeeAlso update<CR>")
    nvim.sees("- Tapirs · ", "new.md:3")


def test_rebuild(nvim: Neovim, docs: Path) -> None:
    (docs / "new.md").write_text("# New\n\nA page that was written by another program meanwhile.\n", "utf-8")
    nvim.keys(":SeeAlso rebuild<CR>")
    nvim.sees("seealso: docs is up to date: 22 documents")
    ready(nvim, 22)


@pytest.fixture
def wide(start: Start, docs: Path) -> Neovim:
    """An editor in which Neovim can say that a server has quit, with the path of its log, in one line."""
    nvim = start(columns=250)
    nvim.edit(docs / "guide" / "restore.md", 13)
    ready(nvim)
    return nvim


def test_a_server_that_is_killed_is_started_again(wide: Neovim) -> None:
    nvim = wide
    process = nvim.lua(PROCESS)
    os.kill(process, signal.SIGKILL)
    nvim.sees("Client seealso quit with exit code")
    nvim.until(lambda: nvim.lua(PROCESS) not in (None, process))
    ready(nvim)
    nvim.keys("K")
    nvim.sees("See also")


def test_a_server_that_crashes_all_the_time_is_left_alone(wide: Neovim) -> None:
    nvim = wide
    for _ in range(4):
        nvim.returns("return #vim.lsp.get_clients({ name = 'seealso', bufnr = 0 })", 1)
        os.kill(nvim.lua(PROCESS), signal.SIGKILL)
        nvim.returns("return #vim.lsp.get_clients({ name = 'seealso', _uninitialized = true })", 0)
    nvim.until(lambda: "the server has stopped too often" in nvim.messages())
    nvim.keys(":SeeAlso restart<CR>")
    ready(nvim)


HEARD = "vim.g.heard = 0 local function failed() vim.g.heard = vim.g.heard + 1 end"


def test_who_waits_hears_that_the_server_has_stopped(wide: Neovim) -> None:
    nvim = wide
    process = nvim.lua(PROCESS)
    os.kill(process, signal.SIGSTOP)
    nvim.lua(f"""{HEARD}
    local clients = require('seealso.client')
    clients.command(clients.need(), 'search', {{ query = 'backup' }}, nil, failed)
    local request = clients.command(clients.need(), 'search', {{ query = 'key' }}, nil, failed)
    clients.cancel(clients.need(), request)
    """)
    assert nvim.lua("return vim.g.heard") == 0
    os.kill(process, signal.SIGKILL)
    nvim.returns("return vim.g.heard", 1)
    nvim.until(lambda: nvim.lua(PROCESS) not in (None, process))
    ready(nvim)
    assert nvim.lua("return vim.g.heard") == 1


def test_who_asks_a_server_that_has_stopped_hears_it(wide: Neovim) -> None:
    nvim = wide
    nvim.lua(f"""{HEARD}
    local clients = require('seealso.client')
    local client = clients.need()
    client.rpc.terminate()
    vim.wait(5000, client.rpc.is_closing)
    clients.command(client, 'search', {{ query = 'backup' }}, nil, failed)
    """)
    nvim.returns("return vim.g.heard", 1)


def test_restart(nvim: Neovim) -> None:
    process = nvim.lua(PROCESS)
    nvim.keys(":SeeAlso restart<CR>")
    nvim.until(lambda: nvim.lua(PROCESS) not in (None, process))
    ready(nvim)
    nvim.until(lambda: nvim.lua("return #vim.lsp.get_clients({ name = 'seealso', bufnr = 0 })") == 1)


def test_two_editors_on_one_folder(nvim: Neovim, start: Start, docs: Path) -> None:
    other = start()
    other.edit(docs / "faq.md", 20)
    ready(other)
    other.returns("return #vim.diagnostic.get(0) > 0")
    (docs / "new.md").write_text("# New\n\nTapirs sleep in the river while the sun stands high.\n", "utf-8")
    nvim.keys(":SeeAlso update<CR>")
    nvim.sees("22 documents")
    other.keys(":SeeAlso search where do tapirs sleep<CR>")
    other.sees("new.md|3| ")
    nvim.keys(":SeeAlso search where do tapirs sleep<CR>")
    nvim.sees("new.md|3| ")


def test_without_a_server_it_says_what_to_do(start: Start, docs: Path) -> None:
    nvim = start(f"vim.opt.runtimepath:prepend({str(CLIENT)!r})\nvim.env.PATH = '/nowhere'\nvim.lsp.enable('seealso')")
    nvim.edit(docs / "faq.md")
    screen = nvim.sees("`seealso` not found, :checkhealth seealso says what to do")
    assert "Press ENTER" not in screen
    nvim.edit(docs / "index.md")
    nvim.keys(":SeeAlso search anything<CR>")
    nvim.sees("seealso: `seealso` not found, :checkhealth")
    assert nvim.messages().count("not found") == 2, "the first is said once"
    nvim.keys("<CR>:checkhealth seealso<CR>")
    nvim.sees(" cannot be run: it is not on the PATH", "pipx install .")


def test_a_program_that_is_not_there(start: Start, docs: Path) -> None:
    nvim = start(f"{INIT}\nvim.lsp.config('seealso', {{ cmd = {{ '/nowhere/seealso', 'lsp' }} }})")
    nvim.edit(docs / "faq.md")
    nvim.sees("`/nowhere/seealso` not found, :checkhealth seealso says what to do")
    nvim.keys("<CR>:checkhealth seealso<CR>")
    nvim.sees("/nowhere/seealso", " cannot be run: it is not on the PATH", "pipx install .")


def test_a_function_of_somebody_else_starts_the_server(start: Start, docs: Path) -> None:
    nvim = start(f"""
    vim.opt.runtimepath:prepend({str(CLIENT)!r})
    vim.env.PATH = '/nowhere'
    vim.lsp.config('seealso', {{ cmd = function(dispatchers)
      return vim.lsp.rpc.start({{ {sys.executable!r}, '-m', 'seealso', 'lsp' }}, dispatchers)
    end }})
    vim.lsp.enable('seealso')
    """)
    nvim.edit(docs / "faq.md", 20)
    ready(nvim)
    assert "not found" not in nvim.messages()
    nvim.keys(":checkhealth seealso<CR>")
    nvim.sees("a function in your configuration (cmd) starts it or connects to it")


def test_a_neovim_that_cannot_tell_what_is_enabled(start: Start) -> None:
    nvim = start()
    enabled = """
    local is_enabled = vim.lsp.is_enabled
    vim.lsp.is_enabled = nil
    local done, enabled = pcall(require('seealso.server').enabled)
    vim.lsp.is_enabled = is_enabled -- Neovim needs its own
    return done and enabled
    """
    assert nvim.lua(enabled) is True
    nvim.command("lua vim.lsp.enable('seealso', false)")
    assert nvim.lua(enabled) is False


def test_nothing_is_said_of_a_server_that_is_not_enabled(start: Start, docs: Path) -> None:
    nvim = start(f"vim.opt.runtimepath:prepend({str(CLIENT)!r})\nvim.env.PATH = '/nowhere'")
    nvim.edit(docs / "faq.md")
    nvim.lua("vim.wait(200)")
    assert "not found" not in nvim.messages()


def test_a_document_in_no_folder(start: Start, tmp_path: Path) -> None:
    (tmp_path / "loose.md").write_text("# Loose\n\nThe tapir sleeps in the river while the sun stands high.\n", "utf-8")
    nvim = start(columns=140)
    nvim.edit(tmp_path / "loose.md", 3)
    nvim.until(lambda: nvim.lua("return #vim.lsp.get_clients({ bufnr = 0 })") == 1)
    nvim.keys(":SeeAlso status<CR>")
    nvim.sees("no folder is open", "Put an empty seealso.toml into their folder")
    nvim.keys(":SeeAlso duplicates<CR>")
    nvim.sees("nothing was found in the open documents. Put an empty seealso.toml into their folder")
    (tmp_path / "seealso.toml").touch()
    nvim.keys(":SeeAlso restart<CR>")
    nvim.returns("return require('seealso').status()", "seealso: 1 document")


def test_what_is_found_in_no_folder_is_not_all(start: Start, tmp_path: Path) -> None:
    text = "The tapir sleeps in the river while the sun stands high, and it eats when the moon has come out.\n"
    (tmp_path / "loose.md").write_text(f"{text}\n{text}", "utf-8")
    nvim = start(columns=140)
    nvim.edit(tmp_path / "loose.md")
    nvim.returns("return #vim.diagnostic.get(0) > 0")
    nvim.keys(":SeeAlso duplicates<CR>")
    nvim.sees("only the open documents are known. Put an empty seealso.toml into their folder", "[Quickfix List]")
    nvim.keys("<CR>:cclose<CR>:SeeAlso related<CR>")
    nvim.sees("Written before", "Only the open documents are known.", "Put an empty seealso.toml into")


@pytest.mark.parametrize("columns", [80, 120])
def test_window_keeps_its_shape(start: Start, docs: Path, columns: int) -> None:
    nvim = start(columns=columns, lines=24)
    nvim.command(f"cd {docs}")
    nvim.edit(docs / "install" / "linux.md", 20)
    ready(nvim)
    nvim.keys(":SeeAlso related<CR>")
    screen = nvim.sees("Written before", "install/macos.md")
    rows = [row for row in screen.splitlines() if "│" in row]
    assert len({row.index("│") for row in rows}) == 1
    assert all(len(row) <= columns for row in rows)


def test_the_readme_to_the_letter(start: Start, docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (snippet,) = re.findall(r"<!-- neovim -->\n```lua\n(.*?)```", readme.README.read_text("utf-8"), re.DOTALL)
    assert "/path/to/this/clone" in snippet
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    nvim = start(snippet.replace("/path/to/this/clone", str(readme.ROOT)))
    nvim.edit(docs / "guide" / "restore.md", 13)
    ready(nvim)
    nvim.keys("K")
    nvim.sees("See also")
    nvim.keys("j:SeeAlso<CR>")  # moving on closes the hover
    nvim.sees("│Bring a whole computer back")
