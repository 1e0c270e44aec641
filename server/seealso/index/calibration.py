"""What cosines mean in the space of a model that nobody measured: asked of the workspace itself.

Two random passages tell where strangers are, titles and their sections where answers are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from seealso.embed.profile import CAUTIOUS, ModelProfile, shipped_profile

if TYPE_CHECKING:
    from seealso.embed.base import Vectors
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
NEAR_SHARE = 0.35
"""How far from the closest strangers to sameness a near duplicate begins: measured for multilingual-e5-small."""
MAX_NEAR = 0.98
MAX_BACKGROUND = 0.95
"""Where strangers are closer, the workspace repeats itself, or the model says nothing: no scale begins there."""
LEAST_STEP = 0.01
"""Between cosines that mean different things."""

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


def calibrate(store: Store, space: Space, embed_titles: Callable[[Sequence[str]], Vectors]) -> ModelProfile:
    """Measure a space and keep the result; `embed_titles` embeds texts as queries."""
    import numpy as np

    count = store.embeddings.count_after(space.id, 0)
    ids = store.embeddings.sample(space.id, SAMPLE)
    stored = store.embeddings.get(space.id, ids)
    rows = np.stack([stored[text_id] for text_id in ids])
    # A step of one half pairs texts of different documents.
    step = len(rows) // 2
    cosines = np.concatenate([np.sum(rows * np.roll(rows, step + shift, axis=0), axis=1) for shift in range(4)])
    background = min(float(np.median(cosines)), MAX_BACKGROUND)
    strangers = float(np.quantile(cosines, 0.999))
    near = min(max(strangers + NEAR_SHARE * (1 - strangers), background + LEAST_STEP), MAX_NEAR)
    query_background, query_top = background, background + 0.55 * (1 - background)
    titles = store.titled_texts(TITLES)
    answers = store.embeddings.get(space.id, [text_id for _, text_id in titles])
    titles = [(title, text_id) for title, text_id in titles if text_id in answers]
    if len(titles) >= MIN_TITLES:
        queries = embed_titles([title for title, _ in titles])
        query_background = min(float(np.median(queries @ rows.T)), MAX_BACKGROUND)
        own = np.sum(queries * np.stack([answers[text_id] for _, text_id in titles]), axis=1)
        query_top = max(float(np.quantile(own, 0.9)), query_background + LEAST_STEP)
    profile = ModelProfile(background, near, query_background, query_top)
    store.set_meta(f"{_META} {space.id}", json.dumps({**asdict(profile), _TEXTS: count}))
    return profile


def _stored(store: Store, space: Space) -> dict[str, float]:
    text = store.meta(f"{_META} {space.id}")
    found: dict[str, float] = json.loads(text) if text else {}
    return found
