"""Small SQL helpers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

Key = TypeVar("Key")

_VARIABLES = 900
"""SQLite builds allow 999 bound variables at least."""


def parts(keys: Collection[Key]) -> Iterator[tuple[Sequence[Key], str]]:
    """Yield keys in portions one statement can bind, each with its question marks."""
    ordered = list(keys)
    for start in range(0, len(ordered), _VARIABLES):
        part = ordered[start : start + _VARIABLES]
        yield part, ",".join("?" * len(part))


def storable(text: str) -> str:
    """Return a text as SQLite can keep it: in UTF-8, which has no lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
