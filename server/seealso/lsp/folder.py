"""One workspace folder of the client: its workspace, its settings and what keeps its index up to date."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

from seealso.errors import CancelledError, SeeAlsoError
from seealso.lsp.closed import ClosedReports
from seealso.lsp.nearby import Nearby
from seealso.lsp.titles import Titles
from seealso.lsp.updates import Updater
from seealso.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from seealso.lsp.capabilities import Client
    from seealso.lsp.documents import Document
    from seealso.lsp.outbox import Outbox
    from seealso.meter import Cancelled
    from seealso.scratch import Scratch
    from seealso.workspace import Workspace

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Threads:
    """The threads of the server; nothing else runs beside the loop."""

    questions: Executor
    """What somebody waits for with a finger on a key."""
    reviews: Executor
    """Whole documents and whole workspaces: diagnostics, lists of duplicates."""
    updates: Executor
    """The index."""
    large: Executor
    """Documents that take so long to read that only questions about themselves should wait for it."""


class Folder:
    """Lives on the loop; the workspace's methods run on the threads."""

    def __init__(
        self,
        uri: str,
        path: Path,
        threads: Threads,
        outbox: Outbox,
        client: Client,
        *,
        documents: Callable[[Folder], Collection[Document]],
        on_change: Callable[[Folder], None],
        on_progress: Callable[[], None],
        scratch: Scratch | None = None,
    ) -> None:
        self.uri = uri
        self.path = path
        self._scratch = scratch
        self.name = "open documents" if self.loose else path.name or str(path)
        self.settings = Settings()
        self._threads = threads
        self._outbox = outbox
        self._client = client
        self._documents = documents
        self._on_change = on_change
        self._on_progress = on_progress
        self._opened = _promise()
        self.titles = Titles()
        self.nearby = Nearby()
        self.closed = ClosedReports(self, client)
        self._membership = _Membership()
        self._giving: dict[Document, asyncio.Task[None]] = {}
        """Large documents that are being read, the newest version last."""
        self.begun = False
        """Whether `open` was called."""
        self.updater: Updater | None = None
        """None until the workspace is open."""

    @property
    def loose(self) -> bool:
        """Whether it stands for the open documents of a drive that are in no folder; its index is only for now then."""
        return self._scratch is not None

    @property
    def failed(self) -> bool:
        """Whether it could not be opened; whoever asks next tries again."""
        return self._opened.done() and not self._opened.cancelled() and self._opened.exception() is not None

    def open(self, settings: Settings) -> Awaitable[None]:
        """Open the workspace and bring its index up to date, even when the caller is cancelled.

        Raises `SeeAlsoError` when there is no such folder; questions about it raise the same.
        """
        self.settings = settings
        self.begun = True
        if self.failed:
            self._opened = _promise()
        return asyncio.shield(self._open(settings))

    async def _open(self, settings: Settings) -> None:
        def opening() -> Workspace:
            from seealso.corpus import index_directory  # not before `initialize` was answered
            from seealso.loose import LooseWorkspace
            from seealso.preload import preload
            from seealso.workspace import Workspace

            preload()
            if self._scratch is None:
                return Workspace.open(self.path, settings)
            return LooseWorkspace(self.path, settings, self._scratch.folder() / index_directory(self.path).name)

        try:
            workspace = await asyncio.get_running_loop().run_in_executor(self._threads.questions, opening)
        except Exception as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            raise
        if self._opened.done():  # closed meanwhile
            self._threads.questions.submit(workspace.close)
            return
        self.updater = Updater(
            workspace,
            self.name,
            self._threads.updates,
            self._outbox,
            self._client,
            first=lambda: self._paths(workspace),
            on_change=self._changed,
            on_progress=self._on_progress,
        )
        self._opened.set_result(workspace)
        self.update(visible=not self.loose)
        self._threads.reviews.submit(_warm, workspace)
        await self.check()

    async def check(self) -> None:
        """Tell the user what is wrong with files of the workspace that are read with each question."""
        if (problem := await self.ask(lambda workspace: workspace.marks.problem())) is not None:
            self._outbox.problem(problem)

    def _changed(self) -> None:
        self.titles.forget()
        self.nearby.forget()
        before = self._membership.forget()
        workspace = self._opened.result()
        for document in self._documents(self):
            write = _Write(workspace, document, self._membership)
            self._submit(partial(write.where_changed, before), large=document.large)
        self._on_change(self)

    def _paths(self, workspace: Workspace) -> list[str]:
        return [path for document in self._documents(self) if (path := workspace.relative(document.path))]

    async def opened_paths(self) -> list[str]:
        """Return the open documents of the folder as the workspace names them."""
        return self._paths(await self._workspace())

    async def configure(self, settings: Settings) -> bool:
        """Use other settings from now on, and tell whether they are other ones.

        The index follows when they change what belongs into it.
        """
        if self.failed:
            await self.open(settings)
            return True
        if settings == self.settings:
            return False
        before, self.settings = self.settings, settings
        await self.ask(lambda workspace: workspace.configure(settings))
        self._membership.forget()
        self.nearby.forget()
        for document in self._documents(self):
            document.written = None
        if _indexed(before) != _indexed(settings):
            self.update(visible=True)
            self._threads.reviews.submit(_warm, await self._workspace())
        self._on_change(self)
        return True

    def update(self, *, visible: bool = False) -> None:
        """Look for changes on disk, when the folder is open at all; nobody waits for the end."""
        if self.updater is not None:
            _ = self.updater.request(visible=visible)

    async def refresh(self) -> None:
        """Look for changes on disk; the folder itself may be new there."""
        if self.failed:
            await self._workspace()  # opening brings the index up to date
        else:
            self.update()

    async def opened_updater(self) -> Updater:
        """Return what updates the index; raise what opening the folder raised."""
        await self._workspace()
        assert self.updater is not None
        return self.updater

    async def relative(self, path: Path) -> str | None:
        """Return a path as the workspace names it, or None when it is outside."""
        return (await self._workspace()).relative(path)

    async def ask(self, question: Callable[[Workspace], T]) -> T:
        """Answer a question in the thread for questions, after all edits made before it.

        Raises what the question raises. Cancelling drops a question that has not begun.
        """
        workspace = await self._workspace()
        self._write_edits(workspace)
        return await asyncio.get_running_loop().run_in_executor(self._threads.questions, question, workspace)

    async def review(self, question: Callable[[Workspace, Cancelled], T], *, large: bool = False) -> T:
        """Answer a question that may take long, also after all edits made before it, without holding up others.

        One about a `large` document does not hold up other reviews either. Cancelling has the question know, which
        ends its work by `CancelledError`.
        """
        workspace = await self._workspace()
        self._write_edits(workspace)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads.questions, _nothing)
        thread = self._threads.large if large else self._threads.reviews
        given_up = threading.Event()
        try:
            return await loop.run_in_executor(thread, _reviewed, question, workspace, given_up.is_set)
        finally:
            given_up.set()

    async def given(self, document: Document) -> None:
        """Wait until the workspace has a large document as it is now; others it gets before any question."""
        if document.large:
            self._write_edits(await self._workspace())
            if (giving := self._giving.get(document)) is not None:
                await asyncio.shield(giving)

    async def write(self, work: Callable[[Workspace], T]) -> T:
        """Change the index in the thread for updates, after the update that is running: one writes at a time.

        Raises what the work raises. Cancelling drops work that has not begun.
        """
        workspace = await self._workspace()
        return await asyncio.get_running_loop().run_in_executor(self._threads.updates, work, workspace)

    def drop(self, document: Document) -> None:
        """Let the file on disk count again, or another open document that is the same file by another name."""
        if self._opened.done() and not self._opened.cancelled() and not self.failed:
            workspace = self._opened.result()
            relative = workspace.relative(document.path)
            if relative is not None:
                giving = self._giving.get(document)
                if giving is None:
                    self._submit(lambda: workspace.drop_buffer(relative))
                else:  # it would come back otherwise
                    giving.add_done_callback(lambda _done: self._drop_later(workspace, relative))
                for other in self._documents(self):
                    if workspace.relative(other.path) == relative:
                        other.written = None

    def _drop_later(self, workspace: Workspace, relative: str) -> None:
        """Drop a large document that has been read to its end; it may have been opened again meanwhile."""
        loop = asyncio.get_running_loop()

        def give_again() -> None:
            for document in self._documents(self):
                if workspace.relative(document.path) == relative:
                    document.written = None

        dropped = self._submit(lambda: workspace.drop_buffer(relative), large=True)
        dropped.add_done_callback(lambda _done: loop.call_soon_threadsafe(give_again))

    def close(self) -> None:
        """Stop work; the workspace is closed when its threads have left it."""
        if self.updater is not None:
            self.updater.close()
        if self.failed:
            self._opened = _promise()  # nobody opens it any more
        if not self._opened.done():
            self._opened.cancel()
        elif not self._opened.cancelled():
            workspace = self._opened.result()
            questions, reviews = self._threads.questions, self._threads.reviews
            large = self._threads.large
            self._threads.updates.submit(
                lambda: reviews.submit(lambda: large.submit(lambda: questions.submit(workspace.close)))
            )

    async def _workspace(self) -> Workspace:
        if self.failed:  # it may be there by now: a drive was mounted, a clone has ended
            await self.open(self.settings)
        return await asyncio.shield(self._opened)

    def _write_edits(self, workspace: Workspace) -> None:
        """Hand over the buffers that changed. Not part of the question: cancelling that must not lose an edit."""
        for document in self._documents(self):
            if document.written == document.version:
                continue
            if not document.large:
                document.written = document.version
                self._submit(_Write(workspace, document, self._membership))
            elif document not in self._giving:
                self._giving[document] = task = asyncio.get_running_loop().create_task(self._give(workspace, document))
                task.add_done_callback(lambda _task, document=document: self._giving.pop(document, None))  # type: ignore[misc]

    async def _give(self, workspace: Workspace, document: Document) -> None:
        """Hand over a large document, and again while it has changed meanwhile: not one version after the other."""
        # What it said when it was not large may wait there still.
        await asyncio.get_running_loop().run_in_executor(self._threads.questions, _nothing)
        while document.written != document.version and document in self._documents(self):
            document.written = document.version
            done = self._submit(_Write(workspace, document, self._membership), large=True)
            await asyncio.wrap_future(done)

    def _submit(self, work: Callable[[], None], *, large: bool = False) -> Future[None]:
        loop = asyncio.get_running_loop()

        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a border: nobody awaits this work
                loop.call_soon_threadsafe(self._outbox.report, "taking over an edit", error)

        return (self._threads.large if large else self._threads.questions).submit(guarded)


