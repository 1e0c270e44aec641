"""How many texts go into one request."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

LEAST_TOKENS = 64
MAX_TEXTS = 1024
"""Inputs of one request; some servers refuse more than 2,048."""
TARGET_S = 0.08
"""Time that a request in the bulk lane may take at a server that knows no priorities: a query sent meanwhile waits for
as long. Measured: two requests of 256 texts made it wait 1.2 to 1.6 s, two of 16 texts 0.08 s."""
_FIRST_TOKENS = 256
"""Half a second of a small model on a processor; it takes five answers to get from here to 8,192."""
_BYTES_A_TOKEN = 4.0
"""English prose in the vocabularies of multilingual models; the servers' own counts correct it."""
_WEIGHT = 0.2


class Pace:
    """Pack texts by an estimate of their tokens, and learn from each answer how large the next request may be."""

    def __init__(self, most_tokens: int, *, hurried: bool) -> None:
        """Pack up to `most_tokens`, fewer when `hurried`: then each request is to take no longer than `TARGET_S`."""
        self._most = most_tokens
        self._hurried = hurried
        self._budget = float(min(most_tokens, _FIRST_TOKENS) if hurried else most_tokens)
        self._bytes_a_token = _BYTES_A_TOKEN

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
        if self._hurried and seconds > 0:
            tokens = sum(self.tokens(text) for text in texts)
            # Of what was sent, not of what might have been: the last request of a call is small and quick.
            wanted = tokens * min(max(TARGET_S / seconds, 0.5), 2.0)
            if wanted > self._budget or tokens > 0.5 * self._budget:
                self._budget = min(max(wanted, LEAST_TOKENS), self._most)
