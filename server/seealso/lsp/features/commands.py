"""`workspace/executeCommand`. Results are plain JSON, with the field names of the command line plus `uri`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from seealso.errors import CancelledError, SeeAlsoError, SettingsError
from seealso.lsp import render
from seealso.lsp.arguments import Arguments
from seealso.lsp.features.action_commands import link_to_place, mark_intended, open_place, share_intended
from seealso.lsp.located import located
from seealso.lsp.uris import to_path, to_uri
from seealso.meter import unless
from seealso.model import DuplicateKind
from seealso.report import Json, group_json, match_json, place_json, status_json, update_json
from seealso.worth import MIN_SCORE, MIN_SCORE_ASKED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from pathlib import Path

    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.meter import Cancelled
    from seealso.model import Match, Passage
    from seealso.workspace import Workspace

    Command = Callable[[Server, Arguments, types.ProgressToken | None], Awaitable[Json]]

MAX_LIMIT = 200


def register(server: Server) -> None:
    """Add the handlers."""
    for name, command in COMMANDS.items():
        server.command(name)(command)  # only so that the client is told its name

    @server.on(types.WORKSPACE_EXECUTE_COMMAND, quiet=False)
    async def execute_command(ls: Server, params: types.ExecuteCommandParams) -> Json:
        command = COMMANDS.get(params.command)
        if command is None:
            raise JsonRpcInvalidParams(f"seealso has no command `{params.command}`.")
        try:
            return await command(ls, Arguments(params.command, params.arguments), params.work_done_token)
        except SettingsError as error:
            raise JsonRpcInvalidParams(str(error)) from error
        except CancelledError as error:
            raise JsonRpcException(str(error), types.LSPErrorCodes.ServerCancelled.value) from error
        except SeeAlsoError as error:
            raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed.value) from error


async def search(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Return the passages that answer `query` in one folder (`uri`) or all."""
    query = arguments.text("query")
    limit = arguments.integer("limit", 10, 1, MAX_LIMIT) or 0
    folders = _places(ls, arguments)
    arguments.finish()
    answers = [(folder, await folder.ask(lambda workspace: workspace.search(query, limit))) for folder in folders]
    found = sorted(
        ((match, folder) for folder, answer in answers for match in answer.matches),
        key=lambda pair: -pair[0].score,
    )
    return {
        "matches": [_match(match, folder.path, MIN_SCORE_ASKED) for match, folder in found[:limit]],
        "complete": all(answer.complete for _, answer in answers),
    }


async def show_related(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Return what the workspace says about the passage at `position` of the document `uri`."""
    uri = arguments.text("uri")
    line, _ = arguments.position("position")
    limit = arguments.integer("limit", None, 1, MAX_LIMIT)
    arguments.finish()
    folder, path = await located(ls.session, uri)
    related = await folder.ask(lambda workspace: workspace.related(path, line, limit))
    if related is None:
        return {"passage": None, "duplicates": [], "matches": [], "complete": True}
    return {
        "passage": _passage(related.passage, path, folder.path),
        "duplicates": [_match(match, folder.path) for match in related.duplicates],
        "matches": [_match(match, folder.path, MIN_SCORE) for match in related.matches],
        "complete": related.complete,
    }


async def list_duplicates(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Return the groups of passages that repeat one another, of the given `kinds`, in one folder (`uri`) or all."""
    kinds = arguments.choices("kinds", DuplicateKind)
    folders = _places(ls, arguments)
    arguments.finish()
    found = [await folder.review(partial(_groups, root=folder.path, kinds=kinds)) for folder in folders]
    return {"groups": [group for groups in found for group in groups]}


async def index_status(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Return what is known about the index of one folder (`uri`) or of each."""
    folders = _folders(ls, arguments)
    arguments.finish()
    return {
        "folders": [
            {"uri": folder.uri, **status_json(await folder.ask(lambda workspace: workspace.status()))}
            for folder in folders
        ]
    }


async def update_index(ls: Server, arguments: Arguments, token: types.ProgressToken | None) -> Json:
    """Bring the index of one folder (`uri`) or of each up to date; return when that is done."""
    return await _update(ls, arguments, token, rebuild=False)


async def rebuild_index(ls: Server, arguments: Arguments, token: types.ProgressToken | None) -> Json:
    """Read every document again; return when that is done."""
    return await _update(ls, arguments, token, rebuild=True)


async def stop_update(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Stop the update of the index of one folder (`uri`) or of each; what is finished is kept."""
    folders = _folders(ls, arguments)
    arguments.finish()
    stopped = []
    for folder in folders:
        if folder.updater is not None and folder.updater.running:
            folder.updater.cancel()
            stopped.append(folder)
    return {"folders": [{"uri": folder.uri} for folder in stopped]}


COMMANDS: dict[str, Command] = {
    "seealso.search": search,
    "seealso.showRelated": show_related,
    "seealso.listDuplicates": list_duplicates,
    "seealso.indexStatus": index_status,
    "seealso.updateIndex": update_index,
    "seealso.rebuildIndex": rebuild_index,
    "seealso.stopUpdate": stop_update,
    "seealso.openPlace": open_place,
    "seealso.linkTo": link_to_place,
    "seealso.markIntended": mark_intended,
    "seealso.shareIntended": share_intended,
}


async def _update(ls: Server, arguments: Arguments, token: types.ProgressToken | None, *, rebuild: bool) -> Json:
    folders = _folders(ls, arguments)
    arguments.finish()
    done: list[Json] = []
    for folder in folders:
        updater = await folder.opened_updater()
        report = await updater.wait(rebuild=rebuild, visible=token is None, token=token)
        done.append({"uri": folder.uri, **update_json(report)})
        token = None  # one bar for one command: the first folder's
    return {"folders": done}


def _folders(ls: Server, arguments: Arguments) -> list[Folder]:
    """Return the folder that holds `uri`, or all of them without one."""
    places = _places(ls, arguments)
    return places if arguments.optional_text("uri") else [folder for folder in places if not folder.loose]


def _places(ls: Server, arguments: Arguments) -> list[Folder]:
    """Return what holds `uri`; without one all folders, and what holds the open documents that are in none."""
    uri = arguments.optional_text("uri")
    if uri is None:
        return ls.session.places
    path = to_path(uri)
    folder = ls.session.folder_of(path) if path is not None else None
    if folder is None:
        raise SettingsError(f"{uri} is in no open folder.")
    return [folder]


def _groups(
    workspace: Workspace, cancelled: Cancelled, *, root: Path, kinds: Collection[DuplicateKind] | None
) -> list[Json]:
    return [
        {
            **group_json(group),
            "places": [{**place_json(place), "uri": to_uri(root / place.path)} for place in group.places],
        }
        for group in unless(cancelled, workspace.duplicates(kinds, cancelled))
    ]


def _match(match: Match, root: Path, least: float = 0.0) -> Json:
    """Return a match; below a score of `least` it is not called close in any way, and not worth showing."""
    closeness = render.closeness(match) if match.score >= least else None
    return {**match_json(match), "uri": to_uri(root / match.place.path), "closeness": closeness}


def _passage(passage: Passage, path: str, root: Path) -> dict[str, Any]:
    return {
        "path": path,
        "line": passage.start_line + 1,
        "end_line": passage.end_line + 1,
        "heading": " > ".join(heading.title for heading in passage.headings),
        "text": passage.text,
        "uri": to_uri(root / path),
    }
