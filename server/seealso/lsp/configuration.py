"""Where settings come from: options at the start, what the client pushes, what it answers when asked; the last wins."""

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


def merged(*layers: object) -> object:
    """Return settings laid over one another, section by section; a layer that is null says nothing."""
    result: object = None
    for layer in layers:
        if isinstance(result, Mapping) and isinstance(layer, Mapping):
            keys = [*result, *(key for key in layer if key not in result)]
            result = {key: merged(result.get(key), layer.get(key)) for key in keys}
        elif layer is not None:
            result = layer
    return result
