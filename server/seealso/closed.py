"""What repeats itself in the documents that are not open, all at once.

From the index alone: the pairs that were found while it was made, and the places of their texts. Nothing is embedded,
and no document is compared with the others again, so the open ones count with what the index knows of their texts.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.errors import DocumentError
from seealso.index import compare, milestones
from seealso.index.duplicates import STRENGTH
from seealso.meter import Cancelled, unless
from seealso.model import HASH_BYTES, DuplicateFinding, DuplicateKind, Passage, Place
from seealso.repeats import PLACES, Relation, Repeats

if TYPE_CHECKING:
    from seealso.index.store import StoredDocument, StoredPassage

FINDINGS = 500
"""Findings of one document at most, and places they name together: a document may be one paragraph a thousand times."""

_SAME = Relation(DuplicateKind.EXACT, 1.0)


@dataclass(frozen=True, slots=True)
class ClosedDocument:
    """What is repeated in one document, and which content that is true of."""

    size: int
    hash: bytes
    """Of the file's bytes."""
    findings: tuple[DuplicateFinding, ...]
    """In the order of the document."""

    def text(self, file: Path) -> str | None:
        """Return the text of its file, without a byte order mark, or None when that is not what was indexed."""
        raw = _read(file, self.size)
        if raw is None or blake2b(raw, digest_size=HASH_BYTES).digest() != self.hash:
            return None
        from seealso.text.decode import decode

        try:
            return decode(raw)[0].decode("utf-8")
        except DocumentError:
            return None


@dataclass(frozen=True, slots=True)
class ClosedFindings:
    """What is repeated in the closed documents in one state of the workspace; those without findings are left out."""

    saved: Saved
    hidden: Collection[str]
    """Documents that are open, by path, so that nothing is said about what is saved of them."""
    opened: Collection[tuple[Place, bool]]
    """Where the repeated texts stand in open buffers, each with whether it is marked to be ignored."""
    documents: Mapping[str, ClosedDocument]
    """By path."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The texts that repeat each other in one state of the index, whatever is open."""

    state: object
    intended: Collection[frozenset[bytes]]
    relations: Mapping[int, Mapping[int, Relation]]
    """How other texts repeat a text, by text id; those that only repeat themselves have none."""
    siblings: Mapping[int, Collection[str]]
    """The documents in which a parallel of a text stands, by text id."""
    passages: Mapping[int, Sequence[StoredPassage]]
    """Where each of the texts stands."""
    documents: Mapping[str, StoredDocument]


