"""A converter for the protocol's messages that takes only what the specification allows: no extra keys, no coercion."""

from __future__ import annotations

from enum import Enum
from typing import Any

import cattrs
from lsprotocol import types
from lsprotocol.converters import get_converter


def strict_converter() -> cattrs.Converter:
    """Return lsprotocol's converter with everything in it that is lenient taken out."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind in (bool, int, float, str):
        converter.register_structure_hook(kind, _exactly)
    return telling_actions(get_converter(converter))


def telling_actions(converter: cattrs.Converter) -> cattrs.Converter:
    """Return a converter that tells actions from commands; lsprotocol's takes whatever has a command for one."""

    def structure(wire: Any, _type: Any) -> Any:
        is_command = isinstance(wire.get("command"), str)
        return converter.structure(wire, types.Command if is_command else types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, structure)
    return converter


def _exactly(value: Any, kind: type) -> Any:
    """Return a value that already is of a kind; JSON's whole numbers are fractions as well, but never true or false."""
    if issubclass(kind, Enum):
        return kind(value)
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
