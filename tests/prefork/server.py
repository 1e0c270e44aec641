"""The Python that has imported everything, and forks a `seealso` for each client."""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import marshal
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys

import seealso


def prepare() -> None:
    """Import all that the commands import, and read the model once."""
    from seealso.preload import preload

    preload()
    for module in pkgutil.walk_packages(seealso.__path__, "seealso."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with contextlib.suppress(ImportError):  # what typer imports with the first command, in its newer versions
        importlib.import_module("pydantic.type_adapter")
    from seealso.embed import onnx
    from seealso.lsp.server import Server

    Server()
    onnx._session = functools.cache(onnx._session)
    onnx._tokenizer = functools.cache(onnx._tokenizer)
    onnx.OnnxEmbedder(1).warm()
    # What is here stays here: no collection of a child has to look at it, and write to its pages.
    gc.collect()
    gc.freeze()


class Forks:
    """The children, each with the connection to the client that stands for it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._ended, self._wakeup = socket.socketpair()
        self._connections: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Fork for each client until standard input ends; return in the children."""
        self._wakeup.setblocking(False)
        signal.set_wakeup_fd(self._wakeup.fileno())
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        while True:
            clients = {connection.fileno(): pid for pid, connection in self._connections.items()}
            readable, _, _ = select.select([0, self._listener.fileno(), self._ended.fileno(), *clients], [], [])
            if 0 in readable:
                sys.exit()
            for pid in (clients[number] for number in readable if number in clients):
                # Clients say nothing more: this one was killed, which nobody can pass on.
                os.kill(pid, signal.SIGKILL)
            if self._ended.fileno() in readable:
                self._ended.recv(1 << 10)
                self._reap()
            if self._listener.fileno() in readable:
                connection, _ = self._listener.accept()
                if self._fork(connection):
                    return

    def _fork(self, connection: socket.socket) -> bool:
        header, streams, _, _ = socket.recv_fds(connection, 4, 3)
        request = connection.recv(int.from_bytes(header, "big"), socket.MSG_WAITALL)
        pid = os.fork()
        if not pid:
            self._become(request, streams)
            connection.close()
            return True
        self._connections[pid] = connection
        _tell(connection, pid)
        for stream in streams:
            os.close(stream)
        return False

    def _become(self, request: bytes, streams: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for ours in (self._listener, self._ended, self._wakeup, *self._connections.values()):
            ours.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        # Those of this process know what kind of files they were opened on.
        sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False, buffering=1, errors="backslashreplace")
        arguments, environment, folder = marshal.loads(request)
        sys.argv[1:] = arguments
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)

    def _reap(self) -> None:
        while self._connections:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            connection = self._connections.pop(pid)
            _tell(connection, os.waitstatus_to_exitcode(status))
            connection.close()


def _tell(connection: socket.socket, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # the client was killed
        connection.sendall(number.to_bytes(4, "big", signed=True))


if __name__ == "__main__":
    prepare()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    print("ready", flush=True)
    Forks(listener).serve()
    runpy.run_module("seealso", run_name="__main__", alter_sys=True)
