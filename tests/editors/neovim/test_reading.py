"""What a reader sees in Neovim: nothing here changes a document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from editors.neovim.editor import CLIENT, Neovim

DIAGNOSTIC = "return #vim.diagnostic.get(0) > 0"
FLOAT = "vim.api.nvim_set_current_win(select(2, vim.lsp.util.open_floating_preview(..., 'markdown', {})))"


@pytest.fixture
def nvim(reader: Neovim) -> Neovim:
    """The editor of this module with one window, and a document that repeats a passage of another one."""
    reader.keys("<C-\\><C-n>")
    reader.command("silent! tabonly | wincmd t | silent! only")
    reader.lua("vim.fn.setqflist({}, 'f')")
    reader.edit(Path("install/linux.md"), 20)
    reader.returns(DIAGNOSTIC)
    return reader


def test_hover(nvim: Neovim) -> None:
    nvim.keys("K")
    nvim.sees("Written before", "Installing on macOS › Install the package · the same text · install/macos.md:11")


def test_hover_is_broken_between_words(nvim: Neovim) -> None:
    nvim.go(25)
    nvim.keys("K")
    nvim.sees("See also", "install/windows.md:13")
    nvim.returns("return vim.wo[vim.b.lsp_floating_preview].linebreak")
    nvim.returns("""
    local window = vim.b.lsp_floating_preview
    return vim.api.nvim_win_text_height(window, {}).all <= vim.api.nvim_win_get_height(window)
    """)


@pytest.mark.parametrize(
    ("keys", "place", "path", "line"),
    [
        pytest.param("KK", "troubleshooting.rst:", "support/troubleshooting.rst", 7, id="hover"),
        pytest.param("KK", "over this port", "support/troubleshooting.rst", 7, id="the text below a place in a hover"),
        pytest.param("<C-w>d<C-w>d", "macos.md", "install/macos.md", 11, id="diagnostic"),
        pytest.param("<Cmd>SeeAlso related<CR><C-w>l", "client does", "support/troubleshooting.rst", 7, id="related"),
        pytest.param(
            "<Cmd>SeeAlso related float<CR><C-w>w", "client does", "support/troubleshooting.rst", 7, id="related float"
        ),
    ],
)
def test_places_open_in_the_window_somebody_came_from(
    nvim: Neovim, keys: str, place: str, path: str, line: int
) -> None:
    window = nvim.lua("return vim.api.nvim_get_current_win()")
    first, second = re.fullmatch(r"(K|<C-w>d|<Cmd>.*<CR>)(.*)", keys).groups()  # type: ignore[union-attr]
    nvim.keys(first)
    nvim.sees("install/macos.md")
    nvim.keys(second)
    nvim.until(lambda: nvim.lua("return vim.api.nvim_get_current_win()") != window)
    nvim.keys(f"/{place}<CR>gF")
    nvim.until(lambda: nvim.name().endswith(path))
    assert nvim.line() == line
    assert nvim.lua("return vim.api.nvim_get_current_win()") == window


def test_a_float_says_when_there_is_no_place(nvim: Neovim) -> None:
    nvim.keys("K")
    nvim.sees("Written before")
    nvim.keys("K")
    nvim.returns("return vim.w.lsp_floating_bufnr ~= nil")
    nvim.keys("gggF")
    nvim.sees("seealso: no place stands in this line")
    nvim.keys("q")


@pytest.mark.parametrize(
    ("line", "at", "path", "number"),
    [
        pytest.param(
            "- A title · line 9 of the form · close · install/macos.md:11", "A", "install/macos.md", 11, id="in a title"
        ),
        pytest.param("- A title · close · line 9", "A", "install/linux.md", 9, id="this document"),
        pytest.param("- See faq.md:3 · close · line 9", "A", "install/linux.md", 9, id="a path in a title"),
        pytest.param("- A title · close · line 9 · already linked", "A", "install/linux.md", 9, id="linked"),
        pytest.param(
            r"- \*\*\*\*\*\* see faq.md:3 install/macos.md:11", "d:3", "faq.md", 3, id="backslashes take no room"
        ),
        pytest.param("- A title · close · install/windows.md", "A", "install/windows.md", 1, id="a document"),
    ],
)
def test_the_place_of_an_entry(nvim: Neovim, line: str, at: str, path: str, number: int) -> None:
    nvim.lua(FLOAT, [line])
    nvim.keys(f"0/{at}<CR>gF")
    nvim.until(lambda: nvim.name().endswith(path))
    assert nvim.line() == number


def test_what_another_server_says_is_opened_as_in_neovim(nvim: Neovim) -> None:
    nvim.lua(FLOAT, ["Told by another server: faq.md"])
    nvim.keys("0/faq<CR>gf")
    nvim.until(lambda: nvim.name().endswith("faq.md"))


@pytest.mark.parametrize("keys", ["gf", "gF"])
def test_a_related_document_opens_from_the_hover_of_a_title(nvim: Neovim, keys: str) -> None:
    window = nvim.lua("return vim.api.nvim_get_current_win()")
    nvim.go(5)
    nvim.keys("K")
    nvim.sees("Related documents", "install/windows.md")
    nvim.keys("K")
    nvim.until(lambda: nvim.lua("return vim.api.nvim_get_current_win()") != window)
    nvim.keys(f"/windows.md<CR>0{keys}")
    nvim.until(lambda: nvim.name().endswith("install/windows.md"))
    assert nvim.lua("return vim.api.nvim_get_current_win()") == window


def test_a_place_opens_from_a_hover_that_was_split(nvim: Neovim) -> None:
    window = nvim.lua("return vim.api.nvim_get_current_win()")
    nvim.keys("K")
    nvim.sees("install/macos.md")
    nvim.keys("K")
    nvim.returns("return vim.w.lsp_floating_bufnr ~= nil")
    nvim.lua("local float = vim.api.nvim_get_current_win() vim.cmd.split() vim.api.nvim_win_close(float, true)")
    nvim.keys("/macos.md<CR>gF")
    nvim.until(lambda: nvim.name().endswith("install/macos.md"))
    assert nvim.line() == 11
    assert nvim.lua("return vim.api.nvim_get_current_win()") == window


def test_the_place_in_a_line_of_a_float(nvim: Neovim, tmp_path: Path) -> None:
    (tmp_path / "my notes").mkdir()
    (tmp_path / "my notes" / "b c.md").touch()
    (tmp_path / "a.md").touch()

    def at(text: str, column: int) -> str:
        place = nvim.lua("return require('seealso.floats').place(...)", text, column, [str(tmp_path)])
        return f"{place['uri'].rpartition('/')[2]}:{place['line']}" if place else ""

    line = "- At 9:30 · close · a.md:4 or (my notes/b c.md:12)"
    assert at(line, 1) == "a.md:4"
    assert at(line, line.index("b c") + 1) == "b%20c.md:12"
    assert at("missing.md:4", 1) == ""
    assert at("- A title · close · my notes/b c.md", 1) == "b%20c.md:1", "a related document"
    assert at(f"{tmp_path}/a.md:7", 3) == "a.md:7"


def test_a_duplicate_is_marked_and_its_other_place_is_known(nvim: Neovim) -> None:
    (diagnostic, _) = nvim.lua("return vim.diagnostic.get(0)")
    assert diagnostic["source"] == "seealso"
    assert diagnostic["code"] == "duplicate-passage"
    places = diagnostic["user_data"]["lsp"]["relatedInformation"]
    assert [place["location"]["uri"].rpartition("/")[2] for place in places] == ["macos.md", "troubleshooting.rst"]
    nvim.keys("<C-w>d")
    nvim.sees("This passage also stands in install/macos.md:11")


def test_search_fills_the_quickfix_list(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso search how do I bring back a deleted file<CR>")
    nvim.sees("guide/restore.md|5-6| ", "[Quickfix List] See also: how do I bring back a deleted file")
    nvim.keys("/Bring a single<CR><CR>")
    nvim.until(lambda: nvim.name().endswith("guide/restore.md"))
    assert nvim.line() == 5


def test_search_asks_for_a_question(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso search<CR>")
    nvim.sees("\nSearch:")
    nvim.keys("recovery key<CR>")
    nvim.sees("[Quickfix List] See also: recovery key", "guide/encryption.md|")


def test_search_for_selected_text(nvim: Neovim) -> None:
    nvim.command("xmap gs <Plug>(seealso-search)")
    nvim.keys("Vjgs")
    screen = nvim.sees("[Quickfix List] See also: After the installation, open port 7440 in…")
    assert "VISUAL" not in screen


def test_search_lets_choose(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso! search firewall port<CR>")
    screen = nvim.sees("Type number and <Enter>", "support/troubleshooting.rst:7")
    number = next(line for line in screen.splitlines() if "troubleshooting.rst:7" in line).partition(":")[0]
    nvim.keys(f"{number}<CR>")
    nvim.until(lambda: nvim.name().endswith("support/troubleshooting.rst"))
    assert nvim.line() == 7


def test_without_a_picker_a_search_to_choose_from_asks_first(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso! search<CR>")
    nvim.sees("\nSearch:")
    nvim.keys("recovery key<CR>")
    nvim.sees("Type number and <Enter>", "1: guide/encryption.md:8")
    nvim.keys("1<CR>")
    nvim.until(lambda: nvim.name().endswith("guide/encryption.md"))


def test_pickers_get_places_to_choose_from(nvim: Neovim) -> None:
    nvim.lua("""
    original = vim.ui.select
    vim.ui.select = function(items, options, choose)
      chosen = { options.kind, options.prompt, options.format_item(items[1]) }
      choose(items[1])
    end
    """)
    nvim.keys(":SeeAlso! related<CR>")
    nvim.until(lambda: nvim.name().endswith("install/macos.md"))
    kind, prompt, label = nvim.lua("vim.ui.select = original return chosen")
    assert (kind, prompt) == ("seealso", "See also: Install the package")
    assert label.startswith("install/macos.md:11 · Install the package: After the installation, open port 7440")


@pytest.mark.parametrize(
    ("picker", "problem"),
    [
        pytest.param("telescop", "is none of telescope, fzf-lua, snacks, select", id="misspelt"),
        pytest.param("snacks", "is not installed", id="missing"),
    ],
)
def test_a_picker_that_is_not_there(nvim: Neovim, picker: str, problem: str) -> None:
    nvim.lua("vim.g.seealso = { picker = ... }", picker)
    nvim.command("messages clear")
    for _ in range(2):
        nvim.keys(":SeeAlso! related<CR>")
        nvim.sees("Type number and <Enter>", "install/macos.md:11")
        nvim.keys("<CR>")
        nvim.until(lambda: "Type number" not in nvim.screen())
    said = f" in vim.g.seealso.picker {problem}"
    nvim.until(lambda: nvim.messages().count(f"seealso: `{picker}`{said}") == 1)
    nvim.keys(":checkhealth seealso<CR>")
    nvim.sees(f"WARNING {picker}{said}")
    nvim.keys(":bdelete<CR>")
    nvim.lua("vim.g.seealso = nil")


def test_duplicates(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso duplicates reworded<CR>")
    screen = nvim.sees("[Quickfix List] Duplicates", "faq.md|30-31| ")
    assert "install/linux.md|" not in screen
    nvim.keys(":cclose | SeeAlso duplicates<CR>")
    nvim.sees("faq.md|20-21| 1. the same text · ")
    nvim.lua("vim.cmd.cclose()")
    assert len(nvim.lua("return vim.fn.getqflist()")) > 10


def test_related_as_a_location_list(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related list<CR>")
    nvim.sees("[Location List] See also: Install the package", "install/macos.md|11-12| the same text · ")
    assert nvim.lua("return #vim.fn.getqflist()") == 0


def panel(screen: str) -> list[str]:
    """Return the lines of the window of related passages."""
    return [row.partition("│")[2].rstrip() for row in screen.splitlines() if "│" in row]


def test_related_window_follows_the_cursor(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related<CR>")
    lines = panel(nvim.sees("Written before", "See also", "reference/settings.rst"))
    assert lines[0] == "Install the package"
    assert "install/macos.md" in lines
    assert "   7 The client does not find" in "\n".join(lines)
    nvim.go(25)  # another passage
    nvim.until(lambda: panel(nvim.screen())[:1] == ["Choose where the copies live"])
    nvim.command("edit guide/encryption.md")  # another document
    nvim.go(9)
    nvim.until(lambda: panel(nvim.screen())[:1] == ["Recovery key"])
    nvim.keys("<C-w>l/restore.md<CR>j<CR>")
    nvim.until(lambda: nvim.name().endswith("guide/restore.md"))
    assert nvim.line() == 16
    nvim.keys(":SeeAlso related<CR>")
    nvim.returns("return #vim.api.nvim_tabpage_list_wins(0)", 1)


@pytest.mark.parametrize(
    ("command", "shown", "choice"),
    [
        pytest.param("SeeAlso! search virus scanner", "1: ", "1<CR>", id="a place that is chosen"),
        pytest.param("SeeAlso page virus scanner", "Virus scanners", "", id="a page"),
    ],
)
def test_commands_in_the_related_window_show_documents_in_another_one(
    nvim: Neovim, command: str, shown: str, choice: str
) -> None:
    window = nvim.lua("return vim.api.nvim_get_current_win()")
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("support/troubleshooting.rst")
    nvim.keys(f"<C-w>l:{command}<CR>")
    nvim.sees(shown)
    nvim.keys(choice)
    nvim.until(lambda: nvim.lua("return vim.api.nvim_get_current_win()") == window)
    assert not nvim.name().endswith("install/linux.md")


def test_the_related_window_opens_from_a_window_without_a_document(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso search firewall<CR>")
    nvim.sees("[Quickfix List]")
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("Written before", "support/troubleshooting.rst")
    nvim.command("SeeAlso related")
    nvim.command("tabnew")
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("No passage at the cursor.")


def test_the_window_that_was_followed_has_been_closed(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("support/troubleshooting.rst")
    nvim.keys("<C-w>c/The client does<CR><CR>")
    nvim.until(lambda: nvim.name().endswith("support/troubleshooting.rst"))
    nvim.returns("return #vim.api.nvim_tabpage_list_wins(0)", 2)


def test_compare_from_the_related_window(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("support/troubleshooting.rst")
    nvim.keys("<C-w>l/The client does<CR>c")
    nvim.sees("install/linux.md:20", "support/troubleshooting.rst:7", "Check the firewall first.")
    nvim.keys("q")
    nvim.returns("return vim.fn.tabpagenr('$')", 1)


def test_the_related_window_says_when_there_is_no_passage_in_a_line(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("support/troubleshooting.rst")
    for key in ("c", "<CR>"):
        nvim.command("messages clear")
        nvim.keys("<C-w>lgg" + key)
        nvim.until(lambda: "seealso: no passage stands in this line" in nvim.messages())


def test_the_related_window_says_when_there_is_nothing_to_compare_with(nvim: Neovim, tmp_path: Path) -> None:
    nvim.edit(tmp_path / "empty.md")
    nvim.returns("return #vim.lsp.get_clients({ bufnr = 0 })", 1)
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("No passage at the cursor.")
    nvim.command("messages clear")
    nvim.keys("<C-w>lc")
    nvim.until(lambda: "seealso: no passage at the cursor of the document" in nvim.messages())


def test_related_window_is_not_left_alone(nvim: Neovim) -> None:
    nvim.keys(":tabnew install/linux.md<CR>20G:SeeAlso related<CR>")
    nvim.sees("support/troubleshooting.rst")
    nvim.keys(":quit<CR>")
    nvim.returns("return vim.fn.tabpagenr('$')", 1)


def test_related_float(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related float<CR>")
    nvim.sees("╭ See also ─", "Install the package", "│Written before")
    nvim.keys(":SeeAlso related float<CR>")
    nvim.until(lambda: "╭ See also" not in nvim.screen())


def test_related_window_closes_by_itself_as_any_window(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("Written before")
    nvim.keys("<C-w>l:quit<CR>")
    nvim.returns("return #vim.api.nvim_tabpage_list_wins(0)", 1)
    nvim.keys(":SeeAlso related<CR>")
    nvim.sees("Written before")
    nvim.keys("<C-w>lq")
    nvim.returns("return #vim.api.nvim_tabpage_list_wins(0)", 1)


def test_compare_side_by_side(nvim: Neovim) -> None:
    nvim.keys("gra")
    screen = nvim.sees("Type number and <Enter>")
    number = next(line for line in screen.splitlines() if "Compare with support" in line).partition(":")[0]
    nvim.keys(f"{number}<CR>")
    nvim.sees("install/linux.md:20", "support/troubleshooting.rst:7", "Check the firewall first.")
    assert nvim.lua("return vim.wo.diff")
    nvim.keys("<C-w>l<CR>")
    nvim.until(lambda: nvim.name().endswith("support/troubleshooting.rst"))
    assert nvim.line() == 7
    assert nvim.lua("return vim.fn.tabpagenr('$')") == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("One line. And\nso on. The 'end.' Yes", "One line.\nAnd so on.\nThe 'end.'\nYes", id="paragraph"),
        pytest.param(
            "- Copy, e.g. with\n  rsync. Wait\n- Start", "- Copy, e.g. with rsync.\nWait\n- Start", id="items"
        ),
        pytest.param("1. Stop it.\n2. Copy it. Wait", "1. Stop it.\n2. Copy it.\nWait", id="numbers"),
        pytest.param("Ports:\n\n| Use. |\n| ---- |\n| A.  B |", "Ports:\n| Use. |\n| ---- |\n| A. B |", id="table"),
        pytest.param(
            "z. B. rsync bzw. z.B. von Dr. No. Ja", "z. B. rsync bzw. z.B. von Dr. No.\nJa", id="abbreviations"
        ),
        pytest.param("“Stop it.” (And so on.) Yes", "“Stop it.”\n(And so on.)\nYes", id="quotes"),
        pytest.param("彼は「行く。」と言った。はい", "彼は「行く。」\nと言った。\nはい", id="japanese"),
    ],
)
def test_passages_are_compared_by_their_sentences(nvim: Neovim, text: str, lines: str) -> None:
    assert nvim.lua("return require('seealso.compare').sentences(...)", text.split("\n")) == lines.split("\n")


def test_open_the_other_place(nvim: Neovim) -> None:
    nvim.keys("gra")
    nvim.sees("1: Open install/macos.md:11")
    nvim.keys("1<CR>")
    nvim.until(lambda: nvim.name().endswith("install/macos.md"))
    assert nvim.line() == 11
    nvim.keys("<C-o>")
    nvim.until(lambda: nvim.name().endswith("install/linux.md"))


@pytest.mark.parametrize("query", ["recovery key", "50 % of a/b?", "%"])
def test_a_page_of_results(nvim: Neovim, query: str) -> None:
    nvim.keys(f":SeeAlso page {query}<CR>")
    nvim.sees(f"# See also: {query}", "In the folder docs:")


def test_links_of_a_page_lead_to_passages(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso page<CR>")
    screen = nvim.sees("# Duplicates", "## The same text", "- Schedules and retention › When backups run")
    assert "file://" not in screen
    nvim.keys("/When backups run<CR><CR>")
    nvim.until(lambda: nvim.name().endswith("guide/schedule.rst"))
    assert nvim.line() == 7


def test_status(nvim: Neovim) -> None:
    nvim.keys(":SeeAlso status<CR>")
    nvim.sees("seealso: docs: 21 documents, 90 passages")


def test_completion_of_commands(nvim: Neovim) -> None:
    def completed(line: str) -> list[str]:
        return list(nvim.lua("return vim.fn.getcompletion(..., 'cmdline')", line))

    assert completed("SeeAlso re") == ["rebuild", "related", "restart"]
    assert sorted(completed("SeeAlso related ")) == ["float", "list", "split"]
    assert completed("SeeAlso duplicates exact e") == ["edited"]
    assert completed("SeeAlso! se") == ["search"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param("SeeAlso nonsense", "no subcommand `nonsense`. There are duplicates, insert,", id="subcommand"),
        pytest.param("SeeAlso related sideways", "`related` does not know `sideways`", id="argument"),
    ],
)
def test_wrong_commands(nvim: Neovim, command: str, message: str) -> None:
    nvim.keys(f":{command}<CR>")
    nvim.sees(message)


def test_health(nvim: Neovim) -> None:
    nvim.keys(":checkhealth seealso<CR>")
    screen = nvim.sees("OK seealso 0", "OK enabled for asciidoc,", "OK docs: 21 documents, 90 passages")
    assert re.search(r"client \d+ runs seealso 0\.\S+ and has \d+ open documents?", screen)
    nvim.keys(":bdelete<CR>")


def tags_in(folder: Path) -> set[str]:
    """Return what `:help` knows of the documents in a folder."""
    return {line.split("\t")[0] for line in (folder / "tags").read_text("utf-8").splitlines()}


def test_help(nvim: Neovim, tmp_path: Path) -> None:
    text = (CLIENT / "doc" / "seealso.txt").read_text("utf-8")
    (tmp_path / "seealso.txt").write_text(text, "utf-8")
    nvim.command(f"helptags {tmp_path}")  # fails on a tag that is there twice
    tags = tags_in(tmp_path)
    for subcommand in nvim.lua("return require('seealso.commands').names()"):
        assert f":SeeAlso-{subcommand}" in tags
    for name in nvim.lua("return vim.tbl_keys(require('seealso'))"):
        assert f"seealso.{name}()" in tags
    mappings = nvim.lua("return vim.tbl_map(function(map) return map.lhs end, vim.fn.maplist())")
    ours = {mapping for mapping in mappings if mapping.startswith("<Plug>(seealso-")}
    assert len(ours) == 6
    assert ours <= tags
    others = tags_in(Path(nvim.lua("return vim.env.VIMRUNTIME")) / "doc")
    assert set(re.findall(r"\|([^|\s]+)\|", text)) <= tags | others
    assert max(map(len, text.splitlines())) <= 78
