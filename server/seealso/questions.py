"""Answer one question against one state of the index and the buffers over it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from seealso.embed.profile import ModelProfile
from seealso.index.duplicates import group
from seealso.index.search import CANDIDATES, Scale, coverage, diversify, fuse, shared_terms
from seealso.index.second_look import classify
from seealso.index.store import Store
from seealso.index.words import lexical_terms
from seealso.model import (
    Answer,
    DuplicateFinding,
    DuplicateGroup,
    DuplicateKind,
    Match,
    Passage,
    Place,
    Related,
    content_hash,
)
from seealso.overlay import Overlay, place_of
from seealso.settings import Settings

if TYPE_CHECKING:
    from seealso.embed.base import Vectors
    from seealso.index.vectors import VectorIndex
    from seealso.text_vectors import TextVectors

DUPLICATES_SHOWN = 20
"""Places that repeat one passage, at most, in one answer."""

DUPLICATE_NEIGHBOURS = 12
"""Nearest texts that get a second look when asking what repeats one passage."""


PLACES_OF_A_TEXT = 50
"""Places of one candidate text that are looked at; a template may have thousands."""


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """The vectors a question may use."""

    model_id: int
    vectors: VectorIndex
    profile: ModelProfile


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that may answer, with every place it stands in."""

    text: str
    places: tuple[tuple[Place, bool], ...]
    """Each with whether it is marked to be ignored as a duplicate."""
    dense: float | None
    bm25: float


