"""Arguments of commands: one JSON object, checked strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from seealso.errors import SettingsError

Choice = TypeVar("Choice", bound=StrEnum)


class Arguments:
    """The arguments of one command; every key has to be asked for before `finish`."""

    def __init__(self, command: str, arguments: object) -> None:
        self._command = command
        self._asked: list[str] = []
        if arguments is None:
            arguments = []
        if not isinstance(arguments, Sequence) or len(arguments) > 1:
            raise self._error("takes one object with its arguments.")
        value = arguments[0] if arguments else {}
        if not isinstance(value, Mapping):
            raise self._error(f"takes one object with its arguments, not {value!r}.")
        self._values: Mapping[str, Any] = value

    def text(self, key: str) -> str:
        """Return a string that must be there and must not be blank."""
        value = self.optional_text(key)
        if value is None or not value.strip():
            raise self._error(f"needs `{key}`, a string.")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a string, or None without one."""
        value = self._value(key)
        if value is not None and not isinstance(value, str):
            raise self._error(f"wants a string as `{key}`, not {value!r}.")
        return value

    def integer(self, key: str, default: int | None, low: int, high: int) -> int | None:
        """Return a whole number in inclusive bounds."""
        value = self._value(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._error(f"wants a whole number from {low} to {high} as `{key}`, not {value!r}.")
        return value

    def position(self, key: str) -> tuple[int, int]:
        """Return an LSP position: 0-based line and character."""
        value = self._value(key)
        if isinstance(value, Mapping):
            line, character = value.get("line"), value.get("character", 0)
            if type(line) is int and type(character) is int and line >= 0 and character >= 0:
                return line, character
        raise self._error(f"needs `{key}`, an object with 0-based `line` and `character`.")

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...] | None:
        """Return a list of known words, or None without one."""
        value = self._value(key)
        if value is None:
            return None
        known = [member.value for member in kind]
        if not isinstance(value, list) or not value or any(item not in known for item in value):
            raise self._error(f"wants a list of {', '.join(known)} as `{key}`, not {value!r}.")
        return tuple(kind(item) for item in value)

    def finish(self) -> None:
        """Raise `SettingsError` when there are arguments nobody asked for."""
        if unknown := [str(key) for key in self._values if key not in self._asked]:
            known = ", ".join(f"`{key}`" for key in self._asked) or "none"
            raise self._error(f"does not know `{unknown[0]}`; it knows {known}.")

    def _value(self, key: str) -> Any:
        self._asked.append(key)
        return self._values.get(key)

    def _error(self, what: str) -> SettingsError:
        return SettingsError(f"`{self._command}` {what}")
