"""Find the texts that repeat each other: neighbours by meaning, then a second look at the words."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from seealso.embed.profile import ModelProfile
from seealso.index.calibration import profile_of
from seealso.index.pairs import Pair
from seealso.index.reading import language_of
from seealso.index.second_look import E5_SMALL, classify
from seealso.index.store import Store

if TYPE_CHECKING:
    from seealso.index.embeddings import Space
    from seealso.index.vectors import VectorIndex

RULES_VERSION = 3
"""Raised when the second look judges differently: every pair is then looked at again, without the model."""

MIN_WORDS = 5
"""Shorter texts are never compared, whatever the settings say: too short to be a copy of anything."""

NEIGHBOURS = 16
"""Nearest texts looked at for each text, those that stand nowhere at present included: they may come back.

More copies than this are found through one another."""

_BATCH = 128
_META = "compared"


def is_compared(store: Store, space: Space) -> bool:
    """Tell whether every text that has a vector has been compared with its neighbours."""
    last_id = _compared_up_to(store, space.name, profile_of(store, space))
    return last_id is not None and store.embeddings.count_after(space.id, last_id) == 0


class Meter(Protocol):
    def advance(self, count: int = 1) -> None: ...


class Compared(Protocol):
    """A space with its vectors."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def vectors(self) -> VectorIndex: ...

    @property
    def profile(self) -> ModelProfile: ...


def state(store: Store) -> str:
    """Return a text that is another one whenever pairs have come or gone."""
    return store.meta(_META) or ""


def compare(store: Store, space: Compared, *, meter: Callable[[int], Meter]) -> None:
    """Compare every text whose vector came after the last comparison with its neighbours, and keep the pairs found."""
    model, model_id, vectors = space.name, space.id, space.vectors
    last_id = _compared_up_to(store, model, space.profile)
    if last_id is None:
        last_id = 0
        with store.transaction():
            store.pairs.clear()
            _set_compared(store, model, space.profile, last_id)
    newest = store.embeddings.last_id()
    if last_id >= newest:
        return
    judge = _Judge(store, space.profile)
    vectors.follow(store)
    progress = meter(store.embeddings.count_after(model_id, last_id))
    while True:
        ids, text_ids, rows = store.embeddings.after(model_id, last_id, _BATCH)
        if not ids:
            break
        found = vectors.search_many(rows, NEIGHBOURS + 1, threads=min(os.cpu_count() or 1, 8))
        neighbours = {
            (min(text_id, other), max(text_id, other)): cosine
            for text_id, hits in zip(text_ids.tolist(), found, strict=True)
            for other, cosine in hits
            if other != text_id and cosine >= judge.least
        }
        pairs = judge.pairs(neighbours)
        last_id = ids[-1]
        with store.transaction():
            store.pairs.put(pairs)
            _set_compared(store, model, space.profile, last_id)
        progress.advance(len(ids))


def _compared_up_to(store: Store, model: str, profile: ModelProfile) -> int | None:
    """Return the id of the last vector that was compared by these rules, or None when it was by others or never."""
    rules, _, last_id = (store.meta(_META) or "").rpartition(" ")
    return int(last_id) if rules == _rules(model, profile) else None


def _set_compared(store: Store, model: str, profile: ModelProfile, last_id: int) -> None:
    store.set_meta(_META, f"{_rules(model, profile)} {last_id}")


def _rules(model: str, profile: ModelProfile) -> str:
    """Return what a judgement depends on besides the texts."""
    cosines = f"{profile.background_cosine:.3f} {profile.near_duplicate_cosine:.3f}"
    return f"{RULES_VERSION} {model} {cosines} {profile.scale:.2f}"


class _Judge:
    """Take the second look at pairs of neighbours, and remember which language a text is in."""

    def __init__(self, store: Store, profile: ModelProfile) -> None:
        self._store = store
        self._near = profile.near_duplicate_cosine
        self._thresholds = E5_SMALL.at(profile.background_cosine, profile.scale)
        # A translation is further away than most strangers that speak of the same things in one language.
        self.least = min(self._near, self._thresholds.translated)
        self._languages: dict[int, str] = {}

    def pairs(self, neighbours: Mapping[tuple[int, int], float]) -> list[Pair]:
        """Return those of the pairs (text ids, with their cosine) that repeat each other."""
        wanted = {text_id for pair in neighbours for text_id in pair}
        words = self._store.texts.words(wanted)
        texts = self._store.texts.read([text_id for text_id, count in words.items() if count >= MIN_WORDS])
        found = []
        for (first, second), cosine in neighbours.items():
            if first not in texts or second not in texts:
                continue
            if cosine < self._near and not self._in_two_languages(texts, first, second):
                continue
            verdict = classify(texts[first], texts[second], cosine, self._thresholds)
            if verdict.kind is not None:
                found.append(Pair(first, second, verdict.kind, verdict.score, verdict.translated))
        return found

    def _in_two_languages(self, texts: Mapping[int, str], first: int, second: int) -> bool:
        for text_id in (first, second):
            if text_id not in self._languages:
                self._languages[text_id] = language_of(texts[text_id])
        one, other = self._languages[first], self._languages[second]
        return bool(one and other) and one != other
