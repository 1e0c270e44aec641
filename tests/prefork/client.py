"""Stands for one `seealso`: hands its streams to the Python that forks it, passes signals on, and ends as it ends.

Imports next to nothing, as it is what each start costs.
"""

import marshal
import os
import select
import signal
import socket
import sys


def main(address: str, arguments: list[str]) -> None:
    # Signals are heard from now on, and wait there until it is known who gets them.
    heard = _signals()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    request = marshal.dumps((arguments, dict(os.environ), os.getcwd()))  # noqa: PTH109 - pathlib takes long to import
    socket.send_fds(connection, [len(request).to_bytes(4, "big")], [0, 1, 2])
    connection.sendall(request)
    pid = _number(connection)
    # Nothing of the process is held here any more: its pipes close when it ends.
    for stream in range(3):
        os.close(stream)
    while connection not in select.select([connection, heard], [], [])[0]:
        for received in heard.recv(16):
            os.kill(pid, received)
    code = _number(connection)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _signals() -> socket.socket:
    """Return where the number of each signal can be read from. A handler alone could be late: until a call returns."""
    heard, wakeup = socket.socketpair()
    wakeup.setblocking(False)
    signal.set_wakeup_fd(wakeup.detach())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    return heard


def _number(connection: socket.socket) -> int:
    return int.from_bytes(connection.recv(4, socket.MSG_WAITALL), "big", signed=True)


main(sys.argv[1], sys.argv[2:])
