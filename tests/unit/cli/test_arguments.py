from __future__ import annotations

from pathlib import Path

import pytest

from seealso.cli.lsp import parse
from seealso.cli.options import duplicate_kinds
from seealso.cli.questions import parse_location
from seealso.errors import SettingsError
from seealso.model import DuplicateKind


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], None, id="bare"),
        pytest.param(["--stdio"], None, id="stdio"),
        pytest.param(["--stdio", "--clientProcessId=12"], None, id="vscode"),
        pytest.param(["--clientProcessId", "12", "--tcp", "localhost:2087"], ("localhost", 2087), id="separate"),
        pytest.param(["--tcp=127.0.0.1:0"], ("127.0.0.1", 0), id="equals"),
        pytest.param(["--tcp", ":2087"], ("127.0.0.1", 2087), id="no-host-is-local"),
        pytest.param(["--tcp", "[::1]:2087"], ("::1", 2087), id="ipv6"),
    ],
)
def test_lsp_arguments(arguments: list[str], expected: tuple[str, int] | None) -> None:
    assert parse(arguments) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tcp"],
        ["--tcp", "2087x"],
        ["--tcp=host:70000"],
        ["--tcp=host"],
        ["--tcp=host:" + "9" * 5000],
        ["--pipe=x"],
        ["folder"],
    ],
    ids=lambda arguments: " ".join(arguments)[:20],
)
def test_lsp_arguments_refused(arguments: list[str]) -> None:
    with pytest.raises(ValueError, match=r"--|folder"):
        parse(arguments)


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        pytest.param("docs/a.md:12", "docs/a.md", 11, id="line"),
        pytest.param("docs/a.md:12:7", "docs/a.md", 11, id="column"),
        pytest.param("docs/a.md:12:", "docs/a.md", 11, id="grep"),
        pytest.param(r"C:\docs\a.md:3", r"C:\docs\a.md", 2, id="drive"),
        pytest.param("a: b.md:1", "a: b.md", 0, id="colon-in-name"),
    ],
)
def test_location(text: str, file: str, line: int) -> None:
    assert parse_location(text) == (Path(file), line)


@pytest.mark.parametrize(
    "text",
    ["", "docs/a.md", "docs/a.md:0", "docs/a.md:x", ":3", "docs/a.md:-1", f"docs/a.md:{'9' * 5000}"],
    ids=lambda text: text[:20],
)
def test_location_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_location(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exact", (DuplicateKind.EXACT,)),
        ("parallel, exact,exact", (DuplicateKind.EXACT, DuplicateKind.PARALLEL)),
    ],
)
def test_duplicate_kinds(text: str, expected: tuple[DuplicateKind, ...]) -> None:
    assert duplicate_kinds(text) == expected


@pytest.mark.parametrize("text", ["", ",", "exakt", "exact,nope"])
def test_duplicate_kinds_refused(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        duplicate_kinds(text)
    assert "exact, edited, reworded, parallel" in refused.value.hint
