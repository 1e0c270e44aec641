"""Inline markup of LaTeX: clean prose and what it links to."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize

from seealso.text.prose import collapse

Inline = tuple[str, tuple[str, ...]]
"""Clean text, and link targets: URLs, paths and labels."""

# Repetitions exclude their own delimiter or have a bound: no scan over hostile text is repeated.
_ANY_MARKUP = re.compile(r"[\\%$~{}`'&]|--")
_COMMENT = re.compile(r"(?<!\\)%[^\r\n]*(?:\r\n?|\n|\Z)[ \t]*")
_GROUP = r"\{((?>[^{}]{0,2000}(?:\{[^{}]{0,500}\}[^{}]{0,1000}){0,20}))\}"
_OPTION = r"(?:\[[^\[\]]{0,300}\])?"
_VERBATIM = re.compile(
    r"\\(?:verb|lstinline|mintinline\{[^{}]{1,40}\})\*?(?:([^\sa-zA-Z*{])([^\r\n]{0,300}?)\1|\{([^{}]{0,300})\})"
)
_DISPLAY = re.compile(r"\$\$[^$]{0,5000}\$\$|\\\[[^\]]{0,5000}\\\]")
_MATH = re.compile(r"(?<!\\)\$([^$]{1,1000})(?<!\\)\$|\\\(((?>[^\\]{0,1000}(?:\\(?!\))[^\\]{0,200}){0,50}))\\\)")
_DROPPED = re.compile(
    r"\\(?:label|index|glsadd|v?space|hspace|vskip|includegraphics|bibliography|bibliographystyle|input|include|pagestyle"
    r"|thispagestyle|hypertarget|phantomsection|addcontentsline|setlength|setcounter|addtocounter|color|begin|end|cline"
    r"|cmidrule|usepackage|documentclass|nocite|(?:foot|text|auto|paren|full)?cite[a-zA-Z]{0,12})(?![a-zA-Z])\*?(?:\([^()]{0,40}\))?"
    rf"{_OPTION}{_OPTION}(?:\{{[^{{}}]{{0,1000}}\}})?(?:(?<=toc\}})\{{[^{{}}]{{0,1000}}\}}\{{[^{{}}]{{0,1000}}\}})?"
)
_DEFINITION = re.compile(
    r"\\(?:re)?(?:new|provide)command\*?[^\r\n]{0,5000}|\\(?:def|let|newenvironment|newtheorem)\b[^\r\n]{0,5000}"
)
_SPAN = re.compile(r"\\multi(?:column|row)\*?\{[^{}]{0,20}\}\{(?>[^{}]{0,80}(?:\{[^{}]{0,80}\}[^{}]{0,80}){0,5})\}")
_REFERENCE = re.compile(r"[\s~]?\\(?:(?:auto|c|C|eq|page|name|v)?ref\*?)\{([^{}]{1,300})\}")
_LINK = re.compile(
    rf"\\href{_OPTION}\{{((?>(?:[^{{}}\\]|\\.){{1,1000}}))\}}\s{{0,5}}{_GROUP}|\\hyperref\[([^\]]{{1,300}})\]{_GROUP}"
)
_URL = re.compile(r"\\(?:url|path|nolinkurl)\{([^{}]{1,1000})\}")
FOOTNOTE = re.compile(rf"\\footnote{_OPTION}{_GROUP}")
_ACCENT = re.compile(r"\\([`'^\"~=.]|[uvHcdbkr](?![a-zA-Z]))\s{0,3}(?:\{\\?([a-zA-Z])\}|\\?([a-zA-Z]))")
_MARKS = dict(zip("`'^\"~=.uvHcdbkr", map(chr, (
    0x300, 0x301, 0x302, 0x308, 0x303, 0x304, 0x307, 0x306, 0x30C, 0x30B, 0x327, 0x323, 0x331, 0x328, 0x30A,
)), strict=True))  # fmt: skip
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "l": "ł",
    "L": "Ł",
}
_NAMES = {
    "LaTeX": "LaTeX",
    "LaTeXe": "LaTeX2e",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "ldots": "…",
    "dots": "…",
    "S": "§",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbar": "|",
    "copyright": "©",
    "textless": "<",
    "textgreater": ">",
    "textendash": "–",
    "textemdash": "—",
    "slash": "/",
    "today": "today",
    **_LETTERS,
}
_COMMAND = re.compile(rf"\\([a-zA-Z@]{{1,60}})\*?(?:(?:{_OPTION}(?=\{{))|[ \t]{{0,20}}(?:\{{\}})?)")
_SIGN = re.compile(r"\\([&%$#_{}])")
_SPACE = re.compile(r"~|\\\\(?:\[[^\[\]]{0,20}\])?|\\[ ,;:!/@-]|&")
_STASHED = re.compile("\0([0-9]{1,9})\0")


def clean(raw: str) -> Inline:
    """Return the clean text of a paragraph and what it links to; runs in time linear in its length.

    Math in a line is kept as it is written, displayed math is left out.
    """
    if not _ANY_MARKUP.search(raw):
        return collapse(raw), ()
    links: list[str] = []
    stash: list[str] = []

    def keep(text: str) -> str:
        stash.append(text)
        return f"\0{len(stash) - 1}\0"

    text = raw.replace("\0", " ")
    if "\\" in text:
        text = _VERBATIM.sub(lambda match: keep(match[2] or match[3] or ""), text)
        text = _URL.sub(lambda match: keep(_linked(links, match[1])), text)  # before a percent sign is a comment
        text = _DEFINITION.sub("", text)
    text = _COMMENT.sub("", text)
    if "$" in text or "\\[" in text or "\\(" in text:
        text = _MATH.sub(lambda match: keep((match[1] or match[2] or "").strip()), _DISPLAY.sub(" ", text))
    if "\\" in text:
        text = _commands(text, links, keep)
    text = _SPACE.sub(" ", text).replace("---", "—").replace("--", "–").replace("``", '"').replace("''", '"')
    text = text.replace("{", "").replace("}", "").replace("`", "'").replace("\\", "")
    for _ in range(2):  # what was kept may hold what was kept before it
        text = _STASHED.sub(lambda match: stash[int(match[1])], text)
    return collapse(text), tuple(dict.fromkeys(links))


def _linked(links: list[str], url: str) -> str:
    links.append(url)
    return url


def _commands(text: str, links: list[str], keep: Callable[[str], str]) -> str:
    def link(match: re.Match[str]) -> str:
        links.append(_SIGN.sub(r"\1", match[1]) if match[1] is not None else match[3])
        return (match[2] if match[1] is not None else match[4]) or ""

    def reference(match: re.Match[str]) -> str:
        links.extend(label.strip() for label in match[1].split(","))
        return ""

    text = _LINK.sub(link, text)
    text = _DROPPED.sub("", _SPAN.sub("", _REFERENCE.sub(reference, text)))
    text = FOOTNOTE.sub(r" (\1)", text)
    text = _SIGN.sub(lambda match: keep(match[1]), text)
    text = _ACCENT.sub(lambda match: normalize("NFC", (match[2] or match[3]) + _MARKS[match[1]]), text)
    return _COMMAND.sub(lambda match: keep(_NAMES[match[1]]) if match[1] in _NAMES else "", text)
