"""All state of one session with one client. Lives on the loop; nothing here is touched by another thread."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.configuration import load, merged
from seealso.errors import SeeAlsoError, SettingsError
from seealso.lsp.changes import Changes
from seealso.lsp.configuration import SECTION
from seealso.lsp.debounce import Debouncer
from seealso.lsp.documents import Document, Snapshot
from seealso.lsp.folder import Folder, Threads
from seealso.lsp.positions import Text
from seealso.lsp.uris import to_path
from seealso.scratch import Scratch
from seealso.settings import Backend, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from seealso.lsp.capabilities import Client
    from seealso.lsp.diagnostics import Report
    from seealso.lsp.outbox import Outbox
    from seealso.lsp.pulling import WholePull
    from seealso.settings import Settings

logger = logging.getLogger(__name__)

CONFIGURATION_S = 5.0
"""A client that has not answered `workspace/configuration` by then keeps what it said before, or the defaults."""

IN_PROCESS = (
    "`seealso.embedding.backend` is `vllm-inprocess`, which is for the command line: it would keep every question "
    "waiting. The editor uses `vllm`, which finds the same vectors."
)

NO_FOLDER = "No folder is open: documents are related to the other open ones only. Open a folder to have it indexed."


class Session:
    """The client's folders and documents, and the threads that work for them."""

    def __init__(self, outbox: Outbox, client: Client, options: object) -> None:
        self.outbox = outbox
        self.client = client
        self.options = options
        """Settings of `initialize`."""
        self.pushed: object = None
        """Settings of `workspace/didChangeConfiguration`, for clients that cannot be asked."""
        self._pulled: dict[str, object] = {}
        """What the client said last about each folder, for when it does not answer."""
        self.folders: dict[str, Folder] = {}
        self._loose: dict[str, Folder] = {}
        """What holds the open documents that are in no folder, by drive."""
        self.documents: dict[str, Document] = {}
        self.reports: dict[str, Report] = {}
        """What was found last in each open document."""
        self.unannounced: set[str] = set()
        """Documents that changed in a way the diagnostics of others do not know yet."""
        self.changes = Changes()
        """Of anything that what is said about documents depends on."""
        self.just_closed: set[Path] = set()
        """Documents that were closed: the client may still show what was found while they were open."""
        self.whole: WholePull | None = None
        """What the client asked last about everything."""
        self.debouncer = Debouncer(lambda key, error: self.outbox.report(f"background work {key!r}", error))
        self.scratch = Scratch()
        """Where the indexes of documents in no folder are."""
        self.threads = Threads(
            ThreadPoolExecutor(1, "seealso-questions"),
            ThreadPoolExecutor(1, "seealso-reviews"),
            ThreadPoolExecutor(1, "seealso-updates"),
            ThreadPoolExecutor(1, "seealso-large"),
        )
        self.listeners: list[Callable[[Folder], None]] = []
        """Called with a folder whose answers may have changed."""
        self.on_progress: Callable[[], None] = _nothing
        """Called when there is more to say about how an index is."""
        self.told_status: object = None
        """What the client knows of that."""
        self.shows_lenses = False
        """Whether the client has been given code lenses."""
        self.pages: dict[str, None] = {}
        """Virtual documents the client has asked for, oldest first."""
        self._closed = math.inf
        """When the session was closed, by `time.monotonic`."""

    # -- folders

    @property
    def places(self) -> list[Folder]:
        """Return the folders, and what holds the open documents that are in none."""
        return [*self.folders.values(), *self._loose.values()]

    def add_folder(self, uri: str) -> None:
        """Take a folder in; it is opened by the next `configure`."""
        path = to_path(uri)
        if path is None:
            self.outbox.log(f"{uri} is not on this machine; it is not indexed.", types.MessageType.Warning)
        elif uri not in self.folders:
            folder = self._folder(uri, path)
            outer = {document.uri: self.folder_of(document.path) for document in self.documents.values()}
            self.folders[uri] = folder
            for document in self.documents_of(folder):
                document.written = None
                if (before := outer[document.uri]) is not None:
                    before.drop(document)

    def place(self, uri: str) -> Folder | None:
        """Return a folder by its URI."""
        return next((folder for folder in self.places if folder.uri == uri), None)

    def _folder(self, uri: str, path: Path, *, scratch: Scratch | None = None) -> Folder:
        return Folder(
            uri,
            path,
            self.threads,
            self.outbox,
            self.client,
            documents=self.documents_of,
            on_change=self.changed,
            on_progress=self._progressed,
            scratch=scratch,
        )

    def take_in(self, document: Document) -> bool:
        """Have a place for a document that is in no folder; tell whether that is a new one, to be configured."""
        if self.folder_of(document.path) is not None:
            return False
        drive = Path(document.path.anchor)
        self._loose[document.path.anchor] = self._folder(drive.as_uri(), drive, scratch=self.scratch)
        return True

    def remove_folder(self, uri: str) -> None:
        """Let a folder go; its index stays on disk."""
        self._pulled.pop(uri, None)
        if (folder := self.folders.pop(uri, None)) is not None:
            folder.close()
            self.changes.note()
            for document in self.documents.values():
                document.written = None  # it may belong to an outer folder now

    def changed(self, folder: Folder) -> None:
        """Let everybody know that a folder's answers may have changed."""
        self.changes.note()
        for listener in self.listeners:
            listener(folder)
        self.on_progress()

    def _progressed(self) -> None:
        self.on_progress()

    async def configure(self) -> None:
        """Ask for the settings of each folder and use them; open folders that are not open yet."""
        folders = self.places
        problems: list[str] = []
        settings = []
        for folder, pulled in zip(folders, await self._pull(folders), strict=True):
            resolved, found = self._resolve(folder, self.options, self.pushed, pulled)
            settings.append(resolved)
            problems += [problem for problem in found if problem not in problems]
        if problems:
            self.outbox.tell_once(tuple(problems), "seealso settings: " + " ".join(problems))
        for folder, wanted in zip(folders, settings, strict=True):
            # Shielded: the next notification cancels this one, but what a folder has begun to do it has to finish.
            await asyncio.shield(self._configure(folder, wanted))

    def _resolve(self, folder: Folder, *layers: object) -> tuple[Settings, tuple[str, ...]]:
        try:
            settings, problems = load(None if folder.loose else folder.path, *layers)
        except SettingsError as error:  # a file of settings; those of the editor hold
            settings, problems = resolve(merged(*layers))
            problems = (str(error), *problems)
        if settings.embedding.backend is Backend.VLLM_INPROCESS:
            problems = (*problems, IN_PROCESS)
            settings = replace(settings, embedding=replace(settings.embedding, backend=Backend.VLLM))
        return settings, problems

    async def _configure(self, folder: Folder, settings: Settings) -> None:
        try:
            if not folder.begun:
                await folder.open(settings)
            elif await folder.configure(settings):
                # Told again though it may read the same: views that follow it show what was asked with other settings.
                self.told_status = None
        except SeeAlsoError as error:
            self.outbox.problem(error)
        self.on_progress()

    async def _pull(self, folders: list[Folder]) -> list[object]:
        if self.client.pulls_configuration and folders:
            items = [
                types.ConfigurationItem(scope_uri=None if folder.loose else folder.uri, section=SECTION)
                for folder in folders
            ]
            try:
                answer = await self.outbox.request(
                    types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items), CONFIGURATION_S
                )
            except (JsonRpcException, TimeoutError) as error:
                reason = str(error) or "it took too long"
                self.outbox.log(
                    f"The client did not say its settings ({reason}); those known before, or defaults, hold."
                )
            else:
                if isinstance(answer, list | tuple) and len(answer) == len(folders):
                    still = self.places
                    self._pulled.update(
                        (folder.uri, said) for folder, said in zip(folders, answer, strict=True) if folder in still
                    )
        return [self._pulled.get(folder.uri) for folder in folders]

    def folder_of(self, path: Path) -> Folder | None:
        """Return the innermost folder that holds a path, else what holds the open documents of its drive."""
        holders = [folder for folder in self.folders.values() if path.is_relative_to(folder.path)]
        if not holders:  # a link may be in the way
            # Not `Path.resolve`, which raises for a link that leads to itself.
            real = os.path.realpath(path)
            holders = [
                folder for folder in self.folders.values() if Path(real).is_relative_to(os.path.realpath(folder.path))
            ]
        return max(holders, key=lambda folder: len(folder.path.parts), default=self._loose.get(path.anchor))

    # -- documents

    def open_document(self, item: types.TextDocumentItem) -> Document | None:
        """Take in an open document; None when it is no file."""
        path = to_path(item.uri)
        if path is None:
            return None
        text = Text.of(item.text, self.client.encoding)
        document = Document(item.uri, path, item.language_id, item.version, text)
        self.documents[item.uri] = document
        self.just_closed.discard(path)
        self.changes.note()
        return document

    def close_document(self, uri: str) -> Folder | None:
        """Let the file on disk count again; return the folder it belongs to."""
        document = self.documents.pop(uri, None)
        folder = self.folder_of(document.path) if document is not None else None
        if document is not None and folder is not None:
            folder.drop(document)
            if self.whole is not None:  # else the first answer to come says everything
                self.just_closed.add(document.path)
            self.changes.note()
        return folder

    def documents_of(self, folder: Folder) -> list[Document]:
        """Return the open documents of a folder."""
        return [document for document in self.documents.values() if self.folder_of(document.path) is folder]

    async def snapshot(self, uri: str) -> tuple[Folder, Snapshot] | None:
        """Return an open document as it is now, with its folder; None when it has no folder.

        The workspace has been given this version, or will have before it answers a question.

        Raises `SeeAlsoError` when the folder could not be opened.
        """
        document = self.documents.get(uri)
        folder = self.folder_of(document.path) if document is not None else None
        if document is None or folder is None:
            return None
        path = await folder.relative(document.path)
        await folder.given(document)
        return (folder, Snapshot(document, document.version, document.text, path)) if path is not None else None

    def is_current(self, snapshot: Snapshot) -> bool:
        """Tell whether a document is still open at the version a question was asked about."""
        document = snapshot.document
        return self.documents.get(document.uri) is document and document.version == snapshot.version

    # -- end

    def close(self) -> None:
        """Stop all work without waiting for the threads."""
        self._closed = min(self._closed, time.monotonic())
        self.debouncer.close()
        for uri in list(self.folders):
            self.remove_folder(uri)
        for folder in self._loose.values():
            folder.close()
        self._loose.clear()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the threads to finish what they are at, until `timeout_s` after `close`, and leave no file behind.

        Call it after the loop has ended. Tell whether they have finished.
        """
        until = min(self._closed, time.monotonic()) + timeout_s
        # In this order work is passed on when a folder is closed.
        threads = (self.threads.updates, self.threads.reviews, self.threads.large, self.threads.questions)
        done = all(
            not wait([thread.submit(_nothing)], max(0.0, until - time.monotonic())).not_done for thread in threads
        )
        for thread in threads:
            thread.shutdown(wait=done, cancel_futures=True)
        self.scratch.remove()
        return done


def _nothing(*_arguments: object) -> None:
    return None
