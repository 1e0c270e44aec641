"""What cosines mean in the space of a model that nobody measured: asked of the workspace itself.

Two random passages tell where strangers are, titles and their sections where answers are, and passages that miss a
few words how far a small change moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from seealso.embed.profile import CAUTIOUS, MULTILINGUAL_E5_SMALL, ModelProfile, shipped_profile

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind, Vectors
    from seealso.index.embeddings import Space
    from seealso.index.store import Store

MIN_TEXTS = 200
"""Fewer say nothing about their extremes."""
SAMPLE = 1500
ENOUGH_TEXTS = 5000
"""A calibration from so many is not repeated."""
GROWTH = 4
"""One from fewer is, when there are so many times more."""
TITLES = 100
MIN_TITLES = 20
THINNED = 100
"""Passages that are embedded again, each without every eighth word, at least: up to twice as many."""
MAX_NEAR = 0.98
MAX_BACKGROUND = 0.95
"""Where strangers are closer, the workspace repeats itself, or the model says nothing: no scale begins there."""
LEAST_STEP = 0.01
"""Between cosines that mean different things."""
LONG_WORD = 15
"""Where words are longer in the mean, they are not set apart by spaces."""

_META = "cosines"
_TEXTS = "texts"


def profile_of(store: Store, space: Space) -> ModelProfile:
    """Return the measured profile of a model, else the workspace's own, else a cautious one."""
    shipped = shipped_profile(space.name)
    if shipped is not None:
        return shipped
    found = _stored(store, space)
    return ModelProfile(**{key: value for key, value in found.items() if key != _TEXTS}) if found else CAUTIOUS


def is_needed(store: Store, space: Space) -> bool:
    """Tell whether a space has to be measured, for the first time or again since much has been added."""
    if shipped_profile(space.name) is not None:
        return False
    found = _stored(store, space)
    now = store.embeddings.count_after(space.id, 0)
    if not found:
        return now >= MIN_TEXTS
    return found[_TEXTS] < ENOUGH_TEXTS and now >= GROWTH * found[_TEXTS]


def calibrate(store: Store, space: Space, embed: Callable[[Sequence[str], EmbedKind], Vectors]) -> ModelProfile:
    """Measure a space and keep the result; the rows of texts that cannot be embedded are zero."""
    import numpy as np

    count = store.embeddings.count_after(space.id, 0)
    ids = store.embeddings.sample(space.id, SAMPLE)
    stored = store.embeddings.get(space.id, ids)
    rows = np.stack([stored[text_id] for text_id in ids])
    # A step of one half pairs texts of different documents.
    step = len(rows) // 2
    cosines = np.concatenate([np.sum(rows * np.roll(rows, step + shift, axis=0), axis=1) for shift in range(4)])
    background = min(float(np.median(cosines)), MAX_BACKGROUND)
    query_background, query_top = background, background + 0.55 * (1 - background)
    titles = store.titled_texts(TITLES)
    answers = store.embeddings.get(space.id, [text_id for _, text_id in titles])
    titles = [(title, text_id) for title, text_id in titles if text_id in answers]
    if len(titles) >= MIN_TITLES:
        queries = embed([title for title, _ in titles], "query")
        query_background = min(float(np.median(queries @ rows.T)), MAX_BACKGROUND)
        own = np.sum(queries * np.stack([answers[text_id] for _, text_id in titles]), axis=1)
        query_top = max(float(np.quantile(own, 0.9)), query_background + LEAST_STEP)
    moved = CAUTIOUS.thinned_distance
    changed = {text_id: few for text_id, text in store.texts.read(ids).items() if (few := thinned(text)) != text}
    if some := list(changed)[:: max(1, len(changed) // THINNED)]:
        again = embed([changed[text_id] for text_id in some], "passage")
        moved = float(np.median(1 - np.sum(again * np.stack([stored[text_id] for text_id in some]), axis=1)))
    measured = ModelProfile(background, MAX_NEAR, query_background, query_top, moved)
    near = 1 - measured.scale * (1 - MULTILINGUAL_E5_SMALL.near_duplicate_cosine)
    profile = replace(measured, near_duplicate_cosine=min(max(near, background + LEAST_STEP), MAX_NEAR))
    store.set_meta(f"{_META} {space.id}", json.dumps({**asdict(profile), _TEXTS: count}))
    return profile


def thinned(text: str) -> str:
    """Return a text without every eighth word, or character where words are not set apart."""
    words = text.split()
    between = " "
    if len(text) > LONG_WORD * len(words):
        words, between = list(text), ""
    return between.join(word for number, word in enumerate(words, 1) if number % 8)


def _stored(store: Store, space: Space) -> dict[str, float]:
    text = store.meta(f"{_META} {space.id}")
    found: dict[str, float] = json.loads(text) if text else {}
    # An older version has measured less.
    return found if found.keys() == {_TEXTS, *ModelProfile.__slots__} else {}
