"""Measure what a lowest score takes from the answers to questions: `PYTHONPATH=tests python -m quality.questions`.

Questions about the handbook of the tests and about parts of the kernel's documentation, written by hand with the
documents that answer them, and questions that neither of them answers. Twenty places are looked at, as clients ask for.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from bench.fetching import FetchError
from quality.corpora import kernel_parts
from quality.figures import Figure
from seealso.model import Match
from seealso.workspace import Workspace
from seealso.worth import MIN_SCORE, MIN_SCORE_ASKED, worthwhile

HANDBOOK = Path(__file__).parents[1] / "data" / "handbook"
QUESTIONS = Path(__file__).parent / "data" / "questions.tsv"
KERNEL = (
    "power",
    "security",
    "scheduler",
    "block",
    "leds",
    "PCI",
    "watchdog",
    "sound",
    "filesystems/ext4",
    "admin-guide/cgroup-v1",
)
PLACES = 20

Answers = Sequence[tuple[dict[str, str], Sequence[Match]]]

LEAST = (0.0, 0.02, MIN_SCORE_ASKED, 0.1, MIN_SCORE, 0.3)


def figures() -> Iterator[Figure]:
    """Yield how good the order of the answers is, and how much nonsense is answered.

    Raises `FetchError` when the documents cannot be had.
    """
    for documents, folder in _folders():
        answers = _answers(documents, folder, words_only=False)
        ranks = _ranks([(row["answers"].split("|"), matches) for row, matches in answers if row["answers"]])
        nonsense = [worthwhile(matches, MIN_SCORE_ASKED) for row, matches in answers if not row["answers"]]
        yield Figure("questions", f"MRR, {documents}", _reciprocal(ranks), len(ranks))
        yield Figure("questions", f"right answer first, {documents}", ranks.count(1) / len(ranks), len(ranks))
        yield Figure(
            "questions", f"nonsense answered, {documents}", float(np.mean([*map(bool, nonsense)])), len(nonsense)
        )


def main() -> None:
    """Ask, and print a table by the lowest score for each folder."""
    try:
        folders = _folders()
    except FetchError as error:
        sys.exit(str(error))
    for documents, folder in folders:
        for words_only in (False, True):
            _measure(documents, _answers(documents, folder, words_only=words_only), words_only=words_only)


def _folders() -> list[tuple[str, Path]]:
    """Return what is asked about."""
    return [("handbook", HANDBOOK), ("kernel", kernel_parts("questions", KERNEL))]


def _answers(documents: str, folder: Path, *, words_only: bool) -> Answers:
    with closing(Workspace.open(folder)) as workspace, QUESTIONS.open(encoding="utf-8") as lines:
        workspace.update()
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["documents"] in (documents, "any")]
        return [(row, workspace.search(row["question"], PLACES, semantic=not words_only).matches) for row in rows]


def _measure(documents: str, answers: Answers, *, words_only: bool) -> None:
    print(f"{documents}, {'by words only' if words_only else 'by meaning and words'}")
    ranks = _ranks([(row["answers"].split("|"), matches) for row, matches in answers if row["answers"]])
    print(f"right answer first: {ranks.count(1)} of {len(ranks)}; mean reciprocal rank {_reciprocal(ranks):.3f}")
    print("least  questions answered  places shown  right ones  of nonsense: answered  places shown")
    for least in LEAST:
        print(_line(least, answers))


def _ranks(answers: Sequence[tuple[Sequence[str], Sequence[Match]]]) -> list[int]:
    """Return at which place, from 1, each question has its first right answer; 0 where it has none."""
    return [
        next((rank for rank, match in enumerate(matches, 1) if _is_right(match, wanted)), 0)
        for wanted, matches in answers
    ]


def _reciprocal(ranks: Sequence[int]) -> float:
    return sum(1 / rank for rank in ranks if rank) / len(ranks)


def _line(least: float, answers: Answers) -> str:
    real = [(row["answers"].split("|"), worthwhile(matches, least)) for row, matches in answers if row["answers"]]
    nonsense = [worthwhile(matches, least) for row, matches in answers if not row["answers"]]
    right = [sum(_is_right(match, wanted) for match in matches) for wanted, matches in real]
    shown, noise = sum(len(matches) for _, matches in real), sum(map(len, nonsense))
    return (
        f"{least:5.2f}  {sum(map(bool, right)):10} of {len(real)}  {shown:12}  {sum(right):10}"
        f"  {sum(map(bool, nonsense)):14} of {len(nonsense)}  {noise:12}"
    )


def _is_right(match: Match, wanted: Sequence[str]) -> bool:
    return any(match.place.path.startswith(path) for path in wanted)


if __name__ == "__main__":
    main()
