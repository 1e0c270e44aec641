"""What arrived, as the server saw it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Literal

from fault_server.embedding import texts_of
from fault_server.faults import AnyFault

End = Literal["answered", "cut", "left"]


@dataclass(slots=True, eq=False)
class Record:
    """One request. What is known only later is None until then."""

    method: str
    path: str
    """As it was sent, before any redirect is followed."""
    headers: Mapping[str, str]
    """By lower-case names."""
    connection: int
    """Equal for requests that came over the same connection."""
    in_flight: int
    """How many requests to this path were being served when it came, itself included."""
    arrived_s: float = field(default_factory=time.monotonic)
    body: Any = None
    """The decoded JSON; None if there was none."""
    texts: tuple[str, ...] = ()
    fault: AnyFault | None = None
    """What was made to go wrong; None too for a fault of vectors if there were none to answer with."""
    status: int | None = None
    """The status of the answer, sent in full or in part."""
    end: End | None = None
    """`cut`: the server broke the connection; `left`: the client went away, or the server was taken down."""
    ended_s: float | None = None

    @property
    def authorization(self) -> str | None:
        """Return the header Authorization."""
        return self.headers.get("authorization")


class Log:
    """Records in the order of arrival; written by the server's thread, read by any."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._records: list[Record] = []
        self._serving: Counter[str] = Counter()

    def arrive(self, method: str, path: str, headers: Mapping[str, str], connection: int) -> Record:
        """Begin a record."""
        with self._changed:
            self._serving[path] += 1
            record = Record(method, path, headers, connection, self._serving[path])
            self._records.append(record)
            self._changed.notify_all()
            return record

    def read(self, record: Record, body: Any) -> None:
        """Add what the request says."""
        with self._changed:
            record.body, record.texts = body, texts_of(body)
            self._changed.notify_all()

    def leave(self, record: Record, end: End) -> None:
        """Close a record."""
        with self._changed:
            self._serving[record.path] -= 1
            record.end, record.ended_s = end, time.monotonic()
            self._changed.notify_all()

    def all(self) -> list[Record]:
        """Return what there is."""
        with self._changed:
            return list(self._records)

    def clear(self) -> None:
        """Forget the records; requests in flight go on to be counted."""
        with self._changed:
            self._records.clear()

    def wait_for(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Return when the condition holds, looked at after each change, or when the time is up."""
        with self._changed:
            return self._changed.wait_for(condition, timeout_s)
