"""What repeats a passage, and what repeats itself anywhere in the workspace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.candidates import Candidates
from seealso.index import milestones
from seealso.index.duplicates import STRENGTH, group
from seealso.index.second_look import E5_SMALL, classify
from seealso.model import DuplicateFinding, DuplicateGroup, DuplicateKind, Passage, Place, content_hash
from seealso.overlay import place_of
from seealso.settings import Settings

if TYPE_CHECKING:
    from seealso.embed.base import Vectors
    from seealso.meter import Cancelled

PLACES = 100
"""Places that repeat one passage, at most, in one finding."""

NEIGHBOURS = 12
"""Nearest texts that get a second look when asking what repeats one passage."""

REMEMBERED = 20_000
"""Texts whose second look is remembered."""

JUDGED = 100_000
"""Pairs of unsaved texts that are remembered: some 20 MB."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How another text repeats the one in question."""

    kind: DuplicateKind
    score: float


class SecondLooks:
    """Remembered second looks: open documents are reviewed again and again, and their texts hardly change."""

    def __init__(self) -> None:
        self._state: object = None
        self._indexed: dict[bytes, dict[int, Relation]] = {}
        self._rules: object = None
        self._judged: dict[tuple[bytes, bytes], Relation | None] = {}

    def of(self, state: object) -> dict[bytes, dict[int, Relation]]:
        """Return what is known of texts in a state of the index: how which indexed texts (by id) repeat them.

        A new vector, or a document that comes back, may bring a new neighbour of any text.
        """
        if state != self._state or len(self._indexed) > REMEMBERED:
            self._state, self._indexed = state, {}
        return self._indexed

    def judged(self, rules: object) -> dict[tuple[bytes, bytes], Relation | None]:
        """Return what is known of pairs of unsaved texts (by hash) under some rules."""
        if rules != self._rules or len(self._judged) > JUDGED:
            self._rules, self._judged = rules, {}
        return self._judged


@dataclass(frozen=True, slots=True)
class Repeats:
    """Ask for duplicates in one state of the workspace."""

    candidates: Candidates
    settings: Settings
    looks: SecondLooks
    shared: frozenset[frozenset[bytes]] = frozenset()
    """Pairs of content hashes that the workspace's own file says are intended."""

    def relation(self, text: str, other: str, cosine: float | None) -> Relation | None:
        """Return how one text repeats another, or None when it does not."""
        if text == other:
            return Relation(DuplicateKind.EXACT, 1.0)
        space = self.candidates.space
        if cosine is None or space is None:
            return None
        thresholds = E5_SMALL.at(space.profile.background_cosine, space.profile.scale)
        near = cosine >= space.profile.near_duplicate_cosine
        translated = self.settings.duplicates.across_languages and cosine >= thresholds.translated
        if not near and not translated:
            return None
        verdict = classify(text, other, cosine, thresholds)
        wanted = translated if verdict.translated else near
        return Relation(verdict.kind, verdict.score) if wanted and verdict.kind is not None else None

    def findings(
        self, path: str, passages: Sequence[Passage], vectors: Sequence[Vectors | None]
    ) -> list[DuplicateFinding]:
        """Return where else passages of a document stand, counting only the kinds the user wants to see."""
        kinds = self.settings.duplicate_kinds
        related = [self._indexed(passage, vector) for passage, vector in zip(passages, vectors, strict=True)]
        places = self.candidates.places({text_id for relations in related for text_id in relations}, limit=PLACES * 2)
        intended = self.intended()
        findings = []
        for passage, vector, relations in zip(passages, vectors, related, strict=True):
            found = [(relation, places[text_id]) for text_id, relation in relations.items()]
            found += self._unsaved(passage, vector)
            own = place_of(path, passage)
            others = [
                (relation, place)
                for relation, at in found
                for place, ignored in at
                if relation.kind in kinds
                and not ignored
                and not same_place(place, own)
                and frozenset((passage.hash, place.hash)) not in intended
            ]
            if others:
                many = [text_id for text_id in relations if len(places[text_id]) >= PLACES]
                files = self.candidates.store.count_documents(many) if many else 0
                siblings = {
                    place.path for relation, at in found if relation.kind is DuplicateKind.PARALLEL for place, _ in at
                }
                findings.append(self._finding(path, passage, others, siblings, files))
        return findings

    def groups(self, kinds: Collection[DuplicateKind], cancelled: Cancelled) -> list[DuplicateGroup]:
        """Return every group of places that repeat one another, as the index knows them.

        Raises `CancelledError` when nobody wants to know any more.
        """
        store = self.candidates.store
        min_words = self.settings.duplicates.min_words
        near = [kind for kind in kinds if kind is not DuplicateKind.EXACT]
        pairs = store.pairs.all(near, min_words, translated=self.settings.duplicates.across_languages)
        wanted = {text_id for pair in pairs for text_id in (pair.first, pair.second)}
        wanted.update(store.texts.repeated(min_words))
        places = {
            text_id: [place for place, ignored in at if not ignored]
            for text_id, at in self.candidates.places(wanted).items()
        }
        places = {text_id: at for text_id, at in places.items() if at}
        if intended := self.intended():
            hashes = {text_id: at[0].hash for text_id, at in places.items()}
            pairs = [
                pair for pair in pairs if frozenset((hashes.get(pair.first), hashes.get(pair.second))) not in intended
            ]
            # A text marked as an intended copy of itself is no duplicate anywhere.
            places = {
                text_id: at if frozenset((hashes[text_id],)) not in intended else at[:1]
                for text_id, at in places.items()
            }
        return group(
            pairs,
            places,
            kinds=kinds,
            boilerplate_files=self.settings.duplicates.boilerplate_files,
            siblings=store.pairs.siblings(wanted),
            cancelled=cancelled,
        )

    def _indexed(self, passage: Passage, vector: Vectors | None) -> dict[int, Relation]:
        """Return how indexed texts repeat a passage, by text id; most are remembered."""
        find = self.candidates
        space = (find.space.vectors.state, find.space.profile) if find.space else None
        state = (space, milestones.documents(find.store), self.settings.duplicates.across_languages)
        known = self.looks.of(state)
        relations = known.get(passage.hash) if vector is not None else None
        if relations is None:
            hits = find.hits((), vector, passage.text, NEIGHBOURS)
            texts = find.store.texts.read([hit.text_id for hit in hits])
            relations = {
                hit.text_id: relation
                for hit in hits
                if hit.text_id in texts
                and (relation := self.relation(passage.text, texts[hit.text_id], hit.dense)) is not None
            }
            if vector is not None:
                known[passage.hash] = relations
        return relations

    def _unsaved(self, passage: Passage, vector: Vectors | None) -> list[tuple[Relation, list[tuple[Place, bool]]]]:
        """Return how unsaved texts repeat a passage, and where they stand; most are remembered."""
        find = self.candidates
        space = (find.space.id, find.space.profile) if find.space else None
        judged = self.looks.judged((space, self.settings.duplicates.across_languages))
        found = []
        for text_hash, cosine in find.unsaved_near(passage.hash, vector, NEIGHBOURS).items():
            at = find.open_places(text_hash)
            pair = min(passage.hash, text_hash), max(passage.hash, text_hash)
            if pair not in judged:
                judged[pair] = self.relation(passage.text, at[0][0].text, cosine)
            if (relation := judged[pair]) is not None:
                found.append((relation, at))
        return found

    def _finding(
        self, path: str, passage: Passage, others: list[tuple[Relation, Place]], siblings: set[str], files: int
    ) -> DuplicateFinding:
        """Return a finding; `files` is how many documents have the texts at least, those not looked up included.

        `siblings` are the documents in which a parallel of the passage stands.
        """
        others.sort(key=lambda other: (STRENGTH[other[0].kind], -other[0].score, other[1].path, other[1].start_line))
        strongest = others[0][0]
        files = max(files, len({path, *siblings, *(place.path for _, place in others)}))
        return DuplicateFinding(
            passage=passage,
            kind=strongest.kind,
            score=strongest.score,
            others=tuple(place for _, place in others[:PLACES]),
            boilerplate=files >= self.settings.duplicates.boilerplate_files,
        )

    def intended(self) -> set[frozenset[bytes]]:
        """Return the pairs of texts that the user, or whoever wrote the workspace's file, marked as intended."""
        return {frozenset(map(content_hash, pair)) for pair in self.candidates.store.intended.all()} | self.shared


def same_place(place: Place, other: Place) -> bool:
    """Tell whether two places are the same lines of the same document."""
    return (place.path, place.start_line, place.end_line) == (other.path, other.start_line, other.end_line)
