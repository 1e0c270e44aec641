"""Progress of an update: what it says, and how it reaches the client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.model import Phase, Progress
from seealso.units import time_left

if TYPE_CHECKING:
    from seealso.lsp.outbox import Outbox

_SHARES = {
    Phase.SCAN: (0, 2),
    Phase.READ: (2, 12),
    Phase.MODEL: (12, 12),
    Phase.EMBED: (12, 92),
    Phase.COMPARE: (92, 95),
    Phase.DOCUMENTS: (95, 100),
}
"""Percent at which each phase of a first run begins and ends; embedding is nearly all of the time."""

_WORDS = {
    Phase.SCAN: ("looking for documents", "files"),
    Phase.READ: ("reading", "documents"),
    Phase.MODEL: ("looking for", "the model"),
    Phase.EMBED: ("embedding", "passages"),
    Phase.COMPARE: ("comparing", "passages"),
    Phase.DOCUMENTS: ("embedding", "documents"),
}


def percentage(progress: Progress) -> int:
    """Return how much of an update is done, 0 to 100, never less than in an earlier phase."""
    low, high = _SHARES[progress.phase]
    share = min(progress.done / progress.total, 1.0) if progress.total else 0.0
    return low + int((high - low) * share)


def describe(progress: Progress) -> str:
    """Return one line such as `embedding 1,204 of 9,870 passages, 2 min left`."""
    if progress.detail:
        return progress.detail
    verb, noun = _WORDS[progress.phase]
    if progress.phase is Phase.SCAN:
        return f"{verb}, {progress.done:,} so far" if progress.done else verb
    if not progress.total:
        return f"{verb} {noun}"
    left = f", {time_left(progress.remaining_s)} left" if progress.remaining_s else ""
    return f"{verb} {progress.done:,} of {progress.total:,} {noun}{left}"


class WorkDone:
    """One progress bar in the client, from `begin` to `end`; says nothing before the client agreed to the token."""

    def __init__(self, outbox: Outbox, token: types.ProgressToken, title: str, *, theirs: bool = False) -> None:
        self.token = token
        self._outbox = outbox
        self._title = title
        self._open = False
        self._ended: str | None = None
        self._latest: Progress | None = None
        self._percentage = 0
        self._creating: asyncio.Task[None] | None = None
        if theirs:
            self._begin()
        else:
            self._creating = asyncio.get_running_loop().create_task(self._create())

    def report(self, progress: Progress) -> None:
        """Show how far it is."""
        self._latest = progress
        if self._open:
            # A bar never goes back, even when a later phase finds more to do.
            self._percentage = max(self._percentage, percentage(progress))
            self._send(
                types.WorkDoneProgressReport(message=describe(progress), percentage=self._percentage, cancellable=True)
            )

    def end(self, message: str) -> None:
        """Say how it ended, once."""
        if self._ended is None:
            self._ended = message
            if self._open:
                self._send(types.WorkDoneProgressEnd(message=message))

    async def _create(self) -> None:
        try:
            await self._outbox.request(
                types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(self.token)
            )
        except JsonRpcException:
            return  # the client does not want a bar now: the work goes on without
        self._begin()
        if self._ended is not None:
            self._send(types.WorkDoneProgressEnd(message=self._ended))

    def _begin(self) -> None:
        self._open = True
        self._send(types.WorkDoneProgressBegin(title=self._title, percentage=0, cancellable=True))
        if self._latest is not None:
            self.report(self._latest)

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        self._outbox.notify(types.PROGRESS, types.ProgressParams(self.token, value))
