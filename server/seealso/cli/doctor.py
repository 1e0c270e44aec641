"""`seealso doctor`: try every part of the machinery once, in earnest, and say what to do about what does not work."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import typer
from rich.text import Text

from seealso.cli import EXIT_FOUND, EXIT_OK
from seealso.cli.console import answers, messages, write_json
from seealso.cli.options import JsonOption
from seealso.cli.printable import printable
from seealso.errors import SeeAlsoError
from seealso.units import count


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    detail: str
    hint: str = ""
    """What to do, empty when all is well."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("doctor", epilog="Example:  seealso doctor --json")
    def _doctor(json: JsonOption = False) -> int:
        """Check that everything seealso needs works on this machine.

        Tries Python, SQLite, the document readers, the embedding model, the embedding server if your settings name one,
        the vector index, the cache folder and the free space, and says what to do about each problem. The exit code is
        1 when there is one.
        """
        from seealso.cli.checks import CHECKS

        problems = 0
        for name, check in CHECKS.items():
            finding = _shown(name, check)
            problems += not finding.ok
            if json:
                write_json({"check": finding.check, "ok": finding.ok, "detail": finding.detail, "hint": finding.hint})
            else:
                _print(finding)
        if problems and not json:
            answers().print(Text(f"\n{count(problems, 'problem')} found.", style="bold red"))
        return EXIT_FOUND if problems else EXIT_OK


def _shown(name: str, check: Callable[[], str]) -> Finding:
    """Run one check, and on a terminal say which: a server that has to start takes half a minute."""
    console = messages()
    with console.status(f"checking: {name}") if console.is_terminal else nullcontext():
        return examine(name, check)


def examine(name: str, check: Callable[[], str]) -> Finding:
    """Run one check; whatever it raises is its finding."""
    try:
        return Finding(name, ok=True, detail=check())
    except SeeAlsoError as error:
        return Finding(name, ok=False, detail=error.message, hint=error.hint)
    except Exception as error:  # noqa: BLE001  a check may meet anything; the others must still run
        return Finding(
            name,
            ok=False,
            detail=f"{type(error).__name__}: {error}",
            hint="Install seealso again in a fresh virtual environment; if this stays, please report it.",
        )


def _print(finding: Finding) -> None:
    console = answers()
    verdict = ("ok       ", "green") if finding.ok else ("problem  ", "bold red")
    line = Text.assemble(verdict, (f"{finding.check:<9}", "bold"), printable(finding.detail))
    console.print(line, soft_wrap=True)
    if finding.hint:
        console.print(Text(" " * 18 + printable(finding.hint), style="bold"), soft_wrap=True)
