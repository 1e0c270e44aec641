"""One open workspace: its settings, its index and the buffers over it. What every front end talks to."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.access import Access
from seealso.corpus import index_directory
from seealso.errors import NotIndexedError, SeeAlsoError
from seealso.marks import Marks
from seealso.meter import Cancelled, Report, never, unless
from seealso.model import (
    Answer,
    DocumentMatch,
    DuplicateFinding,
    DuplicateGroup,
    DuplicateKind,
    Heading,
    IndexStatus,
    Passage,
    Place,
    Progress,
    Related,
    Segmentation,
    UpdateReport,
)
from seealso.settings import Settings
from seealso.spaces import Spaces

if TYPE_CHECKING:
    from seealso.closed import ClosedFindings
    from seealso.corpus import Corpus
    from seealso.embed.base import Embedder, EmbedKind, Vectors
    from seealso.index.store import Store
    from seealso.indexer import Indexer
    from seealso.overlay import Buffer, Overlay
    from seealso.questions import Questions
    from seealso.repeats import SecondLooks

SAMPLED_LINKS = 500

_SLICE = 64
"""Passages of a document that are reviewed in one go."""

log = logging.getLogger(__name__)


def _silent(progress: Progress) -> None:
    """Report to nobody."""


def _no_vector(_text_hash: bytes) -> None:
    """Know no vector: there is no model."""


class Workspace:
    """One folder. Methods block and are thread-safe; an asyncio front end calls them from its own executors.

    Importing and opening is cheap: the model, numpy and usearch are loaded by the first call that needs them.
    """

    def __init__(
        self, root: Path, settings: Settings, embedder: Embedder | None = None, *, directory: Path | None = None
    ) -> None:
        """Use the folder's own index, or one in another `directory`."""
        self.root = root
        self.settings = settings
        self.directory = directory or index_directory(root)
        self._spaces = Spaces(self.directory, settings, embedder)
        self._index = Access(self.directory, self._spaces.forget_files)
        self.marks = Marks(root, self._index)
        """Pairs of passages that are not reported as duplicates of each other."""
        self._lock = threading.RLock()
        self._overlay: Overlay | None = None
        self._buffer_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._looks: SecondLooks | None = None

    @classmethod
    def open(cls, root: Path, settings: Settings | None = None, *, embedder: Embedder | None = None) -> Workspace:
        """Open the workspace of a folder, indexed or not.

        Raises `SeeAlsoError` when there is no such folder.
        """
        try:
            resolved = root.expanduser().resolve(strict=True)
        except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
            raise SeeAlsoError(f"{root} does not exist.", hint="Name the folder that holds your documents.") from error
        if not resolved.is_dir():
            raise SeeAlsoError(f"{root} is not a folder.", hint="Name the folder that holds your documents.")
        return cls(resolved, settings or Settings(), embedder)

    @classmethod
    def containing(
        cls, path: Path, settings: Settings | None = None, *, embedder: Embedder | None = None, readable: bool = True
    ) -> Workspace:
        """Open the indexed workspace that holds a file or folder: the nearest one upwards.

        Raises `SeeAlsoError` when there is no such file or folder, `NotIndexedError` when no folder above has been
        indexed, `IndexUnavailableError` when the index cannot be read (unless it need not be `readable`, since an
        update would build it again).
        """
        workspace = cls(indexed_folder(path), settings or Settings(), embedder)
        if readable:
            workspace._index.check()
        return workspace

    def configure(self, settings: Settings) -> None:
        """Use other settings from the next question or update on."""
        with self._lock:
            self._spaces.configure(settings)
            self.settings = settings

    def close(self) -> None:
        self._index.close()
        self._spaces.close()

    # -- bringing the index up to date

    def update(
        self,
        *,
        report: Report = _silent,
        cancelled: Cancelled = never,
        first: Collection[str] = (),
        everything: bool = False,
    ) -> UpdateReport:
        """Make the index that of the files on disk; documents in `first` (relative paths) are embedded first.

        With `everything` all documents are read again, and texts that have a vector keep it.

        Cancelling returns a report that says so; finished work is kept. Raises `IndexUnavailableError` while another
        process is writing, `EmbeddingError` when the model fails (search by words works all the same).
        """
        from seealso.errors import DamagedIndexError
        from seealso.indexer import Indexer
        from seealso.updating import Update

        def indexer(store: Store) -> Indexer:
            return Indexer(store, self.corpus(), self.settings, report=report, cancelled=cancelled)

        update = Update(
            self._spaces, self._index.writing, indexer, report, cancelled, first=first, everything=everything
        )
        try:
            return update.run()
        except DamagedIndexError as error:
            log.warning("%s Building it again.", error.message)
            self._index.discard()
            return update.run()

    def corpus(self) -> Corpus:
        """Return what belongs to the workspace as its settings and ignore files say now."""
        from seealso.corpus import Corpus

        return Corpus(self.root, self.settings.index)

    def status(self) -> IndexStatus:
        """Say what is indexed and what is not, without loading the model."""
        from seealso.status import index_status

        spaces, building = self._spaces, self._index.is_written
        store = self._index.reader()
        return index_status(self.root, self.directory, store, spaces.known, spaces.model_name(), building=building)

    @property
    def embedder(self) -> Embedder:
        """Return the model; raises `SettingsError` or `EmbeddingError` when the settings name none that can be."""
        return self._spaces.embedder

    def warm(self) -> None:
        """Let the model get ready for somebody at an editor, so that the first question does not wait for it.

        A server is found, and started, by the next update: that may take minutes, which nobody should wait for here.
        Raises `EmbeddingError` or `SettingsError` when there is no model; questions are then answered by words.
        """
        self._spaces.embedder.warm()

    # -- unsaved buffers

    def relative(self, path: Path) -> str | None:
        """Return the path from the root with `/`, or None for a path outside, or one that leads nowhere."""
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            return None
        for candidate in (resolved, path):
            try:
                return candidate.relative_to(self.root).as_posix()
            except ValueError:
                continue
        return None

    def set_buffer(self, path: str, text: str, version: int | None, language_id: str | None = None) -> None:
        """Let an open document count as the editor has it."""
        with self._buffer_locks[path]:  # of this document alone: a large one takes seconds to read
            buffer = self._buffers().read(path, text, version, language_id)
            if buffer is not None:
                with self._lock:
                    self._overlay = self._buffers().with_buffer(buffer)

    def drop_buffer(self, path: str) -> None:
        with self._buffer_locks[path], self._lock:
            self._overlay = self._buffers().without(path)

    def segmentation(self, path: str) -> Segmentation | None:
        """Return a document's passages and headings: the open buffer's, else the index's."""
        buffer = self._buffers().buffers.get(path)
        if buffer is not None:
            return buffer.segmentation
        store = self._index.reader()
        if store is None:
            return None
        with store.snapshot():
            return store.segmentation(path)

    def segmentation_of(self, path: str, text: str) -> Segmentation | None:
        """Return an open document's passages and headings if it says just this; None when it says something else."""
        buffer = self._buffers().buffers.get(path)
        return buffer.segmentation if buffer is not None and buffer.text == text else None

    def opened_beside(self, path: str) -> frozenset[Buffer]:
        """Return the open documents but one, as questions see them: another value whenever one of them has changed."""
        return frozenset(buffer for other, buffer in self._buffers().buffers.items() if other != path)

    def passage_at(self, path: str, line: int) -> Passage | None:
        """Return the passage that covers a 0-based line."""
        segmentation = self.segmentation(path)
        passages = segmentation.passages if segmentation else ()
        return next((passage for passage in passages if passage.start_line <= line <= passage.end_line), None)

    def is_title(self, path: str, line: int) -> bool:
        """Tell whether the title of a document, its first heading, stands at a 0-based line."""
        segmentation = self.segmentation(path)
        return bool(segmentation and segmentation.headings and segmentation.headings[0].line == line)

    # -- questions

    def search(self, query: str, limit: int = 10, *, semantic: bool = True) -> Answer:
        """Return the passages that answer a query, by meaning and by words."""
        vector = self._vector(query, "query") if semantic else None
        with self._asking() as questions:
            return questions.search(query, vector, limit) if questions else Answer((), False)

    def related(self, path: str, line: int, limit: int | None = None) -> Related | None:
        """Return what the workspace says about the passage at a 0-based line, or None when there is no passage."""
        passage = self.passage_at(path, line)
        if passage is None:
            return None
        (vector,) = self._vectors_of([passage])
        with self._asking() as questions:
            if questions is None:
                return Related(passage, (), (), False)
            return questions.related(path, passage, vector, limit or self.settings.related.limit)

    def related_documents(self, path: str, limit: int | None = None) -> tuple[DocumentMatch, ...]:
        """Return the documents most like a saved one as a whole; none while it has no vector."""
        with self._asking() as questions:
            return questions.related_documents(path, limit or self.settings.related.limit) if questions else ()

    def related_to_text(self, text: str, limit: int, *, exclude: str | None = None) -> Answer:
        """Return the passages closest to some text, such as the sentence being written; not those of `exclude`."""
        vector = self._vector(text, "related")
        with self._asking() as questions:
            return questions.related_to_text(text, vector, limit, exclude) if questions else Answer((), False)

    def with_phrase(self, text: str, limit: int) -> Sequence[Place]:
        """Return where the words of a text stand one after another; the last may be unfinished.

        At most `limit` places in saved documents, and all in open ones.
        """
        with self._asking() as questions:
            return questions.with_phrase(text, limit) if questions else [*self._buffers().holding(text)]

    def duplicates(
        self, kinds: Collection[DuplicateKind] | None = None, cancelled: Cancelled = never
    ) -> list[DuplicateGroup]:
        """Return the groups of passages that repeat one another, longest and strongest first.

        Raises `CancelledError` when nobody wants to know any more.
        """
        with self._asking(cancelled) as questions:
            return questions.repeats.groups(kinds or self.settings.duplicate_kinds, cancelled) if questions else []

    def duplicates_in(self, path: str, cancelled: Cancelled = never) -> tuple[DuplicateFinding, ...]:
        """Return what is repeated elsewhere, passage by passage, of a document as it is now.

        Raises `CancelledError` when nobody wants to know any more.
        """
        from seealso.text.prose import count_words

        segmentation = self.segmentation(path)
        if segmentation is None:
            return ()
        passages = [
            passage
            for passage in segmentation.passages
            if not passage.ignored and count_words(passage.text) >= self.settings.duplicates.min_words
        ]
        parts = [passages[start : start + _SLICE] for start in range(0, len(passages), _SLICE)]
        vectors: list[Vectors | None] = []
        findings: list[DuplicateFinding] = []
        # All are embedded first: passages of one unsaved document may repeat each other.
        for part in unless(cancelled, parts):
            vectors += self._vectors_of(part)
        for number, part in enumerate(unless(cancelled, parts)):
            # One snapshot a slice: the writer's log can be cut back between them.
            with self._asking(cancelled) as questions:
                if questions is not None:
                    findings += questions.repeats.findings(path, part, vectors[number * _SLICE :][: len(part)])
        return tuple(findings)

    def closed_findings(
        self, before: ClosedFindings | None = None, cancelled: Cancelled = never
    ) -> ClosedFindings | None:
        """Return what is repeated in the documents that are not open: `before` itself while it is true.

        None while nothing has been indexed. Raises `CancelledError` when nobody wants to know any more.
        """
        from seealso.closed import Closed

        with self._asking(cancelled) as questions:
            return Closed(questions.repeats, cancelled).findings(before) if questions is not None else None

    def headings(self, known: Mapping[str, bytes]) -> tuple[Collection[str], dict[str, tuple[bytes, list[Heading]]]]:
        """Return the paths of all saved documents, and the headings of those that are not as they are `known`.

        What a document is known by is its hash, which comes with the headings.
        """
        store = self._index.reader()
        if store is None:
            return (), {}
        with store.snapshot():
            hashes = store.hashes()
            news = [path for path, digest in hashes.items() if known.get(path) != digest]
            found = store.headings.of_documents(news)
        return hashes.keys(), {path: (hashes[path], found.get(path, [])) for path in news}

    def sample_links(self, format_name: str) -> list[str]:
        """Return links of some documents of a format, as written: enough to tell what links look like here."""
        store = self._index.reader()
        return store.sample_links(format_name, SAMPLED_LINKS) if store is not None else []

    def following(self, place: Place) -> Place | None:
        """Return the passage that comes after a place in its document."""
        from seealso.overlay import place_of

        segmentation = self.segmentation(place.path)
        passages = segmentation.passages if segmentation else ()
        after = next((passage for passage in passages if passage.start_line > place.end_line), None)
        return place_of(place.path, after) if after is not None else None

    # -- inside

    def _vector(self, text: str, kind: EmbedKind) -> Vectors | None:
        """Return a text's vector, or None when there is no model: words must do then."""
        texts = self._spaces.texts
        return texts.of_text(text, kind) if texts is not None else None

    def _vectors_of(self, passages: Sequence[Passage]) -> list[Vectors | None]:
        """Return each passage's vector, from the index or embedded now; None where there is no model."""
        store, texts = self._index.reader(), self._spaces.texts
        if texts is None:
            return [None] * len(passages)
        space = self._spaces.known(store) if store is not None else None
        vectors = texts.of_passages(passages, store, space)
        now = self._spaces.known(store) if store is not None else None
        # A server that was asked only now may have another model than last time.
        return vectors if now == space else texts.of_passages(passages, store, now)

    def _buffers(self) -> Overlay:
        with self._lock:
            if self._overlay is None:
                from seealso.overlay import Overlay

                self._overlay = Overlay()
            return self._overlay

    @contextmanager
    def _asking(self, cancelled: Cancelled = never) -> Iterator[Questions | None]:
        """Give a question one state of everything, or None while nothing has been indexed.

        Raises `CancelledError` when nobody wants to know any more, as far as the question reads the index.
        """
        from seealso.candidates import Candidates
        from seealso.index import milestones
        from seealso.questions import Questions
        from seealso.repeats import Repeats, SecondLooks

        store = self._index.reader()
        if store is None:
            yield None
            return
        with store.snapshot(cancelled):
            space = self._spaces.current(store)
            complete = space is not None and milestones.is_embedded(store, space.name)
            texts = self._spaces.texts
            candidates = Candidates(store, self._buffers(), space, texts.cached if texts is not None else _no_vector)
            self._looks = self._looks or SecondLooks()
            repeats = Repeats(candidates, self.settings, self._looks, self.marks.shared())
            yield Questions(candidates, repeats, self.settings, complete)


def indexed_folder(path: Path) -> Path:
    """Return the nearest folder upwards from a file or folder that has an index.

    Raises `SeeAlsoError` when there is no such file or folder, `NotIndexedError` when no folder above has been indexed.
    """
    try:
        resolved = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SeeAlsoError(f"{path} does not exist.", hint="Name a file or folder inside an indexed one.") from error
    for folder in (resolved, *resolved.parents):
        if folder.is_dir() and (index_directory(folder) / "index.sqlite").exists():
            return folder
    raise NotIndexedError(
        f"No indexed folder holds '{path}'.", hint="Run `seealso index FOLDER` for the folder it belongs to."
    )
