"""A language client of a few lines: enough to time a server from outside, one request after another."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Message = dict[str, Any]


class Client:
    """Speak LSP with a server process over its standard streams; answers its requests with null."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment))
        self.notifications: list[Message] = []
        self._number = 0

    def request(self, method: str, params: object) -> Any:
        """Return the result of a request; raises `RuntimeError` with the server's error."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        answer = self.until(lambda message: message.get("id") == self._number and "method" not in message)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer.get("result")

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """Read messages until one is wanted, and return it."""
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif "method" in message:
                self.notifications.append(message)
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

    def _receive(self) -> Message:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError(f"the server ended with {self.process.wait(timeout=30)}")
        message: Message = json.loads(self.process.stdout.read(length))
        return message
