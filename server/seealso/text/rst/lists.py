"""Lists of reStructuredText: bullets, enumerations, fields and options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seealso.model import PassageKind
from seealso.text.rst.nodes import Block, Node, make_item

if TYPE_CHECKING:
    from seealso.text.rst.blocks import BlockReader

FIELD = "field"
"""Key of the items of a field list."""

# Repetitions are bounded: a line may be ten megabytes long.
BULLET = re.compile(rb"(?:[-+*]|\xe2\x80[\xa2\xa3]|\xe2\x81\x83)(?:[ \t]+|\Z)")
_ENUMERATOR = re.compile(
    rb"(?P<open>\(?)(?P<ordinal>[0-9]{1,9}|[a-zA-Z]|[ivxlcdm]{1,12}|[IVXLCDM]{1,12}|#)(?P<close>[.)])(?:[ \t]+|\Z)"
)
_FIELD = re.compile(rb":(?![: ])(?P<name>(?:[^:\\]|\\.|:(?![ `]|\Z)){1,200})(?<! ):(?:[ \t]+|\Z)")
_ARGUMENT = rb"(?:[a-zA-Z][a-zA-Z0-9_-]{0,80}|<[^<>]{1,80}>)"
_OPTION = (
    rb"(?:[-+][a-zA-Z0-9](?:[ ]?" + _ARGUMENT + rb")?"
    rb"|(?:--|/)[a-zA-Z0-9][a-zA-Z0-9_-]{0,80}(?:[ =]" + _ARGUMENT + rb")?)"
)
_OPTIONS = re.compile(_OPTION + rb"(?:, " + _OPTION + rb"){0,8}(?:[ \t]{2,}|[ ]?\Z)")


def bullet(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read an item of a bullet list."""
    if match := BULLET.match(reader.lines[at], reader.offsets[at]):
        return _item(reader, at, stop, base, match.end(), match[0].decode().strip(), nodes)
    return 0


def enumerated(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read an item of an enumerated list."""
    match = _ENUMERATOR.match(reader.lines[at], reader.offsets[at])
    if not match or (match["open"] and match["close"] != b")"):
        return 0
    after = at + 1
    if after < stop and reader.indents[after] <= base:
        below = _ENUMERATOR.match(reader.lines[after], reader.offsets[after])
        if not below or below["close"] != match["close"] or not _follows(match["ordinal"], below["ordinal"]):
            return 0  # `A. Einstein` at the start of a paragraph
    return _item(reader, at, stop, base, match.end(), (match["open"] + match["close"]).decode(), nodes)


def _follows(before: bytes, after: bytes) -> bool:
    """Tell whether two ordinals can number neighbouring items; Roman numerals are taken at their word."""
    if after == b"#":
        return True
    if before.isdigit() or after.isdigit():
        return before.isdigit() and after.isdigit() and int(after) == int(before) + 1
    return len(before) > 1 or len(after) > 1 or after[0] == before[0] + 1


def field(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read a field and its body."""
    match = _FIELD.match(reader.lines[at], reader.offsets[at])
    return _headed(reader, at, stop, base, FIELD, match, match.span("name"), nodes) if match else 0


def option(reader: BlockReader, at: int, stop: int, base: int, nodes: list[Node]) -> int:
    """Read a command-line option and its description."""
    match = _OPTIONS.match(reader.lines[at], reader.offsets[at])
    if not match or (match.end() == len(reader.lines[at]) and reader.end(at + 1, stop, base) == at + 1):
        return 0
    return _headed(reader, at, stop, base, "option", match, match.span(), nodes)


def item_body(reader: BlockReader, at: int, end: int, base: int, offset: int) -> list[Node]:
    """Read what stands behind and below an item's marker, which ends at a byte of its line."""
    line, before = reader.lines[at], reader.offsets[at]
    if offset >= len(line):
        return reader.body(at, end, base, offset)
    column = reader.indents[at] + offset - before
    if b"\t" in line[before:offset]:
        column = len(line[:offset].expandtabs(8))
    cut = at + 1
    while cut < end and reader.indents[cut] >= column:
        cut += 1
    reader.begin(at, offset, column)
    body = reader.read(at, cut, column)
    if cut < end:
        # Not indented far enough, yet meant for the item.
        body += reader.read(cut, end, reader.margin(cut, end))
    return body


def _item(reader: BlockReader, at: int, stop: int, base: int, offset: int, key: str, nodes: list[Node]) -> int:
    end = reader.end(at + 1, stop, base)
    start, last = reader.span(at, end)
    nodes.append(make_item(key, start, last, None, item_body(reader, at, end, base, offset)))
    return end


def _headed(
    reader: BlockReader,
    at: int,
    stop: int,
    base: int,
    key: str,
    match: re.Match[bytes],
    head: tuple[int, int],
    nodes: list[Node],
) -> int:
    end = reader.end(at + 1, stop, base)
    start, last = reader.span(at, end)
    first, after = (reader.starts[at] + offset for offset in head)
    text, links = reader.clean(first, after) if key == FIELD else (reader.raw(first, after).strip(), ())
    block = Block(PassageKind.LIST, start, after, text, links)
    nodes.append(make_item(key, start, last, block, reader.body(at, end, base, match.end())))
    return end
