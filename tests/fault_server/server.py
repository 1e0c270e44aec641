"""The server: a thread with an event loop of its own, and the handle by which tests drive it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from fault_server.faults import AnyFault, Fault, Script, Trigger
from fault_server.personality import Personality
from fault_server.records import Log, Record
from fault_server.service import Service

T = TypeVar("T")

EMBEDDINGS, MODELS, HEALTH = "/v1/embeddings", "/v1/models", "/health"
_PATIENCE_S = 10.0


class FaultServer:
    """An OpenAI-compatible embeddings server that fails on request.

    Listens on 127.0.0.1 within its `with` block, whose end raises whatever went wrong in it unintendedly. Its methods
    may be called from any thread but its own.
    """

    def __init__(self, personality: Personality | None = None) -> None:
        self.personality = personality or Personality()
        """Changed or replaced at any time; see there."""
        self._seed = 0
        self._log = Log()
        self._script = Script()
        self._service = Service(self._log, self._script, lambda: (self.personality, self._seed))
        self._socket = _bound(0)
        self._port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._service.start(self._socket))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._service.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()
        self._socket.close()
        if error is None and self._service.bugs:
            raise self._service.bugs[0]

    @property
    def origin(self) -> str:
        """Return scheme, address and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """Return the base URL that clients are configured with."""
        return f"{self.origin}/v1"

    def script(self, *faults: AnyFault | None, path: str = EMBEDDINGS) -> None:
        """Let the next requests to the path meet these faults in order of arrival; None: nothing planned for this one.

        What was scripted before comes first.
        """
        if path != EMBEDDINGS and any(isinstance(fault, Fault) and fault.spoils for fault in faults):
            raise ValueError(f"{path} has no vectors to spoil")
        self._script.add(path, faults)

    def when(self, trigger: Trigger, fault: AnyFault, times: int | None = None) -> None:
        """Let requests for embeddings fail whose texts contain a word or fulfil a predicate; None: every time.

        A fault of vectors befalls those of the texts that pull the trigger by themselves, else the first.
        """
        self._script.rule(trigger, fault, times)

    def clear_faults(self) -> None:
        """Let nothing fail from now on."""
        self._script.clear()

    @property
    def faults_left(self) -> int:
        """Return how many scripted faults no request has met yet."""
        return self._script.left()

    def change_model(self, seed: int) -> None:
        """Answer with vectors of another space from now on, under the same name; 0 is the first one's."""
        self._seed = seed

    def hold(self) -> None:
        """Let requests for embeddings wait from now on, recorded but neither answered nor failed."""
        self._call(self._service.hold())

    def release(self) -> None:
        """Serve what was held, and what comes."""
        self._call(self._service.release())

    def down(self) -> None:
        """Refuse connections and reset those there are, as when the process is killed."""
        self._call(self._service.down())
        self._socket.close()
        # Bound, but not listened on: the port refuses connections and nobody else gets it.
        self._socket = _bound(self._port)

    def up(self) -> None:
        """Listen again on the same port."""
        self._call(self._service.up(self._socket))

    @property
    def requests(self) -> list[Record]:
        """Return all requests in order of arrival."""
        return self._log.all()

    @property
    def embeddings(self) -> list[Record]:
        """Return the requests for embeddings."""
        return [record for record in self.requests if record.path.endswith(EMBEDDINGS)]

    @property
    def texts(self) -> list[str]:
        """Return the texts of all requests for embeddings, whatever became of them."""
        return [text for record in self.embeddings for text in record.texts]

    @property
    def max_in_flight(self) -> int:
        """Return the most requests for embeddings that were served at a time."""
        return max((record.in_flight for record in self.embeddings), default=0)

    def forget(self) -> None:
        """Drop the records of the past."""
        self._log.clear()

    def wait_for(self, condition: Callable[[Self], bool], timeout_s: float = 5.0) -> None:
        """Return as soon as the condition holds of what arrived. Raises `TimeoutError`.

        Blocks: a test with a loop of its own wants `await asyncio.to_thread(server.wait_for, ...)`.
        """
        if not self._log.wait_for(lambda: condition(self), timeout_s):
            raise TimeoutError(f"still not so after {timeout_s} s; {len(self.requests)} requests have come")

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)


def _bound(port: int) -> socket.socket:
    sock = socket.socket()
    if os.name == "posix":  # elsewhere it would let others take the port
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock
