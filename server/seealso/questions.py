"""Answer one question against one state of the index and the buffers over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from seealso.candidates import Candidate, Candidates, Hit, terms_of
from seealso.index.duplicates import STRENGTH
from seealso.index.search import CANDIDATES, Scale, coverage, diversify, fuse, shared_terms
from seealso.index.words import beginning_terms, lexical_terms
from seealso.linked import Linked
from seealso.model import (
    REPEATS,
    Answer,
    DocumentMatch,
    DuplicateKind,
    Heading,
    Match,
    Passage,
    Place,
    Related,
)
from seealso.overlay import place_of
from seealso.repeats import PLACES, Repeats, same_place
from seealso.settings import Settings
from seealso.text.prose import count_words

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

MAX_PHRASE = 12
"""Terms at the end of a text that are looked for one after another."""

SEVERAL = 10
"""Documents whose middle says something."""

TITLE_TERMS = 6
"""Words of the headings above a passage that are looked for, the rarest ones."""

RANKED = 25
"""Texts whose places and words are looked up first, out of those found; the others seldom come out on top."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Ask one question of one state of the workspace."""

    candidates: Candidates
    repeats: Repeats
    settings: Settings
    complete: bool
    """Whether every passage has a vector."""

    def search(self, query: str, vector: Vectors | None, limit: int) -> Answer:
        """Return the places that answer a query in words, with its vector when the model is at hand."""
        profile = self.candidates.space.profile if self.candidates.space else None
        scale = Scale(profile.query_background_cosine, profile.query_top_cosine) if profile else None
        weights, matches = self._matches(query, vector, scale, limit)
        chosen = diversify(matches, limit, max(self.settings.related.per_document, 3))
        return Answer(_explained(chosen, weights), self._complete(vector))

    def related_to_text(self, text: str, vector: Vectors | None, limit: int, exclude: str | None) -> Answer:
        """Return the places closest to a text that need not be a passage."""
        weights, matches = self._matches(text, vector, self._passage_scale(), limit)
        others = [match for match in matches if match.place.path != exclude and match.place.text != text]
        chosen = diversify(others, limit, self.settings.related.per_document)
        return Answer(_explained(chosen, weights), self._complete(vector))

    def with_phrase(self, text: str, limit: int) -> list[Place]:
        """Return the places where the words of a text stand one after another; saved ones first, at most `limit`."""
        find = self.candidates
        terms, unfinished = beginning_terms(text)
        if not terms:
            return []
        found = find.store.lexical.phrase(terms[-MAX_PHRASE:], limit, unfinished=unfinished)
        saved = [place for place in find.store.places(found) if place.path not in find.overlay.buffers]
        return [*saved, *find.overlay.holding(text)]

    def related(self, path: str, passage: Passage, vector: Vectors | None, limit: int) -> Related:
        """Return what repeats a passage and what else is related to it."""
        own = place_of(path, passage)
        linked = Linked(path, passage.links)
        weights, found = self._matches(passage.text, vector, self._passage_scale(), limit, passage.headings)
        matches = [match for match in found if not same_place(match.place, own)]
        intended = self.repeats.intended()
        long_enough = count_words(passage.text) >= self.settings.duplicates.min_words
        repeats, others = [], []
        for match in matches:
            a_repeat = match.relation in REPEATS and long_enough
            if a_repeat and frozenset((passage.hash, match.place.hash)) not in intended:
                repeats.append(match)
            elif match.place.text != passage.text:
                others.append(_unrelated(match))
        repeats.sort(key=lambda match: (STRENGTH[match.relation or DuplicateKind.PARALLEL], -match.score))
        duplicates, related = (
            tuple(
                _mark(match, same_document=match.place.path == path, linked=linked.holds(match.place))
                for match in _explained(chosen, weights)
            )
            for chosen in (repeats[:PLACES], diversify(others, limit, self.settings.related.per_document))
        )
        return Related(passage, duplicates, related, self._complete(vector))

    def related_documents(self, path: str, limit: int) -> tuple[DocumentMatch, ...]:
        """Return the documents nearest to a saved one, best first.

        Scores are between the middle of all documents and sameness, since cosines of whole documents are close
        together.
        """
        store, space = self.candidates.store, self.candidates.space
        if space is None:
            return ()
        paths, rows = store.document_vectors.all(space.id)
        if path not in paths or len(paths) < 2:
            return ()
        own = paths.index(path)
        cosines = rows.astype(np.float32) @ rows[own].astype(np.float32)
        others = np.delete(cosines, own)
        middle = float(np.median(others)) if len(others) >= SEVERAL else space.profile.background_cosine
        nearest = [int(number) for number in np.argsort(-cosines, kind="stable") if number != own][:limit]
        titles = store.titles([paths[number] for number in nearest])
        segmentation = store.segmentation(path)
        links = tuple(link for passage in segmentation.passages for link in passage.links) if segmentation else ()
        linked = Linked(path, links)
        return tuple(
            DocumentMatch(
                path=paths[number],
                title=titles.get(paths[number], ""),
                score=max(0.0, (float(cosines[number]) - middle) / max(1 - middle, 1e-6)),
                cosine=float(cosines[number]),
                linked=linked.leads_to(paths[number]),
            )
            for number in nearest
        )

    def _complete(self, vector: Vectors | None) -> bool:
        return self.complete and vector is not None

    def _matches(
        self,
        text: str,
        vector: Vectors | None,
        scale: Scale | None,
        limit: int,
        headings: Sequence[Heading] = (),
    ) -> tuple[dict[str, float], list[Match]]:
        """Return the weights of the terms that decided, and what they and the vector found.

        Words of the headings that the text stands under count as its own: often what it is about is said only there.
        """
        scale = scale or Scale(0.0, 1.0)
        unsaved = self.candidates.unsaved(vector)
        lexicon = self.candidates.store.lexical
        also = {term for candidate in unsaved for term in candidate.terms}
        titles = [term for heading in headings for term in lexical_terms(heading.title)]
        terms = lexicon.salient(lexical_terms(text), also=also) + lexicon.salient(titles, TITLE_TERMS, also=also)
        weights = {term: lexicon.idf(term) for term in terms}
        hits = self.candidates.hits(weights, vector, text, max(CANDIDATES, 2 * limit))
        promising, most = _promising(hits, scale), max(RANKED, 2 * limit)
        found = self.candidates.of_hits(promising[:most])
        if len({candidate.places[0][0].path for candidate in found}) <= limit:
            # A document or two are full of it, of which only the best places are shown.
            found += self.candidates.of_hits(promising[most:])
        candidates = [candidate.best_place_first(weights) for candidate in found + unsaved]
        matches: list[Match] = []
        for candidate, words in zip(candidates, _lexical_scores(candidates, weights), strict=True):
            score = fuse(candidate.dense, words, scale)
            relation = self.repeats.relation(text, candidate.text, candidate.dense)
            kind = relation.kind if relation is not None else None
            matches += [
                Match(
                    place,
                    score=score,
                    dense=candidate.dense,
                    lexical=words,
                    # What is marked to be ignored, such as a quotation with its source, repeats nothing.
                    relation=kind if not ignored else None,
                )
                for place, ignored in candidate.places
            ]
        return weights, matches

    def _passage_scale(self) -> Scale | None:
        return Scale(self.candidates.space.profile.background_cosine, 1.0) if self.candidates.space else None


