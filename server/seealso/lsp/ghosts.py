"""Ghost text: what is missing of a sentence that was written before, where the cursor is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.lsp.beginning import beginning, closed, prose, read
from seealso.lsp.completions import context
from seealso.lsp.endings import endings, places_elsewhere
from seealso.lsp.literals import in_literal
from seealso.lsp.paragraphs import last_written, paragraph_lines, without_marks

if TYPE_CHECKING:
    from lsprotocol.types import Position

    from seealso.lsp.beginning import Beginning
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.endings import Ending
    from seealso.model import Segmentation
    from seealso.text.base import Format
    from seealso.workspace import Workspace

MAX_GHOSTS = 3
"""Ways a sentence went on that are shown to somebody who asks for them."""

_SIGNS = ")]}»”’\"'.,;:!?…。，！？」』）】"
"""What may stand after the cursor and end a sentence, or what it is in."""

_CLOSED = re.compile(rf"[\s*_~{re.escape(_SIGNS)}]*")
_EMPHASIS = re.compile(r"[*_~]+")
_IN_TARGET = re.compile(r"\]\([^()\s]*$|\]\[[^\[\]]*$|<[A-Za-z/!][^<>]*$")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""Controls, and what lets text look otherwise than it is."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """One text to insert at the cursor."""

    text: str
    replaced: str
    """The word before the cursor when it is spelled otherwise than the sentence has it; `text` begins with its own."""
    sentence: str
    """What the whole sentence says then."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is missing at a place in a document; called with the workspace in the thread for questions."""

    snapshot: Snapshot
    position: Position
    invoked: bool
    """Somebody asked for it: what is not clear is shown as well."""

    def __call__(self, workspace: Workspace) -> list[Ghost]:
        from seealso.text.registry import format_for

        snapshot, text = self.snapshot, self.snapshot.text
        syntax = format_for(snapshot.path, snapshot.document.language_id)
        prefix, suffix = text.prefix(self.position), text.suffix(self.position)
        if syntax is None or not goes_on(prefix, suffix, markdown=syntax.name == "markdown"):
            return []
        line, _ = text.place(self.position)
        paragraph = paragraph_lines(text.lines, line, prefix)
        begun = beginning(paragraph, syntax)
        if begun is None or not begun.is_long_enough:
            return []
        below = without_marks(text.lines[line + 1 : line + 2]).strip()
        # A line that is new belongs to no passage yet.
        line = last_written(line, paragraph)
        found = endings(begun, places_elsewhere(workspace, snapshot, line, begun))
        clear = found.clear(begun)
        chosen = found.found[:MAX_GHOSTS] if self.invoked else [clear] if clear else []
        ghosts = [ghost for ending in chosen if (ghost := fitted(ending, begun, suffix, below))]
        # Last: most of what is typed was never written before.
        if not ghosts or not _in_prose(workspace, snapshot, line, syntax):
            return []
        return [ghost for ghost in ghosts if _reads_so(ghost, begun, syntax, on_new_line=not prefix.strip())]


def goes_on(prefix: str, suffix: str, *, markdown: bool) -> bool:
    """Tell whether text may go on between two halves of a line: at its end, but in no code, link or tag."""
    if not _CLOSED.fullmatch(suffix) or _IN_TARGET.search(prefix) or "://" in prefix[-200:].rpartition(" ")[2]:
        return False
    found = context(prefix, suffix, markdown=markdown)
    return found is not None and found.kind == "any"


def fitted(ending: Ending, begun: Beginning, suffix: str, below: str) -> Ghost | None:
    """Return an ending without what stands after the cursor already, or None when that is all of it."""
    rest = ending.text
    after = _EMPHASIS.sub("", suffix).strip()
    closing = rest[len(rest.rstrip(_SIGNS)) :]
    if after and after in closing:
        rest = rest[: len(rest) - len(closing) + closing.index(after)]
    wanted = rest.strip().casefold()
    if not wanted or _UNSEEN.search(rest) or (below and _agree(wanted, below.casefold())):
        return None
    sentence = ending.sentence[: len(ending.sentence) - len(ending.text) + len(rest)].strip()
    spelled = ending.with_word(begun.typed)[: len(begun.typed)]
    if spelled != begun.typed and spelled.casefold() == begun.typed.casefold():
        return Ghost(spelled + rest, begun.typed, sentence)
    return Ghost(rest, "", sentence)


def _agree(first: str, second: str) -> bool:
    """Tell whether one of two texts begins with the other."""
    length = min(len(first), len(second))
    return first[:length] == second[:length]


def _in_prose(workspace: Workspace, snapshot: Snapshot, line: int, syntax: Format) -> bool:
    """Tell whether a line is read as a passage or a title: no code, no front matter, no comment."""
    document = workspace.segmentation(snapshot.path)
    if document is not None:
        inside = any(passage.start_line <= line <= passage.end_line for passage in document.passages)
        if not inside and all(heading.line != line for heading in document.headings):
            return False
    return not in_literal(snapshot.text.lines, line, syntax.name)


def _reads_so(ghost: Ghost, begun: Beginning, syntax: Format, *, on_new_line: bool) -> bool:
    """Tell whether what is inserted reads as it did where it is from: none of it makes markup, a link or a block."""
    rest = ghost.text[len(ghost.replaced) :]
    if on_new_line and prose(read(rest, syntax)) != rest:
        return False
    before, after = read(begun.raw, syntax), read(begun.raw + rest, syntax)
    text = prose(after)
    wanted = ghost.sentence.casefold()
    return _links(before) == _links(after) and any(
        reading.casefold().endswith(wanted) for reading in (text, closed(text))
    )


def _links(line: Segmentation) -> list[tuple[str, ...]]:
    return [passage.links for passage in line.passages]
