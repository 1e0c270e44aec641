"""LaTeX: the prose of documents and of their parts."""

from __future__ import annotations

import re
from posixpath import splitext

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.latex.segmenter import LatexSegmenter

__all__ = ["FORMAT", "LatexSegmenter"]

_EXTENSIONS = frozenset({".latex", ".ltx", ".tex"})
_SPECIAL = re.compile(r"[\\&%$#_{}~^]")
_NAMED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_UNSAFE_IN_URL = re.compile(r"[%#&{}\\^]")


def link(target: LinkTarget) -> str:
    r"""Write a link to a place in another document, with the commands of hyperref.

    `\hyperref[label]{title}` where the section has a label: labels are shared by all files of a document. Else
    `\href` to the file.
    """
    title = _escape(" ".join(target.title.split())) or _escape(target.path)
    heading = target.heading
    if heading is not None and heading.label and splitext(target.path)[1].lower() in _EXTENSIONS:
        return f"\\hyperref[{heading.label}]{{{title}}}"
    path = _UNSAFE_IN_URL.sub(r"\\\g<0>", target.path)
    return f"\\href{{{path}}}{{{title}}}"


def quote(text: str, source: str) -> str:
    """Write a quotation of a text, with its source below."""
    return f"\\begin{{quote}}\n{_escape(text.strip())}\n\n--- {source}\n\\end{{quote}}"


def comment(text: str) -> str:
    """Write a comment."""
    return "\n".join(f"% {line.strip()}".rstrip() for line in text.strip().splitlines())


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: _NAMED.get(match[0], f"\\{match[0]}"), text)


FORMAT = Format(
    name="latex",
    extensions=_EXTENSIONS,
    language_ids=frozenset({"latex", "tex"}),
    segmenter=LatexSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
