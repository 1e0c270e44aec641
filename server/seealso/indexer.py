"""Bring an index up to date: scan, read, embed, compare. Every step commits often and starts where it was stopped."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.corpus import Corpus, FileEntry
from seealso.documents import DocumentWork
from seealso.embedding import EmbeddingWork
from seealso.errors import CancelledError, DocumentError
from seealso.index import milestones
from seealso.index.compare import compare
from seealso.index.store import Store, StoredDocument
from seealso.meter import Cancelled, Meter, Report
from seealso.model import HASH_BYTES, Phase, Progress, Segmentation, UpdateReport
from seealso.text.base import Format
from seealso.text.decode import decode
from seealso.text.registry import format_for

if TYPE_CHECKING:
    from seealso.embed.base import Embedder
    from seealso.index.vectors import VectorIndex
    from seealso.settings import Settings
    from seealso.spaces import VectorSpace

READERS_VERSION = "2"
"""Raised when documents are read into other passages than before: all are then read again, with the vectors kept."""

_READERS = "readers"

MIN_UNUSED = 5_000
"""Texts that stand nowhere are kept for their return until there are so many."""

MANY_READ = 0.05
"""Share of the documents from which on an update has read so much that the words of all are worth merging."""

_COMMIT_EVERY_S = 0.5

log = logging.getLogger(__name__)


class Indexer:
    """One writer's work on one workspace. Blocking; runs in a worker thread or in a command."""

    def __init__(
        self,
        store: Store,
        corpus: Corpus,
        settings: Settings,
        *,
        report: Report,
        cancelled: Cancelled,
    ) -> None:
        self._store = store
        self._corpus = corpus
        self._settings = settings
        self._report = report
        self._cancelled = cancelled
        self._reader: _Reader | None = None
        self._removed = 0
        self._embedded = 0

    def read(self, *, everything: bool = False) -> None:
        """Make the stored documents those on disk; `everything` reads them again even if they look unchanged."""
        self._report(Progress(Phase.SCAN, 0, 0))
        entries = {entry.path: entry for entry in self._corpus.scan()}
        known = self._store.documents()
        everything = everything or (bool(known) and self._store.meta(_READERS) != READERS_VERSION)
        unlisted = tuple(self._corpus.unlisted)
        missing = {
            path: document
            for path, document in known.items()
            if path not in entries and not (unlisted and path.startswith(unlisted))
        }
        limit = self._settings.index.max_file_bytes
        stale = [
            entry for path, entry in sorted(entries.items()) if everything or _differs(entry, known.get(path), limit)
        ]
        self._reader = reader = _Reader(self._store, self._corpus.root, limit, known, missing, everything)
        if not known:
            self._store.set_meta(_READERS, READERS_VERSION)
        meter = Meter(self._report, self._cancelled, Phase.READ, len(stale))
        remaining = iter(stale)
        while True:
            with self._store.transaction():
                if stale or missing:
                    milestones.documents_changed(self._store)
                if stale:
                    milestones.set_embedded(self._store, None)
                if not self._read_some(reader, remaining, meter):
                    self._store.remove_documents(document.id for document in missing.values())
                    self._removed = len(missing)
                    self._store.set_meta(_READERS, READERS_VERSION)
                    break
            self._check()
        if reader.added + reader.changed > MANY_READ * self._store.counts()[0]:
            self._merge_words()

    def _merge_words(self) -> None:
        more = True
        while more and not self._cancelled():  # it can wait for the next time that so much is read
            with self._store.transaction():
                more = self._store.lexical.merge()

    def result(self) -> UpdateReport:
        """Return what has been done so far."""
        reader = self._reader
        return UpdateReport(
            documents=self._store.counts()[0],
            added=reader.added if reader else 0,
            changed=reader.changed if reader else 0,
            moved=reader.moved if reader else 0,
            removed=self._removed,
            embedded=self._embedded,
        )

    def _read_some(self, reader: _Reader, remaining: Iterator[FileEntry], meter: Meter) -> bool:
        """Read documents for the length of one transaction; return whether there may be more."""
        until = time.monotonic() + _COMMIT_EVERY_S
        for entry in remaining:
            reader.read(entry)
            try:
                meter.advance()
            except CancelledError:
                return True  # commit what was read; the caller asks again
            if time.monotonic() > until:
                return True
        return False

    def embed(self, embedder: Embedder, space: VectorSpace, first: Collection[str] = ()) -> None:
        """Embed every text in use that has no vector, texts of the documents in `first` before others.

        Raises `EmbeddingError` when the model fails; finished batches are kept.
        """
        table = self._store.embeddings
        urgent = table.pending(space.id, first) if first else []
        known = {text_id for text_id, _ in urgent}
        others = [item for item in table.pending(space.id) if item[0] not in known]
        work = EmbeddingWork(self._store, embedder, space, [urgent, others], self._report, self._cancelled)
        try:
            work.run()
        finally:
            self._embedded += work.embedded
        space.vectors.merge(self._store)

    def embed_documents(self, embedder: Embedder, space: VectorSpace, reads: int) -> None:
        """Give each document that has changed a vector of its own, from a model that `reads` so many tokens.

        Raises as `embed` does.
        """
        work = DocumentWork(self._store, embedder, space, self._report, self._cancelled)
        work.run(reads, whole=self._settings.embedding.whole_documents)

    def compare(self, space: VectorSpace) -> None:
        """Find the pairs that repeat each other among texts whose vectors are new."""
        compare(
            self._store,
            space,
            meter=lambda total: Meter(self._report, self._cancelled, Phase.COMPARE, total),
        )

    def clean(self, vectors: VectorIndex) -> None:
        """Forget texts nobody has used for long, once they are the majority."""
        with self._store.transaction():
            forgotten = self._store.texts.forget_unused(MIN_UNUSED)
        if forgotten:
            log.info("%d texts that stand nowhere any more are forgotten", forgotten)
            vectors.rebuild(self._store)

    def _check(self) -> None:
        if self._cancelled():
            raise CancelledError("Stopped; what was finished is kept.")


