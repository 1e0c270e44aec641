"""Explicit markup of reStructuredText: what starts with two dots."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from seealso.model import PassageKind
from seealso.text.markers import ignores_file, ignores_next
from seealso.text.rst import directives
from seealso.text.rst.inline import unescape
from seealso.text.rst.nodes import BLANK, Label, Node, Sign, make_item

if TYPE_CHECKING:
    from seealso.text.rst.blocks import BlockReader

_EXPLICIT = re.compile(rb"\.\.(?:[ \t]+|\Z)")
_DIRECTIVE = re.compile(rb"(?P<name>[\w\x80-\xff]{1,80}(?:[-._+:][\w\x80-\xff]{1,80}){0,8})[ ]?::(?:[ \t]+|\Z)")
_FOOTNOTE = re.compile(rb"\[(?:[0-9]{1,9}|[#*]|#?[a-zA-Z0-9\x80-\xff][\w\x80-\xff.+:-]{0,80})\](?:[ \t]+|\Z)")
_TARGET = re.compile(
    r"_(?:`(?P<quoted>(?:[^`\\]|\\.){1,400})`|(?P<name>(?:[^:\\`]|\\.|:(?! |\Z)){1,400})):(?P<uri> .*)?\Z"
)


def explicit(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read a directive, footnote, hyperlink target, substitution definition or comment."""
    line = reader.lines[at]
    match = _EXPLICIT.match(line, reader.offsets[at])
    if not match:
        return 0
    offset = match.end()
    if offset == len(line) and (at + 1 >= stop or reader.indents[at + 1] == BLANK):
        nodes.append(Sign.INVISIBLE)  # an empty comment does not swallow what is indented below it
        return at + 1
    end = reader.end(at + 1, stop, base)
    if directive := _DIRECTIVE.match(line, offset):
        name = directive["name"].decode("utf-8", "replace").lower()
        directives.read(reader, at, end, base, name, directive.end(), nodes)
    elif footnote := _FOOTNOTE.match(line, offset):
        start, last = reader.span(at, end)
        body = reader.body(at, end, base, footnote.end())
        nodes += (
            replace(block, kind=PassageKind.FOOTNOTE) for block in make_item("footnote", start, last, None, body).blocks
        )
    elif line.startswith(b"_", offset):
        _hyperlink_target(reader, at, end, offset, nodes)
    elif line.startswith(b"|", offset):
        nodes.append(Sign.INVISIBLE)
    else:
        comment = reader.raw(reader.starts[at] + offset, reader.span(at, end)[1])
        reader.ignore_file |= ignores_file(comment)
        nodes.append(Sign.IGNORE_NEXT if ignores_next(comment) else Sign.INVISIBLE)
    return end


def anonymous(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Skip an anonymous hyperlink target."""
    if not reader.line(at).startswith(b"__ "):
        return 0
    nodes.append(Sign.INVISIBLE)
    return reader.end(at + 1, stop, base)


def _hyperlink_target(reader: BlockReader, at: int, end: int, offset: int, nodes: list[Node]) -> None:
    raw = " ".join(reader.raw(reader.starts[at] + offset, reader.span(at, end)[1]).split())
    match = _TARGET.match(raw)
    name = unescape(match["quoted"] or match["name"]) if match else ""
    nodes.append(Label(name, names_next=not (match and match["uri"])) if name else Sign.INVISIBLE)
