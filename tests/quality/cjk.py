"""How well Chinese and Japanese are searched, and how well rewordings in them are told from what is only parallel.

Two characters as somebody types them, and questions that mix scripts, are asked of the kernel documentation in Chinese
and Japanese. The pairs of passages were written by hand: half of them say the same, half the same of something else.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from quality.corpora import kernel_parts
from quality.figures import Figure
from quality.related import SHOWN, rank_of, reciprocal_rank
from seealso.embed.onnx import OnnxEmbedder
from seealso.embed.profile import MULTILINGUAL_E5_SMALL
from seealso.index.second_look import classify
from seealso.model import REPEATS, Match
from seealso.workspace import Workspace

DATA = Path(__file__).parent / "data"
PARTS = (*(f"zh_CN/{part}" for part in ("core-api", "dev-tools", "mm", "process", "scheduler")), "ja_JP")
PLACES = 10
LANGUAGES = {"zh": "Chinese", "ja": "Japanese"}


def figures() -> Iterator[Figure]:
    """Yield how good answers are, and recall and precision of duplicates.

    Raises `FetchError` when the documents cannot be had.
    """
    with closing(Workspace.open(kernel_parts("cjk", PARTS, "translations"))) as workspace:
        workspace.update()
        questions = _rows("cjk_questions.tsv")
        pairs = [row["question"] for row in questions if row["kind"] == "pair"]
        holding = [
            share_holding(pair, workspace.search(pair, SHOWN).matches, len(workspace.with_phrase(pair, SHOWN)))
            for pair in pairs
        ]
        yield Figure("cjk", "two characters stand in answers", float(np.mean(holding)), len(holding))
        ranks = []
        for row in questions:
            if row["kind"] == "mixed":
                paths = [match.place.path for match in workspace.search(row["question"], PLACES).matches]
                wanted = tuple(row["answers"].split("|"))
                ranks.append(rank_of({path for path in paths if path.startswith(wanted)}, paths))
        yield Figure("cjk", "MRR@10 mixed scripts", reciprocal_rank(ranks), len(ranks))
    rows = _rows("cjk_rewordings.tsv")
    for language, name in LANGUAGES.items():
        chosen = [row for row in rows if row["language"] == language]
        found = repeated([(row["passage"], row["other"]) for row in chosen])
        same = [row["same"] == "1" for row in chosen]
        recall, precision = scores(same, found)
        yield Figure("cjk", f"recall of rewordings, {name}", recall, sum(same))
        yield Figure("cjk", f"precision of rewordings, {name}", precision, sum(found))


def share_holding(text: str, matches: Sequence[Match], known: int) -> float:
    """Return how many of the places shown hold a text as it is, in the passage or its headings, of those `known`."""
    holding = [
        text in match.place.text or any(text in heading.title for heading in match.place.headings) for match in matches
    ]
    return min(1.0, sum(holding[:SHOWN]) / min(SHOWN, known)) if known else 0.0


def repeated(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Tell which pairs a workspace calls duplicates: near enough to be looked at, and repeating each other then."""
    vectors = OnnxEmbedder().embed([text for pair in pairs for text in pair], "passage")
    cosines = (vectors[::2] * vectors[1::2]).sum(axis=1).tolist()
    return [
        cosine >= MULTILINGUAL_E5_SMALL.near_duplicate_cosine and classify(first, second, cosine).kind in REPEATS
        for (first, second), cosine in zip(pairs, cosines, strict=True)
    ]


def scores(same: Sequence[bool], found: Sequence[bool]) -> tuple[float, float]:
    """Return recall and precision; precision is 1 when nothing was found."""
    right = sum(one and other for one, other in zip(same, found, strict=True))
    return right / sum(same), right / sum(found) if any(found) else 1.0


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
