"""Commands that code actions stand for, and anybody else may send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.errors import SettingsError
from seealso.lsp.links import as_wikis_do, link_to
from seealso.lsp.located import located
from seealso.lsp.offers import ANSWER_S

if TYPE_CHECKING:
    from seealso.lsp.arguments import Arguments
    from seealso.lsp.folder import Folder
    from seealso.lsp.server import Server
    from seealso.model import Passage
    from seealso.report import Json
    from seealso.workspace import Workspace


async def open_place(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Let the client show `position` of the document `uri`."""
    uri = arguments.text("uri")
    line, character = arguments.position("position")
    arguments.finish()
    folder, _ = await located(ls.session, uri)  # nothing else on this machine is ours to open
    if folder.loose and uri not in ls.session.documents:
        raise SettingsError(f"{uri} is in no open folder.")
    if not ls.session.client.shows_documents:
        raise SettingsError("This editor does not open documents for a server. Open it there by hand.")
    where = types.Position(line, character)
    shown = types.ShowDocumentParams(uri, take_focus=True, selection=types.Range(where, where))
    try:
        answer = await ls.outbox.request(types.WINDOW_SHOW_DOCUMENT, shown, ANSWER_S)
    except (JsonRpcException, TimeoutError) as error:
        ls.outbox.log(f"The client did not open {uri}: {str(error) or 'no answer'}", types.MessageType.Warning)
        return {"opened": False}
    return {"opened": bool(getattr(answer, "success", False))}


async def mark_intended(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Never report two passages as duplicates of each other again; they are found by document and position.

    With `hash` and `otherHash` they have to say what they said when these were taken.
    """
    uri, other_uri = arguments.text("uri"), arguments.text("otherUri")
    (line, _), (other_line, _) = arguments.position("position"), arguments.position("otherPosition")
    text_hash, other_hash = arguments.optional_text("hash"), arguments.optional_text("otherHash")
    arguments.finish()
    folder, path = await located(ls.session, uri)
    other_folder, other_path = await located(ls.session, other_uri)
    _kept(folder)
    if other_folder is not folder:
        raise SettingsError("Both passages have to be in one folder of the workspace: each folder has an index.")

    def question(workspace: Workspace) -> tuple[str, str]:
        return (
            _passage(workspace, path, line, text_hash).text,
            _passage(workspace, other_path, other_line, other_hash).text,
        )

    first, second = await folder.ask(question)
    await folder.write(lambda workspace: workspace.marks.add(first, second))
    ls.session.changed(folder)
    return {"first": first, "second": second}


async def link_to_place(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Return a link from the document `uri` to the section that `otherPosition` of `otherUri` is in, as text."""
    uri, other_uri = arguments.text("uri"), arguments.text("otherUri")
    other_line, _ = arguments.position("otherPosition")
    arguments.finish()
    folder, path = await located(ls.session, uri)
    other_folder, other_path = await located(ls.session, other_uri)
    if other_folder is not folder:
        raise SettingsError("Both documents have to be in one folder of the workspace.")
    document = ls.session.documents.get(uri)
    language_id = document.language_id if document is not None else None

    def question(workspace: Workspace) -> str:
        from seealso.overlay import place_of  # with the first question, not before `initialize`
        from seealso.text.registry import format_for

        syntax, segmentation = format_for(path, language_id), workspace.segmentation(path)
        if syntax is None or segmentation is None:
            raise SettingsError(f"{path} is no document that can have links.")
        place = place_of(other_path, _passage(workspace, other_path, other_line, None))
        return link_to(path, syntax, place, wiki=as_wikis_do(syntax, segmentation.passages, folder.titles, workspace))

    return {"text": await folder.ask(question)}


async def share_intended(ls: Server, arguments: Arguments, _token: types.ProgressToken | None) -> Json:
    """Write the marked pairs of the folder that holds `uri` into the file that a team commits."""
    folder, _ = await located(ls.session, arguments.text("uri"))
    arguments.finish()
    _kept(folder)
    return {"pairs": await folder.write(lambda workspace: workspace.marks.share())}


def _kept(folder: Folder) -> None:
    if folder.loose:
        raise SettingsError("A pair is kept with the index of a folder. Open the folder that holds both passages.")


def _passage(workspace: Workspace, path: str, line: int, text_hash: str | None) -> Passage:
    segmentation = workspace.segmentation(path)
    for passage in segmentation.passages if segmentation is not None else ():
        if passage.start_line <= line <= passage.end_line and text_hash in (None, passage.hash.hex()):
            return passage
    what = "any more that says what it said" if text_hash is not None else ""
    raise SettingsError(f"There is no passage at line {line + 1} of {path} {what}".rstrip() + ".")
