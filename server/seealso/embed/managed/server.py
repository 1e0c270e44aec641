"""One `vllm serve` and everything it starts."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from seealso.embed.managed.explain import TAIL_BYTES
from seealso.embed.managed.health import HOST
from seealso.embed.managed.processes import Process, end_group, members

if TYPE_CHECKING:
    from seealso.embed.managed.launch import Launch
    from seealso.embed.managed.place import Place

MOST_LOG_BYTES = 4 * 1024 * 1024
KEPT_LOG_BYTES = 512 * 1024
MOST_SOCKET_BYTES = 107 if sys.platform == "linux" else 103
"""Length of a socket's path that systems take."""
SOCKET_NAME_BYTES = 1 + 36
"""vLLM calls each by a UUID."""

_GUARDED = """
exec 3<&0 </dev/null
grace=$1
shift
{ read -r _ <&3; trap '' TERM; kill -TERM 0; sleep "$grace"; kill -KILL 0; } &
exec "$@" 3<&-
"""
"""Becomes the command, beside a shell that ends the whole group when the keeper does and so closes our standard input.

A vLLM that is killed leaves its engine behind, and a keeper that is killed would leave both.
"""


class Server:
    """A server in a process group of its own, with a port and a key nobody knows yet."""

    def __init__(self, launch: Launch, place: Place, grace_s: float) -> None:
        self.port = _free_port()
        self.key = secrets.token_urlsafe(32)
        self._argv = launch.argv(self.port)
        self._place = place
        self._grace_s = grace_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def group(self) -> int:
        """The number of the process group; 0 before the start."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the command. Raises `OSError`."""
        log = self._place.log
        if log.exists():
            log.replace(self._place.earlier_log)
        self._clear_sockets()
        self._place.sockets.mkdir(mode=0o700)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARDED, "vllm", f"{self._grace_s:g}", *self._argv],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=self._environment(),
                # What `python -m` would import from: nobody else can put anything there.
                cwd=self._place.folder,
                start_new_session=True,
            )
        finally:
            os.close(output)

    def members(self) -> tuple[Process, ...]:
        """Return what runs in the group."""
        return members(self.group) if self._process is not None else ()

    def exit_code(self) -> int | None:
        """Return how the command ended (negative: by this signal), None while it runs."""
        return self._process.poll() if self._process is not None else None

    def end(self) -> bool:
        """End the whole group; tell whether it is gone."""
        if self._process is None:
            return True
        gone = end_group(self.group, self._grace_s)
        self._process.poll()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._clear_sockets()
        return gone

    def log_tail(self, most: int = TAIL_BYTES) -> str:
        """Return the end of what was printed, empty when there is nothing."""
        try:
            with self._place.log.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - most))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def shorten_log(self) -> None:
        """Keep only the end of a log that has grown too long; what is printed meanwhile may be lost.

        Raises `OSError`.
        """
        if self._place.log.stat().st_size > MOST_LOG_BYTES:
            kept = self.log_tail(KEPT_LOG_BYTES).encode()
            os.truncate(self._place.log, 0)
            # Both write at the end, wherever that is now.
            with self._place.log.open("ab") as file:
                file.write(kept)

    def _clear_sockets(self) -> None:
        shutil.rmtree(self._place.sockets, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        # What was set for this interpreter (by an editor that ships its own libraries) would break another one.
        own = self._argv[0] == sys.executable
        kept = {name: value for name, value in os.environ.items() if own or not name.startswith("PYTHON")}
        sockets = str(self._place.sockets)
        if len(os.fsencode(sockets)) + SOCKET_NAME_BYTES <= MOST_SOCKET_BYTES:
            kept["VLLM_RPC_BASE_PATH"] = sockets
        return {
            **kept,
            "VLLM_API_KEY": self.key,  # a command line can be read by everybody
            "VLLM_NO_USAGE_STATS": "1",
            "DO_NOT_TRACK": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "PYTHONUNBUFFERED": "1",
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
