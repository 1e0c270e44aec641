"""How answers go out: whole, in part, or not at all."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import NoReturn

from aiohttp import web

from fault_server.faults import Fault
from fault_server.replies import Reply

_HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"
_UNDERWAY_S = 0.02
"""Time for bytes to reach the client before the connection goes; some clients drop unread bytes at a reset."""


class CutError(Exception):
    """The connection was broken on purpose; nothing more can be sent."""


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Break a connection so that the other side gets a reset, not an orderly end."""
    if not isinstance(transport, asyncio.Transport) or transport.is_closing():
        return
    sock = transport.get_extra_info("socket")
    # Lingering for no time at all is what turns the close into a reset.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    transport.abort()


async def hang() -> NoReturn:
    """Wait until the connection goes."""
    await asyncio.Event().wait()
    raise AssertionError


async def send(request: web.Request, reply: Reply, fault: Fault | None = None) -> web.StreamResponse:
    """Return the answer, or break it off. Raises `CutError` when there is no connection any more."""
    if fault is Fault.HTML:
        reply = Reply(200, _HTML, "text/html; charset=utf-8")
    if fault is Fault.TRUNCATED_JSON:
        reply = Reply(reply.status, _half(reply.body), reply.content_type, reply.headers)
    headers = {"Content-Type": reply.content_type, **reply.headers}
    if fault not in {Fault.RESET_MID_BODY, Fault.CUT_BODY, Fault.HANG_BODY}:
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    response = web.StreamResponse(status=reply.status, headers=headers | {"Content-Length": str(len(reply.body))})
    await response.prepare(request)
    if fault is Fault.HANG_BODY:
        await hang()
    await response.write(_half(reply.body))
    await asyncio.sleep(_UNDERWAY_S)
    if fault is Fault.RESET_MID_BODY:
        reset(request.transport)
    elif request.transport is not None:
        request.transport.close()
    raise CutError


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]
