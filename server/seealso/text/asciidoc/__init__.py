"""AsciiDoc, as Asciidoctor reads it, with the underlined titles of AsciiDoc.py."""

from __future__ import annotations

import re
from posixpath import splitext
from urllib.parse import quote as percent_encode

from seealso.model import LinkTarget
from seealso.text.asciidoc.segmenter import AsciiDocSegmenter
from seealso.text.base import Format

__all__ = ["FORMAT", "AsciiDocSegmenter"]

_EXTENSIONS = frozenset({".adoc", ".asc", ".asciidoc"})

_URL = r"(?:https?|ftp|irc)://"
_MARKUP = re.compile(
    rf"[`{{\\+^~]|\*\*|__|##|<<|\[\[|\(\(|\$\$|&#?\w+;|(?<!\w)[*_#]|[*_#](?!\w)|\w:\S*\[|\[[^\[\]]*\][*_#]|(?:::|;;)\Z"
    rf"|\A//|{_URL}\S*\["
)
"""What may be markup in a word."""
_BLOCK_START = re.compile(
    r"\A(?=[-*.\u2022=#>|!+<':\[]|//|\d{1,9}\.|[a-zA-Z]\.|[ivxIVX]{1,12}\)|[A-Z]{3,9}:|[a-zA-Z][\w-]*::|--|,===)"
)
_UNSAFE_IN_TARGET = re.compile(r"[\x00-\x20\x7f\"#%<>?\[\\\]^`{|}+*_~]")


def link(target: LinkTarget) -> str:
    """Write a link to a place in another document.

    `xref:` to an AsciiDoc document, which Asciidoctor keeps when it converts both; else `link:` to the file.
    """
    title = _escape(" ".join(target.title.split()), in_link=True) or target.path
    path = _UNSAFE_IN_TARGET.sub(lambda match: percent_encode(match[0], safe=""), target.path)
    heading = target.heading
    anchor = f"#{heading.anchor}" if heading is not None and heading.anchor else ""
    if splitext(target.path)[1].lower() in _EXTENSIONS:
        return f"xref:{path}{anchor}[{title}]"
    if ":" in path.partition("/")[0]:
        path = f"./{path}"  # a colon in the first segment would end the scheme of a URI (RFC 3986, 4.2)
    return f"link:{path}{anchor}[{title}]"


def quote(text: str, source: str) -> str:
    """Write a quote block of a text, with its source below."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]
    body = [f"{_escape_paragraph(paragraph)}\n" for paragraph in paragraphs if paragraph]
    return "\n".join(["____", *body]) + f"\n-- {source}\n____"


def comment(text: str) -> str:
    """Write a comment the renderer drops."""
    # A third slash would be no comment, four begin a block.
    return "\n".join(f"// {line.strip()}".rstrip() for line in text.strip().splitlines())


def _escape_paragraph(text: str) -> str:
    escaped = _escape(text)
    return f"{{empty}}{escaped}" if _BLOCK_START.match(escaped) else escaped


def _escape(text: str, *, in_link: bool = False) -> str:
    """Let each word that may be markup pass as it is."""
    return " ".join(_escape_word(word, in_link=in_link) for word in text.split())


def _escape_word(word: str, *, in_link: bool) -> str:
    special = _MARKUP.search(word) or (in_link and re.search(r"[=\[\]\",]", word))
    if not special or (not in_link and re.match(_URL, word)):
        return word
    if "\\" in word or "\0" in word:
        return word.replace("\\", "{backslash}")
    return "pass:c[" + word.replace("]", "\\]") + "]"


FORMAT = Format(
    name="asciidoc",
    extensions=_EXTENSIONS,
    language_ids=frozenset({"adoc", "asciidoc", "asciidoctor"}),
    segmenter=AsciiDocSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
