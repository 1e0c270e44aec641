"""Divide what CommonMark takes for one paragraph where writing tools see something else.

Fenced divs of Pandoc and Quarto, footnotes, display math, link definitions, admonitions of MkDocs, imports of MDX and
comments of Obsidian are lines of a paragraph to the block grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from seealso.text import markers

_BLANKS = b" \t\r\n"
_ODD_FIRST = frozenset({b":", b"$", b"\\", b"[", b"*", b"{", b"%", b"!", b"?", b"=", b"i", b"e"})
_ODD = re.compile(
    rb":::|\$\$|\\begin\{|\[\^[^\]\s]+\]:|\*?\[[^\]^\[]+\]:|\{/\*|%%"
    rb"|!!![ \t]|\?\?\?\+?[ \t]|===[ \t]+\"|import[ \t{*]|export[ \t]"
)
_FOOTNOTE = re.compile(rb"\[\^[^\]\s]+\]:")
_DEFINITION = re.compile(rb"\*?\[(?!\^)[^\]\[]+\]:[ \t]*\S")
_ADMONITION = re.compile(rb"(?:!!!|\?\?\?\+?|===!?)[ \t]+[\"\w]")
_MDX_COMMENT = re.compile(rb"\{/\*.*\*/\}", re.DOTALL)
_IDENTIFIER = rb"[A-Za-z_$][\w$]*"
_IMPORT = re.compile(
    rb"import\s+(?:(?:"
    + _IDENTIFIER
    + rb"|\{[^{}]*\}|\*\s+as\s+"
    + _IDENTIFIER
    + rb")(?:\s*,\s*\{[^{}]*\})?\s+from\s+)?(?:\"[^\"\n]+\"|'[^'\n]+')[ \t]*;?\s*"
)
_EXPORT = re.compile(
    rb"export\s+(?:const|let|var|function|class|async\s+function|default\s+(?:function|class)|default\s*[({]|\{|\*)"
)
_END_ENVIRONMENT = b"\\end{"


def is_divided(raw: bytes, special: bytes) -> bool:
    """Tell quickly whether a paragraph (without white space at its ends) may be more than one.

    `special` are its bytes that may be markup: to look at those first is faster than any search in the text.
    """
    if raw[:1] in _ODD_FIRST and _ODD.match(raw) is not None:
        return True
    return (
        (b":::" in special and b":::" in raw)
        or (b"]:" in special and b"]:" in raw)
        or (b"$$" in special and b"$$" in raw)
        or (b"%%" in special and b"%%" in raw)
        or (b"\\" in special and b"\\begin{" in raw)
    )


@dataclass(slots=True)
class Part:
    """A run of whole lines."""

    start: int
    end: int
    footnote: bool = False
    comment: str | None = None
    """Set if the run is no prose but a comment."""


@dataclass(slots=True)
class Division:
    """What the lines of a paragraph are."""

    parts: list[Part] = field(default_factory=list)
    admonition: bool = False
    """It opens an admonition or tab, whose content is indented."""
    ignores_file: bool = False


def divide(raw: bytes) -> Division:
    """Return the prose and the comments of a paragraph that starts and ends without white space."""
    if _MDX_COMMENT.fullmatch(raw):
        return _commented(Division(), 0, raw)
    if _EXPORT.match(raw):
        return Division()
    at = 0
    while match := _IMPORT.match(raw, at):
        at = match.end()
    return _Divider(raw, at).run()


def _commented(division: Division, start: int, line: bytes) -> Division:
    comment = line.decode("utf-8", "replace")
    division.ignores_file |= markers.ignores_file(comment)
    division.parts.append(Part(start, start, comment=comment))
    return division


class _Divider:
    __slots__ = ("at", "division", "open", "raw", "until")

    def __init__(self, raw: bytes, at: int) -> None:
        self.raw = raw
        self.at = at
        self.division = Division()
        self.open: Part | None = None
        """The run of prose that the next line may belong to."""
        self.until: bytes | None = None
        """Lines are no prose up to the one that has this."""

    def run(self) -> Division:
        for line in self.raw[self.at :].splitlines(keepends=True):
            self._line(line.strip(_BLANKS), self.at + len(line) - len(line.lstrip(_BLANKS)))
            self.at += len(line)
        return self.division

    def _line(self, line: bytes, start: int) -> None:
        if self.until is not None:
            if self.until in line:
                self.until = None
        elif line.startswith(b":::"):
            self.open = None
        elif line.startswith(b"$$"):
            self.open = None
            self.until = None if line.find(b"$$", 2) > 0 else b"$$"
        elif line.startswith(b"\\begin{"):
            self.open = None
            self.until = None if _END_ENVIRONMENT in line else _END_ENVIRONMENT
        elif line.startswith(b"%%"):
            self.open = None
            self.until = None if line.find(b"%%", 2) > 0 else b"%%"
            _commented(self.division, start, line)
        elif _FOOTNOTE.match(line):
            self._begin(Part(start, start + len(line), footnote=True))
        elif self.open is None and _DEFINITION.match(line):
            pass
        elif self.open is None and _ADMONITION.match(line):
            self.division.admonition = True
        elif line:
            if self.open is None:
                self._begin(Part(start, start))
            assert self.open is not None
            self.open.end = start + len(line)

    def _begin(self, part: Part) -> None:
        self.division.parts.append(part)
        self.open = part


def loose_paragraphs(raw: bytes) -> list[tuple[int, int]]:
    """Return the runs of lines between blank lines, without fences and option lines (`:name: value`) at their start."""
    spans: list[tuple[int, int]] = []
    at, fresh = 0, True
    for line in raw.splitlines(keepends=True):
        content = line.strip(_BLANKS + b">")
        start = at + line.index(content)
        at += len(line)
        if not content or content.startswith((b"```", b"~~~", b":::")) or (fresh and _OPTION.match(content)):
            fresh = True
        elif fresh:
            spans.append((start, start + len(content)))
            fresh = False
        else:
            spans[-1] = (spans[-1][0], start + len(content))
    return spans


_OPTION = re.compile(rb":[\w-]+:(?:\s|\Z)")
