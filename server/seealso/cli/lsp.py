"""`seealso lsp`, read by hand: an editor starts it on the way to its first window."""

from __future__ import annotations

import sys
from collections.abc import Sequence

USAGE = "usage: seealso lsp [--stdio] [--tcp HOST:PORT]"


def run(arguments: Sequence[str]) -> int:
    """Serve one editor until it leaves, which ends the process; return 2 for arguments it cannot serve."""
    try:
        tcp = parse(arguments)
    except ValueError as error:
        sys.stderr.write(f"seealso: {error}\n{USAGE}\n")
        return 2
    from seealso.lsp.server import main

    if tcp is None:
        main()
    try:
        main(tcp)
    except (OSError, UnicodeError) as error:  # the address is taken, or nobody's; a host name that cannot be one
        host, port = tcp
        reason = getattr(error, "strerror", None) or error
        sys.stderr.write(f"seealso: cannot listen on {host}:{port}: {reason}.\n")
        return 2


def parse(arguments: Sequence[str]) -> tuple[str, int] | None:
    """Return the address to listen on, or None for standard input and output; raise `ValueError` with a sentence."""
    tcp = None
    rest = list(arguments)
    while rest:
        option, _, value = rest.pop(0).partition("=")
        if option == "--stdio":
            continue
        if option == "--clientProcessId":
            # What `initialize` says about the parent process counts.
            if not value and rest:
                rest.pop(0)
            continue
        if option != "--tcp":
            raise ValueError(f"`{option}` is no option of `seealso lsp`.")
        if not value:
            value = rest.pop(0) if rest else ""
        tcp = _address(value)
    return tcp


def _address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not port.isdecimal() or len(port) > 5 or int(port) > 65_535:
        raise ValueError(f"`--tcp` wants HOST:PORT, such as 127.0.0.1:2087, not {value!r}.")
    return host.strip("[]") or "127.0.0.1", int(port)
