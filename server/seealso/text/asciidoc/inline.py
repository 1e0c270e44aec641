"""Inline markup of AsciiDoc: clean prose and what it links to."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from seealso.text.prose import collapse

Attributes = Mapping[str, str]
"""Values of the document's attributes by their names, lower case."""

Inline = tuple[str, tuple[str, ...]]
"""Clean text, and link targets as written; `#id` for a place in the same document."""

Keep = Callable[[str], str]
"""Puts a text aside that is no markup, and returns what stands for it."""

_SIGNS = r"""
    amp & lt < gt > apos ' quot " plus + asterisk * caret ^ tilde ~ backtick ` backslash \ startsb [ endsb ] vbar |
    brvbar ¦ lsquo ' rsquo ' ldquo " rdquo " deg ° cpp C++ pp ++
    litdd -- bar | apostrophe ' double-dot .. ellipsis ...
    """.split()  # noqa: SIM905 - pairs; those of the last line are defined for all of git's manual
BUILT_IN: Attributes = {
    **dict(zip(_SIGNS[::2], _SIGNS[1::2], strict=True)),
    **dict.fromkeys(("empty", "blank", "zwsp", "wj"), ""),
    **dict.fromkeys(("sp", "nbsp"), " "),
}
"""Attributes that stand for signs: what they stand for is no markup."""

# Repetitions exclude their own delimiter or have a bound: no scan over hostile text is repeated.
_ANY_MARKUP = re.compile(r"[*_`#^~+<\[{(\\&]|://|^//|::", re.MULTILINE)
_DROPPED_LINE = re.compile(r"^(?://(?!/).*|(?:ifn?def|ifeval|endif|include)::\S*\[.*\])$|[ \t]\+$", re.MULTILINE)
_BODY = r"(?>[^\]\\]{0,1000}(?:\\.[^\]\\]{0,1000}){0,20})"
_PASSED = re.compile(
    rf"""
      \+\+\+([^+]++)\+\+\+ | \$\$([^$]++)\$\$ | \+\+([^+]++)\+\+ | `\+([^`+]++)\+`
    | \bpass:[a-z,]{{0,20}}\[({_BODY})\]
    | (?<![\w+\\])\+(?!\s)([^+]++)(?<!\s)\+(?![\w+])
    """,
    re.VERBOSE | re.DOTALL,
)
_MACRO = re.compile(
    rf"""
      <<(?P<reference>[^<>,]{{1,300}})(?:,(?P<title>[^<>]{{0,500}}))?>>
    | \(\((?:\((?P<hidden>[^()]{{1,300}})\)|(?P<term>[^()]{{1,300}}))\)\)
    | \[\[(?P<anchor>[\w:][^\[\]]{{0,200}})\]\]
    | \\?(?P<url>\b(?:https?|ftp|irc)://[^\s<>\[\]"\x00]++)(?:\[(?P<label>{_BODY})\])?
    | (?<![\w:])(?P<name>[a-zA-Z][\w-]{{0,30}}):(?P<target>(?:[^\s\[\]:\x00][^\s\[]{{0,600}})?)\[(?P<body>{_BODY})\]
    """,
    re.VERBOSE | re.DOTALL,
)
_MAY_BE_MACRO = re.compile(r"<<|\(\(|\[\[|://|:[^\s\[\]:]*+\[")
_SMART = re.compile(r"([\"'])`(?!\s)([^`]++)`\1")
_ROLE = r"(?:\[[^\[\]]{1,100}\])?"
_PAIRS = tuple(
    (
        sign,
        re.compile(rf"{_ROLE}{double}(?!\s)((?>(?:[^{inside}]|{one}(?!{one}))*)){double}"),
        re.compile(
            rf"{_ROLE}(?<![\w\\;:}}]){one}(?![\s{inside}])((?>(?:[^{inside}]|(?<=[^\W_]){one}(?=[^\W_]))*))"
            rf"(?<!\s){one}(?![\w{inside}])"
        ),
    )
    for sign, inside in (("*", "*"), ("_", "_"), ("`", "`"), ("#", "#"))
    for one, double in ((re.escape(sign), re.escape(sign) * 2),)
)
_RAISED = re.compile(r"([\^~])([^\s^~]{1,200})\1")
_ESCAPE = re.compile(r"\\(?=[*_`#^~+<\[{(h])")
_ATTRIBUTE = re.compile(r"(?<!\\)\{([\w-]{1,60})(?::[^{}]{0,200})?\}")
_STASHED = re.compile("\0([0-9]{1,9})\0")
_ATTRIBUTE_LIST = re.compile(r",\s*[\w-]{1,30}=.*|,\s*(?:window|role|opts)\b.*", re.DOTALL)
MAX_VALUE = 300
"""Characters of an attribute's value that is put into text."""
_MAX_VALUES = 1000
"""References that are replaced by values in one paragraph."""

