"""A long day of writing: nothing grows, nothing gets slower, nothing is left waiting."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from pathlib import Path

import pytest

from lsp.clients import VSCODE
from lsp.conftest import FILES, write
from lsp.wire import Json, Wire, capabilities_of, wire
from unit.lsp.loopback import Loopback, document, hover, insertion, loopback

EDITS_A_HOVER = 4
HOVERS = 5_000
WARM_UP = 1_000
"""Hovers until caches are full and pools have grown: what memory is taken after them is growth."""

MAX_GROWTH_BYTES = 20_000_000
MAX_SLOWDOWN = 1.5
"""Of the median of the last thousand hovers against the first thousand; what grows with the edits would be far more,
and other processes of the machine are less."""

WORDS = " ".join(FILES.values()).split()


class Writer:
    """Writes sentences that were never written before into one document, and takes them back when it gets long."""

    def __init__(self, server: Wire, path: Path) -> None:
        self._server = server
        self._random = random.Random(1)
        self._sentence = ""
        self.version = 1
        self.uri = server.open(path, "# Writing\n\n\n")

    def edit(self) -> None:
        """Type a word; after forty of them take all back."""
        start = {"line": 2, "character": len(self._sentence)}
        end = start
        text = self._random.choice(WORDS) + self._random.choice((" ", " ", f"{self._random.randrange(10_000)} ", ". "))
        if self._sentence.count(" ") >= 40:
            start, text, self._sentence = {"line": 2, "character": 0}, "", ""
        # The words are plain text, in which every character is one unit; emoji are taken out.
        text = text.encode("ascii", "ignore").decode()
        self._sentence += text
        self.version += 1
        self._server.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"range": {"start": start, "end": end}, "text": text}],
            },
        )

    def hover(self, at: Json) -> float:
        """Return the seconds until the answer."""
        started = time.perf_counter()
        self._server.request("textDocument/hover", at)
        return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_long_session_does_not_grow_or_slow_down(tmp_path: Path) -> None:
    root = write(tmp_path / "docs", FILES)
    with wire(tmp_path / "cache") as server:
        server.begin(root, capabilities_of(VSCODE))
        writer = Writer(server, root / "writing.md")
        server.open(root / "notes/music.md", FILES["notes/music.md"])
        here = {"textDocument": {"uri": writer.uri}, "position": {"line": 2, "character": 0}}
        there = {"textDocument": {"uri": (root / "notes/music.md").as_uri()}, "position": {"line": 2, "character": 3}}
        times: dict[str, list[float]] = {"where one writes": [], "elsewhere": []}
        resident: list[int] = []
        for number in range(HOVERS):
            for _ in range(EDITS_A_HOVER):
                writer.edit()
            where, at = ("where one writes", here) if number % 5 == 0 else ("elsewhere", there)
            times[where].append(writer.hover(at))
            server.answered.clear()
            if number % 500 == 499:
                resident.append(server.memory()[0])
        assert writer.version > HOVERS * EDITS_A_HOVER
        assert server.request("textDocument/hover", there) is not None
    settled = resident[WARM_UP // 500 - 1 :]
    print(f"resident {[round(value / 1e6) for value in resident]} MB")
    assert settled[-1] - settled[0] < MAX_GROWTH_BYTES, resident
    for where, taken in times.items():
        fifth = len(taken) // 5
        first, last = statistics.median(taken[:fifth]), statistics.median(taken[-fifth:])
        print(f"hovers {where}: {first * 1e3:.1f} ms at first, {last * 1e3:.1f} ms at last")
        assert last < MAX_SLOWDOWN * first, where


@pytest.mark.asyncio
@pytest.mark.parametrize("rounds", [40, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_nothing_is_left_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(tmp_path / "cache"))
    root = write(tmp_path / "docs", {"a.md": FILES["notes/music.md"], "b.md": FILES["notes/again.md"]})
    path = root / "a.md"
    async with loopback(root) as client:
        client.notify("textDocument/didOpen", document(path, FILES["notes/music.md"]))
        await client.request("workspace/executeCommand", {"command": "seealso.updateIndex"})
        await idle(client)
        for round_ in range(rounds):
            client.notify("textDocument/didChange", insertion(path, round_ + 2))
            numbers = [
                client.ask(method, hover(path)) for method in ("textDocument/hover", "textDocument/completion") * 2
            ]
            client.notify("$/cancelRequest", {"id": numbers[0]})
            client.notify("$/cancelRequest", {"id": numbers[0]})  # twice, and
            client.notify("$/cancelRequest", {"id": 10**9})  # one that nobody has made
            answers = [await client.answer(number) for number in numbers]
            assert [answer.get("error", {}).get("code") for answer in answers] == [-32800, None, None, None]
            client.sent.clear()
        client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        await idle(client)
        assert client.server.session.documents == {}


async def idle(client: Loopback) -> None:
    """Wait until the server has nothing to do: no task but this one, no answer that anybody waits for."""
    server = client.server
    async with asyncio.timeout(20):
        while len(server.session.debouncer) or server.protocol._request_futures or len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - nothing tells when the last one ends
            await asyncio.sleep(0.02)
    assert server.protocol._result_types == {}
