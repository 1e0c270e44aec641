"""Jupyter notebooks: the Markdown cells, each read as a document of its own, at their places in the JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from seealso.errors import DocumentError
from seealso.model import Heading, LinkTarget, Passage, Segmentation
from seealso.text import markdown
from seealso.text.base import Format
from seealso.text.excerpt import Excerpt, Part
from seealso.text.lines import LineTable
from seealso.text.outline import Outline
from seealso.text.prose import Slugs

_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_IGNORE_FILE = re.compile(rb"^[ \t]*<!--\s*seealso-ignore-file\s*-->", re.MULTILINE | re.IGNORECASE)
_HINT = "Open it in Jupyter and save it."

_DECODER = json.JSONDecoder()


def _parts(source: bytes, literals: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """Yield what JSON strings say, given as ranges without their quotation marks."""
    for at, end in literals:
        for escape in _ESCAPE.finditer(source, at, end):
            yield Part(source[at : escape.start()], at)
            yield Part(_unescaped(escape[0]), escape.start(), len(escape[0]))
            at = escape.end()
        yield Part(source[at:end], at)


@lru_cache(maxsize=1024)
def _unescaped(escape: bytes) -> bytes:
    text: str = json.loads(b'"' + escape + b'"')
    return text.encode("utf-8", "replace")


class NotebookSegmenter:
    """Read the versions of one notebook; cells that the last version had too are not read again."""

    __slots__ = ("_readings",)

    def __init__(self) -> None:
        self._readings: dict[bytes, Segmentation] = {}

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a notebook given as UTF-8.

        Raises `DocumentError` when it is no JSON, or no notebook of format 4.
        """
        before, self._readings = self._readings, {}
        cells = list(_cells(source))
        assembly = _Assembly(LineTable(source), any(_IGNORE_FILE.search(cell.text) for cell in cells))
        for cell in cells:
            known = before.get(cell.text) or self._readings.get(cell.text)
            self._readings[cell.text] = reading = known or markdown.MarkdownSegmenter().segment(cell.text)
            assembly.add(cell, reading)
        return Segmentation(tuple(assembly.passages), tuple(assembly.outline.headings))


class _Assembly:
    """Put the cells into the sections of the notebook."""

    __slots__ = ("_ignore_file", "_lines", "_slugs", "outline", "passages")

    def __init__(self, lines: LineTable, ignore_file: bool) -> None:
        self.outline = Outline()
        self.passages: list[Passage] = []
        self._lines = lines
        self._slugs = Slugs()
        self._ignore_file = ignore_file

    def add(self, cell: Excerpt, reading: Segmentation) -> None:
        cell_lines = LineTable(cell.text)
        titles = list(reversed(reading.headings))
        for passage in reading.passages:
            while titles and titles[-1].line <= passage.start_line:
                self._enter(titles.pop(), cell, cell_lines)
            start, end = cell.place(passage.start_byte), cell.end(passage.end_byte)
            self.passages.append(
                replace(
                    passage,
                    start_byte=start,
                    end_byte=end,
                    start_line=self._lines.line_of(start),
                    end_line=self._lines.line_of(end - 1),
                    headings=self.outline.path,
                    ignored=passage.ignored or self._ignore_file,
                )
            )
        while titles:
            self._enter(titles.pop(), cell, cell_lines)

    def _enter(self, title: Heading, cell: Excerpt, cell_lines: LineTable) -> None:
        line = self._lines.line_of(cell.place(cell_lines.start(title.line)))
        # Unlike GitHub, Jupyter keeps capitals and punctuation in its anchors.
        self.outline.enter(title.title, title.level, line, anchor=self._slugs.unique(title.title.replace(" ", "-")))


def _cells(source: bytes) -> Iterator[Excerpt]:
    """Yield the Markdown cells of a notebook; raises `DocumentError` when it is none."""
    # As Latin-1, an offset in characters is one in bytes; all that JSON is made of is ASCII.
    text = source.decode("latin-1")
    start = _next_token(text, len(_BOM) if source.startswith(_BOM) else 0)
    notebook = _checked(text, start)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise DocumentError("It is no notebook, or one from before 2015: it has no list of cells.", hint=_HINT)
    # The values are known; what is left is to find where they stand.
    for at in _elements(text, dict(_members(text, start))["cells"]):
        cell = dict(_members(text, at)) if text[at] == "{" else {}
        if "source" in cell and "cell_type" in cell and _value(text, cell["cell_type"])[0] == "markdown":
            yield Excerpt(_parts(source, _literals(text, cell["source"])))


def _checked(text: str, start: int) -> Any:
    """Return the value that a text consists of from an offset on; raises `DocumentError` unless it is JSON."""
    try:
        value, end = _value(text, start)
    except (ValueError, RecursionError) as error:
        line = f" in line {text.count(chr(10), 0, error.pos) + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise DocumentError(f"It is no notebook: its JSON is broken{line}.", hint=_HINT) from error
    if _next_token(text, end) < len(text):
        raise DocumentError("It is no notebook: there is more in it than one JSON value.", hint=_HINT)
    return value


def _literals(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the strings that a value is, or is a list of, without their quotation marks."""
    for start in _elements(text, at) if text[at] == "[" else (at,):
        if text[start] == '"':
            yield start + 1, _value(text, start)[1] - 1


def _elements(text: str, at: int) -> Iterator[int]:
    """Yield where each value of the list at an offset begins."""
    at = _next_token(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after(text, at)


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Yield each key of the object at an offset, and where its value begins."""
    at = _next_token(text, at + 1)
    while text[at] != "}":
        key, end = _value(text, at)
        at = _next_token(text, _next_token(text, end) + 1)
        yield key, at
        at = _after(text, at)


def _after(text: str, at: int) -> int:
    """Return where the next value or key begins after the value at an offset, or the bracket that closes all."""
    at = _next_token(text, _value(text, at)[1])
    return _next_token(text, at + 1) if text[at] == "," else at


def _value(text: str, at: int) -> tuple[Any, int]:
    """Return the value that begins at an offset, and where it ends."""
    return _DECODER.raw_decode(text, at)


def _next_token(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    assert found is not None
    return found.end()


def _in_json(text: str) -> str:
    """Return a text as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def link(target: LinkTarget) -> str:
    """Write a link as Markdown has it."""
    return _in_json(markdown.link(target))


def quote(text: str, source: str) -> str:
    """Write a block quote as Markdown has it; the source is a link, escaped already."""
    return _in_json(markdown.quote(text, "\0")).replace("\\u0000", source)


def comment(text: str) -> str:
    """Write a comment as Markdown has it."""
    return _in_json(markdown.comment(text))


FORMAT = Format(
    name="jupyter",
    extensions=frozenset({".ipynb"}),
    # Editors call the file JSON, which most JSON is not; cells they open have addresses of their own.
    language_ids=frozenset(),
    segmenter=NotebookSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
