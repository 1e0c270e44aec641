"""Where places stand, as the protocol says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol.types import Location, Position, Range

from seealso.lsp.uris import to_uri

if TYPE_CHECKING:
    from pathlib import Path

    from seealso.model import Heading, Place


def place_location(place: Place, root: Path) -> Location:
    """Return the lines of a place of the workspace at `root`."""
    return _lines(root / place.path, place.start_line, place.end_line)


def heading_location(path: str, heading: Heading, root: Path) -> Location:
    """Return the line of a heading of the document at `path`, relative to `root`."""
    return _lines(root / path, heading.line, heading.line)


def place_link(root: Path, place: Place) -> str:
    """Return the address of a place of the workspace at `root`, with its line, as Markdown links to it."""
    return to_uri(root / place.path, place.start_line)


def _lines(path: Path, first: int, last: int) -> Location:
    # Up to the line after the last one: its characters are not known here, and need not be.
    return Location(to_uri(path), Range(Position(first, 0), Position(last + 1, 0)))
