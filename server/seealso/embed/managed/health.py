"""Asking a server on this machine how it is. No proxy is asked: what is sent may be for its ears only."""

from __future__ import annotations

import http.client
import json
import os
import sys
from pathlib import Path
from typing import Literal

Health = Literal["up", "busy", "ill", "down"]

HOST = "127.0.0.1"
_HEALTH_S = 3.0
_EMBEDS_S = 120.0
"""A first text may set off compilation."""
_LISTENS = "0A"
_SOCKETS = Path("/proc/net/tcp")


def health(port: int) -> Health:
    """Ask once: `busy` does not answer now, `ill` says so itself, `down` is not there."""
    try:
        status, _ = _ask("GET", port, "/health", _HEALTH_S)
    except TimeoutError:
        return "busy"
    except (OSError, http.client.HTTPException):
        return "down"
    return "up" if status == 200 else "ill"


def embeds(port: int, key: str) -> tuple[int, str]:
    """Embed one word; return the HTTP status and what was answered. Raises `OSError`, also for half an answer."""
    try:
        return _ask("POST", port, "/v1/embeddings", _EMBEDS_S, key, {"input": ["seealso"]})
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error


def is_ours(port: int) -> bool:
    """Tell whether the user owns whatever listens on a port; True where the system does not tell.

    A port is chosen before vLLM opens it, and the machine may have users who would like to read what it is sent.
    """
    if sys.platform != "linux":
        return True
    try:
        lines = _SOCKETS.read_text("ascii").splitlines()[1:]
    except OSError:
        return True
    rows = [line.split() for line in lines]
    owners = {int(row[7]) for row in rows if row[3] == _LISTENS and int(row[1].rpartition(":")[2], 16) == port}
    return owners <= {os.getuid()}


def _ask(
    method: str, port: int, path: str, timeout_s: float, key: str = "", document: dict[str, object] | None = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    headers = {"Content-Type": "application/json"} if document is not None else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    try:
        connection.request(method, path, None if document is None else json.dumps(document), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(1 << 20).decode("utf-8", "replace")
    finally:
        connection.close()
