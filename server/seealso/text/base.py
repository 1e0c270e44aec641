"""What a document format has to provide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from seealso.model import LinkTarget, Segmentation


class Segmenter(Protocol):
    """Read the versions of one document, one after another.

    A fresh segmenter reads a document cold. Asked again with an edited version it reuses what it can, and answers
    exactly what a fresh one would.
    """

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A document format: how to recognise it, read it, and write links in it."""

    name: str
    extensions: frozenset[str]
    """With the dot, lower case."""
    language_ids: frozenset[str]
    """LSP language ids."""
    segmenter: Callable[[], Segmenter]
    link: Callable[[LinkTarget], str]
    """Write a link to a place in another document."""
    quote: Callable[[str, str], str]
    """Write a quotation of (text, source) where source is already a link."""
    comment: Callable[[str], str]
    """Write a comment the renderer drops."""
    opt_in: str = ""
    """The field of `IndexSettings` that switches it on; empty when documents of the format are always read."""
