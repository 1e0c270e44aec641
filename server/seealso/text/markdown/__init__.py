"""Markdown: CommonMark and GFM, and what Pandoc, Quarto, MyST, MkDocs, MDX and Obsidian add to them."""

from __future__ import annotations

import re
from urllib.parse import quote as percent_encode

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.markdown.segmenter import MarkdownSegmenter

__all__ = ["FORMAT", "MarkdownSegmenter"]

_ESCAPED = re.compile(r"[\\\[\]*_`<>]")
# Everything a URL may hold unencoded, and letters of any script; not the brackets that would end the link.
_PATH_UNSAFE = re.compile(r"[\x00-\x20\x7f\"#%<>?\\^`{|}()\[\]]")


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document: `[title](path/to.md#anchor)`."""
    title = _ESCAPED.sub(r"\\\g<0>", target.title)
    path = _PATH_UNSAFE.sub(lambda match: percent_encode(match[0], safe=""), target.path)
    anchor = target.heading.anchor if target.heading else ""
    fragment = f"#{_PATH_UNSAFE.sub(lambda match: percent_encode(match[0], safe=''), anchor)}" if anchor else ""
    return f"[{title}]({path}{fragment})"


def quote(text: str, source: str) -> str:
    """Write a block quote of a text, with a link to its source below."""
    lines = [*text.splitlines(), "", f"— {source}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


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
