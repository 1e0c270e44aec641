"""What real editors said, said again: every request is answered, in time, with something that makes sense."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

import seealso
from lsp.conftest import FILES, write
from lsp.record import PACKAGE, ROOT
from lsp.test_conformance import check, pushes
from lsp.wire import Json, Wire

SESSIONS = sorted((Path(__file__).parents[1] / "data/sessions").glob("*.jsonl"))

LATE_S = 20.0


def recorded(session: Path, root: Path) -> list[Json]:
    """Return the messages of a session as if they were about a folder."""
    text = session.read_text("utf-8").replace(f"file://{ROOT}", root.as_uri()).replace(ROOT, str(root))
    text = text.replace(f"file://{PACKAGE}", Path(seealso.__file__).parent.as_uri())
    return [json.loads(line) for line in text.splitlines()]


class Answers(dict[str, Callable[[Any], object]]):
    """The editor's answers in their order, the last one again and again."""

    def __init__(self, messages: list[Json]) -> None:
        super().__init__()
        answers: defaultdict[str, list[object]] = defaultdict(list)
        for message in messages:
            if "answers" in message:
                assert "error" not in message
                answers[message["answers"]].append(message["result"])
        for method, results in answers.items():
            self[method] = lambda _params, results=results: results.pop(0) if len(results) > 1 else results[0]  # type: ignore[misc]


SANE: dict[str, Callable[[Any], object]] = {
    "initialize": lambda result: result["serverInfo"]["name"] == "seealso" and result["capabilities"]["hoverProvider"],
    "textDocument/hover": lambda result: (
        result["contents"]["value"].startswith("**") and result["range"]["start"] != result["range"]["end"]
    ),
    "textDocument/completion": lambda result: (
        result["items"]
        and all(item["textEdit"] and (item.get("documentation") or item.get("data")) for item in result["items"])
    ),
    "completionItem/resolve": lambda result: result["textEdit"],
    "workspace/executeCommand": lambda result: result,
    "shutdown": lambda result: result is None,
    "textDocument/diagnostic": lambda result: result["kind"] in ("full", "unchanged"),
    "workspace/diagnostic": lambda result: all(item["kind"] in ("full", "unchanged") for item in result["items"]),
    "textDocument/inlineCompletion": lambda result: result is None or result["items"],
    "textDocument/codeAction": lambda result: result is None or all(item["title"] for item in result),
    "textDocument/documentLink": lambda result: not result,
}
"""What makes sense as an answer. The editors asked where there was something to say."""


UNWANTED = {types.LSPErrorCodes.RequestCancelled, types.LSPErrorCodes.ContentModified}


class Replay:
    """Says to a server what the editor said, and waits where the editor had its answer."""

    def __init__(self, server: Wire, messages: list[Json]) -> None:
        self._server = server
        cancels = (m["params"]["id"] for m in messages if m.get("method") == types.CANCEL_REQUEST)
        self._cancelled = set(cancels)
        self._numbers: dict[object, int] = {}
        """What the server knows the editor's requests by."""
        self._waiting: list[tuple[str, int]] = []
        """Requests that the editor gave up, or that are answered when there is news."""

    def say(self, message: Json) -> None:
        method, params = message["method"], message.get("params")
        if "id" not in message:
            if method == types.CANCEL_REQUEST:
                params = {"id": self._numbers[message["params"]["id"]]}
            self._server.notify(method, params)
            return
        number = self._numbers[message["id"]] = self._server.start(method, params)
        if message["id"] in self._cancelled or method == types.WORKSPACE_DIAGNOSTIC:
            self._waiting.append((method, number))
        else:
            self._take(method, number)

    def hear_all(self) -> None:
        """Wait for the answers that the editor did not wait for: every request has one."""
        for method, number in self._waiting:
            self._take(method, number, unwanted=True)

    def _take(self, method: str, number: int, *, unwanted: bool = False) -> None:
        answer = self._server.answer(number, LATE_S)
        self._server.answered.append((method, answer))
        if "error" in answer:
            assert unwanted, (method, answer)
            assert answer["error"]["code"] in UNWANTED, (method, answer)
        else:
            assert SANE[method](answer["result"]), (method, answer)


@pytest.mark.parametrize("session", [pytest.param(path, id=path.stem) for path in SESSIONS])
def test_a_recorded_session_is_answered(tmp_path: Path, session: Path) -> None:
    root = write(tmp_path / "docs", FILES)
    messages = recorded(session, root)
    server = Wire(tmp_path / "cache", Answers(messages))
    replay = Replay(server, messages)
    try:
        for message in messages:
            if "heard" in message:
                hear(server, message)
            elif "method" in message:
                replay.say(message)
        replay.hear_all()
        assert server.process.wait(LATE_S) == 0
    finally:
        server.process.kill()
    assert "Traceback" not in server.log.read_text()
    asked = [answer for method, answer in server.answered if method == types.TEXT_DOCUMENT_DIAGNOSTIC]
    assert not asked or any("result" in answer and answer["result"].get("items") for answer in asked)
    check(server)


def hear(server: Wire, message: Json) -> None:
    """Wait for what the recorded editor had been told at this point."""
    if message["heard"] == types.PROGRESS:
        if not any(map(ends, server.notifications)):
            server.until(ends, LATE_S)
    elif pushes(server):
        assert server.published(message["uri"], message["version"])


def ends(message: Json) -> bool:
    return message.get("method") == types.PROGRESS and message["params"]["value"].get("kind") == "end"


def test_sessions_are_small_and_say_nothing_about_the_machine() -> None:
    assert SESSIONS
    for session in SESSIONS:
        text = session.read_text("utf-8")
        assert len(text) < 200_000
        assert not [word for word in ("/home/", "/root", "/tmp", "/Users/", "C:\\\\") if word in text]
        assert set(re.findall(r"file://[^/\"#?]*", text)) <= {f"file://{ROOT}", f"file://{PACKAGE}"}
        assert any(json.loads(line).get("method") == "initialize" for line in text.splitlines())
