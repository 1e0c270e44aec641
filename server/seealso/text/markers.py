"""What tells seealso to leave a passage or a document alone: comments, and a quotation that names its source."""

from __future__ import annotations

import re

from seealso.model import PassageKind

IGNORE = "seealso-ignore"
"""In a comment before a passage: no duplicate warnings for that passage."""

IGNORE_FILE = "seealso-ignore-file"
"""In a comment anywhere: no duplicate warnings for any passage of the document."""

_SOURCE = re.compile(r"(?:--|\u2014) ?[^()]{1,200}\([^\s()]{1,200}\.\w{1,8}\)\Z")
"""A source in plain text: `-- Title (folder/file.txt)`."""

_MARKER = re.compile(r"(?<!\w)(?<!\w-)seealso-ignore(-file)?(?!-?\w)", re.IGNORECASE)


def ignores_next(comment: str) -> bool:
    """Tell whether a comment (its text, or the raw markup) ignores the passage after it."""
    return any(match[1] is None for match in _MARKER.finditer(comment))


def ignores_file(comment: str) -> bool:
    """Tell whether a comment ignores every passage of its document."""
    return any(match[1] is not None for match in _MARKER.finditer(comment))


def names_its_source(kind: PassageKind, text: str, links: tuple[str, ...]) -> bool:
    """Tell whether a passage quotes another document and says so: it is meant to repeat it."""
    return kind is PassageKind.QUOTE and (
        any("://" not in link and link[:1] != "#" for link in links) or _SOURCE.search(text) is not None
    )
