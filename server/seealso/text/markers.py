"""Comments that tell seealso to leave a passage or a document alone."""

from __future__ import annotations

import re

IGNORE = "seealso-ignore"
"""In a comment before a passage: no duplicate warnings for that passage."""

IGNORE_FILE = "seealso-ignore-file"
"""In a comment anywhere: no duplicate warnings for any passage of the document."""

_MARKER = re.compile(r"(?<![\w-])seealso-ignore(-file)?(?![\w-])")


def ignores_next(comment: str) -> bool:
    """Tell whether a comment (its text, or the raw markup) ignores the passage after it."""
    return any(match[1] is None for match in _MARKER.finditer(comment))


def ignores_file(comment: str) -> bool:
    """Tell whether a comment ignores every passage of its document."""
    return any(match[1] is not None for match in _MARKER.finditer(comment))
