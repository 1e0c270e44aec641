"""Show what the second look makes of near neighbours in the Linux kernel documentation, for the eye to judge.

`PYTHONPATH=tests python -m quality.duplicates_kernel [FOLDER ...]` embeds the passages of some folders
with the embedded model,
takes the nearest neighbours as the index does, and prints how many are of each kind, a sample of each, and the groups.
With `--rewordings` it prints instead what becomes of rewordings of some passages, written by hand.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from bench.kernel_docs import kernel_docs
from seealso.embed.onnx import OnnxEmbedder
from seealso.embed.profile import MULTILINGUAL_E5_SMALL
from seealso.index.compare import NEIGHBOURS
from seealso.index.differences import compare
from seealso.index.duplicates import group
from seealso.index.pairs import Pair
from seealso.index.reading import read
from seealso.index.second_look import classify
from seealso.model import DuplicateKind, Place
from seealso.text.prose import count_words
from seealso.text.registry import format_for

FOLDERS = ("power", "virt", "sound", "security", "scheduler", "block", "RCU", "leds", "PCI", "locking", "watchdog")
MIN_WORDS = 12
BOILERPLATE_FILES = 8
NONE = "none"


def passages(root: Path, folders: list[str]) -> dict[str, list[Place]]:
    """Return the places of each distinct text that is long enough."""
    places: dict[str, list[Place]] = defaultdict(list)
    for folder in folders:
        for path in sorted((root / folder).rglob("*.rst")):
            known = format_for(path)
            assert known is not None
            name = path.relative_to(root).as_posix()
            for one in known.segmenter().segment(path.read_bytes()).passages:
                if count_words(one.text) >= MIN_WORDS:
                    places[one.text].append(Place(name, one.start_line, one.end_line, one.kind, one.text, one.headings))
    return places


def neighbours(texts: list[str]) -> list[tuple[float, int, int]]:
    """Return pairs of near texts with their cosine, as many a text as the index would look at."""
    vectors = OnnxEmbedder().embed(texts, "passage")
    pairs: dict[tuple[int, int], float] = {}
    for start in range(0, len(texts), 512):
        cosines = vectors[start : start + 512] @ vectors.T
        nearest = np.argpartition(-cosines, min(NEIGHBOURS, len(texts) - 1), axis=1)[:, : NEIGHBOURS + 1]
        for row, others in enumerate(nearest):
            for other in others:
                cosine = float(cosines[row, other])
                if start + row != other and cosine >= MULTILINGUAL_E5_SMALL.near_duplicate_cosine:
                    pairs[min(start + row, int(other)), max(start + row, int(other))] = cosine
    return [(cosine, first, second) for (first, second), cosine in sorted(pairs.items())]


def rewordings(root: Path) -> None:
    """Print how passages and their rewordings are classified."""
    with (Path(__file__).with_name("data") / "kernel_rewordings.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    pairs = []
    for row in rows:
        known = format_for(row["path"])
        assert known is not None
        texts = [one.text for one in known.segmenter().segment((root / row["path"]).read_bytes()).passages]
        found = next((text for text in texts if text.startswith(row["start"])), None)
        if found is None:
            print(f"{row['path']}: no passage starts with {row['start']!r}")
        else:
            pairs.append((found, row["rewording"]))
    vectors = OnnxEmbedder().embed([text for pair in pairs for text in pair], "passage")
    cosines = (vectors[::2] * vectors[1::2]).sum(axis=1)
    counts: Counter[str] = Counter()
    for (passage, rewording), cosine in zip(pairs, cosines.tolist(), strict=True):
        verdict = classify(passage, rewording, cosine).kind
        kind = verdict.value if verdict else NONE
        counts[kind] += 1
        what = compare(read(passage), read(rewording))
        print(f"{kind:9} {cosine:.3f} overlap {what.overlap:.2f} skeleton {what.skeleton:.2f} {passage[:60]}")
    print(f"{dict(counts)}; cosines at 10, 50, 90 %: {np.percentile(cosines, [10, 50, 90]).round(3).tolist()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", default=list(FOLDERS))
    parser.add_argument("--limit", type=int, default=3000, help="texts at most, chosen by document")
    parser.add_argument("--sample", type=int, default=15, help="pairs shown of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rewordings", action="store_true")
    options = parser.parse_args()
    if options.rewordings:
        rewordings(kernel_docs())
        return
    chance = random.Random(options.seed)

    places = passages(kernel_docs(), options.folders)
    texts = list(places)[: options.limit]
    near = neighbours(texts)
    started = time.perf_counter()
    verdicts = [
        (classify(texts[first], texts[second], cosine), cosine, first, second) for cosine, first, second in near
    ]
    spent = time.perf_counter() - started
    counts = Counter(verdict.kind.value if verdict.kind else NONE for verdict, *_ in verdicts)
    print(f"{len(texts)} texts, {len(near)} near pairs, {len(near) / spent:.0f} pairs/s: {dict(counts)}")

    for kind in (*DuplicateKind, None):
        found = [one for one in verdicts if one[0].kind is kind]
        if kind is DuplicateKind.EXACT or not found:
            continue
        print(f"\n==== {kind.value if kind else NONE}")
        for verdict, cosine, first, second in chance.sample(found, min(options.sample, len(found))):
            what = compare(read(texts[first]), read(texts[second]))
            print(
                f"-- cosine {cosine:.3f} score {verdict.score:.2f} overlap {what.overlap:.2f}"
                f" skeleton {what.skeleton:.2f} slots {what.slots[:3]}"
                f" against {(*what.contradictions, *what.negations)[:2]}"
            )
            print(f"   A {places[texts[first]][0].path}: {texts[first][:500]}")
            print(f"   B {places[texts[second]][0].path}: {texts[second][:500]}")

    groups = group(
        [Pair(first, second, verdict.kind, verdict.score) for verdict, _, first, second in verdicts if verdict.kind],
        {number: places[text] for number, text in enumerate(texts)},
        kinds=(DuplicateKind.EXACT, DuplicateKind.EDITED, DuplicateKind.REWORDED),
        boilerplate_files=BOILERPLATE_FILES,
        min_words=MIN_WORDS,
    )
    print(f"\n==== {len(groups)} groups: {dict(Counter(one.kind.value for one in groups))}")
    for one in groups[: options.sample]:
        print(
            f"-- {one.kind.value} {one.score:.2f}{' boilerplate' if one.boilerplate else ''} {len(one.places)} places"
        )
        for place in one.places[:3]:
            print(f"   {place.path}:{place.start_line + 1} {place.text[:160]}")


if __name__ == "__main__":
    main()
