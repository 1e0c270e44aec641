from __future__ import annotations

import pytest

from seealso import meter as module
from seealso.errors import CancelledError
from seealso.meter import Meter, never, unless
from seealso.model import Phase, Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_time_left_goes_by_weight_not_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(), list[Progress]()
    monkeypatch.setattr(module, "time", clock)
    meter = Meter(told.append, lambda: False, Phase.EMBED, 100, weight=1000)
    assert told[-1].remaining_s is None
    clock.now += 10
    meter.advance(90, weight=250)
    assert told[-1] == Progress(Phase.EMBED, 90, 100, 9.0, 30.0)
    clock.now += 30
    meter.advance(10, weight=750)
    assert told[-1] == Progress(Phase.EMBED, 100, 100, 2.5, 0.0)


def test_without_weights_all_items_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(), list[Progress]()
    monkeypatch.setattr(module, "time", clock)
    meter = Meter(told.append, lambda: False, Phase.READ, 4)
    clock.now += 2
    meter.advance()
    assert told[-1].remaining_s == 6.0


def test_items_come_until_nobody_wants_them() -> None:
    assert list(unless(never, "abc")) == ["a", "b", "c"]
    answers = iter([False, False, True])
    items = unless(lambda: next(answers), "abc")
    assert [next(items), next(items)] == ["a", "b"]
    with pytest.raises(CancelledError):
        next(items)
