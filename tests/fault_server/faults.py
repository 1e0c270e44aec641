"""What can go wrong with an answer, and the script of what shall go wrong when."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from threading import Lock

Trigger = str | Callable[[tuple[str, ...]], bool]
"""A word that one of the request's texts contains, or a predicate on all of its texts."""


class Fault(Enum):
    RESET = auto()
    """The connection is reset before any byte."""
    RESET_MID_BODY = auto()
    """The connection is reset after half of the body."""
    CUT_BODY = auto()
    """The connection is closed in order after half of the body that Content-Length promised."""
    TRUNCATED_JSON = auto()
    """Half of the body, and headers that fit it: for HTTP nothing is wrong."""
    HTML = auto()
    """200 with a page, as from a proxy that wants a login."""
    HANG = auto()
    """Not a byte ever comes."""
    HANG_BODY = auto()
    """Headers come, the body never does."""

    NAN = auto()
    INFINITY = auto()
    NULL_NUMBER = auto()
    """`null` in place of one number, which is how some servers write NaN."""
    NULL_VECTOR = auto()
    ZERO_VECTOR = auto()
    RAGGED = auto()
    """One vector is a number shorter than the others."""
    WRONG_DIMENSION = auto()
    """All vectors are a number shorter than they should be."""
    FEWER = auto()
    """A text has no vector."""
    MORE = auto()
    """A vector belongs to no text."""
    DUPLICATE_INDEX = auto()
    INDEX_OUT_OF_RANGE = auto()

    @property
    def spoils(self) -> bool:
        """Whether it changes vectors; the others know nothing of what is answered."""
        return self.value >= Fault.NAN.value


@dataclass(frozen=True, slots=True)
class Status:
    """An answer with nothing but an error in it."""

    code: int
    retry_after: str | int | None = None
    """The header Retry-After: seconds or an HTTP date."""
    body: str | None = None
    """None: an error object as vLLM's."""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the body."""
        if self.body is not None:
            return self.body
        error = {"message": f"made to fail with {self.code}", "type": "FaultError", "param": None, "code": self.code}
        return json.dumps({"error": error})


AnyFault = Fault | Status


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault and the numbers of the texts that it befalls."""

    fault: AnyFault
    rows: tuple[int, ...] = (0,)


@dataclass(slots=True)
class _Rule:
    trigger: Trigger
    fault: AnyFault
    left: int | None

    def met_by(self, texts: tuple[str, ...]) -> bool:
        if isinstance(self.trigger, str):
            return any(self.trigger in text for text in texts)
        return self.trigger(texts)


class Script:
    """Faults for the next requests of each path, then those for requests with certain texts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next: defaultdict[str, deque[AnyFault | None]] = defaultdict(deque)
        self._rules: list[_Rule] = []

    def add(self, path: str, faults: tuple[AnyFault | None, ...]) -> None:
        """Let the next requests to the path fail in order; None leaves one to the rules."""
        with self._lock:
            self._next[path] += faults

    def rule(self, trigger: Trigger, fault: AnyFault, times: int | None) -> None:
        """Let requests fail by their texts, so many times."""
        with self._lock:
            self._rules.append(_Rule(trigger, fault, times))

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._next.clear()
            self._rules.clear()

    def left(self) -> int:
        """Return how many of the faults in order nobody has met yet."""
        with self._lock:
            return sum(len(faults) for faults in self._next.values())

    def take(self, path: str, texts: tuple[str, ...]) -> Struck | None:
        """Return what befalls this request."""
        with self._lock:
            planned = self._next[path].popleft() if self._next[path] else None
            if planned is not None:
                return Struck(planned)
            for rule in self._rules:
                if texts and rule.left != 0 and rule.met_by(texts):
                    rule.left = None if rule.left is None else rule.left - 1
                    rows = tuple(number for number, text in enumerate(texts) if rule.met_by((text,)))
                    return Struck(rule.fault, rows or (0,))
            return None
