"""Inline markup of Org: clean prose and what it links to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from seealso.text.prose import collapse

Inline = tuple[str, tuple[str, ...]]
"""Clean text, and link targets: paths and URLs, `#id` for a place in the same document."""

MAX_LINK = 1000
"""Characters of a link, in each of its brackets."""

# Repetitions exclude their own delimiter or have a bound: no scan over hostile text is repeated.
_ANY_MARKUP = re.compile(r"[*/_=~+\[<@{^\\\u200b]|://")
_LINK = re.compile(
    rf"\[\[(?P<target>[^\[\]]{{1,{MAX_LINK}}})\](?:\[(?P<title>[^\[\]]{{1,{MAX_LINK}}})\])?\]"
    r"|(?P<url>(?<!\w)(?:https?|ftp)://[^\s<>\[\]\"]++)"
    r"|<(?P<angle>(?:https?|ftp|file|mailto|doi):[^<>\n]{1,500})>"
)
_CITATION = re.compile(r"\[cite(?:/[\w/]{1,40})?:[^\[\]]{0,1000}\]")
_FOOTNOTE = re.compile(r"\[fn:(?:[\w-]{1,60}\]|[\w-]{0,60}:(?P<text>[^\[\]]{0,1000})\])")
_TARGET = re.compile(r"<<<?([^<>\n]{1,200})>>>?")
_TIME = re.compile(r"[<\[](\d{4}-\d\d-\d\d(?:[ ][^<>\[\]\n]{0,40})?)[>\]]")
_MACRO = re.compile(r"\{\{\{(\w[\w-]{0,60})(?:\(([^{}]{0,500})\))?\}\}\}")
_SNIPPET = re.compile(r"@@[\w-]{1,20}:[^@]{0,500}@@")
_BREAK = re.compile(r"\\\\[ \t]*$", re.MULTILINE)
_ENTITY = re.compile(r"\\([a-zA-Z]{2,12})(?:\{\}|(?![a-zA-Z]))")
_SIGNS = """
    ndash – mdash — dots … hellip … ast * under _ plus + tilde ~ slash / vert | amp & lt < gt > rarr → larr ← to →
    times × copy © deg ° equal = percnt % dollar $ hash #
    """.split()  # noqa: SIM905 - pairs
_ENTITIES = {"nbsp": " ", "zwnj": "", **dict(zip(_SIGNS[::2], _SIGNS[1::2], strict=True))}

# Markup starts at the line's start, after white space or an opening sign, and ends before white space or a closing one.
_BEFORE = r"(?<![^\s\-({'\"])"
_AFTER = r"(?![^\s\-.,;:!?'\")}\[\\])"
_LITERALS = tuple(
    re.compile(rf"{_BEFORE}{sign}(?![\s{sign}])((?>(?:[^{sign}\0]|(?<=[^\W_]){sign}(?=[^\W_]))*))(?<!\s){sign}{_AFTER}")
    for sign in "=~"
)
_EMPHASIS = tuple(
    (sign, re.compile(rf"{_BEFORE}{re.escape(sign)}(?![\s{inside}])([^{inside}]++)(?<!\s){re.escape(sign)}{_AFTER}"))
    for sign, inside in (("*", "*"), ("/", "/"), ("_", "_"), ("+", "+"))
)
_SCRIPT = re.compile(r"(?<=\S)[_^]\{([^{}]{1,200})\}")
_STASHED = re.compile("\0([0-9]{1,9})\0")
_FILE = re.compile(r"file(?:\+\w+)?:")
_PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)\Z", re.IGNORECASE)

Keep = Callable[[str], str]
"""Puts a text aside that is no markup, and returns what stands for it."""

Abbreviations = Mapping[str, str]
"""What `#+LINK:` lines put in the place of the beginning of a link."""


def clean(raw: str, abbreviations: Abbreviations = MappingProxyType({})) -> Inline:
    """Return the clean text of a paragraph and what it links to; runs in time linear in its length."""
    if not _ANY_MARKUP.search(raw):
        return collapse(raw), ()
    links: list[str] = []
    stash: list[str] = []

    def keep(text: str) -> str:
        stash.append(text)
        return f"\0{len(stash) - 1}\0"

    text = raw.replace("\0", " ")
    if "=" in text or "~" in text:
        for pattern in _LITERALS:
            text = pattern.sub(lambda match: keep(match[1]), text)
    if "[" in text or "<" in text or "://" in text:
        text = _LINK.sub(lambda match: _link(links, keep, abbreviations, match), text)
        text = _CITATION.sub("", text)
        text = _FOOTNOTE.sub(lambda match: f" ({match['text'].strip()})" if match["text"] else "", text)
        text = _TARGET.sub(r"\1", text)
        text = _TIME.sub(lambda match: keep(match[1]), text)
    if "{" in text:
        text = _MACRO.sub(lambda match: match[2] or "", text)
        text = _SCRIPT.sub(r"\1", text)
    if "@@" in text:
        text = _SNIPPET.sub("", text)
    for sign, pattern in _EMPHASIS:
        if sign in text:
            text = pattern.sub(r"\1", text)
    if "\\" in text:
        text = _BREAK.sub("", text)
        text = _ENTITY.sub(lambda match: _ENTITIES.get(match[1], match[0]), text)
    if stash:
        text = _restored(text, stash)
    return collapse(text.replace("\u200b", "")), tuple(dict.fromkeys(_restored(link, stash) for link in links))


def _restored(text: str, stash: list[str]) -> str:
    """Put back what was kept; it may hold what was kept before it."""
    for _ in range(2):
        text = _STASHED.sub(lambda match: stash[int(match[1])], text)
    return text


def _link(links: list[str], keep: Keep, abbreviations: Abbreviations, match: re.Match[str]) -> str:
    if match["url"]:
        url = match["url"].rstrip(".,;:!?)'*/_=~+")
        links.append(url)
        return keep(url) + match["url"][len(url) :]
    if match["angle"]:
        links.append(match["angle"])
        return keep(match["angle"])
    target, title = match["target"].replace("\\[", "[").replace("\\]", "]"), match["title"]
    place = _place(target, abbreviations)
    if _PICTURE.search(target if title is None else title):
        return ""  # a picture, which may be a link
    if place:
        links.append(place)
    return title if title is not None else keep(_FILE.sub("", target).lstrip("*#").replace("::", " "))


def _place(target: str, abbreviations: Abbreviations) -> str:
    """Return where a link leads: a path with a fragment, a URL, or a place in the same document."""
    name, colon, rest = target.partition(":")
    if colon and name in abbreviations:
        base = abbreviations[name]
        return base.replace("%s", rest) if "%s" in base else base + rest
    if target.startswith(("#", "*", "id:")):
        return f"#{target.removeprefix('id:').lstrip('*#')}"
    if _FILE.match(target) or target.startswith(("/", "./", "../", "~")):
        path, _, inside = _FILE.sub("", target).partition("::")
        return f"{path}#{inside.lstrip('*#')}" if inside else path
    return target if colon else f"#{target}"
