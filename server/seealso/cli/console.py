"""Where output goes: answers to standard output, everything about the run to standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from seealso.cli.printable import json_line, printable_lines
from seealso.errors import SeeAlsoError


def answers() -> Console:
    """Return a console on standard output that interprets nothing: no markup, no emoji codes, no guessing."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False)


def messages() -> Console:
    """Return the same on standard error."""
    return Console(file=sys.stderr, markup=False, emoji=False, highlight=False)


def write_json(value: Mapping[str, object]) -> None:
    """Write one object as one line to standard output."""
    sys.stdout.write(json_line(value) + "\n")


def report_error(error: SeeAlsoError) -> None:
    """Write `seealso: message` and the hint to standard error."""
    _say("seealso: ", error.message, "bold red")
    if error.hint:
        _say("  ", error.hint, "")


def warn(message: str) -> None:
    """Write a note about an answer that is less than it could be."""
    _say("seealso: ", message, "yellow")


def _say(prefix: str, message: str, style: str) -> None:
    # Soft wrap: a message is one line of a log, however wide the terminal is.
    messages().print(Text.assemble((prefix, style), printable_lines(message)), soft_wrap=True)
