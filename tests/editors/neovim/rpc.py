"""A program that speaks MessagePack-RPC over its standard input and output, as `nvim --embed` does.

Not pynvim: it cannot show the screen while Neovim waits for a key, which is when a person most wants to see it.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import msgpack

_REQUEST, _RESPONSE, _NOTIFICATION = 0, 1, 2


class RpcError(RuntimeError):
    """The other side says that a request failed."""


class Rpc:
    """One such program."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], heard: Callable[[str, list[Any]], None]
    ) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._heard = heard
        """Called in the reading thread with each notification."""
        self._numbers = itertools.count()
        self._open: dict[int, Future[Any]] = {}
        self._packer = msgpack.Packer()
        threading.Thread(target=self._read, daemon=True).start()

    def request(self, method: str, *arguments: Any, wait_s: float) -> Any:
        """Return the answer to a request.

        Raises `RpcError`, and `TimeoutError` when there is none in time.
        """
        number, answer = next(self._numbers), Future[Any]()
        self._open[number] = answer
        assert self.process.stdin is not None
        self.process.stdin.write(self._packer.pack([_REQUEST, number, method, arguments]))
        self.process.stdin.flush()
        return answer.result(wait_s)

    def _read(self) -> None:
        unpacker = msgpack.Unpacker(unicode_errors="surrogateescape", strict_map_key=False)
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 1 << 16):
            unpacker.feed(data)
            for kind, *message in unpacker:
                if kind == _NOTIFICATION:
                    self._heard(*message)
                elif kind == _RESPONSE:
                    number, error, result = message
                    answer = self._open.pop(number)
                    if error is None:
                        answer.set_result(result)
                    else:
                        answer.set_exception(RpcError(error[1] if isinstance(error, list) else error))
        for answer in self._open.values():
            answer.set_exception(RpcError("The program has ended."))
