"""What the blocks of a Markdown document are read into.

Offsets in a draft count from the start of its block, so that a block that was only moved need not be read again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from seealso.model import PassageKind
from seealso.text.pieces import Clean, is_light, pieces
from seealso.text.prose import is_prose


class Title(NamedTuple):
    """A heading as it is written."""

    text: str
    level: int
    anchor: str | None
    """Explicit id, if there is one."""
    offset: int = 0
    """Byte in the block at which the title's line starts."""


class Draft(NamedTuple):
    """A passage without its surroundings."""

    start: int
    end: int
    kind: PassageKind
    text: str
    links: tuple[str, ...]
    ignored: bool = False


class Block(NamedTuple):
    """What one top-level block says."""

    drafts: tuple[Draft, ...] = ()
    title: Title | None = None
    ignores_next: bool = False
    """A comment in it ignores the passage that follows the block."""
    ignores_file: bool = False
    opens: PassageKind | None = None
    """An indented block after this one is no code but prose of this kind."""


NOTHING = Block()


def drafts(raw: bytes, start: int, kind: PassageKind, clean: Clean, *, ignored: bool = False) -> tuple[Draft, ...]:
    """Return the passages of one run of prose that starts at an offset of its block."""
    text, links = clean(raw.decode("utf-8", "replace"))
    if is_light(text):
        return (Draft(start, start + len(raw), kind, text, links, ignored),) if is_prose(text) else ()
    return tuple(Draft(at, end, kind, text, links, ignored) for at, end, text, links in pieces(raw, start, clean))


def merged_links(units: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the link targets of several texts in order, each once."""
    return tuple(dict.fromkeys(link for links in units for link in links))
