"""What can be done about a passage in its own document. Pure: one version of a document in, a change of it out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from seealso.lsp.literals import SOURCES
from seealso.lsp.writing import Change, RefusedChangeError, is_unspaced, refused, titles, tried
from seealso.model import PassageKind
from seealso.text.markers import IGNORE, IGNORE_FILE

if TYPE_CHECKING:
    from seealso.lsp.writing import Writing
    from seealso.model import Passage
    from seealso.text.base import Format

_BLANKS = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_WORD = re.compile(r"\w+")

_MARKDOWN_MARKER = re.compile(
    rb"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\s]{1,200}\]:))*[ \t]*(?:\[[ xX]\][ \t]+)?"
)
_RST_MARKER = re.compile(
    rb"(?:(?:[-*+]|\xe2\x80[\xa2\xa3]|\xe2\x81\x83|\(?(?:[0-9]{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,12}|#)[.)])[ \t]+"
    rb"|:(?![: ])[^:\r\n]{1,200}:[ \t]+)+"
)
_ASCIIDOC_MARKER = re.compile(
    rb"(?:[ \t]*(?:(?:\*{1,6}|-|\.{1,6}|\d{1,9}\.|[a-zA-Z]\.|<\d{1,4}>|\xe2\x80\xa2)(?=[ \t])|>))*"
    rb"[ \t]*(?:\[[ xX*]\][ \t]+)?"
)
_LATEX_MARKER = re.compile(rb"(?:\\item\b[ \t]*(?:\[\][ \t]*)?)*")
_ORG_MARKER = re.compile(
    rb"(?:[ \t]*(?:[-+*]|\d{1,9}[.)])(?=[ \t]))*[ \t]*(?:\[[ xX-]\][ \t]+)?(?:\[fn:[\w-]{1,60}\][ \t]*)?"
)
_PLAIN_MARKER = re.compile(rb"(?:[ \t]*(?:>|(?:[-*+]|\xe2\x80\xa2)(?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*")
_MARKERS = {
    "asciidoc": _ASCIIDOC_MARKER,
    "latex": _LATEX_MARKER,
    "markdown": _MARKDOWN_MARKER,
    "org": _ORG_MARKER,
    "rst": _RST_MARKER,
}

_DELIMITED = {
    "asciidoc": frozenset({PassageKind.QUOTE, PassageKind.TABLE}),
    "latex": frozenset({PassageKind.LIST, PassageKind.QUOTE, PassageKind.TABLE}),
    "org": frozenset({PassageKind.QUOTE}),
}
"""Kinds of passages between lines of their own that begin and end them, which are no part of the passage."""

_LETTERS = re.compile(r"[^\W_]+")
_LINE_MARKER = re.compile(r"^[ \t]*(?:>[ \t]?|(?:[-*+\u2022]|\(?[0-9A-Za-z#]{1,9}[.)])[ \t]+)*", re.MULTILINE)
_NOT_READ = re.compile(
    r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)"  # where a link of Markdown leads
    r"|(?:\bx?ref|\blink):[^\s\[\]]*(?=\[)|<<[^<>,]*,"  # of AsciiDoc
    r"|\[\[[^\[\]]*\](?=\[)"  # of Org
    r"|\\href\{[^{}]*\}(?=\{)|\\hyperref\[[^\[\]]*\](?=\{)|\\(?:\w*ref|label|cite\w*)\{[^{}]*\}|\\[a-zA-Z]+"  # of LaTeX
    r"|(?<=\])\[[^\]]*\]|<(?:https?|mailto):[^<>\s]*>|:[\w:+.-]+:(?=`)|\s<[^<>`]*>(?=`)"
)
"""What is markup of prose, and no part of its text."""
_NO_PROSE = re.compile(
    r"^[ \t>]*(?:```|~~~|:::|\$\$|-{4}|#\+|\\begin\{|\.{4}|\+{4}|\.\.(?:[ \t]|$))|<[A-Za-z/!?]|!\[", re.MULTILINE
)
"""What may stand in the range of a passage without being a part of its text."""

_BULLET = re.compile(rb"[^>\s]")
"""What a marker is made of except the signs of quotes, which each line repeats."""

_IN_A_LINK = ("://", "](", "<", "`", "@", "www.")
"""What an unfinished word may be part of, so that nothing can be put into it."""

_IN_MARKERS = frozenset({PassageKind.LIST, PassageKind.QUOTE, PassageKind.FOOTNOTE})

_FRONT_MATTER = re.compile(
    rb"(?:\xef\xbb\xbf)?(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)(?s:.*?)^\1[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE
)
_LEADING_COMMENTS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\.\.[ \t](?![_\[|])(?![^\r\n]*::)[^\r\n]*(?:\r\n|\n|\r)(?:[ \t]+[^\r\n]*(?:\r\n|\n|\r))*)*"
)


def stands_alone(writing: Writing, passage: Passage) -> bool:
    """Tell whether a passage is a block of its own: not one piece of a long one, which a change would tear."""
    headings = {heading.line for heading in writing.segmentation.headings}
    for other in writing.segmentation.passages:
        if other is passage:
            continue
        above, below = sorted((other, passage), key=lambda neighbour: neighbour.start_byte)
        lines = below.start_line - above.end_line
        if lines <= 0:
            return False  # both have a part of one line
        # Without a blank line between them: an item after another, or one piece after another.
        touch = lines == 1 and other.kind is passage.kind and below.start_line - 1 not in headings
        if touch and (passage.kind is not PassageKind.LIST or not _begins_item(writing, below)):
            return False
    return True


def _begins_item(writing: Writing, passage: Passage) -> bool:
    before = writing.source[writing.line_start(passage.start_byte) : passage.start_byte]
    return bool((before + marker_of(writing, passage)).strip())


def marker_of(writing: Writing, passage: Passage) -> bytes:
    """Return the markers of lists, quotes and footnotes that a passage begins with."""
    if passage.kind not in _IN_MARKERS:
        return b""
    found = _MARKERS.get(writing.syntax.name, _PLAIN_MARKER).match(writing.source, passage.start_byte, passage.end_byte)
    return found[0] if found else b""


def may_be_replaced(writing: Writing, passage: Passage) -> bool:
    """Tell, at little cost, whether it is worth trying to put a link in the place of a passage."""
    if passage.kind is PassageKind.TABLE and passage.kind in _DELIMITED.get(writing.syntax.name, ()):
        return False
    if passage.kind is not PassageKind.LIST:
        return stands_alone(writing, passage)
    # Of several items only one would be left.
    lines = writing.source[passage.start_byte : passage.end_byte].splitlines()
    marker = _MARKERS.get(writing.syntax.name, _PLAIN_MARKER)
    items = sum(bool((found := marker.match(line.lstrip())) and found[0].strip()) for line in lines)
    return items == 1 and bool(marker_of(writing, passage).strip()) and stands_alone(writing, passage)


def may_be_removed(writing: Writing, passage: Passage) -> bool:
    """Tell, at little cost, whether it is worth trying to take a passage out.

    Not a comment: its lines may begin and end with what the program needs.
    """
    if writing.syntax.name in SOURCES:
        return False
    torn = passage.kind is PassageKind.FOOTNOTE or passage.kind in _DELIMITED.get(writing.syntax.name, ())
    return not torn and stands_alone(writing, passage)


def replaced(writing: Writing, passage: Passage, link: str) -> Change:
    """Return the change that puts a link in the place of a passage; the markers it begins with stay.

    Raises `RefusedChangeError` when that cannot be done without touching something else.
    """
    if not may_be_replaced(writing, passage):
        raise refused("cannot be replaced by a link without touching what stands around it")
    _check_only_prose(writing, passage)
    change = Change(passage.start_byte + len(marker_of(writing, passage)), passage.end_byte, link)
    return _tried(writing, change, passage, words=link)


def removed(writing: Writing, passage: Passage) -> Change:
    """Return the change that takes a passage out, with the blank lines that would be too many then.

    Raises `RefusedChangeError` when that cannot be done without touching something else.
    """
    if not may_be_removed(writing, passage):
        raise refused("cannot be removed without touching what stands around it")
    _check_only_prose(writing, passage)
    source = writing.source
    start, end = writing.line_start(passage.start_byte), writing.after_line(passage.end_byte)
    if source.startswith(_BOM) and start == 0:
        start = 3
    blank_before = start == 0 or not source[writing.line_start(start - 1) : start].strip(_BLANKS)
    if end >= len(source):
        while start > 0 and not source[(before := writing.line_start(start - 1)) : start].strip(_BLANKS):
            start = before
    elif blank_before and not source[end : writing.line_stop(end)].strip(_BLANKS):
        end = writing.after_line(end)
    return _tried(writing, Change(start, end, ""), passage, words="")


def _check_only_prose(writing: Writing, passage: Passage) -> None:
    """Raise `RefusedChangeError` when a passage holds more than its text: the other copy need not have that.

    Code in a list item, a comment, an image, an anchor: whatever is no part of what was compared.
    """
    start = passage.start_byte + len(marker_of(writing, passage))
    raw = writing.source[start : passage.end_byte].decode("utf-8", "replace")
    raw = _NOT_READ.sub(" ", _LINE_MARKER.sub("", raw))
    more = Counter(_LETTERS.findall(raw)) - Counter(_LETTERS.findall(passage.text))
    if more or _NO_PROSE.search(raw):
        raise refused("holds more than its text, such as code, a comment or an image, which would be lost")


def ignored(writing: Writing, passage: Passage) -> Change:
    """Return the change that puts the comment before a passage which makes seealso leave it alone.

    Raises `RefusedChangeError` where a comment would change what the document says.
    """
    if not stands_alone(writing, passage):
        raise refused("cannot have a comment before it: it is only a part of its paragraph")
    at = _number(writing, passage)
    before = writing.source[writing.line_start(passage.start_byte) : passage.start_byte].removeprefix(_BOM)
    previous = writing.segmentation.passages[at - 1] if at else None
    marker = marker_of(writing, passage)
    places = [(passage.start_byte + len(marker), before + marker)]
    if marker and (writing.syntax.name in _DELIMITED or previous is None or previous.kind is not passage.kind):
        places.insert(0, (passage.start_byte, before))  # before the whole list or quote rather than inside
    for place, lead in places:
        change = Change(place, place, writing.with_line_ends(_comment_before(writing.syntax, lead)))
        if _only_ignores(writing, change, passage):
            return change
    raise refused("cannot have a comment before it")


def _comment_before(syntax: Format, lead: bytes) -> str:
    """Return the comment and the beginning of the line under it, which is quoted as deep and indented as far."""
    margin = _BULLET.sub(b" ", lead.decode("utf-8", "replace").encode("ascii", "replace")).decode("ascii")
    tight = syntax.name == "markdown" and lead.strip()
    gap = f"\n{margin}" if tight else f"\n{margin.rstrip()}\n{margin}"
    return f"{syntax.comment(IGNORE)}{gap}"


def _only_ignores(writing: Writing, change: Change, passage: Passage) -> bool:
    before, after = writing.segmentation, writing.changed(change).segmentation
    wanted = [(other.text, other.kind, other.ignored or other is passage) for other in before.passages]
    got = [(other.text, other.kind, other.ignored) for other in after.passages]
    return got == wanted and titles(after) == titles(before)


def file_ignored(writing: Writing) -> Change:
    """Return the change that puts the comment at the top of a document which makes seealso leave all of it alone.

    Raises `RefusedChangeError` where a comment would change what the document says.
    """
    source, name = writing.source, writing.syntax.name
    at = 3 if source.startswith(_BOM) else 0
    if name == "markdown" and (front := _FRONT_MATTER.match(source)):
        at = front.end()
    elif name in SOURCES and source.startswith(b"#!"):
        at = writing.after_line(0)
    elif name == "rst" and (comments := _LEADING_COMMENTS.match(source)):
        at = max(at, comments.end())  # a licence stays the first line
    first = "\n" if at > 3 else ""
    comment = writing.with_line_ends(f"{first}{writing.syntax.comment(IGNORE_FILE)}\n")
    if source[at : writing.line_stop(at)].strip():
        comment += writing.line_end
    change = Change(at, at, comment)
    before, after = writing.segmentation, writing.changed(change).segmentation
    same = [passage.text for passage in after.passages] == [passage.text for passage in before.passages]
    if not same or not all(passage.ignored for passage in after.passages) or titles(after) != titles(before):
        raise RefusedChangeError("This document cannot have a comment at its top.", hint="Add it by hand.")
    return change


def inserted(writing: Writing, passage: Passage, at: int, link: str) -> Change:
    """Return the change that puts a link at a byte inside a passage, or behind the word that the byte is in.

    Raises `RefusedChangeError` where it would become something else, such as code or part of another link.
    """
    before = writing.source[writing.line_start(at) : at].decode("utf-8", "replace")
    after = writing.source[at : writing.line_stop(at)].decode("utf-8", "replace")
    if before[-1:].isalnum() and (rest := _WORD.match(after)):
        at += len(rest[0].encode())
        before, after = before + rest[0], after[rest.end() :]
    token = before.rsplit(None, 1)[-1] if before and not before[-1].isspace() else ""
    outside = not passage.start_byte <= at <= passage.end_byte
    if outside or _is_continuation(writing.source[at : at + 1]) or any(sign in token for sign in _IN_A_LINK):
        raise refused("cannot have a link there")
    lead = "" if not before or before[-1].isspace() or before[-1] in "([{" or is_unspaced(before[-1]) else " "
    trail = " " if after and (after[0].isalnum() or after[0] in "([{*_`") and not is_unspaced(after[0]) else ""
    change = Change(at, at, f"{lead}{link}{trail}")
    number = _number(writing, passage)
    tried(writing, change, range(number, number + 1), f"{passage.text} {link}")
    found = writing.changed(change).segmentation.passages
    text = " ".join(other.text for other in found)
    if len(found) < len(writing.segmentation.passages) or (writing.syntax.name != "plain" and link in text):
        raise refused("cannot have a link there")  # it would be read as it stands
    return change


def _tried(writing: Writing, change: Change, passage: Passage, words: str) -> Change:
    number = _number(writing, passage)
    return tried(writing, change, range(number, number + 1), words)


def _number(writing: Writing, passage: Passage) -> int:
    return next(number for number, other in enumerate(writing.segmentation.passages) if other is passage)


def _is_continuation(byte: bytes) -> bool:
    """Tell whether a byte (or nothing) stands inside a character."""
    return byte != b"" and byte[0] & 0xC0 == 0x80
