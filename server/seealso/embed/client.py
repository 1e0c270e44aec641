"""One server as requests see it: found, identified, watched for a change of its model. Lives on an event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from seealso.embed import wire
from seealso.embed.base import ModelInfo, Vectors, same_model
from seealso.embed.failures import SERVER_ERRORS, FailedError, RefusedError, translated
from seealso.embed.http import Http, StatusError
from seealso.embed.pace import Pace
from seealso.embed.serving import Served, identify
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from seealso.embed.endpoint import Endpoint
    from seealso.settings import EmbeddingSettings

Connect = Callable[[], "tuple[Endpoint, ...]"]

SHORTENINGS = 10
KEEP = 0.7
"""Share of a text that is kept when it is longer than the server reads."""

CHANGED = "Run the update again; it then embeds with the new one."

log = logging.getLogger(__name__)


class Client:
    """Requests to whatever server `connect` finds; the likeliest address first."""

    def __init__(self, connect: Connect, settings: EmbeddingSettings) -> None:
        self._connect = connect
        self._settings = settings
        self._https: dict[Endpoint, Http] = {}
        self._identifying: asyncio.Task[Served] | None = None
        self.served: Served | None = None
        """What is there, as far as known; read by other threads as well."""
        self.lost: ModelInfo | None = None
        """What was there when the server went away; whoever comes back has to be the same."""
        self.pace = Pace(settings.batch_tokens, hurried=True)

    async def close(self) -> None:
        for http in self._https.values():
            await http.close()

    async def serving(self) -> Served:
        """Return what is there, asking once for all that want to know."""
        return self.served or await self._find()

    async def anew(self) -> Served:
        """Ask again, and take what is there."""
        self.lost = None
        return await self._find()

    async def _find(self) -> Served:
        if self._identifying is None or self._identifying.done():
            self._identifying = asyncio.create_task(self._identify())
            self._identifying.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Shielded: one question that gives up early must not stop it for the others.
        return await asyncio.shield(self._identifying)

    async def _identify(self) -> Served:
        endpoints = await asyncio.to_thread(self._connect)
        elsewhere: StatusError | None = None
        for endpoint in endpoints:
            if endpoint not in self._https:
                self._https[endpoint] = Http(endpoint, self._settings.concurrency + 8)
            try:
                return self._take(await identify(self._https[endpoint], self._settings))
            except SERVER_ERRORS as error:
                if isinstance(error, StatusError) and error.status in (404, 405) and endpoint is not endpoints[-1]:
                    elsewhere = elsewhere or error
                    continue
                raise translated(elsewhere or error, endpoint.url) from error
        raise AssertionError("an address means at least one")

    def _take(self, served: Served) -> Served:
        if self.lost is not None and not same_model(self.lost, served.info):
            raise EmbeddingError(
                f"The embedding server now serves another model than a moment ago: {served.info.id} "
                f"instead of {self.lost.id}, or the same name with other weights.",
                hint=CHANGED,
            )
        if self.served is None or self.served.http is not served.http:
            self.pace = Pace(self._settings.batch_tokens, hurried=not served.http.endpoint.priorities)
        self.served, self.lost = served, None
        for doubt in served.doubts:
            log.warning("%s", doubt)
        return served

    def _forget(self, served: Served) -> None:
        """Ask anew before the next request."""
        if self.served is served:
            self.lost, self.served = served.info, None

    async def send(self, served: Served, texts: list[str], priority: int) -> Vectors:
        """Send one request and return its unit rows.

        Raises `FailedError`, `RefusedError`, or `EmbeddingError` for what the user has to mend.
        """
        started = time.monotonic()
        try:
            raw = await served.http.post("/embeddings", served.body(texts, priority))
            answer = wire.answer(raw, len(texts), served.encoding)
        except SERVER_ERRORS as error:
            meaning = translated(error, served.http.endpoint.url)
            if isinstance(meaning, FailedError) and meaning.lost:
                self._forget(served)
            raise meaning from error
        if answer.vectors.shape[1] != served.width or (answer.model and answer.model != served.echo):
            self._forget(served)
            raise EmbeddingError(
                f"The embedding server has changed its model: {answer.vectors.shape[1]} numbers from "
                f"{answer.model or 'it'} instead of {served.width} from {served.echo or 'it'}.",
                hint=CHANGED,
            )
        self.pace.learn(texts, time.monotonic() - started, answer.tokens)
        return served.rows(answer)

    async def send_shortened(self, served: Served, text: str, priority: int) -> Vectors:
        """Embed the beginning of a text that is longer than the server reads, shape (dimension,)."""
        for _ in range(SHORTENINGS):
            text = text[: int(len(text) * KEEP)]
            try:
                row: Vectors = (await self.send(served, [text], priority))[0]
                return row
            except RefusedError as refusal:
                if not refusal.too_long:
                    raise
        raise RefusedError("it is too long even when it is cut short", too_long=True)
