"""Delayed work, in a loop whose clock the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any

import pytest

from seealso.lsp.debounce import Debouncer


class Clock(asyncio.SelectorEventLoop):
    """A loop that never waits: when nothing is left to do now, it is later."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(test: Callable[[Clock], Coroutine[Any, Any, None]]) -> None:
    clock = Clock()
    try:
        clock.run_until_complete(test(clock))
    finally:
        clock.close()


class Journal:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.entries: list[tuple[float, str]] = []
        self.errors: list[tuple[Hashable, BaseException]] = []
        self.debouncer = Debouncer(lambda key, error: self.errors.append((key, error)))

    def work(self, name: str, takes_s: float = 0.0) -> Callable[[], Awaitable[None]]:
        async def write() -> None:
            self.entries.append((self.clock.now, f"{name} begins"))
            await asyncio.sleep(takes_s)
            self.entries.append((self.clock.now, f"{name} ends"))

        return write


def test_a_later_call_takes_the_place_of_an_earlier_one() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)
        for name in ("one", "two", "three"):
            journal.debouncer.later("key", 1.0, journal.work(name))
            await asyncio.sleep(0.5)
        await asyncio.sleep(9)
        assert journal.entries == [(2.0, "three begins"), (2.0, "three ends")]
        assert len(journal.debouncer) == 0

    run(test)


def test_running_work_is_cut_off_by_a_later_call() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)
        journal.debouncer.later("key", 0.0, journal.work("old", takes_s=5))
        await asyncio.sleep(1)
        journal.debouncer.later("key", 1.0, journal.work("new"))
        await asyncio.sleep(9)
        assert [entry for _, entry in journal.entries] == ["old begins", "new begins", "new ends"]

    run(test)


def test_keys_do_not_disturb_each_other() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)
        journal.debouncer.later("a", 1.0, journal.work("a"))
        journal.debouncer.later("b", 2.0, journal.work("b"))
        await asyncio.sleep(9)
        assert [entry for _, entry in journal.entries] == ["a begins", "a ends", "b begins", "b ends"]

    run(test)


def test_a_steady_stream_cannot_hold_soon_off() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)
        for number in range(10):
            journal.debouncer.soon("key", 1.0, journal.work(str(number)))
            await asyncio.sleep(0.3)
        await asyncio.sleep(9)
        assert [(time, entry) for time, entry in journal.entries if "begins" in entry] == [
            (1.0, "0 begins"),
            (pytest.approx(2.2), "4 begins"),
            (pytest.approx(3.4), "8 begins"),
        ]

    run(test)


def test_what_runs_when_soon_is_called_is_done_again() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)
        journal.debouncer.soon("key", 0.0, journal.work("old", takes_s=5))
        await asyncio.sleep(1)
        journal.debouncer.soon("key", 0.0, journal.work("new"))
        await asyncio.sleep(9)
        assert [entry for _, entry in journal.entries] == ["old begins", "new begins", "new ends"]

    run(test)


def test_errors_reach_who_wants_to_know_and_closing_drops_all() -> None:
    async def test(clock: Clock) -> None:
        journal = Journal(clock)

        async def broken() -> None:
            raise ZeroDivisionError

        journal.debouncer.later("broken", 0.0, broken)
        await asyncio.sleep(1)
        assert [(key, type(error)) for key, error in journal.errors] == [("broken", ZeroDivisionError)]
        journal.debouncer.later("never", 1.0, journal.work("never"))
        journal.debouncer.close()
        await asyncio.sleep(9)
        assert journal.entries == []

    run(test)


@pytest.mark.asyncio
async def test_settled_waits_for_the_last_and_cancels_nothing() -> None:
    debouncer, done = Debouncer(lambda key, error: None), []

    async def work(number: int) -> None:
        await asyncio.sleep(0.01)
        done.append(number)

    debouncer.later("a", 0.01, lambda: work(1))
    impatient, patient = (asyncio.create_task(debouncer.settled("a")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    debouncer.later("a", 0.01, lambda: work(2))
    await patient
    assert done == [2]
    await debouncer.settled("a")
    await debouncer.settled("never")


@pytest.mark.asyncio
async def test_settled_does_not_mind_how_it_ends() -> None:
    errors: list[BaseException] = []
    debouncer = Debouncer(lambda key, error: errors.append(error))

    async def work() -> None:
        raise ValueError("no")

    debouncer.later("a", 0.0, work)
    await debouncer.settled("a")
    assert [str(error) for error in errors] == ["no"]
    debouncer.later("a", 60.0, work)
    waiting = asyncio.create_task(debouncer.settled("a"))
    await asyncio.sleep(0)
    debouncer.close()
    await waiting
