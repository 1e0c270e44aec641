"""What is said about the documents of a folder that are not open."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seealso.lsp.diagnostics import Report, diagnostics
from seealso.lsp.positions import Text
from seealso.meter import unless

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from seealso.closed import ClosedDocument, ClosedFindings
    from seealso.lsp.capabilities import Client
    from seealso.lsp.folder import Folder
    from seealso.meter import Cancelled
    from seealso.model import Passage
    from seealso.settings import Settings
    from seealso.workspace import Workspace

AT_ONCE = 32
"""Documents that are read in one go; in between, a review of an open document has its turn."""

_MARK = "\ufeff"


class ClosedReports:
    """Follows the index of one folder: a document is read again only when something else is said about it.

    Lives on the loop; the thread for reviews gets what it needs, and gives back what it made.
    """

    def __init__(self, folder: Folder, client: Client) -> None:
        self._folder = folder
        self._client = client
        self._settings: Settings | None = None
        self._findings: ClosedFindings | None = None
        self._documents: dict[str, ClosedDocument] = {}
        """What the reports are about."""
        self.reports: dict[str, Report] = {}
        """What is said by now, by path; about documents that are not in it there is nothing to be said."""
        self._turn = asyncio.Lock()
        self.stale: list[str] = []
        """Documents whose report is not that of the last comparison."""
        self.unreadable: set[str] = set()
        """Those that could not be made: the files are not what was indexed."""
        self.took_s = 0.0
        """How long the last comparison took."""

    @property
    def opened(self) -> Collection[str]:
        """The saved documents that were open at the last comparison: nothing is known of what is saved of them."""
        return self._findings.hidden if self._findings is not None else ()

    async def compare(self) -> None:
        """Learn what is to be said about which document; a saved text that has changed since counts as it was.

        Raises `SeeAlsoError` when the folder or its index cannot be opened.
        """
        async with self._turn:
            settings = self._folder.settings
            if settings != self._settings:
                self._settings, self._findings = settings, None
                self._documents, self.reports = {}, {}
            before, reported = self._findings, self._documents
            compared = await self._folder.review(
                lambda workspace, cancelled: _compare(workspace, settings, before, reported, cancelled)
            )
            if compared.findings is not before:
                self.took_s = compared.took_s
            for path in compared.gone:
                del self.reports[path], self._documents[path]
            self._findings, self.stale, self.unreadable = compared.findings, compared.stale, set()

    async def make(self, path: str | None = None) -> None:
        """Make that of one document, or some, of the reports that are stale.

        A document that cannot be read just now, or has changed since it was indexed, is left as it is.
        """
        async with self._turn:
            # Each part is looked at in the light of all the others: many small ones would take their number squared.
            count = max(AT_ONCE, len(self.stale) // 8)
            part = self.stale[:count] if path is None else [path] if path in self.stale else []
            if part and self._findings is not None and self._settings is not None:
                documents = {path: self._findings.documents[path] for path in part}
                settings, root, client = self._settings, self._folder.path, self._client
                made = await self._folder.review(
                    lambda workspace, cancelled: _make(workspace, documents, root, settings, client, cancelled)
                )
                self.reports.update(made)
                self._documents.update((path, documents[path]) for path in made)
                self.unreadable.update(documents.keys() - made.keys())
            # Last: what is not made, because who asked has gone or something went wrong, is stale still.
            taken = set(part)
            self.stale = [other for other in self.stale if other not in taken]


@dataclass(frozen=True, slots=True)
class _Compared:
    """What a comparison found, and whose reports are wrong by now."""

    findings: ClosedFindings | None
    gone: list[str]
    """There is nothing to be said about them any more."""
    stale: list[str]
    took_s: float


def _compare(
    workspace: Workspace,
    settings: Settings,
    before: ClosedFindings | None,
    reported: Mapping[str, ClosedDocument],
    cancelled: Cancelled,
) -> _Compared:
    started = time.monotonic()
    wanted = settings.diagnostics.enabled and settings.diagnostics.workspace
    found = workspace.closed_findings(before, cancelled) if wanted else None
    documents = found.documents if found is not None else {}
    gone = [path for path in reported if path not in documents]
    stale = [path for path, document in documents.items() if reported.get(path) != document]
    return _Compared(found, gone, stale, time.monotonic() - started)


def _make(
    workspace: Workspace,
    documents: Mapping[str, ClosedDocument],
    root: Path,
    settings: Settings,
    client: Client,
    cancelled: Cancelled,
) -> dict[str, Report]:
    made = {}
    for path, document in unless(cancelled, documents.items()):
        if (text := document.text(workspace.root / path)) is not None:
            report = _report(document, text, root, settings, client)
            _ = report.id  # computed here rather than on the loop
            made[path] = report
    return made


def _report(document: ClosedDocument, text: str, root: Path, settings: Settings, client: Client) -> Report:
    findings = document.findings
    if text.startswith(_MARK):
        # Editors do not count a byte order mark as part of the text.
        text = text.removeprefix(_MARK)
        findings = tuple(replace(finding, passage=_moved(finding.passage)) for finding in findings)
    return Report(None, diagnostics(findings, Text.of(text, client.encoding), root, settings, client))


def _moved(passage: Passage) -> Passage:
    width = len(_MARK.encode())
    return replace(passage, start_byte=max(0, passage.start_byte - width), end_byte=max(0, passage.end_byte - width))
