"""The "See also" list of a section: found by its shape, written and refreshed. Pure: lines in, lines out.

A list of ours is a line `See also:` and bullets under it (an `itemize` environment of LaTeX), a `{seealso}` directive
of MyST, or a `seealso` directive of reStructuredText, with nothing but bullets in it. What else stands under such a
line belongs to its writer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seealso.lsp.literals import SOURCES, in_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.model import Heading

Shape = Literal["line", "fence", "directive", "itemize"]

_LINE = re.compile(r"See also:[ \t]*$", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|:{3,})\{seealso\}[ \t]*$")
_DIRECTIVE = re.compile(r"\.\. seealso::[ \t]*$")
_OPENERS: dict[str, tuple[tuple[re.Pattern[str], Shape], ...]] = {
    "latex": ((_LINE, "itemize"),),
    "markdown": ((_LINE, "line"), (_FENCE, "fence")),
    "rst": ((_DIRECTIVE, "directive"),),
}
_OTHERS: tuple[tuple[re.Pattern[str], Shape], ...] = ((_LINE, "line"),)

_WITHOUT = SOURCES | {"html", "jupyter"}
"""Formats in which a line and bullets are no list."""

_BULLET = re.compile(r"[-*+][ \t]+(?=\S)")
_ITEMIZE = (r"\begin{itemize}", r"\end{itemize}")
_LATEX_ITEM = re.compile(r"\\item\s+(?=\S)")
_MYST = re.compile(r"[ \t>]*(?:`{3,}|:{3,})\{[\w:-]+\}")

_ABOVE_TITLE = re.compile(r"(?:\.\. _[^:]+:|\([\w.-]+\)=|<a\s[^<>]*>(?:</a>)?|\[\[[^\[\]]+\]\]|\[[\w.%]*#[^\[\]]+\])?")
"""Blank lines, and what names the title under it."""
_RULE = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*$")


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading, up to the next one of whatever level; 0-based."""

    heading: Heading | None
    start: int
    stop: int
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of ours."""

    shape: Shape
    start: int
    stop: int
    """Lines, 0-based; `stop` exclusive."""
    entries: tuple[str, ...]
    """Without their bullets; some have several lines."""
    fence: str = "```"


def sections(headings: Sequence[Heading], lines: Sequence[str]) -> list[Section]:
    """Return the sections of a document in order, what stands before the first heading included."""
    starts = [0, *(heading.line for heading in headings)]
    stops = [*starts[1:], len(lines)]
    titled: list[Heading | None] = [None, *headings]
    return [
        Section(heading, start, stop)
        for heading, start, stop in zip(titled, starts, stops, strict=True)
        if heading is not None or stop > 0
    ]


def section_at(headings: Sequence[Heading], lines: Sequence[str], line: int) -> Section:
    """Return the section that holds a line."""
    found = [section for section in sections(headings, lines) if section.start <= line]
    return found[-1] if found else Section(None, 0, len(lines))


def has_lists(syntax: str) -> bool:
    """Tell whether a list of ours can be written in a format, of which this is the name."""
    return syntax not in _WITHOUT


def find(lines: Sequence[str], section: Section, syntax: str) -> Listing | None:
    """Return the last list of ours in a section; `lines` are without their ends, `syntax` is the name of a format."""
    openers = _OPENERS.get(syntax, _OTHERS)
    for at in range(section.stop - 1, section.start - 1, -1):
        for pattern, shape in openers:
            opened = pattern.match(lines[at])
            title = section.heading is not None and at - 1 == section.start
            if opened and (at == 0 or shape == "fence" or not lines[at - 1].strip() or title):
                found = _read(lines, section, at, shape, opened)
                if found is not None and not in_literal(lines, at, syntax):
                    return found
    return None


def _read(lines: Sequence[str], section: Section, at: int, shape: Shape, opened: re.Match[str]) -> Listing | None:
    if shape == "itemize":
        return _read_itemize(lines, section, at)
    entries: list[str] = []
    margin: int | None = 0 if shape != "directive" else None
    last = at
    for number in range(at + 1, section.stop):
        text = lines[number].expandtabs(4)
        body = text.lstrip()
        indent = len(text) - len(body)
        if (
            shape == "fence"
            and not indent
            and set(body.rstrip()) == {opened[1][0]}
            and len(body.rstrip()) >= len(opened[1])
        ):
            return Listing(shape, at, number + 1, tuple(entries), opened[1]) if entries else None
        if not body:
            continue
        if margin is None and indent:
            margin = indent
        bullet = _BULLET.match(body) if indent == margin else None
        if bullet:
            entries.append(body[bullet.end() :].rstrip())
        elif entries and margin is not None and indent > margin and number == last + 1:
            entries[-1] += f"\n{body.rstrip()}"
        elif entries and not indent and (shape == "directive" or (shape == "line" and number > last + 1)):
            break
        else:
            return None  # there is more in it than a list
        last = number
    return Listing(shape, at, last + 1, tuple(entries)) if entries and shape != "fence" else None


def _read_itemize(lines: Sequence[str], section: Section, at: int) -> Listing | None:
    """Read the environment of LaTeX under a line."""
    entries: list[str] = []
    inside = False
    for number in range(at + 1, section.stop):
        body = lines[number].strip()
        if not inside and body:
            if body != _ITEMIZE[0]:
                return None
            inside = True
        elif body == _ITEMIZE[1]:
            return Listing("itemize", at, number + 1, tuple(entries)) if entries else None
        elif item := _LATEX_ITEM.match(body):
            entries.append(body[item.end() :])
        elif body and not entries:
            return None
        elif body:
            entries[-1] += f"\n{body}"
    return None


def shape_for(syntax: str, lines: Sequence[str]) -> Shape:
    """Return the shape a new list takes in a document."""
    if syntax == "rst":
        return "directive"
    if syntax == "latex":
        return "itemize"
    return "fence" if syntax == "markdown" and any(_MYST.match(line) for line in lines) else "line"


def write(shape: Shape, entries: Sequence[str], fence: str = "```") -> str:
    """Return a list, with no line end after it."""
    if shape == "directive":
        items = [f"   - {entry}".replace("\n", "\n     ") for entry in entries]
        return "\n".join([".. seealso::", "", *items])
    if shape == "itemize":
        items = [f"  \\item {entry}".replace("\n", "\n    ") for entry in entries]
        return "\n".join(["See also:", "", _ITEMIZE[0], *items, _ITEMIZE[1]])
    items = [f"- {entry}".replace("\n", "\n  ") for entry in entries]
    if shape == "fence":
        return "\n".join([f"{fence}{{seealso}}", *items, fence])
    return "\n".join(["See also:", "", *items])


def end_of(lines: Sequence[str], section: Section, *, last_title: bool) -> int:
    """Return the line behind the last one of a section that is not blank and does not belong to the next title."""
    stop = section.stop
    # The line above a title that is as long as it and made of one sign.
    if not last_title and stop - 1 > section.start and _RULE.match(lines[stop - 1]):
        stop -= 1
    while stop - 1 > section.start and _ABOVE_TITLE.fullmatch(lines[stop - 1].strip()):
        stop -= 1
    return stop
