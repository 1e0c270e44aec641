"""Arguments and options several commands share."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from seealso.errors import SettingsError
from seealso.model import DuplicateKind
from seealso.settings import Backend

FolderArgument = Annotated[Path, typer.Argument(metavar="PATH", help="The folder of documents.", show_default=False)]
InsideArgument = Annotated[Path, typer.Argument(metavar="PATH", help="A folder or file inside an indexed folder.")]
InsideOption = Annotated[
    Path, typer.Option("--path", metavar="PATH", help="A folder or file inside an indexed folder.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of text for people.")]
LimitOption = Annotated[int, typer.Option("-k", "--limit", metavar="N", min=1, max=1000, help="Matches at most.")]
IncludeOption = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="PATTERN", help="Index only what matches (gitignore syntax, repeatable)."),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN", help="Leave out what matches (gitignore syntax, repeatable)."),
]
BackendOption = Annotated[
    Backend | None,
    typer.Option(
        "--backend",
        metavar="NAME",
        help="Where to embed: onnx, openai, vllm or vllm-inprocess; without it, as your settings say.",
    ),
]
NoIgnoreOption = Annotated[
    bool, typer.Option("--no-ignore", help="Do not respect .gitignore, .ignore and .seealsoignore.")
]


def duplicate_kinds(text: str, allowed: Collection[DuplicateKind] = tuple(DuplicateKind)) -> tuple[DuplicateKind, ...]:
    """Read a comma-separated list of kinds, strongest first; raise `SettingsError` that names the wrong one."""
    wanted = {part.strip() for part in text.split(",") if part.strip()}
    names = [kind.value for kind in allowed]
    wrong = sorted(wanted.difference(names))
    if wrong or not wanted:
        raise SettingsError(
            f"{', '.join(map(repr, wrong)) or 'An empty list'} is no kind of duplicate.",
            hint=f"Choose from {', '.join(names)}.",
        )
    return tuple(kind for kind in allowed if kind.value in wanted)
