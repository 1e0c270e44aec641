"""The block grammar of Markdown that tree-sitter reads with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language


@dataclass(frozen=True, slots=True)
class Kinds:
    """The numbers of the nodes that matter here."""

    document: int
    section: int
    paragraph: int
    atx_heading: int
    setext_heading: int
    bullets: int
    item: int
    quote: int
    table: int
    html: int
    definition: int
    fenced: int
    indented: int
    continuation: int
    front_matter: tuple[int, int]
    error: int = 0xFFFF


@cache
def language() -> Language:
    """Return the grammar, made on first use."""
    return Language(tree_sitter_markdown.language())


@cache
def kinds() -> Kinds:
    """Return the grammar's numbers for the nodes that matter here."""
    return Kinds(
        document=_number("document"),
        section=_number("section"),
        paragraph=_number("paragraph"),
        atx_heading=_number("atx_heading"),
        setext_heading=_number("setext_heading"),
        bullets=_number("list"),
        item=_number("list_item"),
        quote=_number("block_quote"),
        table=_number("pipe_table"),
        html=_number("html_block"),
        definition=_number("link_reference_definition"),
        fenced=_number("fenced_code_block"),
        indented=_number("indented_code_block"),
        continuation=_number("block_continuation"),
        front_matter=(_number("minus_metadata"), _number("plus_metadata")),
    )


def _number(kind: str) -> int:
    number = language().id_for_node_kind(kind, True)
    assert number is not None, kind
    return number