def _promising(hits: Sequence[Hit], scale: Scale) -> list[Hit]:
    """Return hits, best first, judged by what is known before their words are looked up."""
    best = max((hit.bm25 for hit in hits), default=0.0) or 1.0
    return sorted(hits, key=lambda hit: (-fuse(hit.dense, hit.bm25 / best, scale), hit.text_id))


def _lexical_scores(candidates: Sequence[Candidate], weights: dict[str, float]) -> list[float]:
    """Return a lexical score of 0 to 1 for each candidate, comparable between questions.

    BM25 orders the candidates that the lexical index found; its best one is worth the share of the query it covers.
    Others are worth their share, but no more than the last one found.
    """
    found = [candidate for candidate in candidates if candidate.bm25 > 0]
    if not found:
        return [coverage(weights, candidate.terms) for candidate in candidates]
    best = max(found, key=lambda candidate: candidate.bm25)
    unit = coverage(weights, best.terms) / best.bm25
    last = min(candidate.bm25 for candidate in found) * unit
    return [
        candidate.bm25 * unit if candidate.bm25 > 0 else min(coverage(weights, candidate.terms), last)
        for candidate in candidates
    ]


def _explained(matches: Sequence[Match], weights: dict[str, float]) -> tuple[Match, ...]:
    """Return matches with the terms that they share with the question, which takes too long for all that was found."""
    shared = {match.place.text: match.place for match in reversed(matches)}
    terms = {text: shared_terms(weights, terms_of(place)) for text, place in shared.items()}
    return tuple(replace(match, terms=terms[match.place.text]) for match in matches)


def _unrelated(match: Match) -> Match:
    """Return a match as no duplicate: where it seems one, the passage is too short for one, or the user meant it."""
    return replace(match, relation=None) if match.relation in REPEATS else match


def _mark(match: Match, *, same_document: bool, linked: bool) -> Match:
    if not (same_document or linked):
        return match
    return replace(match, same_document=same_document, linked=linked)
