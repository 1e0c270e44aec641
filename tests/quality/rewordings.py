"""Are reworded and edited duplicates told from parallel passages?

Recall is measured on paragraphs that were changed between releases of a manual and still say the same, by how many
words they share; precision on near neighbours inside one release, of which most are parallel. What a pair is was judged
by hand (`duplicate_labels`). The second look was tuned on some manuals; the one held out was never looked at for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quality.duplicate_labels import DUPLICATE, Label, key, texts
from quality.duplicate_labels import read as read_labels
from quality.duplicates_kernel import neighbours
from quality.figures import Figure
from quality.manuals import MANUALS, Manual, long_enough, read, word_overlap
from seealso.embed.onnx import OnnxEmbedder
from seealso.embed.profile import MULTILINGUAL_E5_SMALL
from seealso.index.second_look import classify
from seealso.model import REPEATS, DuplicateKind

TASK = "duplicates"
HELD_OUT = "Ironic"
MANY_WORDS = 0.6
"""Overlap from which on the two texts of a pair share many words."""

RECALL_MANY, RECALL_FEW, PRECISION = 0.95, 0.8, 0.95
"""Targets."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair, and whether it is reported."""

    label: Label
    overlap: float
    flagged: bool


Flags = Mapping[tuple[str, str], DuplicateKind]
"""How the texts of pairs are said to repeat each other, by the keys of both."""


def flag(first: str, second: str, cosine: float) -> DuplicateKind | None:
    """Return as what a pair is reported, provided that the two are among the nearest of each other."""
    if cosine < MULTILINGUAL_E5_SMALL.near_duplicate_cosine:
        return None
    kind = classify(first, second, cosine).kind
    return kind if kind in REPEATS else None


def judge(labels: Sequence[Label], known: Mapping[str, str]) -> list[Judged]:
    """Return what becomes of labelled pairs; `known` holds the texts by key.

    Raises `KeyError` for a text that is not there: the manuals are others than those that were labelled.
    """
    wanted = sorted({one for label in labels for one in label.pair})
    vectors = dict(zip(wanted, OnnxEmbedder().embed([known[one] for one in wanted], "passage"), strict=True))
    judged = []
    for label in labels:
        first, second = known[label.first], known[label.second]
        cosine = float(vectors[label.first] @ vectors[label.second])
        judged.append(Judged(label, word_overlap(first, second), flag(first, second, cosine) is not None))
    return judged


def flags_in(manual: Manual) -> dict[tuple[str, str], DuplicateKind]:
    """Return the pairs that are reported inside the newest release of a manual."""
    found = list(long_enough(read(manual, manual.releases[-1])))
    flags = {}
    for cosine, one, other in neighbours(found):
        if kind := flag(found[one], found[other], cosine):
            first, second = sorted((key(found[one]), key(found[other])))
            flags[first, second] = kind
    return flags


def recall(judged: Sequence[Judged], *, many: bool) -> tuple[float, int]:
    """Return the share of changed duplicates that are flagged and their number, where many or few words are shared."""
    pairs = [
        one
        for one in judged
        if one.label.source == "releases" and one.label.label == DUPLICATE and (one.overlap >= MANY_WORDS) is many
    ]
    return sum(one.flagged for one in pairs) / max(1, len(pairs)), len(pairs)


def precision(flags: Flags, labels: Sequence[Label], kind: DuplicateKind | None = None) -> tuple[float, int, int]:
    """Return the share of duplicates among the flagged neighbours with a label, how many these are, and the others."""
    known = {label.pair: label.label for label in labels if label.source == "neighbours"}
    counts = Counter(known.get(pair, "") for pair, found in flags.items() if kind in {None, found})
    labelled = counts.total() - counts[""]
    return counts[DUPLICATE] / max(1, labelled), labelled, counts[""]


def figures() -> Iterator[Figure]:
    """Yield recall and precision in the manuals the second look was tuned on, in the one held out, and in each.

    Raises `FetchError` when a manual cannot be had.
    """
    labels = read_labels()
    judged: dict[str, list[Judged]] = {}
    flags: dict[str, Flags] = {}
    for manual in MANUALS:
        known = texts([read(manual, release) for release in manual.releases])
        judged[manual.name] = judge([label for label in labels if label.manual == manual.name], known)
        flags[manual.name] = flags_in(manual)
    tuned = [manual.name for manual in MANUALS if manual.name != HELD_OUT]
    groups = {"tuned on": tuned, "held out": [HELD_OUT], **{name: [name] for name in tuned}}
    for name, members in groups.items():
        aim = name in {"tuned on", "held out"}
        pairs = [one for member in members for one in judged[member]]
        for many, sign, target in ((True, ">=", RECALL_MANY), (False, "<", RECALL_FEW)):
            share, count = recall(pairs, many=many)
            yield Figure(TASK, f"recall, overlap {sign} 0.6, {name}", share, count, target if aim else None)
        reported = {pair: kind for member in members for pair, kind in flags[member].items()}
        share, count, unlabelled = precision(reported, labels)
        yield Figure(TASK, f"precision, {name}", share, count, PRECISION if aim else None)
        for kind in (DuplicateKind.EDITED, DuplicateKind.REWORDED) if aim else ():
            share, number, _ = precision(reported, labels, kind)
            yield Figure(TASK, f"precision, {kind}, {name}", share, number)
        yield Figure(TASK, f"flagged, no label, {name}", unlabelled, count + unlabelled)
