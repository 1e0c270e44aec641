"""How many texts go into one request."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence

LEAST_TOKENS = 32
MAX_TEXTS = 1024
"""Inputs of one request; some servers refuse more than 2,048."""
ALONE_S = 1.0
"""Time that a request in the bulk lane should take, others under way included, as long as nobody has asked anything.
Measured with vLLM and a small model on two cores, calls of a second each: 6 % slower than a minimal client, with 0.3 s
13 %."""
PATIENT_S = 0.3
"""The same once somebody has: so long may the next question wait that nobody expects."""
HURRIED_S, HURRIED_AT_ONCE = 0.05, 2
"""The same, and how many requests there are at a time, while somebody asks who has had to wait. Measured with vLLM as
it is by default: two requests of 256 texts made a query wait 1.2 to 1.6 s, two of 16 texts 0.08 s. The price, with a
small model on two cores: a third of the passages/s at vLLM, nothing at llama.cpp."""
SLOW_S = 0.1
"""A question that takes so much longer than a request has to has waited for texts that are embedded in bulk."""
PRESENT_S = 30.0
"""Who has asked is taken to ask again for so long, and so is who has just opened a folder in an editor."""
_FIRST_TOKENS = 128
"""A tenth of a second of a small model on a processor; it takes six answers to get from here to 8,192."""
_BYTES_A_TOKEN = 4.0
"""English prose in the vocabularies of multilingual models; the servers' own counts correct it."""
_WEIGHT = 0.2


class Pace:
    """Pack texts by an estimate of their tokens, and learn from each answer how large the next request may be."""

    def __init__(
        self, most_tokens: int, at_once: int, latency_s: float = 0.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Pack up to `most_tokens` into a request and send up to `at_once`; `latency_s` is what a small one takes."""
        self._most = most_tokens
        self._at_once = at_once
        self._clock = clock
        self._alone = True
        self._hurried_until = -math.inf
        self._budget = float(min(most_tokens, _FIRST_TOKENS))
        self._bytes_a_token = _BYTES_A_TOKEN
        self._floor_s = latency_s
        """What a request takes at least, however small: mostly the way there and back."""

    @property
    def at_once(self) -> int:
        """Return how many bulk requests may be under way."""
        return min(self._at_once, HURRIED_AT_ONCE) if self._hurried else self._at_once

    @property
    def _hurried(self) -> bool:
        return self._clock() < self._hurried_until

    @property
    def _target_s(self) -> float:
        return HURRIED_S if self._hurried else ALONE_S if self._alone else PATIENT_S

    def found(self, latency_s: float) -> None:
        """Take note of what a small request takes now: the server may have become another one, or farther away."""
        self._floor_s = latency_s

    def attended(self) -> None:
        """Take it that somebody is there who may ask: the first questions shall not have to find out by waiting."""
        self._budget = max(LEAST_TOKENS, self._budget * HURRIED_S / self._target_s)
        self._alone = False
        self._hurried_until = self._clock() + PRESENT_S

    def asked(self, seconds: float, *, crowded: bool) -> None:
        """Take note of how long a question took, `crowded` while texts were embedded in bulk.

        Where questions overtake those, as on a GPU with priorities, none is slow, and nothing has to be hurried.
        """
        self._floor_s = min(self._floor_s, seconds)
        # One that was quick while the others were hurried was quick because of that.
        if crowded and (self._hurried or seconds - self._floor_s > SLOW_S):
            self.attended()
        self._alone = False

    def tokens(self, text: str) -> int:
        """Estimate the tokens of a text; the bytes of scripts with many characters say more than their letters."""
        return 2 + int(len(text.encode("utf-8", "replace")) / self._bytes_a_token)

    def take(self, waiting: deque[int], texts: Sequence[str]) -> list[int]:
        """Take the positions of the next request from the front of those that wait; at least one."""
        taken = [waiting.popleft()]
        room = self._budget - self.tokens(texts[taken[0]])
        while waiting and len(taken) < MAX_TEXTS:
            room -= self.tokens(texts[waiting[0]])
            if room < 0:
                break
            taken.append(waiting.popleft())
        return taken

    def learn(self, texts: Sequence[str], seconds: float, counted: int) -> None:
        """Take note of an answer: how long it took, and how many tokens the server counted (0: it does not count)."""
        if counted:
            size = sum(len(text.encode("utf-8", "replace")) for text in texts)
            self._bytes_a_token += _WEIGHT * (min(max(size / counted, 0.5), 8.0) - self._bytes_a_token)
        self._floor_s = min(self._floor_s, seconds)
        tokens = sum(self.tokens(text) for text in texts)
        factor = min(max(self._target_s / max(seconds - self._floor_s, 1e-3), 0.5), 2.0)
        # From what this request held, not from the budget by now: several come back at a time, and say the same.
        learned = min(max(tokens * factor, LEAST_TOKENS), self._most)
        if factor > 1:
            self._budget = max(self._budget, learned)
        elif tokens > 0.5 * self._budget:  # the last request of a call is small, and says nothing of larger ones
            self._budget = min(self._budget, learned)
