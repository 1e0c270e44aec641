"""The command line. An editor waits for `seealso lsp`, so that path imports nothing it does not need."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

EXIT_OK = 0
EXIT_FOUND = 1
"""`--fail-on` found duplicates, or `doctor` a problem."""
EXIT_ERROR = 2
"""Wrong arguments, or a `SeeAlsoError`."""
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` default to those of the process."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments == ["--version"]:
        from seealso import __version__

        sys.stdout.write(f"seealso {__version__}\n")
        return EXIT_OK
    if arguments[:1] == ["lsp"] and not {"--help", "-h"} & set(arguments):
        from seealso.cli.lsp import run

        return run(arguments[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A lone surrogate (from an undecodable file name) then reads `\udc80`: honest for people, right in JSON.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from seealso.cli.app import run_app

    return run_app(arguments)
