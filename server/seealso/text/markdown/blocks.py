"""Read one top-level block of a Markdown document."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from seealso.model import PassageKind
from seealso.text import markers
from seealso.text.markdown import html
from seealso.text.markdown.container import read_container
from seealso.text.markdown.draft import NOTHING, Block, Draft, Title, drafts
from seealso.text.markdown.grammar import kinds
from seealso.text.markdown.inline import Definitions, clean, normalise_label, specials
from seealso.text.markdown.paragraph import divide, is_divided, loose_paragraphs
from seealso.text.markdown.table import read_table
from seealso.text.markdown.title import front_matter_title, read_title

if TYPE_CHECKING:
    from tree_sitter import Node

_BLANKS = b" \t\r\n"
_FOOTNOTE_LABEL = re.compile(r"\s*\[\^[^\]\s]+\]:\s*")
# To CommonMark this is an HTML block, to the grammar it is not.
_HTML_HEADING = re.compile(rb"\s{0,3}<h[1-6][\s>]", re.IGNORECASE)
# Directives of MyST whose content is prose.
_PROSE_FENCE = re.compile(
    rb"[ \t>]*(?:`{3,}|~{3,})[ \t]*\{(?:admonition|attention|caution|danger|deprecated|dropdown|epigraph|error|hint"
    rb"|important|note|pull-quote|seealso|sidebar|tab-item|tip|topic|versionadded|versionchanged|warning)\}"
)
_MAX_INDENT = 40
"""Bytes before a definition that may belong to containers."""
_DEFINITION = re.compile(
    rb"\[(?<![^\s>\xbf]\[)(?!\^)([^\[\]\n]{1,300}+)\]:[ \t]*(?:\r?\n[ \t]*)?(?:<([^<>\n]*+)>|([^\s<]\S*))"
)


def read_block(node: Node, kind: int, raw: bytes, definitions: Definitions) -> Block:
    """Return what a top-level block says; `raw` is the source of the node."""
    known = kinds()
    if kind == known.paragraph:
        return _read_html(raw, definitions) if _HTML_HEADING.match(raw) else _read_paragraph(raw, definitions)
    if kind == known.definition:
        # A footnote of one word looks like the definition of a link.
        return _read_paragraph(raw, definitions) if raw.lstrip(_BLANKS).startswith(b"[^") else NOTHING
    if kind in (known.bullets, known.quote):
        return read_container(node, raw, definitions)
    if kind in (known.atx_heading, known.setext_heading):
        title = read_title(raw, kind == known.atx_heading, definitions)
        return Block(title=title) if title.text else NOTHING
    if kind == known.table:
        return Block(tuple(read_table(raw, definitions)))
    if kind == known.html:
        return _read_html(raw, definitions)
    if kind in known.front_matter:
        return Block(title=front_matter_title(raw))
    if kind == known.error or (kind == known.fenced and _PROSE_FENCE.match(raw)):
        return read_loose(raw, PassageKind.PARAGRAPH, definitions)
    return NOTHING


def read_loose(raw: bytes, kind: PassageKind, definitions: Definitions) -> Block:
    """Read a region by its blank lines alone: an error of the grammar, or the indented or fenced content of a note."""
    read = partial(clean, definitions=definitions)
    made = [draft for start, end in loose_paragraphs(raw) for draft in drafts(raw[start:end], start, kind, read)]
    return Block(tuple(made))


def find_definitions(source: bytes) -> dict[str, str]:
    """Return the link reference definitions of a document, by normalised label; the first of a label holds."""
    found: dict[str, str] = {}
    if b"]:" not in source:
        return found
    for match in _DEFINITION.finditer(source):
        before = source[max(0, match.start() - _MAX_INDENT) : match.start()].rstrip(b" \t>")
        if not before or before[-1:] in (b"\n", b"\r", b"\xbf"):
            label = normalise_label(match[1].decode("utf-8", "replace"))
            found.setdefault(label, (match[3] or match[2] or b"").decode("utf-8", "replace"))
    return found


def _read_paragraph(raw: bytes, definitions: Definitions) -> Block:
    content = raw.strip(_BLANKS)
    start = raw.find(content)
    if not is_divided(content, specials(content)):
        made = drafts(content, start, PassageKind.PARAGRAPH, partial(clean, definitions=definitions))
        return Block(made) if made else NOTHING
    raw = content
    division = divide(raw)
    found: list[Draft] = []
    ignored = False
    for part in division.parts:
        if part.comment is not None:
            ignored |= markers.ignores_next(part.comment)
            continue
        kind = PassageKind.FOOTNOTE if part.footnote else PassageKind.PARAGRAPH
        read = partial(_clean_footnote if part.footnote else clean, definitions=definitions)
        run = drafts(raw[part.start : part.end], start + part.start, kind, read, ignored=ignored)
        ignored &= not run
        found += run
    opens = None
    if division.admonition:
        opens = PassageKind.PARAGRAPH
    elif division.parts and division.parts[-1].footnote:
        opens = PassageKind.FOOTNOTE
    return Block(tuple(found), None, ignored, division.ignores_file, opens)


def _clean_footnote(raw: str, definitions: Definitions) -> tuple[str, tuple[str, ...]]:
    return clean(_FOOTNOTE_LABEL.sub("", raw, count=1), definitions)


def _read_html(raw: bytes, definitions: Definitions) -> Block:
    block = html.read(raw)
    title = None
    if block.title is not None and (text := clean(block.title, definitions)[0]):
        title = Title(text, block.level, block.anchor, block.title_offset)
    read = partial(clean, definitions=definitions)
    made = drafts(block.prose, block.start, PassageKind.PARAGRAPH, read, ignored=block.ignores_next)
    return Block(tuple(made), title, block.ignores_next and not made, block.ignores_file)