@dataclass(frozen=True, slots=True)
class Questions:
    """One question's view: a store inside a snapshot, the overlay, and the vectors if there are any."""

    store: Store
    overlay: Overlay
    space: VectorSpace | None
    texts: TextVectors
    settings: Settings
    complete: bool
    """Whether every passage has a vector."""

    # -- related content

    def search(self, query: str, vector: Vectors | None, limit: int) -> Answer:
        """Return the places that answer a query in words, with its vector when the model is at hand."""
        profile = self.space.profile if self.space else None
        scale = Scale(profile.query_background_cosine, profile.query_top_cosine) if profile else None
        matches = self._matches(query, vector, scale, exclude=None)
        return Answer(diversify(matches, limit, max(self.settings.related.per_document, 3)), self.complete)

    def related_to_text(self, text: str, vector: Vectors | None, limit: int, exclude: str | None) -> Answer:
        """Return the places closest to a text that need not be a passage."""
        matches = self._matches(text, vector, self._passage_scale(), exclude=content_hash(text))
        matches = [match for match in matches if match.place.path != exclude]
        return Answer(diversify(matches, limit, self.settings.related.per_document), self.complete)

    def related(self, path: str, passage: Passage, vector: Vectors | None, limit: int) -> Related:
        """Return what repeats a passage and what else is related to it."""
        own = place_of(path, passage)
        linked = _link_stems(path, passage.links)
        matches = [
            _mark(match, same_document=match.place.path == path, linked=_stem(match.place.path) in linked)
            for match in self._matches(passage.text, vector, self._passage_scale(), exclude=None)
            if not _same_place(match.place, own)
        ]
        repeats = [match for match in matches if match.relation in _REPEATS]
        others = [match for match in matches if match.relation not in _REPEATS and match.place.text != passage.text]
        order = list(DuplicateKind)
        repeats.sort(key=lambda match: (order.index(match.relation or DuplicateKind.PARALLEL), -match.score))
        return Related(
            passage=passage,
            duplicates=tuple(repeats[:DUPLICATES_SHOWN]),
            matches=diversify(others, limit, self.settings.related.per_document),
            complete=self.complete,
        )

    # -- duplicates

    def duplicates_of(self, path: str, passage: Passage, vector: Vectors | None) -> DuplicateFinding | None:
        """Return where else a passage stands, counting only the kinds the user wants to see."""
        kinds = self.settings.duplicate_kinds
        own = place_of(path, passage)
        candidates = self._candidates({}, vector, passage.text, DUPLICATE_NEIGHBOURS) + self._unsaved(vector)
        ignored = self._ignored_with(passage.hash)
        others: list[tuple[DuplicateKind, float, Place]] = []
        for candidate in candidates:
            kind, score = self._relation(passage.text, candidate.text, candidate.dense)
            if kind in kinds and content_hash(candidate.text) not in ignored:
                others += [
                    (kind, score, place)
                    for place, marked in candidate.places
                    if not marked and not _same_place(place, own)
                ]
        if not others:
            return None
        order = list(DuplicateKind)
        others.sort(key=lambda other: (order.index(other[0]), -other[1], other[2].path, other[2].start_line))
        kind, score, _ = others[0]
        files = {place.path for other_kind, _, place in others if other_kind is DuplicateKind.EXACT} | {path}
        return DuplicateFinding(
            passage=passage,
            kind=kind,
            score=score,
            others=tuple(place for _, _, place in others[:DUPLICATES_SHOWN]),
            boilerplate=len(files) >= self.settings.duplicates.boilerplate_files,
        )

    def duplicates(self, kinds: Collection[DuplicateKind]) -> list[DuplicateGroup]:
        """Return every group of places that repeat one another, as the index knows them."""
        min_words = self.settings.duplicates.min_words
        ignored = {frozenset(map(content_hash, pair)) for pair in self.store.ignored_pairs()}
        near = [kind for kind in kinds if kind is not DuplicateKind.EXACT]
        pairs = self.store.pairs.all(near, min_words)
        wanted = {text_id for pair in pairs for text_id in (pair.first, pair.second)}
        wanted.update(self.store.repeated_texts(min_words))
        places = self._places(wanted)
        kept = {text_id: [place for place, marked in at if not marked] for text_id, at in places.items() if at}
        hashes = {text_id: at[0].hash for text_id, at in kept.items() if at} if ignored else {}
        return group(
            [pair for pair in pairs if frozenset((hashes.get(pair.first), hashes.get(pair.second))) not in ignored],
            {text_id: at for text_id, at in kept.items() if at},
            kinds=kinds,
            boilerplate_files=self.settings.duplicates.boilerplate_files,
        )

    # -- candidates

    def _matches(self, text: str, vector: Vectors | None, scale: Scale | None, exclude: bytes | None) -> list[Match]:
        unsaved = self._unsaved(vector)
        unsaved_contents = [_content_terms(candidate) for candidate in unsaved]
        lexicon = self.store.lexical
        salient = lexicon.salient(lexical_terms(text), also={term for terms in unsaved_contents for term in terms})
        weights = {term: lexicon.idf(term) for term in salient}
        stored = self._candidates(weights, vector, text)
        candidates = stored + unsaved
        contents = [_content_terms(candidate) for candidate in stored] + unsaved_contents
        lexical = _lexical_scores(candidates, contents, weights)
        matches: list[Match] = []
        for candidate, content, words in zip(candidates, contents, lexical, strict=True):
            if exclude is not None and content_hash(candidate.text) == exclude:
                continue
            score = fuse(candidate.dense, words, scale or Scale(0.0, 1.0))
            relation, _ = self._relation(text, candidate.text, candidate.dense)
            shared = shared_terms(weights, content)
            matches += [
                Match(place, score=score, dense=candidate.dense, lexical=words, terms=shared, relation=relation)
                for place, _ in candidate.places
            ]
        return matches

    def _candidates(
        self, weights: dict[str, float], vector: Vectors | None, text: str, count: int = CANDIDATES
    ) -> list[_Candidate]:
        """Return the indexed texts nearest by words and by meaning, and the one that reads exactly like `text`."""
        store = self.store
        hits = store.lexical.search(weights, count) if weights else {}
        bm25: dict[int, float] = {}
        for passage_id, text_id in store.passages_by_id(hits).items():
            bm25[text_id] = max(hits[passage_id], bm25.get(text_id, 0.0))
        wanted = set(bm25)
        wanted.update(store.text_ids([content_hash(text)]).values())
        dense: dict[int, float] = {}
        if vector is not None and self.space is not None:
            wanted.update(text_id for text_id, _ in self.space.vectors.search(vector, count))
            stored = store.embeddings.get(self.space.model_id, wanted)
            dense = {text_id: float(vector @ row) for text_id, row in stored.items()}
        return [
            _Candidate(places[0][0].text, tuple(places), dense.get(text_id), bm25.get(text_id, 0.0))
            for text_id, places in self._places(wanted, limit=PLACES_OF_A_TEXT).items()
            if places
        ]

    def _places(self, text_ids: Collection[int], limit: int | None = None) -> dict[int, list[tuple[Place, bool]]]:
        """Return the places of stored texts: saved documents from the index, open ones from their buffers."""
        places: dict[int, list[tuple[Place, bool]]] = {text_id: [] for text_id in text_ids}
        for stored in self.store.passages_of_texts(text_ids, limit):
            if stored.place.path not in self.overlay.buffers:
                places[stored.text_id].append((stored.place, stored.ignored))
        if self.overlay.buffers:
            open_texts = self.overlay.by_text()
            for text_hash, text_id in self.store.text_ids(open_texts).items():
                if text_id in places:
                    places[text_id] += [(place, passage.ignored) for passage, place in open_texts[text_hash]]
        return places

    def _unsaved(self, vector: Vectors | None) -> list[_Candidate]:
        """Return the texts of open buffers that the index does not know yet."""
        open_texts = self.overlay.by_text()
        for text_hash in self.store.text_ids(open_texts):
            del open_texts[text_hash]
        candidates = []
        for text_hash, at in open_texts.items():
            row = self.texts.cached(text_hash)
            dense = float(vector @ row) if vector is not None and row is not None else None
            candidates.append(
                _Candidate(
                    text=at[0][0].text,
                    places=tuple((place, passage.ignored) for passage, place in at),
                    dense=dense,
                    bm25=0.0,
                )
            )
        return candidates

    def _relation(self, text: str, other: str, cosine: float | None) -> tuple[DuplicateKind | None, float]:
        if text == other:
            return DuplicateKind.EXACT, 1.0
        if cosine is None or self.space is None or cosine < self.space.profile.near_duplicate_cosine:
            return None, 0.0
        verdict = classify(
            text,
            other,
            cosine,
            across_languages=self.settings.duplicates.across_languages,
        )
        return verdict.kind, verdict.score

    def _ignored_with(self, text_hash: bytes) -> set[bytes]:
        """Return the texts whose repetition of this one the user marked as intended."""
        pairs = [(content_hash(first), content_hash(second)) for first, second in self.store.ignored_pairs()]
        return {b if a == text_hash else a for a, b in pairs if text_hash in (a, b)}

    def _passage_scale(self) -> Scale | None:
        return Scale(self.space.profile.background_cosine, 1.0) if self.space else None


