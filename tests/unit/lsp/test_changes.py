"""A count of changes that tasks wait for."""

from __future__ import annotations

import asyncio

import pytest

from seealso.lsp.changes import Changes

pytestmark = pytest.mark.asyncio


async def test_all_who_wait_are_woken_once() -> None:
    changes = Changes()
    first, second = (asyncio.create_task(changes.after(count)) for count in (0, 1))
    await asyncio.sleep(0)
    changes.note()
    await first
    assert not second.done()
    changes.note()
    await second


async def test_a_change_between_looking_and_waiting_is_not_missed() -> None:
    changes = Changes()
    count = changes.count
    changes.note()
    async with asyncio.timeout(1):
        await changes.after(count)


async def test_who_is_cancelled_disturbs_nobody() -> None:
    changes = Changes()
    first, second = (asyncio.create_task(changes.after(0)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    changes.note()
    await second
    with pytest.raises(asyncio.CancelledError):
        await first