@dataclass(frozen=True, slots=True)
class Closed:
    """Ask for the findings in closed documents in one state of the workspace."""

    repeats: Repeats
    cancelled: Cancelled
    """Tells whether nobody wants to know any more; whatever is asked raises `CancelledError` then."""

    def findings(self, before: ClosedFindings | None) -> ClosedFindings:
        """Return all findings: `before` itself when they cannot be others by now."""
        overlay = self.repeats.candidates.overlay
        saved = self._saved(before.saved if before is not None else None)
        passages = {**saved.passages, **self._repeated_in_buffers(saved)}
        opened = self._opened(passages)
        # A document that is not saved hides nothing that was.
        hidden = frozenset(saved.documents.keys() & overlay.buffers.keys())
        places = frozenset(at for places in opened.values() for at in places)
        if before is not None and (before.saved is saved and before.hidden == hidden and before.opened == places):
            return before
        closed = {
            text_id: found
            for text_id, standing in passages.items()
            if (found := [at for at in standing if at.place.path not in overlay.buffers])
        }
        return ClosedFindings(saved, hidden, places, self._documents(saved, closed, opened))

    def _saved(self, before: Saved | None) -> Saved:
        """Return what the index knows: `before` itself when that has not changed."""
        store, settings = self.repeats.candidates.store, self.repeats.settings
        intended = frozenset(self.repeats.intended())
        # The connection stands for the file: an index that was built again may count as the old one did.
        indexed = (store, milestones.documents(store), compare.state(store))
        state = (indexed, intended, settings.duplicates, settings.duplicate_kinds)
        if before is not None and before.state == state:
            return before
        near = [kind for kind in settings.duplicate_kinds if kind is not DuplicateKind.EXACT]
        relations: dict[int, dict[int, Relation]] = {}
        # Of any length: a short passage may be like a long one, which is told of it.
        pairs = store.pairs.all(near, 1, translated=settings.duplicates.across_languages)
        for pair in unless(self.cancelled, pairs):
            relation = Relation(pair.kind, pair.score)
            relations.setdefault(pair.first, {})[pair.second] = relation
            relations.setdefault(pair.second, {})[pair.first] = relation
        wanted = {*relations, *store.texts.repeated(settings.duplicates.min_words)}
        passages = _by_text(store.passages_of_texts(wanted))
        return Saved(state, intended, relations, store.pairs.siblings(wanted), passages, store.documents())

    def _repeated_in_buffers(self, saved: Saved) -> dict[int, list[StoredPassage]]:
        """Return the passages of closed documents that are repeated in open buffers only, by text id."""
        find = self.repeats.candidates
        passages = find.store.passages_of_texts(set(find.open_ids.values()) - saved.passages.keys())
        return _by_text([passage for passage in passages if passage.place.path not in find.overlay.buffers])

    def _opened(self, text_ids: Collection[int]) -> dict[int, list[tuple[Place, bool]]]:
        """Return where some texts stand in open buffers, each place with whether it is marked to be ignored."""
        find = self.repeats.candidates
        return {
            text_id: find.open_places(text_hash) for text_hash, text_id in find.open_ids.items() if text_id in text_ids
        }

    def _documents(
        self,
        saved: Saved,
        closed: Mapping[int, Sequence[StoredPassage]],
        opened: Mapping[int, Sequence[tuple[Place, bool]]],
    ) -> dict[str, ClosedDocument]:
        least = self.repeats.settings.duplicates.min_words
        places = {text_id: [at.place for at in standing if not at.ignored] for text_id, standing in closed.items()}
        for text_id, standing in opened.items():
            places[text_id] = places.get(text_id, []) + [place for place, ignored in standing if not ignored]
        hashes = {text_id: at[0].hash for text_id, at in places.items() if at}
        findings: dict[str, list[DuplicateFinding]] = {}
        for text_id, words in unless(self.cancelled, self.repeats.candidates.store.texts.words(closed).items()):
            own = [at for at in closed[text_id] if not at.ignored]
            if own and words >= least:
                others = self._others(text_id, saved, places, hashes)
                for at in own:
                    if (finding := self._finding(at, others)) is not None:
                        findings.setdefault(at.place.path, []).append(finding)
        return {
            path: ClosedDocument(document.size, document.hash, bounded(sorted(found, key=_by_start)))
            for path, found in findings.items()
            if (document := saved.documents.get(path)) is not None and document.hash is not None
        }

    def _others(
        self, text_id: int, saved: Saved, places: Mapping[int, Sequence[Place]], hashes: Mapping[int, bytes]
    ) -> _Others:
        """Return every place that repeats a text, its own ones among them, the strongest first."""
        related = dict(saved.relations.get(text_id, {}))
        if DuplicateKind.EXACT in self.repeats.settings.duplicate_kinds:
            related[text_id] = _SAME
        found = [
            (relation, place)
            for other, relation in related.items()
            if other in hashes and frozenset((hashes[text_id], hashes[other])) not in saved.intended
            for place in places[other]
        ]
        found.sort(key=lambda at: (STRENGTH[at[0].kind], -at[0].score, at[1].path, at[1].start_line))
        return _Others(found, frozenset(place.path for _, place in found).union(saved.siblings.get(text_id, ())))

    def _finding(self, at: StoredPassage, others: _Others) -> DuplicateFinding | None:
        """Return the finding of one place of a text, if it stands anywhere else."""
        found = [other for other in others.places[: PLACES + 1] if other[1] is not at.place][:PLACES]
        if not found:
            return None
        strongest = found[0][0]
        return DuplicateFinding(
            passage=_passage(at),
            kind=strongest.kind,
            score=strongest.score,
            others=tuple(place for _, place in found),
            boilerplate=len(others.paths | {at.place.path}) >= self.repeats.settings.duplicates.boilerplate_files,
        )


@dataclass(frozen=True, slots=True)
class _Others:
    """Every place that repeats a text, and how."""

    places: Sequence[tuple[Relation, Place]]
    paths: frozenset[str]
    """Documents of the places, and those in which a parallel of the text stands."""


def bounded(findings: Sequence[DuplicateFinding]) -> tuple[DuplicateFinding, ...]:
    """Return the first of many findings; when they name enough places together, each has one of its own left."""
    found = []
    room = FINDINGS
    for finding in findings[:FINDINGS]:
        others = finding.others[: max(room, 1)]
        room -= len(others)
        found.append(finding if len(others) == len(finding.others) else replace(finding, others=others))
    return tuple(found)


def _read(file: Path, size: int) -> bytes | None:
    """Return the content of a regular file of a size."""
    try:
        found = file.stat()
        return file.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size == size else None
    except OSError:
        return None


def _by_text(passages: Collection[StoredPassage]) -> dict[int, list[StoredPassage]]:
    found: dict[int, list[StoredPassage]] = {}
    for passage in passages:
        found.setdefault(passage.text_id, []).append(passage)
    return found


def _by_start(finding: DuplicateFinding) -> int:
    return finding.passage.start_byte


def _passage(at: StoredPassage) -> Passage:
    place = at.place
    return Passage(
        start_byte=at.start_byte,
        end_byte=at.end_byte,
        start_line=place.start_line,
        end_line=place.end_line,
        kind=place.kind,
        text=place.text,
        headings=place.headings,
        language=place.language,
    )
