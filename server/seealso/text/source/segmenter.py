"""From a source file to the passages of its comments and docstrings."""

from __future__ import annotations

import re
from dataclasses import replace

from seealso.model import Heading, Passage, Segmentation
from seealso.text import markers
from seealso.text.excerpt import Excerpt
from seealso.text.licence import is_licence
from seealso.text.lines import LineTable
from seealso.text.source.code import is_code, says_enough
from seealso.text.source.comments import Comment, Name, comments
from seealso.text.source.languages import Language
from seealso.text.source.tags import plain_parts, tagged_parts

_HEAD = 2_000
_GENERATED = re.compile(
    rb"\bcode generated\b[^\n]{0,200}\bdo not edit\b|(?<![\w.])@generated\b"
    rb"|\b(?:automatically|auto-?)[ -]?generated (?:by|from|file)\b|\bfile is (?:auto(?:matically )?-?)?generated\b",
    re.IGNORECASE,
)
"""What the head of a file says that nobody has written."""

_MARKER = re.compile(rb"\W*+(seealso-ignore(?:-file)?)\W*+")
_BLANKS = b" \t\r\n"
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")


class SourceSegmenter:
    """Read the versions of one source file; comments that the last version had too are not read again."""

    __slots__ = ("_language", "_readings")

    def __init__(self, language: Language) -> None:
        self._language = language
        self._readings: dict[tuple[bool, bytes], Segmentation] = {}

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages of the comments of a source file given as UTF-8, and the declarations they stand in."""
        before, self._readings = self._readings, {}
        assembly = _Assembly(source)
        if _GENERATED.search(source, 0, _HEAD):
            return Segmentation((), ())
        for comment in comments(source, self._language):
            excerpt = self._excerpt(source, comment)
            if not _LETTER.search(excerpt.text):
                continue
            key = comment.documents, excerpt.text
            reading = before.get(key) or self._readings.get(key) or self._read(comment, excerpt.text)
            self._readings[key] = reading
            assembly.add(comment, excerpt, reading)
        return assembly.segmentation()

    def _excerpt(self, source: bytes, comment: Comment) -> Excerpt:
        is_tagged = comment.documents and not self._language.has_docstrings
        return Excerpt((tagged_parts if is_tagged else plain_parts)(source, comment.ranges))

    def _read(self, comment: Comment, text: bytes) -> Segmentation:
        reader = self._language.documentation if comment.documents else self._language.comments
        return reader().segment(text)


class _Assembly:
    """Put what comments say into the scopes of the file."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines = LineTable(source)
        self._passages: list[Passage] = []
        self._headings: list[Heading] = []
        self._scopes: dict[Name, Heading] = {}
        self._ignore_file = self._ignore_next = False

    def add(self, comment: Comment, excerpt: Excerpt, reading: Segmentation) -> None:
        if marker := _MARKER.fullmatch(excerpt.text):
            self._ignore_file |= markers.ignores_file(marker[1].decode())
            self._ignore_next |= markers.ignores_next(marker[1].decode())
            return
        lines = LineTable(excerpt.text)
        titles: dict[Heading, Heading] = {}
        for passage in reading.passages:
            if is_licence(passage.text):
                break  # as is the rest of the comment
            raw = excerpt.text[passage.start_byte : passage.end_byte].decode("utf-8", "replace")
            if not says_enough(passage.text) or is_code(raw):
                continue
            path = self._path(comment.names)
            for title in passage.headings:
                if title not in titles:
                    line = self._lines.line_of(excerpt.place(lines.start(title.line)))
                    titles[title] = replace(
                        title, level=len(comment.names) + title.level, line=line, anchor="", label=""
                    )
                    self._headings.append(titles[title])
                path += (titles[title],)
            start, end = self._trimmed(excerpt.place(passage.start_byte), excerpt.end(passage.end_byte))
            self._passages.append(
                replace(
                    passage,
                    start_byte=start,
                    end_byte=end,
                    start_line=self._lines.line_of(start),
                    end_line=self._lines.line_of(end - 1),
                    headings=path,
                    ignored=passage.ignored or self._ignore_next,
                )
            )
            self._ignore_next = False

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Return a range without the white space at its ends, which a tag has that nothing follows."""
        raw = self._source[start:end]
        return end - len(raw.lstrip(_BLANKS)), start + len(raw.rstrip(_BLANKS))

    def _path(self, names: list[Name]) -> tuple[Heading, ...]:
        """Return the declarations that something stands in, as headings."""
        for level, name in enumerate(names, start=1):
            if name not in self._scopes:
                # Nothing on the web leads to a declaration as such.
                self._scopes[name] = heading = Heading(name.title, level, name.line, "")
                self._headings.append(heading)
        return tuple(self._scopes[name] for name in names)

    def segmentation(self) -> Segmentation:
        """Return all that was put in."""
        passages = self._passages
        if self._ignore_file:
            passages = [replace(passage, ignored=True) for passage in passages]
        return Segmentation(tuple(passages), tuple(sorted(self._headings, key=lambda heading: heading.line)))
