"""`seealso index`, `update` and `status`."""

import shlex
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from seealso.cli import EXIT_ERROR, EXIT_INTERRUPTED, EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.opening import embedding_layer, index_layer, open_containing, open_folder
from seealso.cli.options import (
    BackendOption,
    ExcludeOption,
    FolderArgument,
    IncludeOption,
    InsideArgument,
    JsonOption,
    NoIgnoreOption,
)
from seealso.cli.printable import printable, printable_name
from seealso.cli.progress import ProgressBars, interruptible
from seealso.errors import NotIndexedError
from seealso.model import DocumentProblem, IndexStatus, UpdateReport
from seealso.report import status_json, update_json
from seealso.settings import IndexSettings, wire_name
from seealso.text.registry import FORMATS, extensions
from seealso.units import count, duration, size
from seealso.workspace import Workspace

PROBLEMS_SHOWN = 10

_STATES = {
    "empty": "nothing indexed yet",
    "building": "being built by a running process",
    "partial": "incomplete; `seealso update` goes on with it",
    "ready": "ready",
}
_UNCOMPARED = "not yet compared with this model; `seealso update` does that"


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("index", epilog="Example:  seealso index docs --exclude 'drafts/'")
    def _index(
        path: FolderArgument,
        rebuild: Annotated[
            bool, typer.Option("--rebuild", help="Read every document again; known texts are not embedded again.")
        ] = False,
        include: IncludeOption = None,
        exclude: ExcludeOption = None,
        no_ignore: NoIgnoreOption = False,
        backend: BackendOption = None,
        json: JsonOption = False,
    ) -> int:
        """Index a folder of documents, or bring its index up to date.

        The first run reads and embeds everything; later runs only what is new, so that repeating it is cheap. Ctrl-C
        keeps what is finished. The index lies in the user's cache folder, never in PATH. A document that cannot be read
        is listed as a problem and does not stop the others.
        """
        workspace = open_folder(path, index_layer(include, exclude, no_ignore=no_ignore), embedding_layer(backend))
        return _bring_up_to_date(workspace, rebuild=rebuild, json=json)

    @app.command("update", epilog="Example:  seealso update docs && seealso duplicates docs --fail-on exact")
    def _update(
        path: InsideArgument = Path(),
        include: IncludeOption = None,
        exclude: ExcludeOption = None,
        no_ignore: NoIgnoreOption = False,
        backend: BackendOption = None,
        json: JsonOption = False,
    ) -> int:
        """Bring an existing index up to date with the files.

        The same as `index`, for any PATH inside an indexed folder. Give the same options as with `index`; patterns are
        better kept in a .seealsoignore file, which every seealso reads.
        """
        workspace = open_containing(
            path, index_layer(include, exclude, no_ignore=no_ignore), embedding_layer(backend), readable=False
        )
        return _bring_up_to_date(workspace, rebuild=False, json=json)

    @app.command("status", epilog="Example:  seealso status docs --json")
    def _status(path: InsideArgument = Path(), json: JsonOption = False) -> int:
        """Say what an index holds and which documents it could not read.

        Also where it lies and how large it is. Opens no model, so it is quick, and it also answers while another
        process is indexing.
        """
        workspace = _open_or_containing(path)
        try:
            status = workspace.status()
        finally:
            workspace.close()
        if json:
            write_json(status_json(status))
        else:
            _print_status(status)
        return EXIT_OK


def _open_or_containing(path: Path) -> Workspace:
    """Return the indexed workspace that holds `path`, or else the folder itself, which then has an empty index."""
    try:
        return open_containing(path)
    except NotIndexedError:
        return open_folder(path)


