"""Changes of a document as the client takes them: edits of one version, with the reason where it shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seealso.lsp.capabilities import Client
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.writing import Change

ANNOTATION = "seealso"


def workspace_edit(snapshot: Snapshot, changes: Iterable[Change], client: Client, reason: str) -> types.WorkspaceEdit:
    """Return changes of one version of a document as an edit."""
    uri = snapshot.document.uri
    edits = [types.TextEdit(_range(snapshot, change), change.text) for change in changes]
    if not client.edits_with_versions:
        return types.WorkspaceEdit(changes={uri: edits})
    where = types.OptionalVersionedTextDocumentIdentifier(uri, snapshot.version)
    if not client.change_annotations:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(where, edits)] if edits else [])
    annotated = [types.AnnotatedTextEdit(ANNOTATION, edit.range, edit.new_text) for edit in edits]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(where, annotated)] if annotated else [],
        # The writer's own document, and undone with one key: nothing to confirm.
        change_annotations={ANNOTATION: types.ChangeAnnotation(label=reason, needs_confirmation=False)},
    )


def _range(snapshot: Snapshot, change: Change) -> types.Range:
    text = snapshot.text
    return types.Range(text.position_of_byte(change.start), text.position_of_byte(change.end))
