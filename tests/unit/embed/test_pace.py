"""How many texts go into one request."""

from __future__ import annotations

from collections import deque

import pytest

from seealso.embed import pace
from seealso.embed.pace import Pace


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
    assert packed(Pace(budget, hurried=False), ["x" * length for length in lengths]) == requests


def test_inputs_of_a_request_are_limited() -> None:
    sizes = [len(request) for request in packed(Pace(10**9, hurried=False), ["x"] * 2500)]
    assert sizes == [pace.MAX_TEXTS, pace.MAX_TEXTS, 2500 - 2 * pace.MAX_TEXTS]


def test_scripts_with_many_characters_have_more_tokens_a_letter() -> None:
    pacing = Pace(100, hurried=False)
    assert pacing.tokens("文" * 100) > 2 * pacing.tokens("x" * 100)
    assert pacing.tokens("\ud800") > 0


def settle(pacing: Pace, seconds_a_token: float) -> list[int]:
    """Return the characters of one request after the other to a server of some speed."""
    sizes = []
    for _ in range(40):
        taken = pacing.take(deque(range(20_000)), ["x" * 40] * 20_000)
        sizes.append(40 * len(taken))
        pacing.learn(["x" * 40] * len(taken), seconds_a_token * 12 * len(taken), 0)
    return sizes


@pytest.mark.parametrize(
    ("seconds_a_token", "tokens"),
    [
        pytest.param(1e-7, 12_288, id="fast: what one request may hold"),
        pytest.param(1e-4, 800, id="a small GPU"),
        pytest.param(2e-4, 400, id="half as fast"),
        pytest.param(1.0, pace.LEAST_TOKENS, id="hopeless"),
    ],
)
def test_hurried_requests_take_as_long_as_a_question_can_wait(seconds_a_token: float, tokens: int) -> None:
    settled = settle(Pace(50_000, hurried=True), seconds_a_token)[-1] / 40 * 12
    assert settled == pytest.approx(min(tokens, pace.MAX_TEXTS * 12), rel=0.3)


def test_what_is_not_hurried_stays_as_it_is() -> None:
    assert set(settle(Pace(1000, hurried=False), 1.0)) == {40 * (1000 // 12)}


def test_a_small_quick_request_says_nothing() -> None:
    pacing, untouched = Pace(10_000, hurried=True), Pace(10_000, hurried=True)
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
    pacing = Pace(1000, hurried=False)
    for _ in range(60):
        pacing.learn(["x" * 100], 0.1, counted)
    assert pacing.tokens("x" * 100) == pytest.approx(2 + tokens, abs=1)