_REPEATS = frozenset((DuplicateKind.EXACT, DuplicateKind.EDITED, DuplicateKind.REWORDED))


def _lexical_scores(
    candidates: Sequence[_Candidate], contents: Sequence[list[str]], weights: dict[str, float]
) -> list[float]:
    """Return a lexical score of 0 to 1 for each candidate, comparable between questions.

    BM25 orders the candidates that the lexical index found; its best one is worth the share of the query it covers.
    Others are worth their share, but no more than the last one found.
    """
    shares = [coverage(weights, content) for content in contents]
    found = [number for number, candidate in enumerate(candidates) if candidate.bm25 > 0]
    if not found:
        return shares
    best = max(found, key=lambda number: candidates[number].bm25)
    unit = shares[best] / candidates[best].bm25
    last = min(candidates[number].bm25 for number in found) * unit
    return [
        candidate.bm25 * unit if candidate.bm25 > 0 else min(share, last)
        for candidate, share in zip(candidates, shares, strict=True)
    ]


def _content_terms(candidate: _Candidate) -> list[str]:
    """Return the terms a candidate is found by: its text's and its headings'."""
    headings = candidate.places[0][0].headings
    return lexical_terms(candidate.text) + [term for heading in headings for term in lexical_terms(heading.title)]


def _same_place(place: Place, other: Place) -> bool:
    return (place.path, place.start_line, place.end_line) == (other.path, other.start_line, other.end_line)


def _mark(match: Match, *, same_document: bool, linked: bool) -> Match:
    if not (same_document or linked):
        return match
    from dataclasses import replace

    return replace(match, same_document=same_document, linked=linked)


def _link_stems(path: str, links: Iterable[str]) -> set[str]:
    """Return the documents a passage links to, as paths from the root without extension."""
    folder = posixpath.dirname(path)
    stems = set()
    for link in links:
        target = unquote(link.partition("#")[0].partition("?")[0])
        if target and "://" not in target:
            stems.add(_stem(posixpath.normpath(posixpath.join("" if target[0] == "/" else folder, target.lstrip("/")))))
    return stems


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0]
