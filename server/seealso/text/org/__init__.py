"""Org, as Emacs reads it."""

from __future__ import annotations

import re
from posixpath import splitext

from seealso.model import LinkTarget
from seealso.text.base import Format
from seealso.text.org.segmenter import OrgSegmenter

__all__ = ["FORMAT", "OrgSegmenter"]

_EXTENSIONS = frozenset({".org"})
_BRACKETS = str.maketrans("[]", "()")
_LINE_START = re.compile(r"^(?=[*#|:\\+-]|\[fn:|[A-Z]+:[ \t]|\d{1,9}[.)]|[a-zA-Z][.)])", re.MULTILINE)
_ZERO_WIDTH = "\u200b"
"""What the manual of Org puts before signs that are no markup."""
_MARKUP = re.compile(r"(?<![^\s\-({'\"])(?=[*/_=~+]\S)|(?<=[\[<\\{@_^])(?=\S)|(?=\\\\\s*$)", re.MULTILINE)


def link(target: LinkTarget) -> str:
    """Write a link to a file, and to the headline in an Org file: `[[file:a.org::*Headline][Title]]`.

    A headline with a `CUSTOM_ID` is named by that, which stays when its title changes.
    """
    path = target.path.replace("[", "\\[").replace("]", "\\]")
    heading, place = target.heading, ""
    if heading is not None and splitext(target.path)[1].lower() in _EXTENSIONS:
        place = f"::#{heading.label}" if heading.label else f"::*{heading.title.translate(_BRACKETS)}"
    title = " ".join(target.title.split()).translate(_BRACKETS) or target.path
    return f"[[file:{path}{place}][{title}]]"


def quote(text: str, source: str) -> str:
    """Write a quote block of a text, with its source below."""
    escaped = _LINE_START.sub(_ZERO_WIDTH, _MARKUP.sub(_ZERO_WIDTH, text.strip()))
    return f"#+begin_quote\n{escaped}\n\n--- {source}\n#+end_quote"


def comment(text: str) -> str:
    """Write a comment that is not exported."""
    return "\n".join(f"# {line.strip()}".rstrip() for line in text.strip().splitlines())


FORMAT = Format(
    name="org",
    extensions=_EXTENSIONS,
    language_ids=frozenset({"org", "org-mode"}),
    segmenter=OrgSegmenter,
    link=link,
    quote=quote,
    comment=comment,
)
