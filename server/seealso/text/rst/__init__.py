"""reStructuredText, as docutils reads it, with the roles and directives of Sphinx."""

from __future__ import annotations

import re
from posixpath import splitext
from urllib.parse import quote as percent_encode

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.rst.segmenter import RstSegmenter

__all__ = ["FORMAT", "RstSegmenter"]

_EXTENSIONS = frozenset({".rst", ".rest"})

# What could be inline markup in prose. An underscore is only escaped where it could end a reference.
_SPECIAL = re.compile(r"[\\*`|]|_(?![^\W_])|(?<!\w)_")
# What would make the first line of a paragraph another block: bullets, enumerators, fields, options, doctests ...
_BLOCK_START = re.compile(
    r"\A(?=[!-/:-@\[\]^-`{-~•‣⁃—]|(?:[0-9]{1,9}|[a-zA-Z]|[ivxlcdm]{1,12}|[IVXLCDM]{1,12})[.)](?:\s|\Z))"
)
# White space, and what would end the target or mean something in a URI.
_UNSAFE_IN_URI = re.compile(r"[\x00-\x20\x7f\"<>?\\^`{|}]")
_UNSAFE_IN_TARGET = re.compile(r"[\\`<>]")
_COMMENT_LIKE_MARKUP = re.compile(r"[\[_|]|[^\s:]\S* ?::(?:\s|\Z)")


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document.

    `:ref:` where the heading has a label and `:doc:` for a whole reStructuredText document, which Sphinx checks and
    keeps when files move; else an anonymous hyperlink to the file, which works wherever the sources are shown.
    """
    title = _escape(" ".join(target.title.split())) or target.path
    heading = target.heading
    stem, extension = splitext(target.path)
    is_rst = extension.lower() in _EXTENSIONS
    if heading is not None and heading.label and is_rst:
        return f":ref:`{title} <{_UNSAFE_IN_TARGET.sub('', heading.label)}>`"
    if heading is None and is_rst:
        return f":doc:`{title} <{_UNSAFE_IN_TARGET.sub('', stem)}>`"
    uri = target.path.replace("%", "%25").replace("#", "%23")
    if heading is not None and heading.anchor:
        uri += f"#{heading.anchor}"
    uri = _UNSAFE_IN_URI.sub(lambda match: percent_encode(match[0], safe=""), uri)
    if ":" in target.path.partition("/")[0]:
        uri = f"./{uri}"  # a colon in the first segment would end the scheme of a URI (RFC 3986, 4.2)
    # With an underscore at its end it would be the name of a target.
    return f"`{title} <{re.sub(r'_$', '%5F', uri)}>`__"


def quote(text: str, source: str) -> str:
    """Write a block quote of a text, with its source as the attribution."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]
    body = [f"   {_escape_paragraph(paragraph)}\n" for paragraph in paragraphs if paragraph]
    return "\n".join([*body, f"   -- {source}"])


def comment(text: str) -> str:
    """Write a comment the renderer drops."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1 and not _COMMENT_LIKE_MARKUP.match(lines[0]):
        return f".. {lines[0]}"
    return "\n   ".join(["..", *lines])


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _escape_paragraph(text: str) -> str:
    escaped = _escape(text)
    if escaped.endswith("::"):
        escaped = escaped[:-1] + "\\:"
    return _BLOCK_START.sub(r"\\", escaped)


FORMAT = Format(
    name="rst",
    extensions=_EXTENSIONS,
    language_ids=frozenset({"restructuredtext", "rst"}),
    segmenter=RstSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
