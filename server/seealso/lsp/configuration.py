"""Which part of what clients send as settings is ours."""

from __future__ import annotations

from collections.abc import Mapping

SECTION = "seealso"


def section(wire: object) -> object:
    """Return the part of pushed settings that is ours: `{"seealso": {...}}`, or the section alone."""
    if isinstance(wire, Mapping) and set(wire) == {SECTION}:
        return wire[SECTION]
    return wire


def pushed_section(wire: object) -> object:
    """Return our part of `workspace/didChangeConfiguration`, which may hold the sections of other servers too."""
    if isinstance(wire, Mapping):
        return wire.get(SECTION)
    return None
