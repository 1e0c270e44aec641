"""Identifiers of headings, as docutils and Sphinx make them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

# Letters that do not decompose into an ASCII letter and a mark, as docutils maps them.
_TO_ASCII = str.maketrans("øđħıłŧƀƃƈƌƒƙƚƞƥƫƭƴƶǥȥȴȵȶȷȼȿɀɇɉɋɍɏ", "odhiltbbcdfklnpttyzgzlntjcszejqry") | {
    0xDF: "sz",
    0xE6: "ae",
    0x153: "oe",
    0x238: "db",
    0x239: "qp",
}
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
_ID_ENDS = re.compile(r"\A[-0-9]+|-+\Z")


def make_id(name: str) -> str:
    """Return the identifier docutils makes of a name: ASCII letters and digits with single hyphens, or nothing."""
    name = name.lower()
    if not name.isascii():
        name = normalize("NFKD", name.translate(_TO_ASCII)).encode("ascii", "ignore").decode("ascii")
    return _ID_ENDS.sub("", _NOT_IN_ID.sub("-", " ".join(name.split())))


class Identifiers:
    """Give the sections of one document the identifiers that Sphinx gives them."""

    __slots__ = ("_count", "_given", "_reserved")

    def __init__(self) -> None:
        self._reserved: set[str] = set()
        self._given: set[str] = set()
        self._count = 0

    def reserve(self, name: str) -> None:
        """Note an explicit hyperlink target, which takes its identifier away from later titles."""
        self._reserved.add(make_id(name))

    def of_title(self, title: str, labels: Iterable[str]) -> str:
        """Return an identifier for a title; the labels right above it share their place with it."""
        identifier = make_id(title)
        free = identifier not in self._reserved or identifier in map(make_id, labels)
        if not identifier or not free or identifier in self._given:
            identifier = self._numbered()
        self._given.add(identifier)
        return identifier

    def _numbered(self) -> str:
        while True:
            self._count += 1
            identifier = f"id{self._count}"
            if identifier not in self._reserved and identifier not in self._given:
                return identifier
