"""What runs in the server's thread: connections, routes and the way of one request."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import web

from fault_server import embedding, replies
from fault_server.accelerator import Accelerator
from fault_server.faults import Fault, Script, Status, Struck
from fault_server.personality import Personality
from fault_server.records import Log, Record
from fault_server.replies import RefusedError, Reply
from fault_server.wire import CutError, hang, reset, send

_MAX_BODY_BYTES = 1 << 28
_ROUNDS = 10
"""Rounds of the loop in which a connection just accepted shows up, and one just reset has its request cancelled."""


class Service:
    """Everything but the constructor and `bugs` belongs to the event loop."""

    def __init__(self, log: Log, script: Script, now: Callable[[], tuple[Personality, int]]) -> None:
        self.bugs: list[Exception] = []
        """Errors of this server, or of predicates that it was given."""
        self._log = log
        self._script = script
        self._now = now
        self._connections: dict[asyncio.BaseTransport | None, int] = {}
        """Keeps the transports that are gone, so that no number is given twice."""

    async def start(self, listening: socket.socket) -> None:
        """Serve."""
        self._open = asyncio.Event()
        self._open.set()
        self._accelerator = Accelerator()
        self._working = asyncio.create_task(self._accelerator.run())
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # A request ends when its client goes away, as with the real ones.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        await self.up(listening)

    async def stop(self) -> None:
        """Break off what is being served."""
        await self.down()
        await self._runner.cleanup()
        self._working.cancel()
        with suppress(asyncio.CancelledError):
            await self._working

    async def up(self, listening: socket.socket) -> None:
        """Listen on a socket that is bound."""
        await web.SockSite(self._runner, listening).start()

    async def down(self) -> None:
        """Listen no more and reset all connections."""
        for site in list(self._runner.sites):
            await site.stop()
        assert self._runner.server is not None
        for _ in range(_ROUNDS):
            for handler in self._runner.server.connections:
                reset(handler.transport)
            await asyncio.sleep(0)

    async def hold(self) -> None:
        """Close the gate."""
        self._open.clear()

    async def release(self) -> None:
        """Open the gate."""
        self._open.set()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        number = self._connections.setdefault(request.transport, len(self._connections) + 1)
        headers = {name.lower(): value for name, value in request.headers.items()}
        record = self._log.arrive(request.method, request.path, headers, number)
        try:
            response = await self._serve(request, record)
        except CutError:
            self._log.leave(record, "cut")
            # Goes nowhere: the connection is gone.
            return web.Response()
        except (asyncio.CancelledError, ConnectionError):
            self._log.leave(record, "left")
            raise
        except Exception as error:  # noqa: BLE001  (a bug must fail the test, which runs in another thread)
            self.bugs.append(error)
            response = web.Response(status=500, text=f"bug in the fault server: {error!r}")
        record.status = response.status
        self._log.leave(record, "answered")
        return response

    async def _serve(self, request: web.Request, record: Record) -> web.StreamResponse:
        raw = await request.read()
        # Taken now, so that what a test changes later is met by later requests only.
        personality, seed = self._now()
        personality = replace(personality)
        body: Any = None
        with suppress(ValueError):
            body = json.loads(raw) if raw else None
        self._log.read(record, body)
        struck = self._script.take(record.path, record.texts)
        if struck is not None:
            record.fault = struck.fault
        if record.path.endswith("/v1/embeddings"):
            await self._open.wait()
        fault = struck.fault if struck is not None else None
        if fault is Fault.RESET:
            reset(request.transport)
            raise CutError
        if fault is Fault.HANG:
            await hang()
        if isinstance(fault, Status):
            more = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            reply = Reply(fault.code, fault.text().encode(), fault.content_type, {**fault.headers, **more})
            return await send(request, reply)
        try:
            reply = await self._reply(record, personality, seed, struck)
        except RefusedError as refusal:
            reply = refusal.reply
        if fault is not None and fault.spoils and reply.status != 200:
            record.fault = None
        record.status = reply.status
        return await send(request, reply, fault)

    async def _reply(self, record: Record, personality: Personality, seed: int, struck: Struck | None) -> Reply:
        route = (record.method, self._own_path(record.path, personality))
        if route == ("GET", "/health"):
            return replies.as_json({"status": "ok"})
        if personality.redirect_to is not None and record.path.startswith("/v1/"):
            location = {"Location": personality.redirect_to + record.path}
            return Reply(personality.redirect_status, b"", "text/plain", location)
        if personality.api_key is not None and record.authorization != f"Bearer {personality.api_key}":
            raise replies.unauthorized(personality)
        if route == ("GET", "/v1/models") and personality.lists_models:
            return replies.models(personality)
        if route == ("POST", "/v1/embeddings"):
            job = embedding.understand(record.body, personality)
            await self._take_time(job, personality)
            return embedding.answer(job, personality, seed, struck)
        raise replies.refused(404, "NotFoundError", "Not Found")

    @staticmethod
    def _own_path(path: str, personality: Personality) -> str:
        prefix = personality.redirect_to
        return path.removeprefix(prefix) if prefix is not None and prefix.startswith("/") else path

    async def _take_time(self, job: embedding.Job, personality: Personality) -> None:
        costs_s = [tokens * personality.latency_per_token_s for tokens in job.tokens]
        costs_s[0] += personality.latency_s
        if personality.queue == "parallel":
            await asyncio.sleep(sum(costs_s))
        else:
            await self._accelerator.work(costs_s, job.priority if personality.queue == "priority" else 0)
