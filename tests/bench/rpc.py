"""A language client of a few lines: enough to time a server from outside, one request after another."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

Message = dict[str, Any]


class Client:
    """Speak LSP with a server process over its standard streams; answers its requests with null, or as told."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        answers: Mapping[str, Callable[[Any], object]] | None = None,
        *,
        stderr: IO[bytes] | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=dict(environment)
        )
        self.notifications: list[Message] = []
        self.requests: list[Message] = []
        """Of the server."""
        self.answering_s = 0.0
        """Time spent on the server's requests: the client's own, not the server's."""
        self._answers = answers or {}
        """What to answer to requests of the server: functions of their parameters, by method."""
        self._number = 0
        self._come: dict[int, Message] = {}
        """Answers that nobody has taken yet, by the number of the request."""
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        # A thread of its own, so that waiting for a message can end without one.
        threading.Thread(target=self._read, name="rpc-reader", daemon=True).start()

    def request(self, method: str, params: object) -> Any:
        """Return the result of a request; raises `RuntimeError` with the server's error."""
        answer = self.ask(method, params)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer.get("result")

    def ask(self, method: str, params: object, timeout_s: float | None = None) -> Message:
        """Return the answer to a request as it came; raises `TimeoutError` when none comes in time."""
        return self.answer(self.start(method, params), timeout_s)

    def start(self, method: str, params: object) -> int:
        """Send a request and return its number."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def answer(self, number: int, timeout_s: float | None = None) -> Message:
        """Return the answer to a request by its number, once; raises `TimeoutError` when none comes in time."""
        if number not in self._come:
            self.until(lambda _message: number in self._come, timeout_s)
        return self._come.pop(number)

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def until(self, wanted: Callable[[Message], bool], timeout_s: float | None = None) -> Message:
        """Read messages until one is wanted, and return it; raises `TimeoutError` when none comes in time."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            try:
                message = self._inbox.get(timeout=None if deadline is None else max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError from None
            if message is None:
                raise RuntimeError(f"the server ended with {self.process.wait(timeout=30)}")
            if "method" in message and "id" in message:
                self.requests.append(message)
                self._answer(message)
            elif "method" in message:
                self.notifications.append(message)
            else:
                self._come[message["id"]] = message
            if wanted(message):
                return message

    def stop(self) -> int:
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(timeout=30)

    def settle(self) -> None:
        """Wait until the server has nothing left to do: no processor time used for a while (Linux)."""
        used, quiet = -1, 0
        while quiet < 4:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            now = int(fields[11]) + int(fields[12])
            quiet = quiet + 1 if now == used else 0
            used = now
            time.sleep(0.05)

    def memory(self) -> tuple[int, int]:
        """Return the server's resident memory in bytes, now and at its peak (Linux)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "VmHWM")))
        return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmHWM"].split()[0]) * 1024

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _answer(self, request: Message) -> None:
        started = time.perf_counter()
        answer = self._answers.get(request["method"])
        self._send({"id": request["id"], "result": answer(request.get("params")) if answer else None})
        self.answering_s += time.perf_counter() - started

    def _read(self) -> None:
        while (message := self._receive()) is not None:
            self._inbox.put(message)
        self._inbox.put(None)

    def _receive(self) -> Message | None:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            return None
        message: Message = json.loads(self.process.stdout.read(length))
        return message
