from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from seealso.cli.render import PLACES_SHOWN, Page, differences
from seealso.model import DuplicateGroup, DuplicateKind, Heading, Match, PassageKind, Place

HOSTILE = "\x1b]0;owned\x07\x1b[31m[red]:smile: \x9b2J\u202eevil\r\nforged/path.md:1"


def place(text: str, path: str = "docs/a.md", titles: tuple[str, ...] = (), line: int = 11) -> Place:
    headings = tuple(Heading(title, level, 0, "") for level, title in enumerate(titles, 1))
    return Place(path, line, line, PassageKind.PARAGRAPH, text, headings)


def page(*, width: int = 80, terminal: bool = False, colour: bool = False) -> tuple[Page, io.StringIO]:
    output = io.StringIO()
    console = Console(
        file=output,
        width=width,
        force_terminal=terminal,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    return Page(console, Path.cwd()), output


def lines_of(output: io.StringIO) -> list[str]:
    return output.getvalue().splitlines()


def test_match_in_a_pipe() -> None:
    shown, output = page()
    shown.match(
        Match(
            place("Restore a snapshot with care.", titles=("Backups", "Restoring")),
            score=0.834,
            dense=0.9,
            lexical=1.0,
            terms=("snapshot",),
            relation=DuplicateKind.EDITED,
            same_document=True,
        )
    )
    assert lines_of(output) == [
        "0.83  docs/a.md:12  Backups > Restoring  [mostly the same words]  [this document]",
        "      Restore a snapshot with care.",
    ]


def test_shared_terms_are_bold_on_a_terminal() -> None:
    shown, output = page(terminal=True, colour=True)
    shown.match(Match(place("Restore a snapshot."), score=1, dense=None, lexical=1.0, terms=("snapshot",)))
    assert "Restore a \x1b[1msnapshot\x1b[0m." in output.getvalue()


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_documents_cannot_reach_the_terminal(terminal: bool) -> None:
    shown, output = page(terminal=terminal)
    hostile = place(HOSTILE, path="a\x1b[2J.md\nb.md", titles=(HOSTILE,))
    shown.match(Match(hostile, score=1, dense=None, lexical=1.0, terms=(HOSTILE,)))
    shown.group(1, DuplicateGroup(DuplicateKind.EDITED, 0.9, (hostile, hostile)))
    text = output.getvalue()
    assert "[red]:smile:" in text
    assert not set(text) & set("\x1b\x9b\x07\r\u202e")
    assert not any(line.lstrip().startswith("forged") for line in lines_of(output))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 300, id="words"),
        pytest.param("x" * 3_000, id="one-word"),
        pytest.param("復元されたファイルが" * 200, id="wide"),
    ],
)
def test_excerpts_fit_the_terminal_and_two_lines(text: str, width: int) -> None:
    shown, output = page(width=width, terminal=True)
    shown.match(Match(place(text, titles=("Some chapter", "A section with a long title", "Part")), 1, None, 1.0))
    head, *rest = lines_of(output)
    assert "docs/a.md:12" in head
    assert all(cell_len(line) <= width for line in [head, *rest])
    excerpt = [line for line in rest if "Part" not in line]
    assert len(excerpt) == 2
    assert excerpt[-1].endswith("…")


def test_long_heading_paths_keep_their_end() -> None:
    shown, output = page(terminal=True, width=45)
    titles = ("The handbook of everything", "A chapter of some length", "Restoring")
    shown.match(Match(place("Text.", titles=titles), 1, None, 1.0))
    assert "… > Restoring" in output.getvalue()


def test_exact_groups_show_the_text_once() -> None:
    shown, output = page()
    places = tuple(place("The same text.", path=f"{name}.md") for name in "ab")
    shown.group(3, DuplicateGroup(DuplicateKind.EXACT, 1.0, places))
    assert lines_of(output) == [
        "  3.  the same text  (exact, 2 places, score 1.00)",
        "      a.md:12",
        "      b.md:12",
        "        The same text.",
    ]


def test_long_groups_are_cut() -> None:
    shown, output = page()
    places = tuple(place("The same text.", path=f"{number}.md") for number in range(PLACES_SHOWN + 3))
    shown.group(1, DuplicateGroup(DuplicateKind.EXACT, 1.0, places))
    assert "and 3 more" in output.getvalue()
    assert len(lines_of(output)) == 1 + PLACES_SHOWN + 2


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("keep the copies", "keep the copies", []),
        ("keep the copies", "keep the backups safe", ["backups safe"]),
        ("a b c", "b c", []),
        ("b c", "a b c", ["a"]),
    ],
)
def test_differences(first: str, second: str, expected: list[str]) -> None:
    assert [second[start:end] for start, end in differences(first, second)] == expected
