"""One update of an index: read what has changed, find the model meanwhile, embed, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from concurrent.futures import wait
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from seealso.embedding import identifying, wait_for
from seealso.errors import CancelledError
from seealso.index import milestones
from seealso.meter import Cancelled, Meter, Report
from seealso.model import Phase, UpdateReport

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, ModelInfo
    from seealso.index.store import Store
    from seealso.indexer import Indexer
    from seealso.spaces import Spaces

PROMPT_S = 0.5
"""A server that is there has said by then what it is. While one starts, others must not be kept from writing."""


class Update:
    """One run of `Workspace.update`, which says what it raises."""

    def __init__(
        self,
        spaces: Spaces,
        writing: Callable[[], AbstractContextManager[Store]],
        indexer: Callable[[Store], Indexer],
        report: Report,
        cancelled: Cancelled,
        *,
        first: Collection[str],
        everything: bool,
    ) -> None:
        """Take what holds the right to write, and what makes the indexer that writes."""
        self._spaces = spaces
        self._writing = writing
        self._indexer = indexer
        self._report, self._cancelled = report, cancelled
        self._first = first
        self._everything = everything

    def run(self) -> UpdateReport:
        with self._writing() as store, store.usable():
            indexer = self._indexer(store)
            embedder = self._spaces.embedder_if_any()
            model = identifying(embedder) if embedder is not None else None
            try:
                indexer.read(everything=self._everything)
            except CancelledError:
                return self._result(store, indexer, stopped=True)
            # Settings may have changed meanwhile. What they lack is said now, when words answer.
            if embedder is not self._spaces.embedder or model is None:
                embedder = self._spaces.embedder
                model = identifying(embedder)
            wait([model], PROMPT_S)
            if model.done():
                return self._embed(store, indexer, embedder, model.result())
            read = self._result(store, indexer, stopped=True)
        # A server that starts takes minutes, in which others may write.
        try:
            info = wait_for(model, Meter(self._report, self._cancelled, Phase.MODEL, 0), embedder)
        except CancelledError:
            return read
        with self._writing() as store, store.usable():
            indexer = self._indexer(store)
            try:
                indexer.read()
            except CancelledError:
                return self._result(store, indexer, stopped=True).after(read)
            return self._embed(store, indexer, embedder, info).after(read)

    def _embed(self, store: Store, indexer: Indexer, embedder: Embedder, info: ModelInfo) -> UpdateReport:
        stopped = False
        try:
            space = self._spaces.enter(store, embedder, info)
            if self._everything:
                store.embeddings.forgive(space.id)
            indexer.embed(embedder, space, self._first)
            milestones.set_embedded(store, space.name)
            indexer.compare(self._spaces.calibrated(store, embedder, space))
            indexer.embed_documents(embedder, space, info.max_tokens)
            indexer.clean(space.vectors)
            store.set_meta("updated_at", str(time.time()))
        except CancelledError:
            stopped = True
        return replace(self._result(store, indexer, stopped=stopped), doubts=embedder.doubts)

    def _result(self, store: Store, indexer: Indexer, *, stopped: bool) -> UpdateReport:
        return replace(indexer.result(), pending=self._spaces.pending(store), cancelled=stopped)
