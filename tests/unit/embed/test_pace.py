"""How many texts go into one request."""

from __future__ import annotations

from collections import deque

import pytest

from seealso.embed import pace
from seealso.embed.pace import Pace


def settled(budget: int) -> Pace:
    """Return the pace of a server that has shown to be quick."""
    pacing = Pace(budget, 4)
    texts = ["x" * 4000] * 100
    for _ in range(40):
        waiting = deque(range(len(texts)))
        taken = pacing.take(waiting, texts)
        pacing.learn([texts[position] for position in taken], 1e-6, 0)
    return pacing


def packed(pacing: Pace, texts: list[str]) -> list[list[int]]:
    waiting = deque(range(len(texts)))
    requests = []
    while waiting:
        requests.append(pacing.take(waiting, texts))
    return requests


@pytest.mark.parametrize(
    ("lengths", "budget", "requests"),
    [
        pytest.param([32, 32, 32], 20, [[0, 1], [2]], id="as many as fit"),
        pytest.param([32, 400, 32], 20, [[0], [1], [2]], id="a long one alone"),
        pytest.param([400, 400], 1, [[0], [1]], id="at least one"),
        pytest.param([0, 0, 0, 0], 6, [[0, 1, 2], [3]], id="empty texts cost something"),
        pytest.param([], 20, [], id="none"),
    ],
)
def test_texts_are_packed_in_order(lengths: list[int], budget: int, requests: list[list[int]]) -> None:
    assert packed(settled(budget), ["x" * length for length in lengths]) == requests


def test_inputs_of_a_request_are_limited() -> None:
    sizes = [len(request) for request in packed(settled(10**9), ["x"] * 2500)]
    assert sizes == [pace.MAX_TEXTS, pace.MAX_TEXTS, 2500 - 2 * pace.MAX_TEXTS]


def test_scripts_with_many_characters_have_more_tokens_a_letter() -> None:
    pacing = Pace(100, 4)
    assert pacing.tokens("文" * 100) > 2 * pacing.tokens("x" * 100)
    assert pacing.tokens("\ud800") > 0


def settle(pacing: Pace, seconds_a_token: float) -> list[int]:
    """Return about how many tokens one request after the other has, to a server of some speed."""
    sizes = []
    for _ in range(40):
        taken = pacing.take(deque(range(20_000)), ["x" * 40] * 20_000)
        sizes.append(12 * len(taken))
        pacing.learn(["x" * 40] * len(taken), seconds_a_token * 12 * len(taken), 0)
    return sizes


@pytest.mark.parametrize(
    ("seconds_a_token", "tokens"),
    [
        pytest.param(1e-7, 12 * pace.MAX_TEXTS, id="fast: what one request may hold"),
        pytest.param(1e-4, pace.ALONE_S / 1e-4, id="a small GPU"),
        pytest.param(2e-4, pace.ALONE_S / 2e-4, id="half as fast"),
        pytest.param(1.0, pace.LEAST_TOKENS, id="hopeless"),
    ],
)
def test_requests_take_longer_while_nobody_asks(seconds_a_token: float, tokens: int) -> None:
    pacing = Pace(50_000, 4)
    assert settle(pacing, seconds_a_token)[-1] == pytest.approx(tokens, rel=0.3)
    assert pacing.at_once == 4


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_question_that_had_to_wait_makes_the_others_small_for_a_while() -> None:
    clock = Clock()
    pacing = Pace(50_000, 4, clock=clock)
    settle(pacing, 1e-4)
    pacing.asked(pace.SLOW_S / 2, crowded=True)
    assert pacing.at_once == 4
    patient = settle(pacing, 1e-4)[-1]
    assert patient == pytest.approx(pace.PATIENT_S / 1e-4, rel=0.3)
    pacing.asked(2 * pace.SLOW_S, crowded=True)
    assert pacing.at_once == pace.HURRIED_AT_ONCE
    hurried = settle(pacing, 1e-4)
    assert max(hurried) <= patient / 2
    assert hurried[-1] == pytest.approx(pace.HURRIED_S / 1e-4, rel=0.3)
    # Whoever goes on asking has quick answers, because of that.
    for _ in range(3):
        clock.now += pace.PRESENT_S - 1
        pacing.asked(pace.SLOW_S / 2, crowded=True)
        assert pacing.at_once == pace.HURRIED_AT_ONCE
    clock.now += pace.PRESENT_S + 1
    assert pacing.at_once == 4
    assert settle(pacing, 1e-4)[-1] == pytest.approx(patient, rel=0.05)


