"""The `seealso` command: its groups, and the border where errors become sentences and exit codes."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from seealso import __version__
from seealso.cli import (
    EXIT_BUG,
    EXIT_CLOSED_PIPE,
    EXIT_ERROR,
    EXIT_INTERRUPTED,
    EXIT_OK,
    doctor,
    duplicates,
    embedding,
    ignoring,
    indexing,
    preferences,
    questions,
    serving,
)
from seealso.cli.console import report_error, warn
from seealso.errors import SeeAlsoError, SettingsError

app = typer.Typer(
    name="seealso",
    help="""Related passages, duplicates and completions for a folder of documents.

    seealso reads Markdown, reStructuredText, AsciiDoc, Org, LaTeX, notebooks and plain text, understands every passage
    by its meaning, and keeps what it knows in an index outside of the folder. Nothing leaves this machine, unless you
    set a server elsewhere.
    """,
    epilog="Example:  seealso index docs && seealso duplicates docs",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (indexing, questions, duplicates, ignoring, serving, preferences, doctor, embedding):
    group.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"seealso {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    _wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> int:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        return EXIT_ERROR
    return EXIT_OK


# What typer raises for wrong arguments; the class itself has no public name in every version we support.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def run_app(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong has been said on standard error."""
    try:
        result = app(args=list(arguments), prog_name="seealso", standalone_mode=False)
        sys.stdout.flush()
    except _UsageError as error:
        report_error(_usage(error))
        return EXIT_ERROR
    except SeeAlsoError as error:
        report_error(error)
        return EXIT_ERROR
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough. Python would complain once more while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CLOSED_PIPE
    except SystemExit as end:
        # 1 is typer's own way of saying the same; 0 ends a shell's question for completions.
        return EXIT_CLOSED_PIPE if end.code == 1 else EXIT_OK
    except (KeyboardInterrupt, typer.Abort):
        result = EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001  the outermost border: a bug is shown whole, and told from findings
        traceback.print_exc()
        warn("this is a bug in seealso; please report it with the lines above.")
        return EXIT_BUG
    if result == EXIT_INTERRUPTED:
        warn("interrupted; what was finished is kept.")
    return result if isinstance(result, int) else EXIT_OK


def _usage(error: BaseException) -> SettingsError:
    message = " ".join(error.format_message().split()) if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "seealso"
    return SettingsError(message, hint=f"See `{command} --help`.")
