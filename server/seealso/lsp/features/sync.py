"""`textDocument/didOpen`, `didChange`, `didClose`, `didSave`.

Handlers run at once and in order; they only note what is new. Reading it into passages happens in the thread for
questions, with the next question or when diagnostics fall due.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.features import configuration, diagnostics, watching

if TYPE_CHECKING:
    from seealso.lsp.server import Server

logger = logging.getLogger(__name__)


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        if (document := ls.session.open_document(params.text_document)) is not None:
            if ls.session.take_in(document):
                configuration.soon(ls, 0.0)
            diagnostics.schedule(ls.session, document, delay_s=0.0)

    @server.on(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        document = ls.session.documents.get(params.text_document.uri)
        if document is None:
            logger.info("Ignoring a change of a document that is not open.")
            return
        document.change(params.text_document.version, params.content_changes, ls.session.client.encoding)
        diagnostics.schedule(ls.session, document)

    @server.on(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        diagnostics.clear(ls.session, params.text_document.uri)
        if (folder := ls.session.close_document(params.text_document.uri)) is not None:
            # What was only in this buffer is repeated no more.
            diagnostics.refresh(ls.session, folder)

    @server.on(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))
    def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        watching.touched(ls.session, params.text_document.uri)