def _bring_up_to_date(workspace: Workspace, *, rebuild: bool, json: bool) -> int:
    started = time.monotonic()
    try:
        with interruptible() as cancelled, ProgressBars() as bars:
            report = workspace.update(report=bars.report, cancelled=cancelled, everything=rebuild)
        status = workspace.status()
    finally:
        workspace.close()
    seconds = time.monotonic() - started
    if json:
        write_json(_summary_json(report, status, seconds))
    else:
        _print_summary(report, status, seconds)
        if not status.documents and not report.cancelled:
            _say_what_is_read(workspace.settings.index)
    for doubt in report.doubts:
        warn(doubt)
    if report.cancelled:
        return EXIT_INTERRUPTED
    if report.pending:
        waiting = count(report.pending, "text")
        warn(f"{waiting} could not be embedded; search by words works for all. `seealso doctor` looks for the cause.")
        return EXIT_ERROR
    return EXIT_OK


def _summary_json(report: UpdateReport, status: IndexStatus, seconds: float) -> dict[str, object]:
    return {
        **update_json(report),
        "passages": status.passages,
        "errors": status_json(status)["errors"],
        "seconds": round(seconds, 3),
    }


def _print_summary(report: UpdateReport, status: IndexStatus, seconds: float) -> None:
    changes = [
        f"{number:,} {what}"
        for number, what in (
            (report.added, "added"),
            (report.changed, "changed"),
            (report.moved, "moved"),
            (report.removed, "removed"),
        )
        if number
    ]
    rows = [
        ("documents", f"{status.documents:,}  ({', '.join(changes) or 'nothing changed'})"),
        ("passages", f"{status.passages:,}  ({status.embedded:,} embedded, {count(report.embedded, 'text')} now)"),
        ("time", duration(seconds)),
    ]
    _print_rows("Indexed" if not report.cancelled else "Stopped in", status, rows)


def _say_what_is_read(settings: IndexSettings) -> None:
    read = ", ".join(sorted(extensions(settings)))
    warn(f"no document was found. seealso reads {read}; are they excluded, ignored or hidden?")
    for setting in sorted({known.opt_in for known in FORMATS if known.opt_in and not getattr(settings, known.opt_in)}):
        more = ", ".join(sorted(frozenset().union(*(known.extensions for known in FORMATS if known.opt_in == setting))))
        warn(f"with the setting `seealso.index.{wire_name(setting)}` it reads {more} as well.")


def _print_status(status: IndexStatus) -> None:
    rows = [
        ("state", _UNCOMPARED if status.state == "partial" and not status.pending else _STATES[status.state]),
        ("documents", f"{status.documents:,}"),
        ("passages", f"{status.passages:,}  ({status.embedded:,} embedded, {status.pending:,} waiting)"),
        ("model", status.model),
        ("index", f"{printable_name(status.directory)}  ({size(status.index_bytes)})"),
    ]
    if status.updated_at is not None:
        when = datetime.fromtimestamp(status.updated_at).astimezone()
        rows.append(("updated", f"{when:%Y-%m-%d %H:%M:%S}"))
    if status.state == "empty":
        rows = [("state", _STATES["empty"]), ("model", status.model)]
    _print_rows("Index of", status, rows)
    if status.state == "empty":
        warn(f"`seealso index {shlex.quote(status.root)}` builds an index, as an editor does that opens the folder.")


def _print_rows(title: str, status: IndexStatus, rows: list[tuple[str, str]]) -> None:
    console = answers()
    console.print(Text.assemble((f"{title} ", "bold"), (printable_name(status.root), "bold blue")), soft_wrap=True)
    for name, value in [*rows, ("problems", f"{len(status.errors):,}")]:
        # Not a table: a long path is broken by the terminal, if at all, so that it can be copied.
        console.print(Text.assemble((f"  {name:<11}", "dim"), value), soft_wrap=True)
    _print_problems(status.errors)


def _print_problems(problems: tuple[DocumentProblem, ...]) -> None:
    console = answers()
    for problem in problems[:PROBLEMS_SHOWN]:
        line = Text("    ")
        line.append(printable_name(problem.path), style="bold")
        line.append(f": {printable(problem.reason)}")
        console.print(line, soft_wrap=True)
    if len(problems) > PROBLEMS_SHOWN:
        console.print(Text(f"    and {len(problems) - PROBLEMS_SHOWN:,} more (--json lists all)"), soft_wrap=True)
