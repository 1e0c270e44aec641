"""Measure what a lowest score takes from the answers to questions: `PYTHONPATH=tests python -m quality.questions`.

Questions about the handbook of the tests and about parts of the kernel's documentation, written by hand with the
documents that answer them, and questions that neither of them answers. Twenty places are looked at, as clients ask for.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fetching import FetchError, cache
from bench.kernel_docs import kernel_docs
from seealso.corpus import CACHE_VARIABLE
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
LEAST = (0.0, 0.02, MIN_SCORE_ASKED, 0.1, MIN_SCORE, 0.3)


def main() -> None:
    """Ask, and print a table by the lowest score for each folder."""
    try:
        documents = kernel_docs()
    except FetchError as error:
        sys.exit(str(error))
    folder = cache() / "questions"
    os.environ.setdefault(CACHE_VARIABLE, str(folder / "cache"))
    kernel = folder / "kernel"
    if not kernel.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Beside its place, and moved there once it is complete.
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            for name in KERNEL:
                shutil.copytree(documents / name, Path(temporary) / "kernel" / name)
            (Path(temporary) / "kernel").rename(kernel)
    _measure("handbook", HANDBOOK)
    _measure("kernel", kernel)


def _measure(documents: str, folder: Path) -> None:
    workspace = Workspace.open(folder)
    workspace.update()
    with QUESTIONS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["documents"] in (documents, "any")]
    for words_only in (False, True):
        answers = [(row, workspace.search(row["question"], PLACES, semantic=not words_only).matches) for row in rows]
        print(f"{documents}, {'by words only' if words_only else 'by meaning and words'}")
        print(_order([(row["answers"].split("|"), matches) for row, matches in answers if row["answers"]]))
        print("least  questions answered  places shown  right ones  of nonsense: answered  places shown")
        for least in LEAST:
            print(_line(least, answers))
    workspace.close()


def _order(answers: Sequence[tuple[Sequence[str], Sequence[Match]]]) -> str:
    """Say how good the order is: how many questions have a right answer first, and the mean reciprocal rank."""
    ranks = [
        next((rank for rank, match in enumerate(matches, 1) if _is_right(match, wanted)), 0)
        for wanted, matches in answers
    ]
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    return f"right answer first: {ranks.count(1)} of {len(ranks)}; mean reciprocal rank {reciprocal:.3f}"


def _line(least: float, answers: Sequence[tuple[dict[str, str], Sequence[Match]]]) -> str:
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
