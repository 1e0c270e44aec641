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
from seealso.embed.client import Client
from seealso.embed.failures import FailedError, RefusedError
from seealso.embed.serving import PROBES, Served
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

T = TypeVar("T")

log = logging.getLogger(__name__)


class Bulk:
    """Embed texts nobody waits for; lives on the loop of its client."""

    def __init__(self, client: Client, concurrency: int) -> None:
        self._client = client
        self._concurrency = concurrency
        self._gate = asyncio.Semaphore(concurrency)
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.trouble = ""
        """What is being waited for; read by other threads as well."""

    def pause(self) -> None:
        """Send no more requests; those under way end."""
        self._quiet.clear()

    def resume(self) -> None:
        self._quiet.set()

    async def identify(self) -> Served:
        """Ask the server anew what it is."""
        return await self._patiently(self._client.anew, FIRST_PATIENCE_S)

    async def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Return one unit row a text; raise `RefusedTextsError` when all but some texts were embedded."""
        known = self._client.served or self._client.lost
        served = await self._patiently(self._client.serving, PATIENCE_S if known else FIRST_PATIENCE_S)
        prefixed = [served.prefixes[kind] + text for text in texts]
        rows = np.zeros((len(texts), served.info.dimension), np.float32)
        refused: dict[int, str] = {}
        waiting = deque(range(len(texts)))

        async def work() -> None:
            while waiting:
                async with self._gate:
                    await self._quiet.wait()
                    if waiting:
                        await self._settle(self._client.pace.take(waiting, prefixed), prefixed, rows, refused)

        async with _first_error() as group:
            for _ in range(min(self._concurrency, len(texts))):
                group.create_task(work())
        if refused:
            raise RefusedTextsError(rows, refused)
        return rows

    async def _settle(self, positions: list[int], texts: list[str], rows: Vectors, refused: dict[int, str]) -> None:
        """Fill the rows of some texts; when they are refused together, halve them until the refused one is alone."""
        try:
            rows[positions] = await self._send([texts[position] for position in positions])
        except RefusedError as refusal:
            if len(positions) > 1:
                # By length: then the longest, which are refused most often, are alone after few steps.
                positions = sorted(positions, key=lambda position: len(texts[position]))
                for half in (positions[: len(positions) // 2], positions[len(positions) // 2 :]):
                    await self._settle(half, texts, rows, refused)
                return
            (position,) = positions
            try:
                if not refusal.too_long:
                    raise
                served = await self._client.serving()
                rows[position] = await self._client.send_shortened(served, texts[position], PRIORITY)
            except (RefusedError, FailedError) as error:
                refused[position] = str(error)

    async def _send(self, texts: list[str]) -> Vectors:
        """Try one request until it succeeds or its texts turn out to be the reason why it does not."""
        failures = 0

        async def attempt() -> Vectors:
            nonlocal failures
            served = await self._client.serving()
            try:
                return await self._client.send(served, texts, PRIORITY)
            except FailedError as failure:
                failures += 1
                if not (failure.away or failure.busy) and failures >= SUSPICIOUS and await self._is_well():
                    raise RefusedError(str(failure)) from failure
                raise

        return await self._patiently(attempt, PATIENCE_S)

    async def _is_well(self) -> bool:
        """Tell whether the server embeds a text that it has embedded before."""
        try:
            served = await self._client.serving()
            await self._client.send(served, [served.prefixes["passage"] + PROBES[0]], PRIORITY)
        except (FailedError, RefusedError):
            return False
        return True

    async def _patiently(self, attempt: Callable[[], Awaitable[T]], patience_s: float) -> T:
        """Try until it succeeds, waiting longer each time and never in step with others; raise when patience ends."""
        until = time.monotonic() + patience_s
        wait_s = FIRST_WAIT_S
        try:
            while True:
                try:
                    return await attempt()
                except FailedError as failure:
                    asked_s = failure.retry_after_s
                    pause_s = asked_s if asked_s is not None else random.uniform(0.5, 1.0) * wait_s  # noqa: S311
                    wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                    if time.monotonic() + pause_s > until:
                        hint = "What was finished is kept; run it again when the server answers."
                        raise EmbeddingError(str(failure), hint=hint) from failure
                    self.trouble = f"{failure} Trying again in {duration(pause_s)}."
                    log.info("%s", self.trouble)
                    await asyncio.sleep(pause_s)
        finally:
            self.trouble = ""


@asynccontextmanager
async def _first_error() -> AsyncIterator[asyncio.TaskGroup]:
    """Run tasks side by side; the first that fails ends the others, and its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
