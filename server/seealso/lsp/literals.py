"""Whether a line stands in code, where `[` opens no link.

A line that is being written is often in no passage yet, so this looks at the lines from the top of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_CODE_DIRECTIVES = frozenset(
    [
        *("code", "code-block", "code-cell", "sourcecode", "parsed-literal", "literalinclude", "prompt", "console"),
        *("doctest", "testcode", "testoutput", "testsetup", "testcleanup", "productionlist", "highlight", "raw"),
        *("math", "graphviz", "digraph", "graph", "mermaid", "plantuml", "uml", "toctree", "ipython", "plot"),
    ]
)
"""Directives of reStructuredText and MyST whose content is no prose."""

SOURCES = frozenset({"c", "go", "javascript", "python", "rust"})
"""Formats whose files are programs."""

_CODE = SOURCES | {"jupyter"}
"""Formats whose files are code with prose in it: nothing is proposed into them."""

_OPAQUE = re.compile(r"<(/?)(?:script|style|pre|textarea)(?=[\s/>])", re.IGNORECASE)

_SIGNS = {
    "asciidoc": ("----", "....", "++++", "////", "```"),
    "html": ("<",),
    "latex": ("\\begin{",),
    "markdown": ("```", "~~~"),
    "org": ("#+begin_", "#+BEGIN_", "#+Begin_"),
    "rst": ("::", ">>> "),
}
"""Without any of these there is no code."""

_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(.*)")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_RST_ITEM = re.compile(r"(?:[-*+\u2022]|\(?(?:\d{1,9}|[A-Za-z#])[.)])[ \t]+")
_QUOTE = re.compile(r" {0,3}> ?")
_MYST = re.compile(r"\{([\w:-]+)\}")
_DIRECTIVE = re.compile(r"\.\.[ \t]+(?:\|[^|]+\|[ \t]+)?([\w:-]+)::(?:\s|$)")
_LISTING = re.compile(r"([-.+/])\1{3,}$|```\w*$")
_ORG_BLOCK = re.compile(r"#\+begin_(?!(?:center|quote|verse|note|tip|warning|important|abstract)\b)(\S+)")
_ENVIRONMENT = re.compile(
    r"\\begin\{((?:[BLV]?[Vv]erbatim|lstlisting|minted|alltt|comment|align|equation|gather|multline|tikzpicture)\*?)\}"
)
_EXPLICIT = re.compile(r"\.\.(?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Fence:
    """An open fence of Markdown and the container it stands in."""

    mark: str
    quotes: int
    column: int
    """Where the content of its list item begins."""
    is_code: bool

    def is_closed_by(self, body: str) -> bool:
        closing = body.rstrip()
        return len(closing) >= len(self.mark) and set(closing) == {self.mark[0]}


def in_literal(lines: Sequence[str], line: int, language: str) -> bool:
    """Tell whether a line (0-based) stands in a fenced or literal block; `language` is the name of a format."""
    if language in _CODE:
        return True
    signs = _SIGNS.get(language, ())
    lines = lines[: line + 1]
    if not any(sign in text for text in lines for sign in signs):
        return False  # as in most documents, at a fraction of the cost
    above = (text.rstrip("\r\n").expandtabs(4) for text in lines)
    return _READERS[language](above)


def _in_fence(lines: Iterable[str]) -> bool:
    fences: list[_Fence] = []
    columns: list[int] = []  # where the content of each open list item begins
    code = False
    for line in lines:
        quotes, body, indent = _unquoted(line)
        while fences and (quotes < fences[-1].quotes or (body and indent < fences[-1].column)):
            fences.pop()  # its container is over
        code = bool(fences) and fences[-1].is_code
        if fences and fences[-1].is_closed_by(body):
            fences.pop()
        elif body and not code:
            while columns and indent < columns[-1]:
                columns.pop()
            while (item := _ITEM.match(body)) and indent - (columns[-1] if columns else 0) < 4:
                indent += len(item[0])
                columns.append(indent)
                body = body[item.end() :]
            column = columns[-1] if columns else 0
            fence = _FENCE.match(body)
            if fence and indent - column < 4 and not ("`" in fence[1] and "`" in fence[2]):
                directive = _MYST.match(fence[2])
                code = directive is None or directive[1] in _CODE_DIRECTIVES
                fences.append(_Fence(fence[1], quotes, column, code))
    return code


def _unquoted(line: str) -> tuple[int, str, int]:
    """Return how many quotes a line stands in, its text without them, and the indentation of that."""
    quotes = 0
    while mark := _QUOTE.match(line):
        quotes += 1
        line = line[mark.end() :]
    body = line.lstrip(" ")
    return quotes, body, len(line) - len(body)


def _in_block(lines: Iterable[str]) -> bool:
    opener: int | None = None  # the indentation of the line above that makes what is indented deeper a literal
    code = False
    for line in lines:
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if not body:
            # A new line in a block: what is going to be written on it is as far in as the cursor.
            code = opener is not None and indent > opener
            continue
        if opener is not None and indent <= opener:
            opener = None
        code = opener is not None or body.startswith(">>> ")
        if opener is None:
            while item := _RST_ITEM.match(body):
                indent += len(item[0])
                body = body[item.end() :]
            directive = _DIRECTIVE.match(body)
            if directive[1] in _CODE_DIRECTIVES if directive else not _EXPLICIT.match(body) and body.endswith("::"):
                opener = indent
    return code


def _in_listing(lines: Iterable[str]) -> bool:
    """Tell it of AsciiDoc, where the line that ends a block is the one that began it."""
    end = above = ""
    code = False
    for line in lines:
        body = line.rstrip()
        code = bool(end)
        if end:
            end = "" if body == end else end
        elif _LISTING.match(body) and not (body[0] in "-+" and above and abs(len(above) - len(body)) < 2):
            end = body if body[0] != "`" else "```"
        above = body
    return code


def _in_element(lines: Iterable[str]) -> bool:
    tags = _OPAQUE.findall("\n".join(lines))
    return bool(tags) and not tags[-1]


def _in_environment(lines: Iterable[str]) -> bool:
    end = ""
    code = False
    for line in lines:
        code = bool(end)
        if end:
            end = "" if end in line else end
        elif (begin := _ENVIRONMENT.match(line.strip())) and f"\\end{{{begin[1]}}}" not in line:
            end = f"\\end{{{begin[1]}}}"
    return code


def _in_org_block(lines: Iterable[str]) -> bool:
    end = ""
    code = False
    for line in lines:
        body = line.strip().lower()
        code = bool(end)
        if end:
            end = "" if body == end or line.startswith("* ") else end
        elif begin := _ORG_BLOCK.match(body):
            end = f"#+end_{begin[1]}"
    return code


_READERS: dict[str, Callable[[Iterable[str]], bool]] = {
    "asciidoc": _in_listing,
    "html": _in_element,
    "latex": _in_environment,
    "markdown": _in_fence,
    "org": _in_org_block,
    "rst": _in_block,
}
