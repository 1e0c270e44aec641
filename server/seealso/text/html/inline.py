"""The text of a run of HTML without block elements, and what it links to."""

from __future__ import annotations

import re
from html import unescape

from seealso.text.html.masking import TAG
from seealso.text.prose import collapse

_TAG = re.compile(TAG.pattern.decode("ascii"))
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
"""Not what `html.unescape` takes for one: numbers of any length."""
_HREF = re.compile(r"""(?<![\w-])href\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_NAMES = re.compile(rb"""(?<![\w-])(?:id|name)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_SOFT_HYPHEN = "\u00ad"
_ANCHOR_SIGNS = "\u00b6\u00a7\U0001f517 "


def clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """Return the clean text of a run, and the targets it links to."""
    links: list[str] = []

    def tag(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name == "a" and not found[1] and (href := _HREF.search(found[3])):
            links.append(_decoded(href[1] or href[2] or href[3] or "").strip())
        return " " if name in ("br", "img") else ""

    text = _TAG.sub(tag, raw) if "<" in raw else raw
    text = _decoded(text)
    if not text.isascii():
        text = text.replace(_SOFT_HYPHEN, "")
    return collapse(text), tuple(dict.fromkeys(filter(None, links)))


def clean_title(raw: str) -> str:
    """Return the text of a heading without the sign, beside it, that is a link to it."""
    return clean(raw)[0].strip(_ANCHOR_SIGNS)


def identifier(attributes: bytes) -> str:
    """Return the `id` or `name` among the attributes of a tag, or an empty string."""
    found = _NAMES.search(attributes)
    return _decoded((found[1] or found[2] or found[3] or b"").decode("utf-8", "replace")) if found else ""


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text
