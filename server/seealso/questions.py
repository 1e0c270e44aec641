"""Answer one question against one state of the index and the buffers over it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING
from urllib.parse import unquote

from seealso.candidates import Candidate, Candidates, Hit
from seealso.index.duplicates import group
from seealso.index.search import CANDIDATES, Scale, coverage, diversify, fuse, shared_terms
from seealso.index.second_look import E5_SMALL, classify
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
from seealso.overlay import place_of
from seealso.settings import Settings

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

DUPLICATES_SHOWN = 20
"""Places that repeat one passage, at most, in one answer."""

DUPLICATE_NEIGHBOURS = 12
"""Nearest texts that get a second look when asking what repeats one passage."""


RANKED = 40
"""Texts whose places and words are looked up, out of those found; the others cannot come out on top."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Ask one question of one state of the workspace."""

    candidates: Candidates
    settings: Settings
    complete: bool
    """Whether every passage has a vector."""

    # -- related content

    def search(self, query: str, vector: Vectors | None, limit: int) -> Answer:
        """Return the places that answer a query in words, with its vector when the model is at hand."""
        profile = self.candidates.space.profile if self.candidates.space else None
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
        find = self.candidates
        candidates = find.of_hits(find.hits((), vector, passage.text, DUPLICATE_NEIGHBOURS)) + find.unsaved(vector)
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
        ignored = {frozenset(map(content_hash, pair)) for pair in self.candidates.store.ignored_pairs()}
        near = [kind for kind in kinds if kind is not DuplicateKind.EXACT]
        pairs = self.candidates.store.pairs.all(near, min_words)
        wanted = {text_id for pair in pairs for text_id in (pair.first, pair.second)}
        wanted.update(self.candidates.store.repeated_texts(min_words))
        places = self.candidates.places(wanted)
        kept = {text_id: [place for place, marked in at if not marked] for text_id, at in places.items() if at}
        hashes = {text_id: at[0].hash for text_id, at in kept.items() if at} if ignored else {}
        return group(
            [pair for pair in pairs if frozenset((hashes.get(pair.first), hashes.get(pair.second))) not in ignored],
            {text_id: at for text_id, at in kept.items() if at},
            kinds=kinds,
            boilerplate_files=self.settings.duplicates.boilerplate_files,
        )

    # -- inside

    def _matches(self, text: str, vector: Vectors | None, scale: Scale | None, exclude: bytes | None) -> list[Match]:
        scale = scale or Scale(0.0, 1.0)
        unsaved = self.candidates.unsaved(vector)
        lexicon = self.candidates.store.lexical
        also = {term for candidate in unsaved for term in candidate.terms}
        weights = {term: lexicon.idf(term) for term in lexicon.salient(lexical_terms(text), also=also)}
        hits = self.candidates.hits(weights, vector, text, CANDIDATES)
        candidates = self.candidates.of_hits(_promising(hits, scale)) + unsaved
        matches: list[Match] = []
        for candidate, words in zip(candidates, _lexical_scores(candidates, weights), strict=True):
            if exclude is not None and content_hash(candidate.text) == exclude:
                continue
            score = fuse(candidate.dense, words, scale)
            relation, _ = self._relation(text, candidate.text, candidate.dense)
            shared = shared_terms(weights, candidate.terms)
            matches += [
                Match(place, score=score, dense=candidate.dense, lexical=words, terms=shared, relation=relation)
                for place, _ in candidate.places
            ]
        return matches

    def _relation(self, text: str, other: str, cosine: float | None) -> tuple[DuplicateKind | None, float]:
        if text == other:
            return DuplicateKind.EXACT, 1.0
        space = self.candidates.space
        if cosine is None or space is None or cosine < space.profile.near_duplicate_cosine:
            return None, 0.0
        thresholds = E5_SMALL.at(space.profile.background_cosine)
        across_languages = self.settings.duplicates.across_languages
        verdict = classify(text, other, cosine, thresholds, across_languages=across_languages)
        return verdict.kind, verdict.score

    def _ignored_with(self, text_hash: bytes) -> set[bytes]:
        """Return the texts whose repetition of this one the user marked as intended."""
        pairs = [(content_hash(first), content_hash(second)) for first, second in self.candidates.store.ignored_pairs()]
        return {b if a == text_hash else a for a, b in pairs if text_hash in (a, b)}

    def _passage_scale(self) -> Scale | None:
        return Scale(self.candidates.space.profile.background_cosine, 1.0) if self.candidates.space else None


_REPEATS = frozenset((DuplicateKind.EXACT, DuplicateKind.EDITED, DuplicateKind.REWORDED))


def _promising(hits: Sequence[Hit], scale: Scale) -> list[Hit]:
    """Return the hits that may come out on top, judged by what is known before their words are looked up."""
    best = max((hit.bm25 for hit in hits), default=0.0) or 1.0
    return nlargest(RANKED, hits, key=lambda hit: (fuse(hit.dense, hit.bm25 / best, scale), -hit.text_id))


def _lexical_scores(candidates: Sequence[Candidate], weights: dict[str, float]) -> list[float]:
    """Return a lexical score of 0 to 1 for each candidate, comparable between questions.

    BM25 orders the candidates that the lexical index found; its best one is worth the share of the query it covers.
    Others are worth their share, but no more than the last one found.
    """
    shares = [coverage(weights, candidate.terms) for candidate in candidates]
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
