"""What the block reader finds in a stretch of reStructuredText; byte offsets count from the start of that stretch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from seealso.model import PassageKind
from seealso.text.pieces import MAX_PASSAGE_WEIGHT, packed, weight
from seealso.text.prose import join_items

BLANK = 1 << 60
"""Indentation of a blank line: deeper than any block, so that blocks run across it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of prose that is one passage where it stands, or part of one in a list."""

    kind: PassageKind
    start: int
    end: int
    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list; neighbours with the same key make up the list."""

    key: str
    blocks: tuple[Block, ...]
    """The whole item, cut into as few blocks as the weight of a passage allows."""
    ignored: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    style: str
    """The adornment character, twice where it stands above the title too."""
    start: int


@dataclass(frozen=True, slots=True)
class Label:
    """An explicit hyperlink target."""

    name: str
    names_next: bool
    """It has no URI: it names what follows."""


class Sign(Enum):
    """Something that is no passage but matters to its neighbours."""

    IGNORE_NEXT = auto()
    INVISIBLE = auto()
    """A comment or a definition: it ends a list."""
    BREAK = auto()
    """Code, a transition, the border of a directive: it ends a list and takes the labels before it."""


Node = Block | Item | Title | Label | Sign


def make_item(key: str, start: int, end: int, head: Block | None, body: Iterable[Node]) -> Item:
    """Return an item of what was read in it; the head (a term, a field's name) opens its text."""
    blocks: list[Block] = [head] if head else []
    ignored = False
    for node in body:
        if isinstance(node, Block):
            blocks.append(node)
        elif isinstance(node, Item):
            blocks += node.blocks
            ignored |= node.ignored
        elif node is Sign.IGNORE_NEXT:
            ignored = True
    made = [_join(group, head) for group in packed(blocks, MAX_PASSAGE_WEIGHT)]
    if made:
        made[0] = replace(made[0], start=start, end=end if len(made) == 1 else made[0].end)
    return Item(key, tuple(made), ignored, sum(weight(block.text) + 2 for block in made))


def merge(kind: PassageKind, blocks: list[Block], text: str) -> Block:
    """Return neighbouring blocks as one with the given text."""
    if len(blocks) == 1:
        return Block(kind, blocks[0].start, blocks[0].end, text, blocks[0].links)
    return Block(
        kind,
        blocks[0].start,
        blocks[-1].end,
        text,
        tuple(link for block in blocks for link in block.links),
    )


def _join(group: list[Block], head: Block | None) -> Block:
    if head is None or group[0] is not head:
        return merge(PassageKind.LIST, group, join_items(block.text for block in group))
    text = join_items(block.text for block in group[1:])
    if text:
        text = f"{head.text} {text}" if head.text.endswith((":", ".", "?", "!")) else f"{head.text}: {text}"
    return merge(PassageKind.LIST, group, text or head.text)
