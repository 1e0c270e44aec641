"""Does "duplicate" mean the same in spaces that nobody has measured?

Each model is calibrated on passages of one manual, as an index does it, and judges the pairs labelled by hand. The
measured profile of the embedded model is what the others should come near.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quality.duplicate_labels import DUPLICATE, Label, texts
from quality.duplicate_labels import read as read_labels
from quality.figures import Figure
from quality.manuals import MANUALS, read
from quality.other_models import MODELS, e5
from seealso.embed.base import Lane
from seealso.embed.profile import MULTILINGUAL_E5_SMALL, ModelProfile
from seealso.index.calibration import calibrate
from seealso.index.second_look import E5_SMALL, classify
from seealso.index.store import Store
from seealso.model import REPEATS, Passage, Segmentation

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, Vectors

TASK = "calibration"
MANUAL = next(manual for manual in MANUALS if manual.name == "Sphinx")
PASSAGES = 1500
BATCH = 64


def figures() -> Iterator[Figure]:
    """Yield recall and precision of each model, and what it was found to be like.

    Raises `FetchError` when a manual or a model cannot be had.
    """
    labels = read_labels()
    known = texts([read(manual, release) for manual in MANUALS for release in manual.releases])
    documents = read(MANUAL, MANUAL.releases[-1])
    with e5() as embedder:
        yield from _judged("e5, measured", MULTILINGUAL_E5_SMALL, embedder, labels, known)
    for name, model in MODELS.items():
        with model() as embedder:
            profile = measured(embedder, documents)
            yield Figure(TASK, f"background cosine, {name}", profile.background_cosine, PASSAGES)
            yield Figure(TASK, f"scale, {name}", profile.scale, PASSAGES)
            yield from _judged(name, profile, embedder, labels, known)


def measured(embedder: Embedder, documents: Mapping[str, Sequence[Passage]]) -> ModelProfile:
    """Return what a calibration on some of the documents, all of one seeded order, makes of a model."""
    order = sorted(documents)
    random.Random(0).shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), create=True)
        count = 0
        with store.transaction():
            for path in order:
                headings = dict.fromkeys(heading for passage in documents[path] for heading in passage.headings)
                read = Segmentation(tuple(documents[path]), tuple(headings))
                store.put_document(path, size=1, mtime_ns=1, segmentation=read)
                count += len(read.passages)
                if count >= PASSAGES:
                    break
            space = store.embeddings.open_space(embedder.identify())
            wanted = store.texts.read([text_id for text_id, _ in store.embeddings.pending(space.id)])
            store.embeddings.put(space.id, list(wanted), _embedded(embedder, list(wanted.values())))
        profile = calibrate(store, space, lambda texts, kind: embedder.embed(texts, kind, Lane.BULK))
        store.close()
    return profile


def _judged(
    name: str, profile: ModelProfile, embedder: Embedder, labels: Sequence[Label], known: Mapping[str, str]
) -> Iterator[Figure]:
    thresholds = E5_SMALL.at(profile.background_cosine, profile.scale)
    wanted = sorted({one for label in labels for one in label.pair})
    vectors = dict(zip(wanted, _embedded(embedder, [known[one] for one in wanted]), strict=True))

    def is_flagged(label: Label) -> bool:
        first, second = label.pair
        cosine = float(vectors[first] @ vectors[second])
        if cosine < profile.near_duplicate_cosine:
            return False
        return classify(known[first], known[second], cosine, thresholds).kind in REPEATS

    changed = [is_flagged(label) for label in labels if label.source == "releases" and label.label == DUPLICATE]
    right = [label.label == DUPLICATE for label in labels if label.source == "neighbours" and is_flagged(label)]
    yield Figure(TASK, f"recall, {name}", float(np.mean(changed)), len(changed))
    yield Figure(TASK, f"precision, {name}", float(np.mean(right)) if right else 0.0, len(right))


def _embedded(embedder: Embedder, wanted: Sequence[str]) -> Vectors:
    rows = [
        embedder.embed(wanted[start : start + BATCH], "passage", Lane.BULK) for start in range(0, len(wanted), BATCH)
    ]
    return np.concatenate(rows)
