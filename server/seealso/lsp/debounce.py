"""Tasks that wait a little and replace one another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable


class Debouncer:
    """At most one waiting or running task a key; a newer one takes the place of an older one."""

    def __init__(self, on_error: Callable[[Hashable, BaseException], None]) -> None:
        self._on_error = on_error
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._waiting: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def later(self, key: Hashable, delay_s: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` after a quiet time, unless asked again before; what runs for the key is cancelled."""
        self.cancel(key)
        self._waiting.add(key)
        self._tasks[key] = task = asyncio.get_running_loop().create_task(self._run(key, delay_s, work))
        task.add_done_callback(lambda done: self._forget(key, done))

    def soon(self, key: Hashable, delay_s: float, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` after a time that further calls do not extend, so that a steady stream cannot hold it off.

        What waits for the key stays; what runs for it began before this call and is done again.
        """
        if key not in self._waiting:
            self.later(key, delay_s, work)

    def cancel(self, key: Hashable) -> None:
        """Drop what waits or runs for a key."""
        self._waiting.discard(key)
        if (task := self._tasks.pop(key, None)) is not None:
            task.cancel()

    async def settled(self, key: Hashable) -> None:
        """Wait until nothing waits or runs for a key."""
        while (task := self._tasks.get(key)) is not None:
            await asyncio.wait([task])  # whatever becomes of it, and without cancelling it

    def close(self) -> None:
        """Drop everything."""
        for key in list(self._tasks):
            self.cancel(key)

    async def _run(self, key: Hashable, delay_s: float, work: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(delay_s)
        self._waiting.discard(key)
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a border: nobody awaits this task
            self._on_error(key, error)

    def _forget(self, key: Hashable, task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
