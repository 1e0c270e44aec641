"""A count of changes that tasks can wait for."""

from __future__ import annotations

import asyncio


class Changes:
    """What may have changed is not said: whoever waits looks again."""

    def __init__(self) -> None:
        self.count = 0
        self._next = asyncio.Event()

    def note(self) -> None:
        """Count one, and wake all who wait."""
        self.count += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, count: int) -> None:
        """Wait until there have been more than `count`."""
        while self.count <= count:
            await self._next.wait()