class _Reader:
    """Read one document after another into the store, noticing moves and untouched content."""

    def __init__(
        self,
        store: Store,
        root: Path,
        max_bytes: int,
        known: dict[str, StoredDocument],
        missing: dict[str, StoredDocument],
        everything: bool,
    ) -> None:
        self._store, self._root, self._max_bytes = store, root, max_bytes
        self._known, self._missing, self._everything = known, missing, everything
        self._missing_by_content: dict[tuple[bytes, str], list[StoredDocument]] = defaultdict(list)
        for document in missing.values():
            if document.hash is not None and document.format is not None:
                self._missing_by_content[document.hash, document.format].append(document)
        self.added = self.changed = self.moved = 0

    def read(self, entry: FileEntry) -> None:
        known = self._known.get(entry.path)
        try:
            raw = self._bytes(entry)
            digest = blake2b(raw, digest_size=HASH_BYTES).digest()
            if self._is_known(entry, known, digest):
                return
            segmentation = self._segmentation(entry, raw)
        except DocumentError as error:
            self._problem(entry, str(error))
        except OSError as error:
            self._problem(entry, f"It cannot be read: {error.strerror or error}.")
        else:
            self._store.put_document(
                entry.path,
                size=entry.size,
                mtime_ns=entry.mtime_ns,
                digest=digest,
                format_name=_format(entry).name,
                segmentation=segmentation,
            )
            if known is None:
                self.added += 1
            else:
                self.changed += 1

    def _bytes(self, entry: FileEntry) -> bytes:
        if entry.size > self._max_bytes:
            raise DocumentError(
                f"It has {entry.size:,} bytes; the limit is {self._max_bytes:,}.",
                hint="Raise `seealso.index.maxFileBytes` to index it.",
            )
        return (self._root / entry.path).read_bytes()

    def _is_known(self, entry: FileEntry, known: StoredDocument | None, digest: bytes) -> bool:
        """Take note of a document whose content is in the index already, here or where it was before."""
        content = digest, _format(entry).name
        if self._everything:
            return False
        if known is not None and (known.hash, known.format) == content:
            self._store.touch_document(known.id, size=entry.size, mtime_ns=entry.mtime_ns)
            return True
        if known is None and (moved := self._missing_by_content.get(content)):
            document = moved.pop()
            self._store.touch_document(document.id, size=entry.size, mtime_ns=entry.mtime_ns, path=entry.path)
            del self._missing[document.path]
            self.moved += 1
            return True
        return False

    def _segmentation(self, entry: FileEntry, raw: bytes) -> Segmentation:
        source, _ = decode(raw)
        try:
            return _format(entry).segmenter().segment(source)
        except DocumentError:
            raise
        except Exception as error:  # one document that trips our reader must not keep the others out of the index
            log.exception("Reading %s failed", entry.path)
            raise DocumentError("Reading it failed in seealso itself; the log has the details.") from error

    def _problem(self, entry: FileEntry, reason: str) -> None:
        self._store.put_document(entry.path, size=entry.size, mtime_ns=entry.mtime_ns, problem=reason)


def _format(entry: FileEntry) -> Format:
    document_format = format_for(entry.path)
    assert document_format is not None, "the corpus lists documents of known formats only"
    return document_format


def _differs(entry: FileEntry, known: StoredDocument | None, limit: int) -> bool:
    if known is None or known.problem is not None or entry.size > limit:
        return True  # what kept a document out may have been mended elsewhere: permissions, the limit
    return (known.size, known.mtime_ns) != (entry.size, entry.mtime_ns)