_SECTION = re.compile(r"[0-9]\w{0,4}")

_SILENT = frozenset({"anchor", "audio", "bibitem", "icon", "image", "indexterm", "video"})
_LINKS = frozenset({"link", "mailto", "xref"})


def clean(raw: str, attributes: Attributes = MappingProxyType({})) -> Inline:
    """Return the clean text of a paragraph and what it links to; runs in time linear in its length."""
    if not _ANY_MARKUP.search(raw) and " +" not in raw:
        return collapse(raw), ()
    links: list[str] = []
    stash: list[str] = []

    def keep(text: str) -> str:
        stash.append(text)
        return f"\0{len(stash) - 1}\0"

    def restore(text: str) -> str:
        return _STASHED.sub(lambda match: stash[int(match[1])], text) if stash else text

    text = _DROPPED_LINE.sub("", raw.replace("\0", " "))
    if "{" in text:
        text = expand(text, attributes)
    if "+" in text or "$$" in text or "pass:" in text:
        text = _PASSED.sub(lambda match: keep(_unescape(match[match.lastindex or 0])), text)
    if _MAY_BE_MACRO.search(text):
        text = _MACRO.sub(partial(_macro, links, keep), text)
    text = _without_quotes(text)
    if "{" in text:
        text = _ATTRIBUTE.sub(_sign, text)
    if "&" in text:
        text = html.unescape(text)
    return collapse(restore(_ESCAPE.sub("", text))), tuple(dict.fromkeys(restore(link) for link in links))


def _without_quotes(text: str) -> str:
    if "`" in text:
        text = _SMART.sub(r"\1\2\1", text)
    for sign, unconstrained, constrained in _PAIRS:
        if sign in text:
            if sign * 2 in text:
                text = unconstrained.sub(r"\1", text)
            text = constrained.sub(r"\1", text)
    return _RAISED.sub(r"\2", text) if "^" in text or "~" in text else text


def expand(text: str, attributes: Attributes) -> str:
    """Put the values of the document's attributes into a text."""
    if not attributes:
        return text
    return _ATTRIBUTE.sub(lambda match: attributes.get(match[1].lower(), match[0]), text, count=_MAX_VALUES)


def _sign(match: re.Match[str]) -> str:
    name = match[1].lower()
    return "" if name in ("set", "counter", "counter2") else BUILT_IN.get(name, match[0])


def _macro(links: list[str], keep: Keep, match: re.Match[str]) -> str:
    if (reference := match["reference"]) is not None:
        reference = reference.strip()
        links.append(_place(reference))
        return (match["title"] or "").strip() or keep(reference.lstrip("#"))
    if match["term"] is not None:
        return match["term"]
    if match["hidden"] is not None or match["anchor"] is not None:
        return ""
    if (url := match["url"]) is not None:
        return _url(links, keep, url, match["label"])
    return _named(links, keep, match["name"].lower(), match["target"], match["body"], match[0])


def _url(links: list[str], keep: Keep, url: str, label: str | None) -> str:
    if label is None:
        address = url.rstrip(".,;:!?)'*_`")
        links.append(address)
        return keep(address) + url[len(address) :]
    links.append(url)
    return _label(label) or keep(url)


def _named(links: list[str], keep: Keep, name: str, target: str, body: str, raw: str) -> str:
    if name in _SILENT:
        return ""
    if name in _LINKS:
        links.append(_place(target) if name == "xref" else f"mailto:{target}" if name == "mailto" else target)
        return _label(body) or keep(target.lstrip("#"))
    if name == "menu":
        return " > ".join(part.strip() for part in (target, *body.split(">")) if part.strip())
    if name.startswith("footnote"):
        return f" ({_unescape(body)})" if body else ""
    if name in ("btn", "kbd", "stem", "latexmath", "asciimath"):
        return keep(_unescape(body))
    if not target:
        return _unescape(body) if name == "indexterm2" else raw
    if "link" in name or name == "man":
        links.append(target)
    # A macro of the project: `linkgit:git-add[1]` is a page of a manual.
    return keep(f"{target}({body})") if _SECTION.fullmatch(body) else _label(body) or keep(target)


def _place(reference: str) -> str:
    """Return the target of a reference: a bare id is in the same document."""
    return reference if "#" in reference or re.search(r"\.\w{1,10}\Z", reference) else f"#{reference}"


def _label(body: str) -> str:
    """Return the text of a link without its attributes."""
    body = body.strip()
    if body.startswith('"') and (quoted := re.match(r'"((?>(?:[^"\\]|\\.)*))"', body)):
        return _unescape(quoted[1].replace('\\"', '"'))
    if "=" in body:
        body = _ATTRIBUTE_LIST.sub("", body)
    return _unescape(body.removesuffix("^"))


def _unescape(body: str) -> str:
    return body.replace("\\]", "]")
