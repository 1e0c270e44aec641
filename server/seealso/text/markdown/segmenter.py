"""From a Markdown document to its passages, and again after each edit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from tree_sitter import Parser

from seealso.model import Passage, Segmentation
from seealso.text.incremental import edit_between
from seealso.text.language import guess_language
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.markdown.blocks import find_definitions, read_block, read_loose
from seealso.text.markdown.draft import NOTHING, Block
from seealso.text.markdown.grammar import kinds, language
from seealso.text.markdown.parts import LARGE, cuts, parse
from seealso.text.markers import names_its_source
from seealso.text.outline import Outline

if TYPE_CHECKING:
    from tree_sitter import Tree


class MarkdownSegmenter:
    """Read the versions of one Markdown document, one after another."""

    __slots__ = ("_blocks", "_definitions", "_parser", "_parts", "_source", "_tree")

    def __init__(self) -> None:
        self._parser = Parser(language())
        self._tree: Tree | None = None
        self._source = b""
        self._definitions: dict[str, str] = {}
        self._blocks: list[tuple[tuple[object, bytes], Block]] = []
        """What the last version's blocks said, with their kind and source."""
        self._parts: dict[bytes, list[tuple[int, Block]]] = {}
        """The blocks of the parts of a large document, with their offsets in the part."""

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        # To the grammar a NUL is the end of everything, and some constructs are errors in a last line without an end.
        readable = source.replace(b"\0", b" ")
        if not readable.endswith((b"\n", b"\r")):
            readable += b"\n"
        definitions = find_definitions(readable)
        if definitions != self._definitions:
            self._definitions, self._blocks, self._parts = definitions, [], {}
        if len(readable) > LARGE:
            return _assemble(LineTable(source), list(self._read_parts(readable)))
        return _assemble(LineTable(source), list(self._read(self._parse(readable), readable)))

    def _read_parts(self, source: bytes) -> Iterator[tuple[int, Block]]:
        """Yield the top-level blocks of a large document; parts the last version had too are not read again."""
        before, self._parts = self._parts, {}
        self._tree, self._source = None, b""
        for start, end in pairwise((0, *cuts(source), len(source))):
            raw = source[start:end]
            blocks = before.get(raw)
            if blocks is None:
                self._blocks = []
                blocks = list(self._read(parse(self._parser, raw), raw))
            self._parts[raw] = blocks
            for at, block in blocks:
                yield start + at, block
        self._blocks = []

    def _parse(self, source: bytes) -> Tree:
        old, self._tree = self._tree, None
        edit = edit_between(self._source, source)
        if old is not None and edit is None:
            tree = old
        elif old is not None and edit is not None and not old.root_node.has_error:
            before = self._source
            points = (_point(before, edit.start), _point(before, edit.old_end), _point(source, edit.new_end))
            old.edit(edit.start, edit.old_end, edit.new_end, *points)
            tree = self._parser.parse(source, old)
            # How an error is recovered from depends on what was there before; a new reading has no before.
            if tree.root_node.has_error:
                tree = self._parser.parse(source)
        else:
            tree = self._parser.parse(source)
        self._tree, self._source = tree, source
        return tree

    def _read(self, tree: Tree, source: bytes) -> Iterator[tuple[int, Block]]:
        """Yield the top-level blocks with their offsets, those the last version had too without reading them again."""
        known = kinds()
        inner = (known.document, known.section)
        before = dict(self._blocks)
        self._blocks = []
        cursor = tree.walk()
        opens = None
        while True:
            node = cursor.node
            assert node is not None
            kind = node.kind_id
            if kind not in inner:
                start = node.start_byte
                raw = source[start : node.end_byte]
                # What an indented block is depends on the block before.
                key = (opens if kind == known.indented else kind, raw)
                block = before.get(key)
                if block is None:
                    if kind == known.indented and opens is not None:
                        block = read_loose(raw, opens, self._definitions)
                    else:
                        block = read_block(node, kind, raw, self._definitions)
                self._blocks.append((key, block))
                if kind != known.indented:
                    opens = block.opens
                if block is not NOTHING:
                    yield start, block
            elif cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return


def _point(source: bytes, at: int) -> tuple[int, int]:
    return source.count(b"\n", 0, at), at - source.rfind(b"\n", 0, at) - 1


def _assemble(lines: LineTable, blocks: list[tuple[int, Block]]) -> Segmentation:
    """Return the passages in their sections, without a licence header."""
    ignore_file = any(block.ignores_file for _, block in blocks)
    # A title in the text beats the one in front matter, which has the empty anchor.
    titled = any(block.title and block.title.level == 1 and block.title.anchor != "" for _, block in blocks)
    outline = Outline()
    passages: list[Passage] = []
    ignore_next = False
    starts = lines.starts
    for at, block in blocks:
        title = block.title
        if title is not None and not (title.anchor == "" and titled):
            outline.enter(title.text, title.level, lines.line_of(at + title.offset), anchor=title.anchor)
        ignored = ignore_file or ignore_next
        for start, end, kind, text, links, own in block.drafts:
            if passages or not is_licence(text):
                line = bisect_right(starts, at + start) - 1
                last = bisect_right(starts, at + end - 1, line) - 1
                path, language = outline.path, guess_language(text)
                meant = ignored or own or names_its_source(kind, text, links)
                passages.append(Passage(at + start, at + end, line, last, kind, text, path, language, links, meant))
        ignore_next = block.ignores_next or (ignore_next and not block.drafts)
    return Segmentation(tuple(passages), tuple(outline.headings))
