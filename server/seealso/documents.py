"""Vectors of whole documents: read whole by models with a long memory, else the mean of their passages'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from seealso.embed.base import Lane, RefusedTextsError, Vectors
from seealso.embedding import wait_for
from seealso.meter import Cancelled, Meter, Report
from seealso.model import Passage, Phase

if TYPE_CHECKING:
    from seealso.embed.base import Embedder
    from seealso.index.document_vectors import StaleDocument
    from seealso.index.store import Store
    from seealso.spaces import VectorSpace

WINDOW_TOKENS = 8192
"""A model that reads as much embeds whole documents; one longer than it reads goes through in windows of this size."""
OVERLAP = 0.1
"""Share of a window that the next one repeats."""
CALL_TOKENS = 65_536
"""Documents that are embedded at once."""
MEANS_AT_ONCE = 200
_BYTES_A_TOKEN = 3.5
"""Fewer than most models need: a window that is cut off would lose its end."""

_GAP = "\n\n"
_WHOLE, _MEAN = "whole", "mean"


class DocumentWork:
    """One pass over the documents whose vector is not that of their present text."""

    def __init__(
        self, store: Store, embedder: Embedder, space: VectorSpace, report: Report, cancelled: Cancelled
    ) -> None:
        self._store, self._embedder, self._space = store, embedder, space
        self._report, self._cancelled = report, cancelled

    def run(self, reads: int, *, whole: bool) -> None:
        """Bring all of them up to date, after their passages; read `whole` when the model, which `reads` tokens, can.

        Raises `CancelledError`, or `EmbeddingError` when the model fails; what was finished is kept.
        """
        how = _WHOLE if whole and reads >= WINDOW_TOKENS else _MEAN
        stale = self._store.document_vectors.stale(self._space.id, how)
        if not stale:
            return
        meter = Meter(self._report, self._cancelled, Phase.DOCUMENTS, len(stale))
        if how == _MEAN:
            self._means(stale, meter)
        else:
            self._wholes(stale, reads, meter)

    def _means(self, stale: Sequence[StaleDocument], meter: Meter) -> None:
        for start in range(0, len(stale), MEANS_AT_ONCE):
            part = stale[start : start + MEANS_AT_ONCE]
            found = [(document, self._mean(document)) for document in part]
            self._keep(_MEAN, [(document, row) for document, row in found if row is not None])
            meter.advance(len(part))

    def _mean(self, document: StaleDocument) -> Vectors | None:
        vectors, words = self._store.document_vectors.parts(self._space.id, document.id)
        return combined(vectors, words) if len(vectors) else None

    def _wholes(self, stale: Sequence[StaleDocument], reads: int, meter: Meter) -> None:
        pool = ThreadPoolExecutor(1, "seealso-documents")
        try:
            for batch in self._batches(stale, reads):
                texts = [text for _, windows in batch for text in windows]
                rows = wait_for(pool.submit(self._call, texts), meter, self._embedder)
                self._keep(_WHOLE, list(self._combined(batch, rows)))
                meter.advance(len(batch))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _batches(self, stale: Sequence[StaleDocument], reads: int) -> Iterator[list[tuple[StaleDocument, list[str]]]]:
        """Yield documents with their windows, so many at a time as one call should have."""
        batch: list[tuple[StaleDocument, list[str]]] = []
        tokens = 0
        for document in stale:
            segmentation = self._store.segmentation(document.path)
            windows = windows_of(segmentation.passages, reads) if segmentation is not None else []
            batch.append((document, windows))
            tokens += sum(map(estimated_tokens, windows))
            if tokens >= CALL_TOKENS:
                yield batch
                batch, tokens = [], 0
        if batch:
            yield batch

    def _call(self, texts: list[str]) -> Vectors:
        try:
            return self._embedder.embed(texts, "passage", Lane.BULK)
        except RefusedTextsError as error:
            return error.vectors  # rows of zeros: its passages stand for the document then

    def _combined(
        self, batch: Sequence[tuple[StaleDocument, list[str]]], rows: Vectors
    ) -> Iterator[tuple[StaleDocument, Vectors]]:
        at = 0
        for document, windows in batch:
            part = rows[at : at + len(windows)]
            at += len(windows)
            if part.any():
                tokens = np.array([estimated_tokens(text) for text in windows], np.float32)
                yield document, combined(part, tokens)
            elif (mean := self._mean(document)) is not None:
                yield document, mean

    def _keep(self, how: str, found: Sequence[tuple[StaleDocument, Vectors]]) -> None:
        if found:
            rows = np.stack([row for _, row in found])
            with self._store.transaction():
                self._store.document_vectors.put(self._space.id, how, [document for document, _ in found], rows)


def combined(vectors: Vectors, weights: Vectors) -> Vectors:
    """Return the weighted mean of unit rows, shape (n, dimension), as one of length 1."""
    mean: Vectors = weights @ vectors
    length = float(np.linalg.norm(mean))
    return (mean / length).astype(np.float32) if length > 1e-6 else vectors[0]  # opposites have no mean


def windows_of(passages: Sequence[Passage], reads: int) -> list[str]:
    """Return a document's prose with its titles as one text, or in windows when it is longer than a model reads.

    `reads` is in tokens. Windows break between passages, and each repeats the end of the one before.
    """
    blocks: list[str] = []
    shown: tuple[object, ...] = ()
    for passage in passages:
        titles = [heading.title for heading in passage.headings if heading not in shown]
        shown = passage.headings
        blocks.append("\n".join([*titles, passage.text]))
    sizes = [estimated_tokens(block + _GAP) for block in blocks]
    if sum(sizes) <= reads:
        return [_GAP.join(blocks)] if blocks else []
    windows = []
    start = 0
    while start < len(blocks):
        end, size = start, 0
        while end < len(blocks) and (end == start or size + sizes[end] <= WINDOW_TOKENS):
            size += sizes[end]
            end += 1
        windows.append(_GAP.join(blocks[start:end]))
        if end == len(blocks):
            break
        room = min(OVERLAP * WINDOW_TOKENS, WINDOW_TOKENS - sizes[end])  # the next one has to get further
        begun, start, repeated = start, end, sizes[end - 1]
        while start - 1 > begun and repeated <= room:
            start -= 1
            repeated += sizes[start - 1]
    return windows


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return 1 + int(len(text.encode("utf-8", "replace")) / _BYTES_A_TOKEN)
