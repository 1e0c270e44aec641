"""Find the texts that repeat each other: neighbours by meaning, then a second look at the words."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from seealso.embed.profile import profile_for
from seealso.index.pairs import Pair
from seealso.index.second_look import E5_SMALL, classify
from seealso.index.store import Store

if TYPE_CHECKING:
    from seealso.index.vectors import VectorIndex

RULES_VERSION = 1
"""Raised when the second look judges differently: every pair is then looked at again, without the model."""

MIN_WORDS = 5
"""Shorter texts are never compared, whatever the settings say: too short to be a copy of anything."""

NEIGHBOURS = 16
"""Nearest texts looked at for each text, those that stand nowhere at present included: they may come back.

More copies than this are found through one another."""

_BATCH = 128
_META = "compared"


class Meter(Protocol):
    def advance(self, count: int = 1) -> None: ...


def compare(
    store: Store,
    model: str,
    model_id: int,
    vectors: VectorIndex,
    *,
    across_languages: bool,
    meter: Callable[[int], Meter],
) -> None:
    """Compare every text whose vector came after the last comparison with its neighbours, and keep the pairs found."""
    rules = f"{RULES_VERSION} {model} {across_languages}"
    done_rules, _, done_id = (store.meta(_META) or " 0").rpartition(" ")
    last_id = int(done_id)
    if done_rules != rules:
        last_id = 0
        with store.transaction():
            store.pairs.clear()
            store.set_meta(_META, f"{rules} 0")
    newest = store.embeddings.last_id()
    if last_id >= newest:
        return
    profile = profile_for(model)
    thresholds = E5_SMALL.at(profile.background_cosine)
    vectors.follow(store)
    progress = meter(store.embeddings.count_after(model_id, last_id))
    while True:
        ids, text_ids, rows = store.embeddings.after(model_id, last_id, _BATCH)
        if not ids:
            break
        queries = text_ids.tolist()
        found = vectors.search_many(rows, NEIGHBOURS + 1, threads=min(os.cpu_count() or 1, 8))
        near = [
            (min(query, other), max(query, other), cosine)
            for query, hits in zip(queries, found, strict=True)
            for other, cosine in hits
            if other != query and cosine >= profile.near_duplicate_cosine
        ]
        wanted = {text_id for first, second, _ in near for text_id in (first, second)}
        words = store.words(wanted)
        wanted = {text_id for text_id, count in words.items() if count >= MIN_WORDS}
        texts = store.texts(wanted)
        pairs = []
        for first, second, cosine in dict.fromkeys(near):
            if first in texts and second in texts:
                verdict = classify(texts[first], texts[second], cosine, thresholds, across_languages=across_languages)
                if verdict.kind is not None:
                    pairs.append(Pair(first, second, verdict.kind, verdict.score))
        last_id = ids[-1]
        with store.transaction():
            store.pairs.put(pairs)
            store.set_meta(_META, f"{rules} {last_id}")
        progress.advance(len(ids))
