"""How wide text stands on a grid of columns."""

from __future__ import annotations

from unicodedata import east_asian_width

FILLER = "\0"


def one_a_column(text: str) -> str:
    """Return a text in which every character takes one column: a wide one is followed by a filler."""
    if text.isascii():
        return text
    return "".join(char + FILLER if east_asian_width(char) in "WF" else char for char in text)
