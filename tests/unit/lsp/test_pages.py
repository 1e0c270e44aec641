"""Documents that only the server has."""

from __future__ import annotations

from seealso.lsp.pages import GROUPS, PLACES, TEXT, Part, duplicates_page, search_page
from seealso.model import DuplicateGroup, DuplicateKind, Match, PassageKind, Place


def place(path: str, text: str = "A text.", line: int = 0) -> Place:
    return Place(path, line, line, PassageKind.PARAGRAPH, text)


def link(at: Place) -> str:
    return f"file:///docs/{at.path}#L{at.start_line + 1}"


def group(kind: DuplicateKind, *places: Place, boilerplate: bool = False) -> DuplicateGroup:
    return DuplicateGroup(kind, 1.0, places, boilerplate)


def test_a_search() -> None:
    match = Match(place("a.md", "Do *this*.", 4), score=0.9, dense=0.9, lexical=0.9, terms=("this",))
    page = search_page("do\nthis <b>", [Part("docs", link, matches=[match], note="Not complete.")])
    assert page == (
        "# See also: do this \\<b\\>\n\nIn the folder docs:\n\n*Not complete.*\n\n"
        "- [a.md](file:///docs/a.md#L5) · very close · a.md:5  \n  Do \\***this**\\*.\n"
    )


def test_groups_by_kind_and_boilerplate_last() -> None:
    groups = [
        group(DuplicateKind.EXACT, place("x.md", "Template."), place("y.md", "Template."), boilerplate=True),
        group(DuplicateKind.REWORDED, place("a.md", "One."), place("b.md", "Two.", 8)),
        group(DuplicateKind.EXACT, place("a.md"), place("b.md")),
    ]
    page = duplicates_page([Part("docs", link, groups=groups)])
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        "# Duplicates",
        "## The same text",
        "### 2 places",
        "## The same in other words",
        "### 2 places",
        "## In so many documents that it is a template",
        "### 2 places",
    ]
    assert "- [a.md](file:///docs/a.md#L1) · a.md:1\n- [b.md](file:///docs/b.md#L1) · b.md:1\n\n> A text.\n" in page
    assert "· a.md:1\n\n> One.\n\n- [b.md](file:///docs/b.md#L9) · b.md:9\n\n> Two.\n" in page


def test_nothing() -> None:
    assert search_page("x", [Part("docs", link)]) == "# See also: x\n\nIn the folder docs:\n\nNothing was found.\n"
    assert duplicates_page([Part("docs", link)]) == "# Duplicates\n\nIn the folder docs:\n\nNothing is repeated.\n"
    assert duplicates_page([]) == "# Duplicates\n"


def test_no_page_is_endless() -> None:
    places = [place(f"{number}.md", "word " * TEXT) for number in range(PLACES + 3)]
    page = duplicates_page([Part("docs", link, groups=[group(DuplicateKind.EXACT, *places)] * (GROUPS + 7))])
    assert page.count("\n### ") == GROUPS
    assert page.count("and 3 more places") == GROUPS
    assert page.rstrip().endswith("And 7 more groups: `seealso duplicates` lists them.")
    assert max(map(len, page.splitlines())) < TEXT + 10


def test_names_of_folders_are_text() -> None:
    page = search_page("x", [Part("[docs](command:x) <b>", link)])
    assert "](command" not in page.replace("\\](command", "").replace("]\\(command", "")
    assert "<b>" not in page.replace("\\<b\\>", "")
