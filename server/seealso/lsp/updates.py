"""Keeping one workspace's index up to date: one update runs, at most one waits."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from seealso.errors import CancelledError, EmbeddingError, IndexUnavailableError
from seealso.lsp.progress import WorkDone
from seealso.units import time_left

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from concurrent.futures import Executor

    from lsprotocol.types import ProgressToken

    from seealso.errors import SeeAlsoError
    from seealso.lsp.capabilities import Client
    from seealso.lsp.outbox import Outbox
    from seealso.model import Phase, Progress, UpdateReport
    from seealso.workspace import Workspace

logger = logging.getLogger(__name__)

REPORT_S = 0.1
"""Progress is passed on this often at most."""

QUIET_S = 1.0
"""An update that nobody asked for shows a progress bar when it takes longer than this."""

RETRY_S = (2.0, 5.0, 15.0, 30.0, 60.0)
"""Waiting times while another process writes the index, or the embedding server is away; the last one repeats."""

UP_TO_DATE = "up to date"


@dataclass(slots=True)
class _Request:
    """What the next run has to do; later wishes are merged into it."""

    answer: asyncio.Future[UpdateReport]
    rebuild: bool = False
    visible: bool = False
    tokens: list[ProgressToken] = field(default_factory=list)
    waiting: int = 0
    """How many would miss it."""
    unattended: bool = False
    """It was wanted by somebody who does not wait, and cannot stop wanting it."""


class Updater:
    """Runs `Workspace.update` for one folder on the executor for updates; lives on the loop."""

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        executor: Executor,
        outbox: Outbox,
        client: Client,
        *,
        first: Callable[[], Collection[str]],
        on_change: Callable[[], None],
        on_progress: Callable[[], None],
    ) -> None:
        self._workspace = workspace
        self._name = name
        self._executor = executor
        self._outbox = outbox
        self._client = client
        self._first = first
        """Relative paths of the open documents."""
        self._on_change = on_change
        """Called when answers may have changed: after an update, and when one has read all documents."""
        self._tell = on_progress
        """Called when there is more to say about how far it is."""
        self._running: _Request | None = None
        self._next: _Request | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = threading.Event()
        self._closed = False
        self._retries = 0
        self._retry: asyncio.TimerHandle | None = None
        self._bars: list[WorkDone] = []
        self.progress: Progress | None = None
        """How far the running update is; None between updates."""
        self.outcome = ""
        """What kept the last update from its end; empty when nothing did."""

    @property
    def running(self) -> bool:
        """Whether an update runs or waits."""
        return self._task is not None

    def request(self, *, rebuild: bool = False, visible: bool = False) -> asyncio.Future[UpdateReport]:
        """Ask for an update that begins after now; return the report to come.

        A rebuild stops what is running, since it does that work again.
        """
        request = self._wish(rebuild=rebuild, visible=visible, token=None)
        request.unattended = True
        return request.answer

    async def wait(
        self, *, rebuild: bool = False, visible: bool = False, token: ProgressToken | None = None
    ) -> UpdateReport:
        """Ask for an update as `request` does and wait for its end; cancelling stops it if nobody else wants it."""
        request = self._wish(rebuild=rebuild, visible=visible, token=token)
        request.waiting += 1
        try:
            return await asyncio.shield(request.answer)
        except asyncio.CancelledError:
            request.waiting -= 1
            self._leave(request, token)
            raise

    def _wish(self, *, rebuild: bool, visible: bool, token: ProgressToken | None) -> _Request:
        if self._next is None:
            self._next = _Request(asyncio.get_running_loop().create_future())
            # Mostly nobody waits for the answer; its error was reported when it happened.
            self._next.answer.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
        request = self._next
        request.visible |= visible
        if token is not None:
            request.tokens.append(token)
        if rebuild and not request.rebuild:
            request.rebuild = True
            self._cancelled.set()
        if self._closed:
            request.answer.set_exception(CancelledError("The folder was closed."))
            self._next = None
        elif self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())
        return request

    def _leave(self, request: _Request, token: ProgressToken | None) -> None:
        if token is not None:
            request.tokens.remove(token)
            for bar in [bar for bar in self._bars if bar.token == token]:
                bar.end("stopped")  # its token ends with the request; the work may go on
                self._bars.remove(bar)
        if request.waiting or request.unattended:
            return
        if request is self._running:
            self._cancelled.set()
        elif request is self._next and request.rebuild and self._running is not None:
            # For its sake the running update was stopped, which others may have wanted.
            request.rebuild, request.unattended = False, True
        elif request is self._next:
            self._next = None

    def cancel(self) -> None:
        """Stop what runs and what waits; finished work is kept."""
        self._cancelled.set()
        if self._next is not None:
            self._next.answer.set_exception(CancelledError("The update was stopped."))
            self._next = None

    def owns(self, token: ProgressToken) -> bool:
        """Tell whether a progress bar of the running update has this token."""
        return any(bar.token == token for bar in self._bars)

    def close(self) -> None:
        """Stop for good, without waiting for the thread."""
        self._closed = True
        self._forget_retry()
        self.cancel()

    async def _work(self) -> None:
        try:
            while self._next is not None:
                self._running, self._next = self._next, None
                await self._run(self._running)
        finally:
            self._task = self._running = None

    async def _run(self, request: _Request) -> None:
        self._forget_retry()  # this is the one
        self._cancelled = cancelled = threading.Event()
        self._bars = [self._bar(token, theirs=True) for token in request.tokens]
        if request.visible:
            self._show()
        loop = asyncio.get_running_loop()
        started = time.monotonic()
        latest: list[tuple[Phase, float]] = []

        def report(progress: Progress) -> None:  # in the executor's thread
            now = time.monotonic()
            if not latest or latest[0][0] is not progress.phase or now - latest[0][1] >= REPORT_S:
                latest[:] = [(progress.phase, now)]
                loop.call_soon_threadsafe(self._on_progress, progress, now - started)

        try:
            first = self._first()
            result = await loop.run_in_executor(
                self._executor,
                lambda: self._workspace.update(
                    report=report, cancelled=cancelled.is_set, first=first, everything=request.rebuild
                ),
            )
        except Exception as error:  # noqa: BLE001 - a border: the executor's work ends here
            self._fail(request, error)
        else:
            self._retries = 0
            logger.info("%s: %s", self._name, result)
            if not request.answer.done():
                request.answer.set_result(result)
            for doubt in result.doubts:
                self._outbox.tell_once(doubt, f"seealso: {doubt}")
            left = f", {result.pending:,} passages left" if result.pending else ""
            self._finish(f"stopped{left}" if result.cancelled else UP_TO_DATE)

    def _fail(self, request: _Request, error: Exception) -> None:
        if not request.answer.done():
            request.answer.set_exception(error)
        if self._closed:
            return
        ending = "failed"
        if isinstance(error, EmbeddingError) and error.passing:
            self._outbox.problem(error)
            ending = f"stopped: {error.message} Next try in {time_left(self._try_later(error, request))}."
        elif isinstance(error, IndexUnavailableError):
            # Another window or the command line is at work; its results are ours too. Look again later.
            self._try_later(error, request)
            if not isinstance(error.__cause__, TimeoutError):
                self._outbox.problem(error)  # not a lock that somebody will release: the disk, its permissions
            else:
                ending = "another process is writing the index"
                if self._retries == 1:
                    self._outbox.log(f"{self._name}: {error.message} Answers come from the index as it is.")
        else:
            self._outbox.report("the update of the index", error)
        self._finish(ending)

    def _try_later(self, error: SeeAlsoError, request: _Request) -> float:
        """Ask for another update after a while, longer each time; return the seconds until then."""
        delay_s = RETRY_S[min(self._retries, len(RETRY_S) - 1)]
        self._retries += 1
        logger.info("%s: %s Trying again in %g s.", self._name, error.message, delay_s)
        self._retry = asyncio.get_running_loop().call_later(delay_s, partial(self.request, rebuild=request.rebuild))
        return delay_s

    def _forget_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _finish(self, message: str) -> None:
        for bar in self._bars:
            bar.end(message)
        self._bars = []
        self.progress = None
        self.outcome = "" if message == UP_TO_DATE else message
        if not self._closed:
            self._on_change()

    def _on_progress(self, progress: Progress, elapsed_s: float) -> None:
        if self._closed:
            return
        new_phase = self.progress is not None and self.progress.phase is not progress.phase
        self.progress = progress
        if elapsed_s >= QUIET_S:
            self._show()
        for bar in self._bars:
            bar.report(progress)
        self._tell()
        if new_phase:
            self._on_change()

    def _show(self) -> None:
        if not self._bars and self._client.progress:
            self._bars.append(self._bar(f"seealso/{uuid.uuid4()}", theirs=False))

    def _bar(self, token: ProgressToken, *, theirs: bool) -> WorkDone:
        return WorkDone(self._outbox, token, f"Indexing {self._name}", theirs=theirs)
