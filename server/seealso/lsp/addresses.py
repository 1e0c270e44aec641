"""Addresses of documents that only the server has: the results of a search, a report of duplicates.

    seealso:search/QUERY.md                 in all folders
    seealso:search/QUERY.md?folder=URI      in one folder
    seealso:duplicates.md?folder=URI        likewise

QUERY and URI are percent-encoded. Clients take URIs apart and write them in their own way (VS Code writes `?folder%3D`
and a bare `/`), so each part is decoded as a whole before it is read. An address says what to look for and nothing
else: no file is opened and nothing is run because of one, and a folder has to be one that the client has opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from seealso.errors import SeeAlsoError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEME = "seealso"

QUERY_CHARACTERS = 400

_SEARCH, _DUPLICATES, _END = "search/", "duplicates.md", ".md"

_FOLDER = "folder="

_PART = r"[\w.~%!$&+,=@/-]{1,2000}"
r"""What may stand in an address inside a document: what a URI may hold, and letters of any script. Brackets and quotes
end it there. Without a colon no address can hold the beginning of another one, so that looking for them is linear."""

_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9_.+-]){SCHEME}:(?:search/{_PART}|duplicates)\.md(?:\?folder={_PART})?(?![A-Za-z0-9_])"
)

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line ends, and marks that turn the direction of text around: nobody looks for them."""


@dataclass(frozen=True, slots=True)
class Search:
    """The passages that answer a query."""

    query: str
    folder: str | None = None
    """URI of one folder, or None for all."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What repeats itself."""

    folder: str | None = None


Address = Search | Duplicates


def format_address(address: Address) -> str:
    """Return the URI of an address."""
    path = f"{_SEARCH}{_quoted(address.query)}{_END}" if isinstance(address, Search) else _DUPLICATES
    return f"{SCHEME}:{path}" + (f"?{_FOLDER}{_quoted(address.folder)}" if address.folder else "")


def parse_address(uri: str) -> Address:
    """Return what a URI asks for.

    Raises `SeeAlsoError` for what is no address.
    """
    try:
        parts = urlsplit(_allowed(uri))
        path, question = _decoded(parts.path).removeprefix("/"), _decoded(parts.query)
    except ValueError as error:
        raise _wrong(uri) from error
    if parts.scheme != SCHEME or parts.netloc or parts.fragment or (question and not question.startswith(_FOLDER)):
        raise _wrong(uri)
    folder = question.removeprefix(_FOLDER) or None
    if path == _DUPLICATES:
        return Duplicates(folder)
    query = path.removeprefix(_SEARCH).removesuffix(_END)
    if not path.startswith(_SEARCH) or not path.endswith(_END) or not query.strip() or len(query) > QUERY_CHARACTERS:
        raise _wrong(uri)
    return Search(query, folder)


def addresses(line: str) -> Iterator[tuple[int, int, Address]]:
    """Yield the addresses in a line of any document, each with the code points where it starts and ends."""
    for found in _ADDRESS.finditer(line):
        try:
            address = parse_address(found[0])
        except SeeAlsoError:
            continue
        yield found.start(), found.end(), address


def within(address: Address, folder: str) -> Address:
    """Return an address that names a folder: its own, or this one when it names none."""
    return address if address.folder is not None else replace(address, folder=folder)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _decoded(part: str) -> str:
    """Return a part of a URI without percent signs; raises `ValueError` for what no text is."""
    return _allowed(unquote_to_bytes(part).decode("utf-8"))


def _allowed(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError(text)
    return text


def _wrong(uri: str) -> SeeAlsoError:
    return SeeAlsoError(
        f"{uri[:200]!r} is no address of seealso.",
        hint="They look like `seealso:search/QUERY.md` and `seealso:duplicates.md`, with `?folder=URI` for one folder.",
    )