def test_who_has_just_come_does_not_have_to_wait_first() -> None:
    clock = Clock()
    pacing = Pace(50_000, 4, clock=clock)
    pacing.attended()
    assert pacing.at_once == pace.HURRIED_AT_ONCE
    hurried = settle(pacing, 1e-4)
    assert max(hurried) <= 1.3 * pace.HURRIED_S / 1e-4
    assert hurried[-1] == pytest.approx(pace.HURRIED_S / 1e-4, rel=0.3)
    clock.now += pace.PRESENT_S + 1
    assert pacing.at_once == 4
    assert settle(pacing, 1e-4)[-1] == pytest.approx(pace.PATIENT_S / 1e-4, rel=0.3)


def test_somebody_who_asks_makes_the_requests_under_way_smaller_at_once() -> None:
    pacing = Pace(50_000, 4)
    alone = settle(pacing, 1e-4)[-1]
    pacing.asked(2 * pace.SLOW_S, crowded=True)
    taken = pacing.take(deque(range(20_000)), ["x" * 40] * 20_000)
    assert 12 * len(taken) == pytest.approx(alone * pace.HURRIED_S / pace.ALONE_S, rel=0.1)


def test_a_question_is_slow_when_it_takes_longer_than_alone() -> None:
    pacing = Pace(50_000, 4, 5.0)  # what it took the first time, before the server was warm
    pacing.asked(2 * pace.SLOW_S, crowded=True)
    assert pacing.at_once == 4
    pacing.asked(pace.SLOW_S / 10, crowded=False)
    pacing.asked(2 * pace.SLOW_S, crowded=False)
    assert pacing.at_once == 4
    pacing.asked(2 * pace.SLOW_S, crowded=True)
    assert pacing.at_once == pace.HURRIED_AT_ONCE


@pytest.mark.parametrize(("seconds", "factor"), [(1e-6, 2.0), (1e6, 0.5)])
def test_requests_that_come_back_together_say_the_same(seconds: float, factor: float) -> None:
    pacing = Pace(50_000, 4)
    settle(pacing, 4e-4)
    taken = pacing.take(deque(range(20_000)), ["x" * 40] * 20_000)
    for _ in range(4):
        pacing.learn(["x" * 40] * len(taken), seconds, 0)
    after = pacing.take(deque(range(20_000)), ["x" * 40] * 20_000)
    assert len(after) == pytest.approx(factor * len(taken), rel=0.05)


def test_a_server_may_move_away() -> None:
    pacing = Pace(50_000, 4, 0.01)
    settle(pacing, 1e-4)
    pacing.found(5.0)
    texts = ["x" * 40] * 20_000
    for _ in range(10):
        taken = pacing.take(deque(range(20_000)), texts)
        pacing.learn(texts[: len(taken)], 5.0 + 1e-4 * 12 * len(taken), 0)
    assert 12 * len(pacing.take(deque(range(20_000)), texts)) == pytest.approx(pace.ALONE_S / 1e-4, rel=0.3)


def test_a_small_quick_request_says_nothing() -> None:
    pacing, untouched = Pace(10_000, 4), Pace(10_000, 4)
    for _ in range(20):
        pacing.learn(["word"], 0.001, 0)
        pacing.learn(["word"], 5.0, 0)
    texts = ["x" * 40] * 1000
    assert packed(pacing, texts) == packed(untouched, texts)


@pytest.mark.parametrize(
    ("counted", "tokens"),
    [
        pytest.param(50, 50, id="two bytes a token"),
        pytest.param(0, 25, id="not counted"),
        pytest.param(1, 12.5, id="hardly any"),
        pytest.param(10**400, 200, id="gigantic"),
    ],
)
def test_tokens_are_learned_from_the_server(counted: int, tokens: float) -> None:
    pacing = Pace(1000, 4)
    for _ in range(60):
        pacing.learn(["x" * 100], 0.1, counted)
    assert pacing.tokens("x" * 100) == pytest.approx(2 + tokens, abs=1)


def test_a_server_far_away_is_not_a_slow_one() -> None:
    pacing = Pace(16_384, 4, 0.3)
    texts = ["x" * 400] * 4000
    for _ in range(20):
        taken = pacing.take(deque(range(4000)), texts)
        pacing.learn(texts[: len(taken)], 0.3 + 1e-7 * 100 * len(taken), 100 * len(taken))
    assert len(pacing.take(deque(range(4000)), texts)) > 100
