"""What of an HTML page is no prose: comments, scripts, code, navigation. It is blanked out, byte for byte."""

from __future__ import annotations

import re
from typing import NamedTuple

from seealso.text import markers

_TAG = rb"""<(/?)([A-Za-z][A-Za-z0-9:-]*+)(?=[\s/>])((?>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*)|[^<>]*+)>"""
TAG = re.compile(_TAG)
"""Slash, name, attributes. No match goes beyond the next `<`, so that many of them take linear time."""

_TOKEN = re.compile(rb"<!--|<[!?]|" + _TAG)
_ROLES = re.compile(rb"""\b(?:class|role)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)

_RAW = frozenset({b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"})
"""Elements without markup in them: they end at the first end tag of their name."""

_OPAQUE = frozenset(
    {
        *(b"nav", b"footer", b"aside", b"template", b"svg", b"math", b"object", b"select", b"button", b"canvas"),
        *(b"pre", b"listing", b"noscript", b"audio", b"video", b"map"),
    }
)
"""Elements that hold no prose of the page, whatever is in them."""

_NAVIGATION = frozenset(
    {
        *(b"navigation", b"banner", b"contentinfo", b"search", b"toc", b"navheader", b"navfooter", b"sphinxsidebar"),
        *(b"breadcrumb", b"breadcrumbs", b"docnav", b"navbar", b"pagination", b"related", b"footer", b"headerlink"),
    }
)
"""Roles, and classes that makers of pages give to what is no prose either."""

_VOID = frozenset({b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"wbr"})

_MAIN = re.compile(rb"<(/?)main(?=[\s>])", re.IGNORECASE)
_SPACES = bytes(byte if byte in b"\t\r\n" else 0x20 for byte in range(256))


class Masked(NamedTuple):
    """A page without what is no prose."""

    source: bytes
    """As long as the page, with spaces where something was."""
    title: tuple[int, int] | None
    """Range of the text of the `title` element in the page."""
    ignores: list[int]
    """Where comments stand that ignore the passage after them."""
    ignores_file: bool


def mask(source: bytes) -> Masked:
    """Return a page without what is no prose. What is never closed goes on to its end, as in a browser."""
    parts: list[bytes] = []
    title: tuple[int, int] | None = None
    ignores: list[int] = []
    ignores_file = False
    at = search = 0
    while (token := _TOKEN.search(source, search)) is not None:
        start = token.start()
        if token[2] is None:
            search = _after(source, b"-->" if token[0] == b"<!--" else b">", start + 2)
            comment = source[start:search].decode("utf-8", "replace")
            if markers.ignores_next(comment):
                ignores.append(start)
            ignores_file |= markers.ignores_file(comment)
        else:
            search = _after_opaque(source, token)
            if search == token.end():
                continue
            if title is None and token[2].lower() == b"title":
                title = token.end(), search
        parts += (source[at:start], source[start:search].translate(_SPACES))
        at = search
    return Masked(_only_main(b"".join([*parts, source[at:]])), title, ignores, ignores_file)


def _only_main(source: bytes) -> bytes:
    """Return a page without what stands around its `main` element, if it has one."""
    tags = list(_MAIN.finditer(source))
    start = next((tag.start() for tag in tags if not tag[1]), 0)
    end = tags[-1].start() if tags and tags[-1][1] and tags[-1].start() > start else len(source)
    return source[:start].translate(_SPACES) + source[start:end] + source[end:].translate(_SPACES)


def _after(source: bytes, mark: bytes, at: int) -> int:
    found = source.find(mark, at)
    return found + len(mark) if found >= 0 else len(source)


def _after_opaque(source: bytes, tag: re.Match[bytes]) -> int:
    """Return where the element that a tag opens ends if there is no prose in it, else where the tag ends."""
    slash, name, attributes = tag[1], tag[2].lower(), tag[3]
    end = tag.end()
    if slash or name in _VOID or attributes.endswith(b"/"):
        return end
    if name in _RAW:
        closing = re.compile(rb"</" + name + rb"(?=[\s/>])[^>]*+>?", re.IGNORECASE).search(source, end)
        return closing.end() if closing else len(source)
    if name not in _OPAQUE and not _is_navigation(attributes):
        return end
    depth = 1
    for inner in re.compile(rb"<(/?)" + name + rb"(?=[\s/>])[^<>]*+(/?)>", re.IGNORECASE).finditer(source, end):
        depth += -1 if inner[1] else 1
        if depth == 0:
            return inner.end()
    return len(source)


def _is_navigation(attributes: bytes) -> bool:
    if b"class" not in attributes and b"role" not in attributes:
        return False
    return any(
        word.lower() in _NAVIGATION
        for found in _ROLES.finditer(attributes)
        for word in (found[1] or found[2] or found[3] or b"").split()
    )
