"""`seealso settings`: what holds for a folder, and where it was said."""

import json as json_text
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from seealso.cli import EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.options import JsonOption
from seealso.cli.printable import printable
from seealso.configuration import origins
from seealso.errors import SettingsError
from seealso.settings import Settings, wire_name

HIDDEN = "(set)"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("settings", epilog="Example:  seealso settings docs --all")
    def _settings(
        path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder they are for.")] = Path(),
        everything: Annotated[bool, typer.Option("--all", help="Also those that have their defaults.")] = False,
        schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of all settings.")] = False,
        json: JsonOption = False,
    ) -> int:
        """Show which settings hold for a folder, and which file says so.

        These are the settings of commands: from your own file and from the folder's seealso.toml. An editor may say
        more. What is wrong with a file is said.
        """
        if schema:
            from seealso.schema import settings_schema

            typer.echo(json_text.dumps(settings_schema(), indent=2))
            return EXIT_OK
        if not path.is_dir():
            raise SettingsError(f"{path} is not a folder.", hint="Name the folder that holds your documents.")
        settings, problems, said = origins(path)
        for problem in problems:
            warn(problem)
        rows = [row for row in _rows(settings, said) if everything or row["from"]]
        for row in rows:
            if json:
                write_json(row)
            else:
                _print(row)
        if not json and not rows:
            warn("all settings have their defaults; --all shows them.")
        return EXIT_OK


def _rows(settings: Settings, said: dict[str, Path]) -> list[dict[str, Any]]:
    rows = []
    for section in fields(settings):
        group = getattr(settings, section.name)
        for spec in fields(group):
            name = f"{wire_name(section.name)}.{wire_name(spec.name)}"
            value = getattr(group, spec.name)
            shown = HIDDEN if spec.metadata["secret"] and value else value
            origin = said.get(name)
            rows.append({"setting": name, "value": shown, "from": str(origin) if origin is not None else None})
    return rows


def _print(row: dict[str, Any]) -> None:
    value = json_text.dumps(row["value"], ensure_ascii=False)
    line = Text.assemble((row["setting"], "bold"), " = ", printable(value))
    if row["from"]:
        line.append(f"  ({printable(row['from'])})", style="dim")
    answers().print(line, soft_wrap=True)
