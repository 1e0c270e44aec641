"""Every command's help, and every way to hold it wrong, in one process."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seealso.cli import main

COMMANDS = ["index", "update", "status", "search", "related", "duplicates", "ignore", "lsp", "doctor", "embed"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with one document, without an index; return its code and what it wrote."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "file.md").write_text("Some text.\n")
    monkeypatch.chdir(tmp_path / "docs")
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_80_columns_and_gives_an_example(run: Run, command: str) -> None:
    code, out, err = run(*filter(None, [command]), "--help")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "Example:  seealso " in out
    assert "..." not in out.partition("Commands:")[2], "a summary is cut off"
    if not command:
        assert all(f"\n  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["nope"], "nope", id="no-such-command"),
        pytest.param(["search"], "QUERY", id="missing-argument"),
        pytest.param(["search", "x", "--bogus"], "--bogus", id="no-such-option"),
        pytest.param(["search", "x", "-k", "many"], "-k", id="not-a-number"),
        pytest.param(["search", " "], "search for", id="empty-query"),
        pytest.param(["search", "x"], "seealso index", id="no-index"),
        pytest.param(["update", "."], "seealso index", id="nothing-to-update"),
        pytest.param(["index", "missing"], "missing", id="no-such-folder"),
        pytest.param(["index", "file.md"], "folder", id="not-a-folder"),
        pytest.param(["related", "file.md"], "FILE:LINE", id="no-line"),
        pytest.param(["related", "file.md:0"], "FILE:LINE", id="line-0"),
        pytest.param(["duplicates", ".", "--kinds", "exakt"], "exact, edited", id="no-such-kind"),
        pytest.param(["duplicates", ".", "--fail-on", "parallel"], "exact, edited", id="parallel-is-no-failure"),
        pytest.param(["embed", "--npy", "missing/out.npy"], "missing", id="no-folder-for-output"),
        pytest.param(["embed", "--npy", "o.npy", "--kind", "letter"], "letter", id="no-such-embedding"),
        pytest.param(["lsp", "--bogus"], "--bogus", id="lsp-option"),
        pytest.param(["lsp", "--tcp", "nowhere"], "HOST:PORT", id="lsp-address"),
    ],
)
def test_errors_say_what_to_do(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("seealso: ")
    assert message in err
    assert "Traceback" not in err
    assert len(err.splitlines()) >= 2, "a hint follows"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("lsp", "embed")])
def test_what_can_be_scripted_has_json(run: Run, command: str) -> None:
    assert re.search(r"--json\s+One JSON object a line", run(command, "--help")[1])


def test_no_command_shows_help(run: Run) -> None:
    code, out, err = run()
    assert (code, err) == (2, "")
    assert out.startswith("Usage: seealso")
