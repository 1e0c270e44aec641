"""The formats there are: the only place that knows them all. A new format is its own file and one line here."""

from __future__ import annotations

from pathlib import PurePath

from seealso.text import asciidoc, latex, markdown, org, plain, rst
from seealso.text.base import Format

FORMATS: tuple[Format, ...] = (
    markdown.FORMAT,
    rst.FORMAT,
    plain.FORMAT,
    asciidoc.FORMAT,
    latex.FORMAT,
    org.FORMAT,
)

_BY_EXTENSION = {extension: known for known in FORMATS for extension in known.extensions}
_BY_LANGUAGE_ID = {identifier: known for known in FORMATS for identifier in known.language_ids}


def format_for(path: str | PurePath, language_id: str | None = None) -> Format | None:
    """Return the format of a document by its LSP language id, else by its extension; None if it is none of ours."""
    by_extension = _BY_EXTENSION.get(PurePath(path).suffix.lower())
    by_language = _BY_LANGUAGE_ID.get(language_id or "")
    # Editors call plain text whatever they have no extension for.
    if by_language is None or (by_language is plain.FORMAT and by_extension is not None):
        return by_extension
    return by_language


def extensions() -> frozenset[str]:
    """Return the extensions of all formats, with the dot, lower case."""
    return frozenset(_BY_EXTENSION)
