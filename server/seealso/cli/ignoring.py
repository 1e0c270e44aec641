"""`seealso ignore`: pairs of passages that repeat each other on purpose."""

import json as json_lines
import sys
from pathlib import Path
from typing import Annotated

import typer

from seealso.cli import EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.options import InsideOption, JsonOption
from seealso.cli.printable import printable
from seealso.cli.questions import parse_location
from seealso.errors import SettingsError
from seealso.units import count
from seealso.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("ignore", epilog="Example:  seealso ignore docs/setup.md:12 docs/upgrade.md:30")
    def _ignore(
        places: Annotated[
            list[str] | None,
            typer.Argument(metavar="FILE:LINE", help="The two passages; lines count from 1."),
        ] = None,
        path: InsideOption = Path(),
        take: Annotated[
            bool, typer.Option("--import", help="Read pairs, as --json prints them, from the input.")
        ] = False,
        json: JsonOption = False,
    ) -> int:
        """Mark two passages that are meant to repeat each other.

        They are never reported as duplicates of each other again. Without places, the marked pairs are listed; with
        --json as one object a line (`first`, `second`: the texts), to be kept in a repository and read back with
        --import. Pairs are kept by their words, so they survive moves; when one of the passages is rewritten, it is
        looked at anew.
        """
        if places and len(places) != 2:
            raise SettingsError("A pair has two places.", hint="Write `seealso ignore FILE:LINE FILE:LINE`.")
        if places and take:
            raise SettingsError("Places and --import do not go together.", hint="Give one of them.")
        workspace = Workspace.containing(parse_location(places[0])[0] if places else path)
        try:
            if places:
                workspace.ignore(*(_text_at(workspace, place) for place in places))
            elif take:
                pairs = [_pair(line, number) for number, line in enumerate(sys.stdin.buffer, 1) if line.strip()]
                for first, second in pairs:
                    workspace.ignore(first, second)
                warn(f"{count(len(pairs), 'pair')} read.")
            else:
                _list(workspace, json=json)
        finally:
            workspace.close()
        return EXIT_OK


def _text_at(workspace: Workspace, place: str) -> str:
    file, line = parse_location(place)
    path = workspace.relative(file.resolve())
    passage = workspace.passage_at(path, line) if path is not None else None
    if passage is None:
        raise SettingsError(
            f"There is no indexed passage at {printable(place)}.",
            hint="Both places must lie in one indexed folder; `seealso update` takes in what has changed.",
        )
    return passage.text


def _pair(line: bytes, number: int) -> tuple[str, str]:
    try:
        pair = json_lines.loads(line)
        first, second = pair["first"], pair["second"]
        if isinstance(first, str) and isinstance(second, str):
            return first, second
    except (ValueError, KeyError, TypeError):
        pass
    raise SettingsError(f"Line {number} of the input is no pair.", hint="Give what `seealso ignore --json` printed.")


def _list(workspace: Workspace, *, json: bool) -> None:
    for first, second in workspace.ignored_pairs():
        if json:
            write_json({"first": first, "second": second})
        else:
            answers().print(f"{printable(first)}\n  ~ {printable(second)}\n", soft_wrap=True)
