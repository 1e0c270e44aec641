"""When diagnostics are found, and told: by `textDocument/publishDiagnostics`, or by asking clients to ask again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.errors import CancelledError
from seealso.lsp.diagnostics import Report, diagnostics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.lsp.documents import Document
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.lsp.session import Session
    from seealso.model import DuplicateFinding

AGAIN_S = 0.2
"""Several documents about which something else is said are one request to ask again."""

ANSWER_S = 10.0
"""What a client may take to answer that."""


def register(server: Server) -> None:
    """Nothing to register: `schedule` and `refresh` find diagnostics, and tell them."""
    del server


def schedule(session: Session, document: Document, delay_s: float | None = None) -> None:
    """Find a document's diagnostics when it has been quiet for a while, then those of the others open beside it."""
    folder = session.folder_of(document.path)
    if folder is not None:
        session.unannounced.add(document.uri)
        quiet_s = folder.settings.diagnostics.debounce_ms / 1000 if delay_s is None else delay_s
        session.debouncer.later(_key(document.uri), quiet_s, lambda: _work(session, folder, document))


def refresh(session: Session, folder: Folder, without: Document | None = None) -> None:
    """Find the diagnostics of the open documents of a folder again."""
    for document in session.documents_of(folder):
        if document is not without:
            session.debouncer.soon(_key(document.uri), 0.0, partial(_work, session, folder, document))


def changed(session: Session, folder: Folder) -> None:
    """Find them again after the index or the settings have changed, and those of documents that are not open."""
    refresh(session, folder)
    if session.whole is not None and not session.whole.waits:
        ask_again(session)


def clear(session: Session, uri: str) -> None:
    """Forget the diagnostics of a document that was closed, and take them away."""
    session.debouncer.cancel(_key(uri))
    session.unannounced.discard(uri)
    before = session.reports.pop(uri, None)
    if before is not None and before.diagnostics and not session.client.pulls_diagnostics:
        _publish(session, uri, Report(None, []))


async def settled(session: Session, uri: str) -> Report | None:
    """Return what was found last in an open document, when nothing is being found any more."""
    await session.debouncer.settled(_key(uri))
    return session.reports.get(uri)


def ask_again(session: Session) -> None:
    """Ask a client that pulls to do so, soon."""
    session.debouncer.soon("diagnostics again", AGAIN_S, partial(_ask_again, session))


async def _ask_again(session: Session) -> None:
    with suppress(JsonRpcException, TimeoutError):  # it asks when it likes, then
        await session.outbox.request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None, ANSWER_S)


async def _work(session: Session, folder: Folder, document: Document) -> None:
    await _find(session, document)
    if document.uri in session.unannounced:
        # What this document repeats may be repeated by the others: they follow without delaying it.
        session.unannounced.discard(document.uri)
        session.changes.note()
        refresh(session, folder, without=document)


async def _find(session: Session, document: Document) -> None:
    """Find what a document repeats and say so, unless it was changed meanwhile."""
    asked = await session.snapshot(document.uri)
    if asked is None:
        return
    folder, snapshot = asked
    findings: Sequence[DuplicateFinding] = ()
    if folder.settings.diagnostics.enabled:
        try:
            findings = await folder.review(
                lambda workspace, cancelled: workspace.duplicates_in(
                    snapshot.path, lambda: cancelled() or not session.is_current(snapshot)
                ),
                large=document.large,
            )
        except CancelledError:
            return  # a review of the newer version is under way
    if not session.is_current(snapshot):
        return
    shown = diagnostics(findings, snapshot.text, folder.path, folder.settings, session.client)
    before = session.reports.get(document.uri)
    session.reports[document.uri] = report = Report(snapshot.version, shown)
    _tell(session, document.uri, before, report)


def _tell(session: Session, uri: str, before: Report | None, report: Report) -> None:
    if session.client.pulls_diagnostics:
        # About a version that is new to the client it asks by itself.
        if before is not None and before.version == report.version and before != report:
            ask_again(session)
    elif before != report and (report.diagnostics or (before is not None and before.diagnostics)):
        _publish(session, uri, report)


def _publish(session: Session, uri: str, report: Report) -> None:
    params = types.PublishDiagnosticsParams(uri, report.diagnostics, report.version)
    session.outbox.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)


def _key(uri: str) -> tuple[str, str]:
    return ("diagnostics", uri)
