"""The time that embedding takes on one accelerator that many share."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

_WORTH_SLEEPING_S = 0.001


@dataclass(order=True, slots=True)
class _Unit:
    priority: int
    number: int
    cost_s: float = field(compare=False)
    done: asyncio.Future[None] = field(compare=False)
    is_last: bool = field(compare=False)


class Accelerator:
    """Works at one text at a time; texts of requests that were given up are skipped."""

    def __init__(self) -> None:
        self._waiting: list[_Unit] = []
        self._wake = asyncio.Event()
        self._number = 0

    async def work(self, costs_s: Sequence[float], priority: int) -> None:
        """Return when all texts of a request have had their time; lower priorities come first."""
        done = asyncio.get_running_loop().create_future()
        for place, cost_s in enumerate(costs_s, 1):
            self._number += 1
            heapq.heappush(self._waiting, _Unit(priority, self._number, cost_s, done, place == len(costs_s)))
        self._wake.set()
        await done

    async def run(self) -> None:
        """Work until cancelled."""
        clock = asyncio.get_running_loop().time
        free_s = clock()
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            unit = heapq.heappop(self._waiting)
            if unit.done.cancelled():
                continue
            # Texts are shorter than the clock of `sleep`: what one did not wait for, a later one does.
            free_s = max(free_s, clock()) + unit.cost_s
            if (ahead_s := free_s - clock()) > _WORTH_SLEEPING_S:
                await asyncio.sleep(ahead_s)
            if unit.is_last and not unit.done.done():
                unit.done.set_result(None)
