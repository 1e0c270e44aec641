"""What belongs into the "See also" list of a section. Asks the workspace; call it in a thread."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from seealso.lsp import completions, render, see_also
from seealso.lsp.links import link_to
from seealso.lsp.writing import Change, RefusedChangeError, tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seealso.linked import Linked
    from seealso.lsp.see_also import Listing, Section
    from seealso.lsp.writing import Writing
    from seealso.model import Passage, Place
    from seealso.workspace import Workspace

ASKED = 8
"""Passages of a section that are asked about, the longest ones: enough to know what it is about."""

_TARGET = re.compile(r"\]\(<?([^)\s>]+)>?\)|(\[\[[^\[\]]+\]\])|<([^<>\s]+)>`|:\w+:`([^`<>]+)`|\(([^()\s]+\.\w{1,8})\)")
"""Where an entry leads to, in whatever format."""


def refreshed(workspace: Workspace, path: str, writing: Writing, section: Section, *, wiki: bool) -> Change | None:
    """Return the change that gives a section its list, or brings it up to date; None when nothing changes.

    Entries stay as they are, in their order, unless they lead to a document that is gone or that the section links
    anyway; what is close and not there yet follows, as long as the list is short. Raises `RefusedChangeError` where a
    list would change what else the document says.
    """
    from seealso.linked import Linked  # with the first question, not before `initialize`

    listing = see_also.find(writing.lines, section, writing.syntax.name)
    own = [passage for passage in _passages(writing, section) if not _is_in(passage, listing)]
    linked = Linked(path, (link for passage in own for link in passage.links))
    before = listing.entries if listing is not None else ()
    entries = [
        entry for entry in before if not _is_gone(workspace, path, entry) and not _leads_into(path, entry, linked)
    ]
    for place in _close(workspace, path, own):
        if len(entries) >= workspace.settings.related.limit:
            break
        there = Linked(path, (target for entry in entries for target in _targets(entry)))
        if not linked.holds(place) and not there.leads_to(place.path):
            entries.append(link_to(path, writing.syntax, place, wiki=wiki))
    if tuple(entries) == before:
        return None
    return _rewritten(writing, listing, entries) if listing is not None else _added(writing, section, own, entries)


def says_enough(passage: Passage) -> bool:
    """Tell whether a passage says enough to find what a list should name: a word or two are close to anything short."""
    return len(passage.text) >= completions.MIN_SUBJECT


def _passages(writing: Writing, section: Section) -> list[Passage]:
    return [passage for passage in writing.segmentation.passages if section.start <= passage.start_line < section.stop]


def _is_in(passage: Passage, listing: Listing | None) -> bool:
    return listing is not None and listing.start <= passage.start_line < listing.stop


def _close(workspace: Workspace, path: str, passages: Sequence[Passage]) -> list[Place]:
    """Return one place each of the documents that are close to some passages, best first."""
    asked = sorted(filter(says_enough, passages), key=lambda passage: -len(passage.text))[:ASKED]
    best: dict[str, tuple[float, Place]] = {}
    for passage in asked:
        related = workspace.related(path, passage.start_line, 2 * workspace.settings.related.limit)
        for match in related.matches if related is not None else ():
            place = match.place
            if match.same_document or match.score < render.CLOSE or best.get(place.path, (0.0,))[0] >= match.score:
                continue
            best[place.path] = match.score, place
    return [place for _, place in sorted(best.values(), key=lambda found: (-found[0], found[1].path))]


def _targets(entry: str) -> list[str]:
    return ["".join(groups) for groups in _TARGET.findall(entry)]


def _leads_into(path: str, entry: str, linked: Linked) -> bool:
    """Tell whether an entry leads to a document that is linked already."""
    folder = posixpath.dirname(path)
    return any(
        linked.leads_to(target[2:-2].partition("#")[0] if target[:2] == "[[" else _resolved(folder, target))
        for target in _targets(entry)
        if "://" not in target
    )


def _is_gone(workspace: Workspace, path: str, entry: str) -> bool:
    """Tell whether an entry leads to a document that does not exist; what cannot be told does."""
    from seealso.text.registry import extensions

    for target in _targets(entry):
        resolved = _resolved(posixpath.dirname(path), target)
        if "://" in target or target[:2] == "[[" or resolved.startswith(".."):
            continue
        if posixpath.splitext(resolved)[1].lower() in extensions():
            names: Iterable[str] = (resolved,)
        elif ":doc:" in entry:
            names = (resolved + extension for extension in extensions())
        else:
            continue
        if not any((workspace.root / name).exists() for name in names):
            return True
    return False


def _resolved(folder: str, target: str) -> str:
    target = unquote(target.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join("" if target[:1] == "/" else folder, target.lstrip("/")))


def _rewritten(writing: Writing, listing: Listing, entries: Sequence[str]) -> Change:
    start, stop = writing.starts[listing.start], writing.starts[listing.stop - 1]
    text = see_also.write(listing.shape, entries, listing.fence) if entries else ""
    end = writing.line_stop(stop) if text else writing.after_line(stop)
    if not text and listing.stop < len(writing.lines) and not writing.lines[listing.stop].strip():
        end = writing.after_line(end)
    numbers = [
        number
        for number, passage in enumerate(writing.segmentation.passages)
        if listing.start <= passage.start_line < listing.stop
    ]
    first = numbers[0] if numbers else _passages_before(writing, start)
    words = " ".join((*listing.entries, text))
    return tried(writing, Change(start, end, writing.with_line_ends(text)), range(first, first + len(numbers)), words)


def _added(writing: Writing, section: Section, own: Sequence[Passage], entries: Sequence[str]) -> Change:
    if not own:
        raise RefusedChangeError("This section has no text that a list could be about.", hint="Write some first.")
    last_title = section.stop == len(writing.lines)
    stop = max(see_also.end_of(writing.lines, section, last_title=last_title), own[-1].end_line + 1)
    at = writing.line_stop(writing.starts[stop - 1])
    text = see_also.write(see_also.shape_for(writing.syntax.name, writing.lines), entries)
    after = "\n" if stop < len(writing.lines) and writing.lines[stop].strip() else ""
    change = Change(at, at, writing.with_line_ends(f"\n\n{text}{after}"))
    number = _passages_before(writing, at)
    return tried(writing, change, range(number, number), text)


def _passages_before(writing: Writing, at: int) -> int:
    return sum(passage.start_byte < at for passage in writing.segmentation.passages)
