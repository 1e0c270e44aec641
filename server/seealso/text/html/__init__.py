"""HTML pages, as people write and as programs make them: headings, paragraphs, lists, tables and quotations.

They are read when a user asks for it: in most folders, pages are templates, reports, or made of documents that are read
already.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote as percent_encode

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.html.segmenter import HtmlSegmenter
from seealso.text.markdown import comment

__all__ = ["FORMAT", "HtmlSegmenter"]

_IN_A_PATH = "/!$&'()*+,;=:@"


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document: `<a href="path/to.html#anchor">title</a>`."""
    # A colon in the first segment would end the scheme of a URI (RFC 3986, 4.2).
    here = "./" if ":" in target.path.partition("/")[0] else ""
    anchor = target.heading.anchor if target.heading else ""
    fragment = f"#{percent_encode(anchor, safe=_IN_A_PATH)}" if anchor else ""
    address = f"{here}{percent_encode(target.path, safe=_IN_A_PATH)}{fragment}"
    return f'<a href="{escape(address)}">{escape(target.title, quote=False)}</a>'


def quote(text: str, source: str) -> str:
    """Write a block quotation with a link to its source below."""
    body = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines())
    return f"<blockquote>\n{body}\n<p>— {source}</p>\n</blockquote>"


FORMAT = Format(
    name="html",
    extensions=frozenset({".htm", ".html", ".xhtml"}),
    language_ids=frozenset({"html", "xhtml"}),
    segmenter=HtmlSegmenter,
    link=link,
    quote=quote,
    comment=comment,
    opt_in="html",
)
