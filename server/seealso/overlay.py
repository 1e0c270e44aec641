"""Unsaved buffers, laid over the index: their passages come from the buffer, never from the disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from seealso.errors import DocumentError
from seealso.model import Passage, Place, Segmentation
from seealso.text.base import Format, Segmenter
from seealso.text.registry import format_for


@dataclass(frozen=True, eq=False)
class Buffer:
    """One open document as the editor has it; each is equal to itself alone."""

    path: str
    text: str
    version: int | None
    format: Format
    segmenter: Segmenter
    segmentation: Segmentation

    @cached_property
    def by_text(self) -> dict[bytes, list[tuple[Passage, Place]]]:
        """Every passage by content hash."""
        found: dict[bytes, list[tuple[Passage, Place]]] = {}
        for passage in self.segmentation.passages:
            found.setdefault(passage.hash, []).append((passage, place_of(self.path, passage)))
        return found

    @cached_property
    def known(self) -> KnownTexts:
        """Which of its texts are in the index."""
        return KnownTexts(self.by_text)


class KnownTexts:
    """Which texts are in the index, looked up once for each state of it."""

    def __init__(self, hashes: Collection[bytes]) -> None:
        self._hashes = hashes
        self._known: tuple[object, dict[bytes, int]] = None, {}

    def ids(self, state: object, look_up: Callable[[Collection[bytes]], dict[bytes, int]]) -> dict[bytes, int]:
        """Return the ids of those that are; `look_up` finds them when the index has another `state` than last time."""
        known = self._known
        if known[0] != state:
            self._known = known = state, look_up(self._hashes)
        return known[1]


@dataclass(frozen=True)
class Overlay:
    """All open buffers; replaced as a whole, so that a question sees one state from beginning to end."""

    buffers: dict[str, Buffer] = field(default_factory=dict)

    def read(self, path: str, text: str, version: int | None, language_id: str | None) -> Buffer | None:
        """Return a buffer opened or changed, None for a text of unknown format; takes seconds when it is large.

        The segmenter of the buffer before goes on in the new one: two versions must not be read at the same time.
        """
        old = self.buffers.get(path)
        document_format = format_for(path, language_id)
        if document_format is None:
            return None
        segmenter = old.segmenter if old is not None and old.format is document_format else document_format.segmenter()
        try:
            segmentation = segmenter.segment(text.encode("utf-8", "replace"))
        except DocumentError:  # such as JSON in the middle of an edit
            segmentation = Segmentation((), ())
        return Buffer(path, text, version, document_format, segmenter, segmentation)

    def with_buffer(self, buffer: Buffer) -> Overlay:
        """Return the overlay with a buffer in it."""
        return Overlay({**self.buffers, buffer.path: buffer})

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
            for text_hash, places in buffer.by_text.items():
                before = found.get(text_hash)
                found[text_hash] = [*before, *places] if before else places
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
