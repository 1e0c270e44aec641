"""`textDocument/inlineCompletion`: ghost text that goes on as a sentence did that was written before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp.ghosts import Question

if TYPE_CHECKING:
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.ghosts import Ghost
    from seealso.lsp.server import Server


def register(server: Server) -> None:
    """Add the handler."""

    @server.on(
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        types.InlineCompletionOptions(),
        wanted=lambda settings: settings.inline_completion.enabled,
    )
    async def inline_completion(ls: Server, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.inline_completion.enabled:
            return None
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        ghosts = await folder.ask(Question(snapshot, params.position, invoked))
        if not ghosts or not ls.session.is_current(snapshot):
            return None
        return types.InlineCompletionList([_item(ghost, snapshot, params.position) for ghost in ghosts])

    server.amendments.append(_only_to_clients_that_know_it)


def _only_to_clients_that_know_it(ls: Server, capabilities: types.ServerCapabilities) -> None:
    if not ls.session.client.inline_completion:
        capabilities.inline_completion_provider = None


def _item(ghost: Ghost, snapshot: Snapshot, position: types.Position) -> types.InlineCompletionItem:
    line, index = snapshot.text.place(position)
    start = snapshot.text.position(line, index - len(ghost.replaced))
    return types.InlineCompletionItem(
        ghost.text,
        # What is replaced has to be the beginning of what the client filters by.
        filter_text=ghost.replaced + ghost.text[len(ghost.replaced) :] if ghost.replaced else None,
        range=types.Range(start, snapshot.text.position(line, index)),
    )
