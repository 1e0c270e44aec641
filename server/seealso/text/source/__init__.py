"""Comments and docstrings of source code: the prose in programs of C, Go, JavaScript, Python and Rust.

They are read when a user asks for it: most folders with programs are searched for something else.
"""

from __future__ import annotations

from functools import partial

from seealso.text import plain
from seealso.text.base import Format
from seealso.text.source.languages import LANGUAGES, Language
from seealso.text.source.segmenter import SourceSegmenter

__all__ = ["FORMATS", "SourceSegmenter"]


def _format(language: Language) -> Format:
    def comment(text: str) -> str:
        """Write a comment."""
        return f"{language.mark} {text}"

    def quote(text: str, source: str) -> str:
        """Write a quotation as in plain text, in a comment."""
        return "\n".join(f"{language.mark} {line}" for line in plain.quote(text, source).splitlines())

    return Format(
        name=language.name,
        extensions=language.extensions,
        language_ids=language.language_ids,
        segmenter=partial(SourceSegmenter, language),
        link=plain.link,
        quote=quote,
        comment=comment,
        opt_in="source_comments",
    )


FORMATS = tuple(map(_format, LANGUAGES))
"""One for each language."""
