"""Small SQL helpers."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

_VARIABLES = 900
"""SQLite builds allow 999 bound variables at least."""


def rows_of(
    db: sqlite3.Connection,
    statement: str,
    keys: Collection[Any],
    before: Sequence[Any] = (),
    after: Sequence[Any] = (),
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement for any number of keys, which stand in it as `{keys}`.

    It is run once for as many as one statement can bind. `before` and `after` are the variables on either side of them.
    """
    ordered = list(keys)
    for start in range(0, len(ordered), _VARIABLES):
        part = ordered[start : start + _VARIABLES]
        marks = ",".join("?" * len(part))
        yield from db.execute(statement.replace("{keys}", marks), (*before, *part, *after))


def storable(text: str) -> str:
    """Return a text as SQLite can keep it: in UTF-8, which has no lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
