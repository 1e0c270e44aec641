"""A pipe between an editor and the server that writes down what the editor says: one message a line.

An editor is told to start `python tests/lsp/record.py SESSION FOLDER COMMAND...` in place of the server's COMMAND.
FOLDER is the one that is open in the editor; in the session it is called `{root}`, so that nothing of the machine is
left in it. Answers of the editor are kept with the method that was asked, since requests of the server have other ids
every time. Lines with `heard` say what the editor had been told by then that somebody may have waited for: diagnostics
of what was written so far, and the end of an update.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import seealso

Message = dict[str, Any]

ROOT = "{root}"
"""The path of the open folder, and the path in its URI."""

PACKAGE = "{package}"
"""The path in the URI of what the server says of its own files."""


def messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the bodies of messages until the stream ends."""
    while True:
        length = 0
        while (line := stream.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            return
        yield stream.read(length)


def send(body: bytes, stream: IO[bytes]) -> None:
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


class Recorder:
    """Writes a session; every message is in the file before the other side has it."""

    def __init__(self, session: Path, root: Path) -> None:
        # New: an editor that starts the server again must not write over the session that has just ended.
        self._file = session.open("x", encoding="utf-8")
        self._lock = threading.Lock()
        self._root = root
        self._asked: dict[str | int, str] = {}
        """Methods of the server's requests."""
        self._versions: dict[str, int] = {}
        """Of open documents."""

    def said_by_server(self, body: bytes) -> None:
        message: Message = json.loads(body)
        method, params = message.get("method"), message.get("params") or {}
        if method is not None and "id" in message:
            self._asked[message["id"]] = method
        elif method == "$/progress" and params["value"].get("kind") == "end":
            self._write({"heard": method})
        elif method == "textDocument/publishDiagnostics" and params["diagnostics"]:
            uri, version = params["uri"], params.get("version")
            if self._versions.get(uri) == version:
                self._write({"heard": method, "uri": uri, "version": version})

    def said_by_editor(self, body: bytes) -> None:
        message: Message = json.loads(body)
        document = (message.get("params") or {}).get("textDocument") or {}
        if "method" not in message:
            message["answers"] = self._asked.pop(message.pop("id"))
        elif message["method"] == "initialize":
            message["params"]["processId"] = None
        elif "version" in document:
            self._versions[document["uri"]] = document["version"]
        del message["jsonrpc"]
        self._write(message)

    def _write(self, message: Message) -> None:
        text = json.dumps(message, ensure_ascii=False)
        text = text.replace(self._root.as_uri(), f"file://{ROOT}").replace(str(self._root), ROOT)
        text = text.replace(Path(seealso.__file__).parent.as_uri(), f"file://{PACKAGE}")
        with self._lock:
            self._file.write(text + "\n")
            self._file.flush()


def main() -> int:
    """Stand between an editor and the server until the editor leaves."""
    session, root, *command = sys.argv[1:]
    recorder = Recorder(Path(session), Path(root))
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None

    def answer(stdout: IO[bytes]) -> None:
        for body in messages(stdout):
            recorder.said_by_server(body)
            send(body, sys.stdout.buffer)

    threading.Thread(target=answer, args=(server.stdout,), daemon=True).start()
    for body in messages(sys.stdin.buffer):
        recorder.said_by_editor(body)
        send(body, server.stdin)
    server.stdin.close()
    return server.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
