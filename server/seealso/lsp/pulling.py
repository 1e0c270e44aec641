"""The answers to a client that asks for diagnostics: of one document, and of the whole workspace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.errors import SeeAlsoError
from seealso.lsp.diagnostics import NOTHING, Report
from seealso.lsp.uris import to_path, to_uri

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seealso.lsp.folder import Folder
    from seealso.lsp.session import Session

SETTLE_S = 0.2
"""What changes, changes on for a while: an update ends in several steps."""

REST = 10
"""Times that a comparison took, before there is another one: a large workspace is not compared at every pause."""

PART = 200
"""Diagnostics and places of one message, about: writing it takes 5 ms, for which a hover may have to wait."""


async def closed_report(session: Session, uri: str) -> Report:
    """Return what is said about a document that is not open.

    Raises `SeeAlsoError` when its folder or its index cannot be opened.
    """
    path = to_path(uri)
    folder = session.folder_of(path) if path is not None else None
    relative = await folder.relative(path) if folder is not None and path is not None else None
    if folder is None or relative is None:
        return NOTHING
    closed = folder.closed
    await closed.compare()
    await closed.make(relative)
    return closed.reports.get(relative, NOTHING)


class WholePull:
    """One request for the diagnostics of the workspace: of all documents that are not open.

    A client that takes partial results asks again as soon as it has an answer, so the answer waits until there is
    something new. The others are answered at once, and told when to ask again.
    """

    def __init__(self, session: Session, params: types.WorkspaceDiagnosticParams) -> None:
        self._session = session
        self._token = params.partial_result_token
        self._previous = params.previous_result_ids
        self._known: dict[Folder | None, dict[str, tuple[str, str]]] = {}
        """What the client has, by folder and path: how it spells the document, and the result id."""
        self._items: list[types.WorkspaceFullDocumentDiagnosticReport] = []

    @property
    def waits(self) -> bool:
        """Whether the answer waits for something new."""
        return self._token is not None

    async def answer(self) -> types.WorkspaceDiagnosticReport:
        """Return what is new to the client, after what was sent in parts; nothing when it has asked again meanwhile."""
        session = self._session
        session.whole = self
        session.changes.note()  # whoever has waited so far is answered
        await self._learn()
        while session.whole is self:
            count = session.changes.count
            news = await self._tell()
            if news or not self.waits:
                break
            await session.changes.after(count)
            await asyncio.sleep(SETTLE_S + REST * self._took_s())
        return types.WorkspaceDiagnosticReport(self._items)

    async def _learn(self) -> None:
        """Sort what the client has by folders."""
        for number, previous in enumerate(self._previous):
            path = to_path(previous.uri)
            folder = self._session.folder_of(path) if path is not None else None
            name = previous.uri
            if path is not None and folder is not None and path.is_relative_to(folder.path):
                name = path.relative_to(folder.path).as_posix()
            if path is not None:
                self._known.setdefault(folder, {})[name] = previous.uri, previous.value
            if number % PART == PART - 1:
                await asyncio.sleep(0)

    async def _tell(self) -> bool:
        """Find all that is new, and send it if it may be sent in parts; tell whether there was any."""
        folders = list(self._session.folders.values())
        news = False
        for folder in folders:
            try:
                await folder.closed.compare()
                news |= await self._send(await self._new(folder))
                while folder.closed.stale:
                    await folder.closed.make()
                    news |= await self._send(await self._new(folder))
            except SeeAlsoError as error:
                self._session.outbox.problem(error)
        return await self._send([(uri, NOTHING) for uri in self._strays(folders)]) or news

    def _strays(self, folders: Collection[Folder]) -> list[str]:
        """Return the documents that are in no folder, or not any more: about closed ones there is nothing to say."""
        opened = self._session.documents
        gone = [self._known.pop(folder) for folder in list(self._known) if folder not in folders]
        closed = {path for path in self._session.just_closed if self._session.folder_of(path) not in folders}
        self._session.just_closed -= closed
        return sorted(({uri for known in gone for uri, _ in known.values()} | set(map(to_uri, closed))) - opened.keys())

    async def _new(self, folder: Folder) -> list[tuple[str, Report]]:
        """Return the closed documents of a folder, by URI, about which the client knows something else by now."""
        session, closed = self._session, folder.closed
        known = self._known.setdefault(folder, {})
        again = {
            path.relative_to(folder.path).as_posix(): path
            for path in session.just_closed
            if path.is_relative_to(folder.path)
        }
        unknown = (closed.unreadable | set(closed.stale)) - closed.reports.keys()
        hidden = {*(await folder.opened_paths()), *closed.opened, *unknown}
        new = []
        for name in closed.reports.keys() | known.keys() | again.keys():
            report = closed.reports.get(name, NOTHING)
            uri, known_id = known.get(name, ("", NOTHING.id))
            if name in hidden or (known_id == report.id and name not in again):
                continue
            if session.folder_of(folder.path / name) is folder:  # not one inside of it
                uri = uri or to_uri(folder.path / name)
                known[name] = uri, report.id
                new.append((uri, report))
            if name in again:
                session.just_closed.discard(again[name])
        return sorted(new, key=lambda one: one[0])

    async def _send(self, new: Sequence[tuple[str, Report]]) -> bool:
        """Send some reports, by URI; tell whether there were any."""
        part: list[types.WorkspaceFullDocumentDiagnosticReport] = []
        weight = 0
        for uri, report in new:
            part.append(_full(uri, report))
            weight += _weight(report)
            if weight >= PART:
                await self._pass_on(part)
                part, weight = [], 0
        await self._pass_on(part)
        return bool(new)

    async def _pass_on(self, part: list[types.WorkspaceFullDocumentDiagnosticReport]) -> None:
        if self._token is None:
            self._items += part
        elif part:
            result = types.WorkspaceDiagnosticReportPartialResult(part)
            self._session.outbox.notify(types.PROGRESS, types.ProgressParams(self._token, result))
            await asyncio.sleep(0)  # others have their turn between two parts

    def _took_s(self) -> float:
        return max((folder.closed.took_s for folder in self._session.folders.values()), default=0.0)


def _weight(report: Report) -> int:
    return 1 + sum(1 + len(diagnostic.related_information or ()) for diagnostic in report.diagnostics)


def _full(uri: str, report: Report) -> types.WorkspaceFullDocumentDiagnosticReport:
    # None has no id: the client forgets a document about which there is nothing to say.
    result_id = report.id if report.diagnostics else None
    return types.WorkspaceFullDocumentDiagnosticReport(uri, report.diagnostics, result_id=result_id)
