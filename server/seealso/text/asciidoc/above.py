"""What stands above a block and is about it: its attributes, its title, and the identifier of a section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ANCHOR = re.compile(r"\[\[([^\[\],]{1,200})")
_SHORT_ID = re.compile(r"\A[\w-]{0,80}(?:[.%][^#,.%]{0,80}){0,8}#([^.%,\]]{1,200})")
_NAMED_ID = re.compile(r"(?:\A|[,\s])id=[\"']?([^\"',\]\s]{1,200})")
_STYLE = re.compile(r"\A[\"']?([a-zA-Z][\w-]{0,40})(?=[,.#%\"']|\Z)")
_NOT_IN_ID = re.compile(r"[^\w .-]|&(?:[a-z]{2,8}|#\d{2,6});")
_BETWEEN = re.compile(r"[ .-]+")


@dataclass(slots=True)
class Above:
    """The lines above a block."""

    style: bytes = b""
    """The first attribute, lower case: `source`, `quote`, `NOTE` ..."""
    options: str = ""
    """All attributes, as written."""
    anchor: str | None = None
    caption: tuple[int, int] | None = None
    """Bytes of the title of the block."""

    def read(self, line: bytes) -> None:
        """Take note of a line of attributes in brackets."""
        text = line.decode("utf-8", "replace")
        if anchor := _ANCHOR.match(text):
            self.anchor = anchor[1]
            return
        inner = text[1:-1]
        self.options = f"{self.options},{inner}" if len(self.options) < 1000 else self.options
        if identifier := _SHORT_ID.match(inner) or _NAMED_ID.search(inner):
            self.anchor = identifier[1]
        if inner.startswith(","):
            self.style = b"source"
        elif style := _STYLE.match(inner):
            self.style = style[1].lower().encode()


class Identifiers:
    """Give the sections of one document the identifiers that Asciidoctor gives them."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """Take the attributes of the document, which say how identifiers are made."""
        self._attributes = attributes
        self._next: dict[str, int] = {}

    def of(self, title: str, explicit: str | None = None) -> str:
        """Return the identifier of a section, unique in the document."""
        base = explicit or self._made_of(title)
        number = self._next.get(base, 1)
        identifier = base
        while identifier in self._next:
            number += 1
            identifier = f"{base}{self._separator}{number}"
        self._next[base] = number
        self._next[identifier] = 1
        return identifier

    @property
    def _separator(self) -> str:
        return self._attributes.get("idseparator", "_")[:1]

    def _made_of(self, title: str) -> str:
        separator = self._separator
        prefix = self._attributes.get("idprefix", "_")
        words = _BETWEEN.sub(separator or "", _NOT_IN_ID.sub("", title.lower())).strip(separator or None)
        return f"{prefix}{words}" if prefix or words else "section"
