"""Unsaved buffers, laid over the index: their passages come from the buffer, never from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from seealso.model import Passage, Place, Segmentation
from seealso.text.base import Format, Segmenter
from seealso.text.registry import format_for


@dataclass(frozen=True, slots=True)
class Buffer:
    """One open document as the editor has it."""

    path: str
    version: int | None
    format: Format
    segmenter: Segmenter
    segmentation: Segmentation

    def places(self) -> Iterator[tuple[Passage, Place]]:
        for passage in self.segmentation.passages:
            yield passage, place_of(self.path, passage)


@dataclass(frozen=True)
class Overlay:
    """All open buffers; replaced as a whole, so that a question sees one state from beginning to end."""

    buffers: dict[str, Buffer] = field(default_factory=dict)

    def with_text(self, path: str, text: str, version: int | None, language_id: str | None) -> Overlay:
        """Return the overlay with a buffer opened or changed; a text of unknown format changes nothing."""
        old = self.buffers.get(path)
        document_format = format_for(path, language_id)
        if document_format is None:
            return self
        segmenter = old.segmenter if old is not None and old.format is document_format else document_format.segmenter()
        segmentation = segmenter.segment(text.encode("utf-8", "replace"))
        return Overlay({**self.buffers, path: Buffer(path, version, document_format, segmenter, segmentation)})

    def without(self, path: str) -> Overlay:
        return Overlay({key: buffer for key, buffer in self.buffers.items() if key != path})

    def holding(self, text: str) -> Iterator[Place]:
        """Yield the open passages in which a text stands, whatever its case."""
        wanted = text.casefold().strip()
        for buffer in self.buffers.values():
            for passage in buffer.segmentation.passages:
                if wanted in passage.text.casefold():
                    yield place_of(buffer.path, passage)

    @cached_property
    def by_text(self) -> dict[bytes, list[tuple[Passage, Place]]]:
        """Return every open passage by content hash."""
        found: dict[bytes, list[tuple[Passage, Place]]] = {}
        for buffer in self.buffers.values():
            for passage, place in buffer.places():
                found.setdefault(passage.hash, []).append((passage, place))
        return found


def place_of(path: str, passage: Passage) -> Place:
    """Return where a passage of a document stands."""
    return Place(
        path=path,
        start_line=passage.start_line,
        end_line=passage.end_line,
        kind=passage.kind,
        text=passage.text,
        headings=passage.headings,
        language=passage.language,
    )
