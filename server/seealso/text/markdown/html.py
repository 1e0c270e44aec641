"""Read an HTML block of a Markdown document: which of it is prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seealso.text import markers

_OPAQUE = re.compile(
    rb"<!--|-->|<(/?)(pre|script|style|svg|template|textarea|math|iframe|object)(?=[\s/>])[^<>]{0,2000}+>",
    re.IGNORECASE,
)
_HEADING = re.compile(rb"<h([1-6])((?:\s[^<>]{0,1000}+)?)>(.{0,1000}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_SIMPLE_TAG = re.compile(rb"<[^<>]*+>")
_ID = re.compile(rb"""\bid\s*=\s*["']([^"'\s]+)["']""", re.IGNORECASE)
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Html:
    """An HTML block, read."""

    prose: bytes
    """The block with everything that is no prose blanked out, byte for byte, without white space at its ends."""
    start: int
    """Byte in the block at which the prose starts."""
    title: str | None = None
    """The heading element that the block starts with."""
    level: int = 0
    anchor: str | None = None
    title_offset: int = 0
    ignores_next: bool = False
    ignores_file: bool = False


def read(raw: bytes) -> Html:
    """Return what an HTML block says: comments, code and a heading element at its start are not part of its prose."""
    masked, comments = _mask(raw)
    comment = "\n".join(part.decode("utf-8", "replace") for part in comments)
    title, level, anchor, offset = None, 0, None, 0
    heading = _HEADING.search(masked) if b"<h" in masked or b"<H" in masked else None
    # Prose above a heading stands in another section than prose below; a block is in one.
    if heading is not None and not _SIMPLE_TAG.sub(b"", masked[: heading.start()]).strip():
        title = heading[3].decode("utf-8", "replace")
        level = int(heading[1])
        anchor = found[1].decode("utf-8", "replace") if (found := _ID.search(heading[2])) else None
        offset = heading.start()
        masked = b" " * heading.end() + masked[heading.end() :]
    start = len(masked) - len(masked.lstrip(_BLANKS))
    return Html(
        masked.strip(_BLANKS),
        start,
        title,
        level,
        anchor,
        offset,
        bool(comment) and markers.ignores_next(comment),
        bool(comment) and markers.ignores_file(comment),
    )


def _mask(raw: bytes) -> tuple[bytes, list[bytes]]:
    """Return the block with comments and opaque elements blanked out, and the comments."""
    parts: list[bytes] = []
    comments: list[bytes] = []
    at = 0
    closing: bytes | None = None
    for token in _OPAQUE.finditer(raw):
        if closing is None:
            if token[0] == b"<!--" or (token[2] and not token[1] and not token[0].endswith(b"/>")):
                parts.append(raw[at : token.start()])
                at = token.start()
                closing = token[2].lower() if token[2] else b"-->"
        elif closing == (token[2].lower() if token[1] else token[0]):
            if closing == b"-->":
                comments.append(raw[at : token.end()])
            parts.append(b" " * (token.end() - at))
            at, closing = token.end(), None
    if closing == b"-->":
        comments.append(raw[at:])
    parts.append(raw[at:] if closing is None else b" " * (len(raw) - at))
    return b"".join(parts), comments
