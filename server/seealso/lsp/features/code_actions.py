"""`textDocument/codeAction` and `codeAction/resolve`: what can be done about duplicates, and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.errors import SeeAlsoError
from seealso.lsp import actions, tasks
from seealso.lsp.diagnostics import SOURCE
from seealso.lsp.edits import workspace_edit
from seealso.lsp.locations import place_location
from seealso.lsp.uris import to_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.lsp.actions import Action
    from seealso.lsp.capabilities import Client
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.lsp.tasks import Task
    from seealso.lsp.writing import Change
    from seealso.model import Place
    from seealso.workspace import Workspace

CLIENT_OPEN, CLIENT_COMPARE = "seealso.client.open", "seealso.client.compare"


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=True),
        wanted=lambda settings: settings.code_actions.enabled,
    )
    async def code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction | types.Command] | None:
        ours = [diagnostic for diagnostic in params.context.diagnostics if diagnostic.source == SOURCE]
        if not ours and params.context.only is None and _is_automatic(params.context):
            return None  # with each move of the cursor: only what is marked is worth a lamp
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        if not folder.settings.code_actions.enabled:
            return None
        client = ls.session.client
        look = actions.Look(snapshot, params.range.start, _wanted(params.context.only), _named(ours))
        found = await folder.ask(_Answer(look, folder, client))
        if not ls.session.is_current(snapshot):
            return None
        dressed = [_dressed(action, changes, ours, snapshot, folder, client) for action, changes in found]
        return [action for action in dressed if action is not None]

    @server.on(types.CODE_ACTION_RESOLVE, quiet=False)
    async def resolve(ls: Server, action: types.CodeAction) -> types.CodeAction:
        if action.data is None and action.command is not None:
            return action  # VS Code asks about actions that are commands as well
        try:
            task = tasks.task_of(action.data)
            action.edit = await _edit(ls, task, action.title)
        except SeeAlsoError as error:
            # Not `ContentModified`, which clients keep from the user, who has asked for this.
            raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed.value) from error
        return action


async def _edit(ls: Server, task: Task, reason: str) -> types.WorkspaceEdit:
    asked = await ls.session.snapshot(task.uri)
    if asked is None or asked[1].version != task.version:
        raise tasks.CHANGED
    folder, snapshot = asked
    work = tasks.Work(task, snapshot, folder.titles)
    several = task.what in (tasks.What.LIST, tasks.What.LISTS)
    large = snapshot.document.large
    changes = await (folder.review(work, large=large) if several or large else folder.ask(work))
    if not ls.session.is_current(snapshot):
        raise tasks.CHANGED
    return workspace_edit(snapshot, changes, ls.session.client, reason)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Actions, with what they change where the client cannot ask for that later."""

    look: actions.Look
    folder: Folder
    client: Client

    def __call__(self, workspace: Workspace) -> list[tuple[Action, Sequence[Change] | None]]:
        found: list[tuple[Action, Sequence[Change] | None]] = []
        for action in self.look(workspace):
            if action.task is None or not self.client.code_action_literals or self.client.code_action_lazy_edits:
                found.append((action, None))
                continue
            if self.look.snapshot.document.large:
                continue  # each would take a second, while somebody waits
            try:
                changes = tasks.Work(action.task, self.look.snapshot, self.folder.titles)(workspace)
            except SeeAlsoError:
                continue  # it cannot be done here
            if changes:
                found.append((action, changes))
        return found


def _is_automatic(context: types.CodeActionContext) -> bool:
    return context.trigger_kind == types.CodeActionTriggerKind.Automatic


def _wanted(only: Sequence[types.CodeActionKind | str] | None) -> Any:
    kinds = None if only is None else [str(getattr(kind, "value", kind)) for kind in only]
    return lambda kind: kinds is None or any(wanted in ("", kind) or kind.startswith(f"{wanted}.") for wanted in kinds)


def _named(ours: Sequence[types.Diagnostic]) -> actions.Named:
    """Return what the first diagnostic says that has something to say."""
    found = (actions.named(diagnostic.data) for diagnostic in ours)
    return next((named for named in found if named.places), actions.Named())


def _dressed(
    action: Action,
    changes: Sequence[Change] | None,
    ours: list[types.Diagnostic],
    snapshot: Snapshot,
    folder: Folder,
    client: Client,
) -> types.CodeAction | types.Command | None:
    """Return an action as this client can use it, or None when it cannot."""
    command = _command(action, snapshot, folder, client)
    if not client.code_action_literals or (action.command and command is None):
        return command
    return types.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=(ours or None) if action.repeat else None,
        command=command,
        edit=workspace_edit(snapshot, changes, client, action.title) if changes is not None else None,
        data=action.task.wire() if action.task is not None and changes is None else None,
    )


def _command(action: Action, snapshot: Snapshot, folder: Folder, client: Client) -> types.Command | None:
    place, passage = action.place, action.passage
    if not action.command or place is None or passage is None:
        return None
    there = {"uri": to_uri(folder.path / place.path), "position": {"line": place.start_line, "character": 0}}
    if action.command == actions.OPEN and CLIENT_OPEN in client.commands:
        return types.Command(action.title, command=CLIENT_OPEN, arguments=[_location(folder, place)])
    if action.command == actions.OPEN and client.shows_documents:
        return types.Command(action.title, command="seealso.openPlace", arguments=[there])
    if action.command == actions.COMPARE and CLIENT_COMPARE in client.commands:
        where = snapshot.text.range_of_bytes(passage.start_byte, passage.end_byte)
        here = {"uri": snapshot.document.uri, "range": _range(where)}
        return types.Command(action.title, command=CLIENT_COMPARE, arguments=[here, _location(folder, place)])
    if action.command == actions.MARK:
        pair = {
            "uri": snapshot.document.uri,
            "position": {"line": passage.start_line, "character": 0},
            "hash": passage.hash.hex(),
            "otherUri": there["uri"],
            "otherPosition": there["position"],
            "otherHash": place.hash.hex(),
        }
        return types.Command(action.title, command="seealso.markIntended", arguments=[pair])
    return None


def _location(folder: Folder, place: Place) -> dict[str, Any]:
    where = place_location(place, folder.path)
    return {"uri": where.uri, "range": _range(where.range)}


def _range(where: types.Range) -> dict[str, Any]:
    return {
        "start": {"line": where.start.line, "character": where.start.character},
        "end": {"line": where.end.line, "character": where.end.character},
    }
