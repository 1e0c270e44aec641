"""Inline markup of reStructuredText: clean prose and what it links to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from seealso.text.prose import collapse

Targets = Mapping[str, str]
"""URIs by the normalised names that a document defines for them."""


def words(text: str) -> frozenset[str]:
    """Return the words of a string, for tables of names that read better without quotes."""
    return frozenset(text.split())


class Inline(NamedTuple):
    """A run of inline markup, read."""

    text: str
    """Clean prose."""
    links: tuple[str, ...] = ()
    """URIs, documents and labels, as written."""


# Markup starts after white space, an opening bracket or quote, or punctuation that joins; not inside a word.
_BEFORE = (
    "\\s'\"(\\[{<\\-/:\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff65"
)
_AFTER = "\\s'\")\\]}>\\-/:.,;!?\\\\\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff65"

# Every branch starts with a literal, so that the scan for the next candidate runs over a character set; what stands
# before is checked behind that character. Repetitions exclude their own delimiter: a scan that fails is never repeated.
_INLINE = re.compile(
    rf"""
      \\(?P<escape>[\s\S]?)
    | `(?:
          `(?P<literal>(?!\s)(?>(?:[^`]+|`(?!`(?!`)))+))``
        | (?P<text>(?!\s)[^`]++)(?<!\s)`(?P<suffix>__?(?![\w`])|:(?:[\w.+-]{{1,40}}:){{1,4}}(?!`))?
      )
    | :(?<![\w:]:)(?P<role>(?:[\w.+-]{{1,40}}:){{1,4}})`(?P<body>[^`]++)`
    | \*(?<![^{_BEFORE}]\*)(?:
          \*(?P<strong>(?!\s)[^*]++(?>(?:\*(?!\*)[^*]++)*))\*\*
        | (?P<emphasis>(?![\s*"')\]}}>])[^*]++)(?<!\s)\*(?!\w)
      )
    | \|(?<![^{_BEFORE}]\|)(?P<substitution>(?![\s|])[^|]{{1,200}})(?<!\s)\|_{{0,2}}(?!\w)
    | _(?:`(?<![^{_BEFORE}]_`)(?P<target>[^`]++)`|(?<=[^\W_]_)(?![^{_AFTER}])|_(?<=[^\W_]__)(?![^{_AFTER}]))
    | h(?<!\wh)(?P<uri>ttps?://[^\s<>`"]++)
    """,
    re.VERBOSE,
)
_MARKUP = re.compile(r"[`*_|\\]|://")
_FOOTNOTE = re.compile(rf"(?:\\?[ \t\n\r]){{0,3}}(?<![^{_BEFORE}])\[(?:\d+|\#[\w.+:-]{{0,80}}|\*)\]_(?![^{_AFTER}])")
_CITATION = re.compile(rf"(?<![^{_BEFORE}])(\[\w[\w.+:-]{{0,80}}\])_(?![^{_AFTER}])")
_SIMPLE_NAME = re.compile(rf"(?:\A|[{_BEFORE}])([^\W_]+(?:[-._+:][^\W_]+)*)\Z")
_IN_WORD = re.compile("[0-9A-Za-z]")
_NAME_REACH = 80

_EMBEDDED = re.compile(r"(?:\s|\A)<([^<>]+)>\Z")
_ESCAPED = re.compile(r"\\(\s|.|\Z)", re.DOTALL)

_SILENT_ROLES = frozenset({"cspan", "rspan", "raw", "raw-html", "raw-latex", "html-raw"})
# Angle brackets in them are text.
_PLAIN_ROLES = words(
    "abbr code command emphasis file guilabel kbd literal math menuselection regexp samp strong sub subscript sup "
    "superscript"
)
_CALL_ROLES = frozenset({"func", "meth"})
_LINK_ROLES = frozenset({"any", "doc", "download", "numref", "ref"})
_PREFIX_ROLES = {"pep": "PEP ", "pep-reference": "PEP ", "rfc": "RFC ", "rfc-reference": "RFC "}


def clean(raw: str, targets: Targets) -> Inline:
    """Return the clean text of a paragraph and what it links to; runs in time linear in its length."""
    if not _MARKUP.search(raw):
        return Inline(collapse(raw))
    if "]_" in raw:
        raw = _CITATION.sub(r"\1", _FOOTNOTE.sub("", raw))
    links: list[str] = []
    text = _INLINE.sub(partial(_replace, links, targets), raw)
    return Inline(collapse(text), tuple(links))


def paragraph(raw: str, targets: Targets) -> Inline:
    """Return the clean text of a paragraph; the `::` that announces a literal block reads as a colon, or not at all."""
    inline = clean(raw, targets)
    text = inline.text
    if not text.endswith("::"):
        return inline
    return inline._replace(text=text[:-1] if text[-3:-2].strip() else text[:-2].rstrip())


def unescape(raw: str) -> str:
    """Remove backslashes that escape; an escaped white space vanishes."""
    return _ESCAPED.sub(lambda match: match[1].strip(), raw) if "\\" in raw else raw


# Starts with a literal, which is searched for much faster than line starts are.
_TARGET = re.compile(
    rb"\.\.[ \t]+_(?!_)(?:`(?P<quoted>[^`\r\n]{1,400})`|(?P<name>(?:[^:\\`\r\n]|\\.|:(?=[^\s])){1,400})):"
    rb"[ \t]*(?:(?:\r\n?|\n)[ \t]+)?(?!\.\. )(?P<uri>[^\s][^\r\n]*)"
)
_INDENTED = re.compile(rb"(?:\A|[\r\n])[ \t]*\Z")
_MAX_INDENT = 80
_MAX_HOPS = 5


def find_targets(source: bytes) -> dict[str, str]:
    """Return the hyperlink targets of a document that have a URI."""
    if b".. _" not in source:
        return {}
    found: dict[str, str] = {}
    for match in _TARGET.finditer(source):
        start = match.start()
        if start and not _INDENTED.search(source[max(0, start - _MAX_INDENT) : start]):
            continue
        name, uri = (
            match[group].decode("utf-8", "replace") for group in ("name" if match["name"] else "quoted", "uri")
        )
        found.setdefault(normalize_name(unescape(name)), "".join(unescape(uri).split()))
    return {name: uri for name in found if (uri := _follow(name, found))}


def _follow(name: str, found: Targets) -> str:
    """Return the URI of a target, which may be the name of another one."""
    for _ in range(_MAX_HOPS):
        uri = found.get(name, "")
        if not uri.endswith("_"):
            return uri
        name = normalize_name(uri[:-1].strip("`"))
    return ""


def normalize_name(name: str) -> str:
    """Return the form in which reference names are compared."""
    return " ".join(name.lower().split())


def _replace(links: list[str], targets: Targets, match: re.Match[str]) -> str:
    group = match.lastgroup
    if group is None:
        return _reference(links, targets, match)
    value = match[group]
    if group == "literal":
        # In ``a``b`` the author forgot a space before the first one.
        return f" {value}" if _IN_WORD.match(match.string, match.start() - 1) else value
    if group in ("strong", "emphasis"):
        return unescape(value)
    if group == "substitution":
        return value
    if group == "body":
        return _interpret(links, match["role"], value)
    if group == "text":
        return _interpret(links, "", value)
    if group == "suffix":
        if value[0] == ":":
            return _interpret(links, value[1:], match["text"])
        return _hyperlink(links, targets, match["text"])
    if group == "uri":
        links.append("h" + value.rstrip(".,;:!?'\")]}*_"))
        return match[0]
    if group == "target":
        return unescape(value)
    return value.strip()


def _reference(links: list[str], targets: Targets, match: re.Match[str]) -> str:
    """Drop the underscore of `name_`, but keep it where it ends an identifier."""
    start = match.start()
    word = match.string[max(0, start - _NAME_REACH) : start].rsplit(None, 1)[-1]
    name = _SIMPLE_NAME.search(word)
    if not name:
        return match[0]
    _resolve(links, targets, name[1])
    return ""


def _hyperlink(links: list[str], targets: Targets, body: str) -> str:
    embedded = _EMBEDDED.search(body)
    if not embedded:
        _resolve(links, targets, unescape(body))
        return unescape(body)
    title, target = body[: embedded.start()], "".join(embedded[1].split())
    if target.endswith("_") and not target.endswith("\\_"):
        name = unescape(embedded[1].strip()[:-1])
        _resolve(links, targets, name)
        return unescape(title) or name
    target = unescape(target)
    links.append(target)
    return unescape(title) or target


def _resolve(links: list[str], targets: Targets, name: str) -> None:
    if uri := targets.get(normalize_name(name)):
        links.append(uri)


def _interpret(links: list[str], role: str, body: str) -> str:
    name = role.strip(":").rpartition(":")[2].lower()
    if name in _SILENT_ROLES:
        return ""
    title, target = (body, None) if name in _PLAIN_ROLES or not name else _titled(body)
    if name in _LINK_ROLES:
        links.append(unescape(collapse(target or title)))
    if target is not None or not name:
        return unescape(title)
    if title.startswith("~"):
        title = title.rpartition(".")[2].lstrip("~")
    if name in _CALL_ROLES and not title.endswith(")"):
        title += "()"
    return _PREFIX_ROLES.get(name, "") + unescape(title.removeprefix("!"))


def _titled(body: str) -> tuple[str, str | None]:
    """Split `title <target>`; without a target the second is None."""
    if body.endswith(">"):
        title, opened, target = body[:-1].rpartition("<")
        if opened and target.strip() and title.strip():
            return title.rstrip(), target.strip()
    return body, None
