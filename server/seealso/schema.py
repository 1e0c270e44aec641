"""The JSON schema of the settings, made from `Settings`: for editors, and for whoever writes a settings file."""

from __future__ import annotations

import typing
from dataclasses import Field, fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any

from seealso.settings import Settings, wire_name

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", NoneType: "null"}

Schema = dict[str, Any]


def settings_schema() -> Schema:
    """Return the schema of section `seealso`, and of a settings file, as decoded JSON.

    What it allows is what `resolve` takes without a problem, but for patterns that cannot be read.
    """
    return {"$schema": DIALECT, "title": "Settings of seealso", **_section(Settings)}


def _section(cls: type[Any]) -> Schema:
    hints = typing.get_type_hints(cls)
    properties: Schema = {}
    for spec in fields(cls):
        hint = hints[spec.name]
        properties[wire_name(spec.name)] = (
            _section(hint) if isinstance(hint, type) and is_dataclass(hint) else _option(hint, spec)
        )
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _option(hint: Any, spec: Field[Any]) -> Schema:
    schema: Schema = {"description": spec.metadata["doc"], **_of_type(hint)}
    default = spec.default.value if isinstance(spec.default, StrEnum) else spec.default
    schema["default"] = list(default) if isinstance(default, tuple) else default
    for bound in ("minimum", "maximum"):
        if spec.metadata[bound] is not None:
            schema[bound] = spec.metadata[bound]
    return schema


def _of_type(hint: Any) -> Schema:
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": {"type": "string"}}
    if typing.get_origin(hint) is UnionType:
        return {"type": [_TYPES[part] for part in typing.get_args(hint)]}
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return {"type": _TYPES[hint]}
