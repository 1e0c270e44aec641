"""Processes of `seealso` that need not import it first, which is most of what a short one does.

One Python a test session has imported everything and read the model, and forks whenever a test starts a `seealso`. What
runs then is a process of its own with the real `main`; its streams, environment and folder are those the test gave it,
and it ends as any Python does. What depends on how Python starts asks for the fixture `cold`. With
SEEALSO_TEST_PREFORK=0 nothing is forked: `.ci/run` runs the tests that way too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "SEEALSO_TEST_PREFORK"
"""The socket of the Python that forks; 0 where none is wanted."""

_HERE = Path(__file__).parent


@contextmanager
def forking() -> Iterator[str]:
    """Run the Python that forks; yield what `VARIABLE` should be."""
    if os.environ.get(VARIABLE) == "0" or not hasattr(os, "fork"):
        yield "0"
        return
    # Not in pytest's folder: the path of a socket is short.
    with tempfile.TemporaryDirectory(prefix="seealso-") as folder:
        address = str(Path(folder) / "socket")
        command = [sys.executable, str(_HERE / "server.py"), address]
        # Ends when its standard input does, however these tests end.
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield address
            server.communicate()


def seealso(*arguments: str, python: str = sys.executable) -> list[str]:
    """Return the command line of a `seealso`: a forked one where that is possible."""
    address = os.environ.get(VARIABLE, "0")
    if address == "0" or python != sys.executable:
        return [python, "-m", "seealso", *arguments]
    return [sys.executable, "-IS", str(_HERE / "client.py"), address, *arguments]
