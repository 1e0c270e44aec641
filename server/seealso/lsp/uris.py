"""File URIs and paths.

Clients spell the same file differently (`file:///c%3A/x`, `file:///C:/x`), so paths are compared and URIs are only
echoed. `;` and other characters that generic URL parsers treat specially are part of a file's name here.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_DRIVE = re.compile(r"/[A-Za-z]:")


def to_path(uri: str) -> Path | None:
    """Return the path of a `file:` URI, or None for other schemes (unsaved or virtual documents)."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # `untitled://[New]/x`: brackets are for IPv6 addresses
        return None
    if parts.scheme != "file" or not parts.path:
        return None
    path = os.fsdecode(unquote_to_bytes(parts.path))
    if "\0" in path:
        return None
    if os.name == "nt":
        if parts.netloc:
            path = f"//{parts.netloc}{path}"
        elif _DRIVE.match(path):
            path = path[1:]
    return Path(path)


def to_uri(path: Path, line: int | None = None) -> str:
    """Return the URI of an absolute path, with a 0-based line as the `#L12` fragment editors follow."""
    return path.as_uri() if line is None else f"{path.as_uri()}#L{line + 1}"
