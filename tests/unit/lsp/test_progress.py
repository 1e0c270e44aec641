"""What a progress bar says."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.lsp.outbox import Outbox
from seealso.lsp.progress import WorkDone, describe, percentage
from seealso.model import Phase, Progress


@pytest.mark.parametrize(
    ("progress", "percent", "message"),
    [
        pytest.param(Progress(Phase.SCAN, 0, 0), 0, "looking for documents", id="begin"),
        pytest.param(Progress(Phase.SCAN, 1200, 0), 0, "looking for documents, 1,200 so far", id="scan"),
        pytest.param(Progress(Phase.READ, 50, 100), 7, "reading 50 of 100 documents", id="read"),
        pytest.param(
            Progress(Phase.EMBED, 1204, 9870, 80.0, 108.3),
            21,
            "embedding 1,204 of 9,870 passages, 2 min left",
            id="embed",
        ),
        pytest.param(Progress(Phase.DOCUMENTS, 10, 10), 100, "embedding 10 of 10 documents", id="end"),
        pytest.param(Progress(Phase.COMPARE, 0, 0), 92, "comparing passages", id="nothing to compare"),
        pytest.param(
            Progress(Phase.MODEL, 0, 0, detail="No server answers. Trying again in 2 s."),
            12,
            "No server answers. Trying again in 2 s.",
            id="waiting",
        ),
        pytest.param(Progress(Phase.READ, 12, 10), 12, "reading 12 of 10 documents", id="more than thought"),
    ],
)
def test_how_far_it_is(progress: Progress, percent: int, message: str) -> None:
    assert (percentage(progress), describe(progress)) == (percent, message)


class Wire:
    """Keeps what is sent; answers requests as told."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.refusal = refusal
        self.arrived = asyncio.Event()

    def notify(self, method: str, params: Any | None = None) -> None:
        self.sent.append((method, params))
        self.arrived.set()

    def send_request_async(self, method: str, params: Any | None = None) -> Any:
        self.sent.append((method, params))
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.refusal is not None:
            answer.set_exception(self.refusal)
        else:
            answer.get_loop().call_soon(answer.set_result, None)
        return answer

    def values(self) -> list[dict[str, Any]]:
        return [
            {"kind": params.value.kind, "percentage": getattr(params.value, "percentage", None)}
            for method, params in self.sent
            if method == types.PROGRESS
        ]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_nothing_is_said_before_the_client_has_agreed() -> None:
    wire = Wire()
    bar = WorkDone(Outbox(wire), "token", "Indexing")
    bar.report(Progress(Phase.EMBED, 1, 2))
    assert wire.sent == []
    await settle()
    assert [method for method, _ in wire.sent] == [types.WINDOW_WORK_DONE_PROGRESS_CREATE, *[types.PROGRESS] * 2]
    bar.report(Progress(Phase.READ, 1, 2))
    bar.end("done")
    bar.end("done again")
    assert wire.values() == [
        {"kind": "begin", "percentage": 0},
        {"kind": "report", "percentage": 52},
        {"kind": "report", "percentage": 52},
        {"kind": "end", "percentage": None},
    ]


@pytest.mark.asyncio
async def test_work_that_is_over_before_the_client_agreed_still_ends() -> None:
    wire = Wire()
    WorkDone(Outbox(wire), "token", "Indexing").end("done")
    await settle()
    assert [value["kind"] for value in wire.values()] == ["begin", "end"]


@pytest.mark.asyncio
async def test_a_client_that_refuses_gets_no_bar() -> None:
    wire = Wire(refusal=JsonRpcException("no"))
    bar = WorkDone(Outbox(wire), "token", "Indexing")
    await settle()
    bar.report(Progress(Phase.EMBED, 1, 2))
    bar.end("done")
    assert wire.values() == []


@pytest.mark.asyncio
async def test_a_token_of_the_client_needs_no_asking() -> None:
    wire = Wire()
    WorkDone(Outbox(wire), "theirs", "Indexing", theirs=True)
    assert wire.values() == [{"kind": "begin", "percentage": 0}]
