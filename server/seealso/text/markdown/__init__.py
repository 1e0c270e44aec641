"""Markdown: CommonMark and GFM, and what Pandoc, Quarto, MyST, MkDocs, MDX and Obsidian add to them."""

from __future__ import annotations

import re
from urllib.parse import quote as percent_encode

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.markdown.segmenter import MarkdownSegmenter

__all__ = ["FORMAT", "MarkdownSegmenter"]

_ESCAPED = re.compile(r"[\\\[\]*_`<>]")
# What may be markup inside a line. Underscores inside a word are none.
_INLINE = r"[\\`*\[\]<~${]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|=(?==)"
_MARKUP = re.compile(_INLINE)
_URL_OR_MARKUP = re.compile(rf"(?P<url>(?<![A-Za-z0-9])(?:https?://|www\.)[^\s<>\[\]`]*)|{_INLINE}", re.IGNORECASE)
_URL_MARK = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
# What may begin a block: titles, items, quotes, tables, definitions, containers, admonitions, comments.
_LINE_START = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:[\s+-]|$)|[=>|]|:[:\s-]|!!!|\?\?\?|%%)|^\d{1,9}(?=[.)](?:\s|$))")
# Everything a URL may hold unencoded, and letters of any script; not the brackets that would end the link.
_PATH_UNSAFE = re.compile(r"[\x00-\x20\x7f\"#%<>?\\^`{|}()\[\]]")


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document: `[title](path/to.md#anchor)`."""
    title = _ESCAPED.sub(r"\\\g<0>", target.title)
    path = _PATH_UNSAFE.sub(lambda match: percent_encode(match[0], safe=""), target.path)
    anchor = target.heading.anchor if target.heading else ""
    fragment = f"#{_PATH_UNSAFE.sub(lambda match: percent_encode(match[0], safe=''), anchor)}" if anchor else ""
    # A colon in the first segment would end the scheme of a URI (RFC 3986, 4.2).
    here = "./" if ":" in path.partition("/")[0] else ""
    return f"[{title}]({here}{path}{fragment})"


def quote(text: str, source: str) -> str:
    """Write a block quote that reads as a text does, with a link to its source below."""
    lines = [*(_escape_line(line) for line in text.splitlines()), "", f"— {source}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _escape_line(line: str) -> str:
    return _LINE_START.sub(r"\g<0>\\", _URL_OR_MARKUP.sub(_escape_found, line.strip()))


def _escape_found(found: re.Match[str]) -> str:
    url = found["url"]
    if url is None:
        return f"\\{found[0]}"
    escaped = _MARKUP.sub(r"\\\g<0>", url)
    # In a URL a backslash is a backslash: one with markup inside, or right behind it, must not become a link.
    apart = _MARKUP.match(found.string, found.end()) is None
    return url if escaped == url and apart else _URL_MARK.sub(r"\\\g<0>", escaped)


def comment(text: str) -> str:
    """Write a comment the renderer drops."""
    # Two hyphens would end it.
    return f"<!-- {re.sub('-(?=-)|-$', '- ', text).strip()} -->"


FORMAT = Format(
    name="markdown",
    extensions=frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd", ".myst"}),
    language_ids=frozenset({"markdown", "mdx", "quarto", "rmd", "myst", "pandoc", "vimwiki.markdown", "telekasten"}),
    segmenter=MarkdownSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
