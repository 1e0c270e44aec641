"""The bulk lane: many texts, packed, several requests at a time, tried again, and taken apart when one is refused."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np

from seealso.embed.base import EmbedKind, RefusedTextsError, Vectors
from seealso.embed.client import Client, shortened
from seealso.embed.failures import FailedError, RefusedError
from seealso.embed.serving import Served
from seealso.errors import EmbeddingError
from seealso.units import duration

PRIORITY = 0
PATIENCE_S = 60.0
"""How long to go on trying when a server that has answered before does so no more."""
FIRST_PATIENCE_S = 3.0
"""The same for one that has never answered: most likely the address is wrong."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 15.0
SUSPICIOUS = 2
"""Failures of one request after which its texts are suspected."""
CONVICTED = 4
"""The same for a text alone, which then goes without a vector: where one worker of two is broken, half of all requests
fail."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Bulk:
    """Embed texts nobody waits for; lives on the loop of its client."""

    def __init__(self, client: Client, concurrency: int) -> None:
        self.client = client
        self._concurrency = concurrency
        self._freed = asyncio.Event()
        self.active = 0
        """Requests under way."""
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.trouble = ""
        """What is being waited for; read by other threads as well."""

    def pause(self) -> None:
        """Send no more requests; those under way end."""
        self._quiet.clear()

    def resume(self) -> None:
        self._quiet.set()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more request may be sent; how many, the pace finds out on the way."""
        while self.active >= self.client.pace.at_once:
            self._freed.clear()
            await self._freed.wait()
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1
            self._freed.set()

    async def identify(self) -> Served:
        """Ask the server anew what it is."""
        return await self.patiently(self.client.anew, FIRST_PATIENCE_S)

    async def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Return one unit row a text; raise `RefusedTextsError` when all but some texts were embedded."""
        served = await self.patiently(self.client.serving, PATIENCE_S if self.client.known else FIRST_PATIENCE_S)
        call = _Call(self, served, [served.prefixes[kind] + text for text in texts])
        async with _first_error() as group:
            for _ in range(min(self._concurrency, len(texts))):
                group.create_task(call.work())
        if texts:
            await call.confirm()
        if call.refused:
            raise RefusedTextsError(call.rows, call.refused)
        return call.rows

    async def send(self, served: Served, texts: list[str]) -> Vectors:
        """Send one request when no question is under way; raises what `Client.send` does."""
        await self._quiet.wait()
        return await self.client.send(served, texts, PRIORITY)

    async def patiently(self, attempt: Callable[[], Awaitable[T]], patience_s: float) -> T:
        """Try until it succeeds, waiting longer each time and never in step with others; raise when patience ends."""
        until: float | None = None
        wait_s = FIRST_WAIT_S
        try:
            while True:
                try:
                    return await attempt()
                except FailedError as failure:
                    now = time.monotonic()
                    # From the first failure on: a long text may take longer than patience lasts.
                    until = until or now + patience_s
                    # A server that asks for no time at all must not be asked without end.
                    pause_s = max(failure.retry_after_s or 0.0, random.uniform(0.5, 1.0) * wait_s)  # noqa: S311
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                    if now + pause_s > until:
                        start = "Start it, or correct `seealso.embedding.endpoint`. " if failure.away else ""
                        hint = f"{start}What was finished is kept."
                        raise EmbeddingError(str(failure), hint=hint, passing=True) from failure
                    self.trouble = f"{failure} Trying again in {duration(pause_s)}."
                    log.info("%s", self.trouble)
                    await asyncio.sleep(pause_s)
        finally:
            self.trouble = ""


class _Call:
    """The texts of one call, and what has become of them."""

    def __init__(self, bulk: Bulk, served: Served, texts: list[str]) -> None:
        self._bulk = bulk
        self._info = served.info
        self._texts = texts
        self._waiting = deque(range(len(texts)))
        self.rows: Vectors = np.zeros((len(texts), served.info.dimension), np.float32)
        self.refused: dict[int, str] = {}

    async def work(self) -> None:
        """Send one request after the other until nothing waits any more."""
        while self._waiting:
            async with self._bulk.turn():
                if self._waiting:
                    await self._settle(self._bulk.client.pace.take(self._waiting, self._texts))

    async def confirm(self) -> None:
        """Make sure that it is still the model it was at the beginning, which nobody need have noticed.

        Raises `EmbeddingError` when it is another one: nobody knows which rows are whose.
        """
        async with self._bulk.turn():
            await self._bulk.patiently(self._probe, PATIENCE_S)

    async def _settle(self, positions: list[int], *, suspected: bool = False) -> None:
        """Fill the rows of some texts; when they are refused together, halve them until the refused one is alone."""
        try:
            self.rows[positions] = await self._send([self._texts[position] for position in positions], suspected)
        except RefusedError as refusal:
            if len(positions) == 1:
                await self._settle_alone(positions[0], refusal)
                return
            # By length: then the longest, which are refused most often, are alone after few steps.
            positions = sorted(positions, key=lambda position: len(self._texts[position]))
            for half in (positions[: len(positions) // 2], positions[len(positions) // 2 :]):
                await self._settle(half, suspected=True)

    async def _settle_alone(self, position: int, refusal: RefusedError) -> None:
        try:
            if not refusal.too_long:
                raise refusal
            text, max_tokens = self._texts[position], self._info.max_tokens
            self.rows[[position]] = await shortened(text, max_tokens, lambda part: self._send(part, suspected=True))
        except RefusedError as error:
            self.refused[position] = str(error)

    async def _send(self, texts: list[str], suspected: bool) -> Vectors:
        """Try one request until it succeeds or its texts turn out to be the reason why it does not.

        `suspected` texts were refused together with others, by a server that was well.
        """
        failures = 0
        # The halves of what failed so often need not wait for it again.
        enough = CONVICTED if len(texts) == 1 else 1 if suspected else SUSPICIOUS

        async def attempt() -> Vectors:
            nonlocal failures
            served = await self._bulk.client.serving(self._info)
            try:
                return await self._bulk.send(served, texts)
            except RefusedError as refusal:
                if suspected or refusal.too_long or await self._is_well():
                    raise
                url = served.http.endpoint.url
                raise FailedError(f"The embedding server at {url} refuses everything. {refusal}") from refusal
            except FailedError as failure:
                failures += not (failure.away or failure.busy)
                if failures >= enough and not failure.busy and await self._is_well():
                    raise RefusedError(str(failure)) from failure
                raise

        return await self._bulk.patiently(attempt, PATIENCE_S)

    async def _is_well(self) -> bool:
        """Tell whether the server embeds a text that it has embedded before."""
        try:
            await self._probe()
        except FailedError:
            return False
        return True

    async def _probe(self) -> None:
        """Embed a text that was embedded before; raise `EmbeddingError` when another model's vector comes back."""
        served = await self._bulk.client.serving(self._info)
        try:
            (row,) = await self._bulk.send(served, [served.probe])
        except RefusedError as refusal:
            raise FailedError(f"The embedding server cannot embed what it could before. {refusal}") from refusal
        self._bulk.client.compare(served, row)


@asynccontextmanager
async def _first_error() -> AsyncIterator[asyncio.TaskGroup]:
    """Run tasks side by side; the first that fails ends the others, and its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