def _reviewed(question: Callable[[Workspace, Cancelled], T], workspace: Workspace, cancelled: Cancelled) -> T:
    try:
        return question(workspace, cancelled)
    except CancelledError:
        logger.info("A review was stopped: nobody waits for its answer any more.")
        raise


def _warm(workspace: Workspace) -> None:
    """Get the model ready; what keeps it away is said by the update, which needs it more."""
    with suppress(SeeAlsoError):
        workspace.warm()


def _indexed(settings: Settings) -> tuple[object, ...]:
    """Return the settings that decide what is in an index: its documents and their vectors."""
    return settings.index, settings.embedding, settings.vllm


def _promise() -> asyncio.Future[Workspace]:
    promise: asyncio.Future[Workspace] = asyncio.get_running_loop().create_future()
    # Whoever asks a question gets the error; nobody has to.
    promise.add_done_callback(lambda opened: opened.cancelled() or opened.exception())
    return promise


def _nothing() -> None:
    return None


class _Membership:
    """Which documents belong to the workspace; asked in the thread for questions, forgotten by the loop."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def forget(self) -> dict[str, bool]:
        """Look again: settings or ignore files may have changed. Return what was known before."""
        before, self._known = self._known, {}
        return before

    def holds(self, workspace: Workspace, path: str, text: str) -> bool:
        """Tell whether an open document counts: not one that is excluded or ignored, nor one that is too large."""
        return len(text) <= workspace.settings.index.max_file_bytes and self.belongs(workspace, path)

    def belongs(self, workspace: Workspace, path: str) -> bool:
        """Tell whether a document is neither excluded nor ignored."""
        known = self._known
        if path not in known:
            from seealso.text.registry import extensions

            # A document of another extension is never indexed from disk, but counts while the editor calls it Markdown.
            other = PurePath(path).suffix.lower() not in extensions()
            known[path] = other or workspace.corpus().contains(path)
        return known[path]


class _Write:
    """Sets one buffer; holds the text of one version, not the document that goes on changing."""

    __slots__ = ("language_id", "membership", "path", "text", "version", "workspace")

    def __init__(self, workspace: Workspace, document: Document, membership: _Membership) -> None:
        self.workspace = workspace
        self.path = document.path
        self.text = document.text
        self.version = document.version
        self.language_id = document.language_id
        self.membership = membership

    def __call__(self) -> None:
        # Here, not on the loop: it looks at the disk, and a path that goes wrong is one document's trouble.
        if (path := self.workspace.relative(self.path)) is not None:
            self._write(path)

    def where_changed(self, before: Mapping[str, bool]) -> None:
        """Set the buffer when its document belongs to the workspace and did not, or the other way round."""
        path = self.workspace.relative(self.path)
        if path is None or path not in before:
            return
        if self.membership.belongs(self.workspace, path) is not before[path]:
            self._write(path)

    def _write(self, path: str) -> None:
        source = self.text.source
        if self.membership.holds(self.workspace, path, source):
            self.workspace.set_buffer(path, source, self.version, self.language_id)
        else:
            self.workspace.drop_buffer(path)
