"""`seealso ignore`: pairs of passages that repeat each other on purpose."""

import json as json_lines
import sys
from pathlib import Path
from typing import Annotated

import typer

from seealso.cli import EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.opening import open_containing
from seealso.cli.options import InsideOption, JsonOption
from seealso.cli.printable import printable
from seealso.cli.questions import parse_location, passage_now
from seealso.cli.render import Page
from seealso.committed import FILE_NAME, read
from seealso.errors import SettingsError
from seealso.model import Place
from seealso.repeats import same_place
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
        share: Annotated[
            bool, typer.Option("--share", help=f"Write the marked pairs to {FILE_NAME}, which a team can commit.")
        ] = False,
        undo: Annotated[bool, typer.Option("--undo", help="Take the mark of the two passages away.")] = False,
        json: JsonOption = False,
    ) -> int:
        """Mark two passages that are meant to repeat each other.

        They are never reported as duplicates of each other again, and printed. Both files are read as they are now,
        also when the index is older. Without places, all marked pairs are listed; with --json as one object a line
        (`first`, `second`: the texts), to be kept in a repository and read back with --import. Pairs are kept by their
        words, so they survive moves; when one of the passages is rewritten, it is looked at anew. Of two that read the
        same, all other copies of that text are meant as well.

        With --share the marked pairs are written to seealso.ignore.toml in the indexed folder, beside those that are
        there: whoever has that file is not told of them either. With --undo the pair is taken out of it.
        """
        if places and len(places) != 2:
            raise SettingsError("A pair has two places.", hint="Write `seealso ignore FILE:LINE FILE:LINE`.")
        if places and take:
            raise SettingsError("Places and --import do not go together.", hint="Give one of them.")
        if undo and not places:
            raise SettingsError("--undo needs two places.", hint="Write `seealso ignore --undo FILE:LINE FILE:LINE`.")
        workspace = open_containing(parse_location(places[0])[0] if places else path)
        gone: tuple[str, str] | None = None
        try:
            if share:
                read(workspace.root)  # first: what cannot be shared is not marked
            if places:
                first, second = (passage_now(workspace, *parse_location(place)) for place in places)
                if same_place(first, second):
                    raise SettingsError("Both places are in one passage.", hint="Name a passage and its copy.")
                if undo:
                    gone = first.text, second.text
                    _take_back(workspace, first, second, share=share, json=json)
                else:
                    workspace.marks.add(first.text, second.text)
                    _show(workspace, first, second, "Marked as intended", json=json)
                    if first.text == second.text:
                        warn("both read the same: no copy of this text is reported any more.")
            elif take:
                pairs = [_pair(line, number) for number, line in enumerate(sys.stdin.buffer, 1) if line.strip()]
                for pair in pairs:
                    workspace.marks.add(*pair)
                warn(f"{count(len(pairs), 'pair')} read.")
            elif not share:
                _list(workspace, json=json)
            if share:
                total = workspace.marks.share(gone)
                warn(f"{count(total, 'pair')} in {FILE_NAME}.")
        finally:
            workspace.close()
        return EXIT_OK


def _take_back(workspace: Workspace, first: Place, second: Place, *, share: bool, json: bool) -> None:
    marked = workspace.marks.remove(first.text, second.text)
    shared = frozenset((first.hash, second.hash)) in workspace.marks.shared()
    if shared and not share:
        _show(workspace, first, second, "Still marked as intended", json=json)
        warn(f"{FILE_NAME} holds this pair; `seealso ignore --undo --share` takes it out there too.")
    else:
        _show(workspace, first, second, "Reported again" if marked or shared else "Not marked before", json=json)


def _show(workspace: Workspace, first: Place, second: Place, title: str, *, json: bool) -> None:
    if json:
        write_json({"first": first.text, "second": second.text})
        return
    page = Page(answers(), workspace.root)
    page.title(title)
    page.passage(first)
    page.passage(second)


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
    pairs = workspace.marks.texts()
    if not pairs:
        warn("no pair is marked in this index.")
    for first, second in pairs:
        if json:
            write_json({"first": first, "second": second})
        else:
            answers().print(f"{printable(first)}\n  ~ {printable(second)}\n", soft_wrap=True)
