"""reStructuredText, as docutils reads it, with the roles and directives of Sphinx."""

from __future__ import annotations

import re
from posixpath import splitext

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.rst.segmenter import RstSegmenter

__all__ = ["FORMAT", "RstSegmenter"]

_EXTENSIONS = frozenset({".rst", ".rest"})

# What could be markup in prose. An underscore is escaped only where it ends a word.
_SPECIAL = re.compile(r"[\\*`|]|_(?!\w)")
# What would make the first line of a paragraph something else: a bullet, an enumerator, a field, a doctest, ...
_BLOCK_START = re.compile(r"\A(?=[-+*•‣⁃:/>|.=_([{!\"#$%&',;<?@^~—]|\(?(?:\w{1,12}|#)[.)]\s)")
_COMMENT_LOOKS_LIKE = re.compile(r"\A(?:[\[_|]|.*::(?:\s|\Z))")


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document.

    `:ref:` where the heading has a label and `:doc:` for a whole reStructuredText document, which Sphinx checks and
    keeps when files move; else an anonymous hyperlink to the file, which works wherever the sources are shown.
    """
    title = _escape(" ".join(target.title.split()))
    heading = target.heading
    stem, extension = splitext(target.path)
    if heading is not None and heading.label:
        return f":ref:`{title} <{_escape_target(heading.label)}>`"
    if heading is None and extension.lower() in _EXTENSIONS:
        return f":doc:`{title} <{_escape_target(stem)}>`"
    fragment = f"#{heading.anchor}" if heading is not None and heading.anchor else ""
    # White space in an embedded URI is dropped unless it is escaped, and a final underscore makes it a name.
    path = _escape_target(target.path + fragment).replace(" ", "%20")
    return f"`{title} <{path}>`__"


def quote(text: str, source: str) -> str:
    """Write a block quote of a text, with its source as the attribution."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]
    body = "\n\n".join(f"   {_BLOCK_START.sub(_BACKSLASH, _escape(paragraph))}" for paragraph in paragraphs)
    return f"{body}\n\n   -- {source}"


def comment(text: str) -> str:
    """Write a comment the renderer drops."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1 and not _COMMENT_LOOKS_LIKE.match(lines[0]):
        return f".. {lines[0]}"
    return "\n   ".join(["..", *lines])


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _escape_target(text: str) -> str:
    return re.sub(r"[\\`<>]|_\Z", r"\\\g<0>", text)


_BACKSLASH = r"\\"

FORMAT = Format(
    name="rst",
    extensions=_EXTENSIONS,
    language_ids=frozenset({"restructuredtext", "rst"}),
    segmenter=RstSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
