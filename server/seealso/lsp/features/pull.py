"""`textDocument/diagnostic` and `workspace/diagnostic`, for clients that ask for diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.diagnostics import NOTHING, SOURCE
from seealso.lsp.features import diagnostics
from seealso.lsp.pulling import WholePull, closed_report

if TYPE_CHECKING:
    from seealso.lsp.server import Server

    DocumentReport = types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport


OPTIONS = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier=SOURCE)


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        OPTIONS,
        quiet=False,
        wanted=lambda settings: settings.diagnostics.enabled,
        possible=lambda client: client.pulls_diagnostics,
    )
    async def diagnostic(ls: Server, params: types.DocumentDiagnosticParams) -> DocumentReport:
        session, uri = ls.session, params.text_document.uri
        # While it is being typed in the answer is late, rather than about what is no more.
        report = await diagnostics.settled(session, uri) or NOTHING
        if uri not in session.documents:
            report = await closed_report(session, uri)
        if params.previous_result_id == report.id:
            return types.RelatedUnchangedDocumentDiagnosticReport(report.id)
        return types.RelatedFullDocumentDiagnosticReport(report.diagnostics, result_id=report.id)

    @server.on(types.WORKSPACE_DIAGNOSTIC, quiet=False)
    async def workspace_diagnostic(
        ls: Server, params: types.WorkspaceDiagnosticParams
    ) -> types.WorkspaceDiagnosticReport:
        return await WholePull(ls.session, params).answer()

    server.amendments.append(_to_those_who_cannot_be_told_later)


def _to_those_who_cannot_be_told_later(server: Server, capabilities: types.ServerCapabilities) -> None:
    client = server.session.client
    if client.pulls_diagnostics and not client.can_register(types.TEXT_DOCUMENT_DIAGNOSTIC):
        # Who pulls is not told unasked either; while diagnostics are switched off, there are none.
        capabilities.diagnostic_provider = OPTIONS
