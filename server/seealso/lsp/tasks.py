"""What a code action changes: said in its `data`, done when the client asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from seealso.lsp import related_lists, rewrites, see_also
from seealso.lsp.links import as_wikis_do, link_to
from seealso.lsp.writing import RefusedChangeError, Writing
from seealso.meter import never, unless

if TYPE_CHECKING:
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.titles import Titles
    from seealso.lsp.writing import Change
    from seealso.meter import Cancelled
    from seealso.model import Passage, Place
    from seealso.workspace import Workspace

CHANGED = RefusedChangeError("The document has changed since this was offered.", hint="Ask for the actions again.")


class What(StrEnum):
    REPLACE = "replace"
    """Put a link to the other place where the passage is."""
    REMOVE = "remove"
    IGNORE = "ignore"
    IGNORE_FILE = "ignoreFile"
    LINK = "link"
    """Insert a link to the other place at the position."""
    LIST = "list"
    """Insert or refresh the list of the section at the position."""
    LISTS = "lists"
    """Refresh every list of the document."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another passage, and what it said."""

    path: str
    line: int
    """0-based."""
    hash: str


@dataclass(frozen=True, slots=True)
class Task:
    """One change of one version of a document."""

    what: What
    uri: str
    version: int
    line: int
    """0-based line of the passage, or of the section."""
    byte: int = 0
    """Where a link is inserted, in UTF-8."""
    hash: str = ""
    """What the passage said, when it is about one."""
    other: Other | None = None

    def wire(self) -> dict[str, Any]:
        """Return it as JSON, without nulls: Neovim does not send those back."""
        other = self.other
        there = {} if other is None else {"other": {"path": other.path, "line": other.line, "hash": other.hash}}
        return {
            "what": self.what.value,
            "uri": self.uri,
            "version": self.version,
            "line": self.line,
            "byte": self.byte,
            "hash": self.hash,
            **there,
        }


def task_of(wire: object) -> Task:
    """Return the task in an action's `data`; raises `RefusedChangeError` when it holds none."""
    match wire:
        case {
            "what": str(what),
            "uri": str(uri),
            "version": int(version),
            "line": int(line),
            "byte": int(byte),
            "hash": str(text_hash),
            **rest,
        } if what in set(What):
            return Task(What(what), uri, version, line, byte, text_hash, _other(rest.get("other")))
    raise _unknown()


def _other(wire: object) -> Other | None:
    match wire:
        case None:
            return None
        case {"path": str(path), "line": int(line), "hash": str(text_hash)}:
            return Other(path, line, text_hash)
    raise _unknown()


def _unknown() -> RefusedChangeError:
    return RefusedChangeError("This action is none of seealso's.", hint="Ask for the actions again.")


@dataclass(frozen=True, slots=True)
class Work:
    """A task as a question to the workspace; call it in a thread.

    Raises `RefusedChangeError` when the task cannot be done without doing more, or is about what is there no longer.
    """

    task: Task
    snapshot: Snapshot
    titles: Titles

    def __call__(self, workspace: Workspace, cancelled: Cancelled = never) -> list[Change]:
        """Return the changes, the last one in the document first, so that each can be made after the one before."""
        task, path = self.task, self.snapshot.path
        writing = writing_of(workspace, self.snapshot)
        if writing is None:
            raise CHANGED
        passages = writing.segmentation.passages
        wiki = as_wikis_do(writing.syntax, passages, self.titles, workspace)
        if task.what is What.IGNORE_FILE:
            return [rewrites.file_ignored(writing)]
        if task.what in (What.LIST, What.LISTS):
            return _lists(workspace, path, writing, task, cancelled, wiki=wiki)
        passage = passage_with(writing, task.line, task.hash)
        if passage is None:
            raise CHANGED
        if task.what is What.IGNORE:
            return [rewrites.ignored(writing, passage)]
        if task.what is What.REMOVE:
            return [rewrites.removed(writing, passage)]
        link = link_to(path, writing.syntax, _place(workspace, task.other), wiki=wiki)
        if task.what is What.REPLACE:
            return [rewrites.replaced(writing, passage, link)]
        return [rewrites.inserted(writing, passage, task.byte, link)]


def writing_of(workspace: Workspace, snapshot: Snapshot) -> Writing | None:
    """Return a version of a document, or None when the workspace has another one by now, or knows no such format."""
    from seealso.text.registry import format_for  # with the first question, not before `initialize`

    syntax = format_for(snapshot.path, snapshot.document.language_id)
    segmentation = workspace.segmentation_of(snapshot.path, snapshot.text.source)
    if syntax is None or segmentation is None:
        return None
    return Writing(snapshot.text.source.encode(), syntax, segmentation)


def passage_with(writing: Writing, line: int, text_hash: str = "") -> Passage | None:
    """Return the passage that covers a line and says what a hash stands for; without a hash, the first one."""
    return next(
        (
            passage
            for passage in writing.segmentation.passages
            if passage.start_line <= line <= passage.end_line and text_hash in ("", passage.hash.hex())
        ),
        None,
    )


def _place(workspace: Workspace, other: Other | None) -> Place:
    from seealso.overlay import place_of

    segmentation = workspace.segmentation(other.path) if other is not None else None
    for passage in segmentation.passages if segmentation is not None else ():
        if other is not None and passage.hash.hex() == other.hash and passage.start_line == other.line:
            return place_of(other.path, passage)
    raise RefusedChangeError("The other passage is not there any more.", hint="Ask for the actions again.")


def _lists(
    workspace: Workspace, path: str, writing: Writing, task: Task, cancelled: Cancelled, *, wiki: bool
) -> list[Change]:
    headings = writing.segmentation.headings
    if task.what is What.LIST:
        section = see_also.section_at(headings, writing.lines, task.line)
        change = related_lists.refreshed(workspace, path, writing, section, wiki=wiki)
        if change is None and see_also.find(writing.lines, section, writing.syntax.name) is None:
            raise RefusedChangeError("Nothing is close enough to this section for a list.", hint="Write more about it.")
        return [change] if change is not None else []
    found = [
        related_lists.refreshed(workspace, path, writing, section, wiki=wiki)
        for section in unless(cancelled, reversed(see_also.sections(headings, writing.lines)))
        if see_also.find(writing.lines, section, writing.syntax.name) is not None
    ]
    return [change for change in found if change is not None]
