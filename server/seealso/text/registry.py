"""The formats there are: the only place that knows them all. A new format is its own file and one line here."""

from __future__ import annotations

from pathlib import PurePath

from seealso.settings import IndexSettings
from seealso.text import asciidoc, html, latex, markdown, notebook, org, plain, rst, source
from seealso.text.base import Format

FORMATS: tuple[Format, ...] = (
    asciidoc.FORMAT,
    html.FORMAT,
    latex.FORMAT,
    markdown.FORMAT,
    notebook.FORMAT,
    org.FORMAT,
    rst.FORMAT,
    plain.FORMAT,
    *source.FORMATS,
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


def extensions(settings: IndexSettings | None = None) -> frozenset[str]:
    """Return the extensions of the formats that are read under some settings, or of all; with the dot, lower case."""
    return frozenset(
        extension
        for extension, known in _BY_EXTENSION.items()
        if settings is None or not known.opt_in or getattr(settings, known.opt_in)
    )
