"""Measure how good what is found is, and print one table: `PYTHONPATH=tests:server python -m quality [TASK ...]`.

What is read is fetched at first, and kept; a task whose documents or models cannot be had is named, and the others
are measured all the same. `--json FILE` keeps the figures, `--compare FILE` shows what has changed
since some were kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.fetching import FetchError
from quality import boilerplate, calibration, cjk, crosslingual, figures, questions, related, rewordings
from seealso.embed.onnx import OnnxEmbedder

TASKS: dict[str, Callable[[], Iterable[figures.Figure]]] = {
    "boilerplate": boilerplate.figures,
    calibration.TASK: calibration.figures,
    "cjk": cjk.figures,
    "cross-lingual": crosslingual.figures,
    "questions": questions.figures,
    "related": related.figures,
    rewordings.TASK: rewordings.figures,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"some of {', '.join(TASKS)}; all by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="show the change since these were written")
    options = parser.parse_args()
    if unknown := [task for task in options.tasks if task not in TASKS]:
        parser.error(f"no such task: {', '.join(unknown)}")
    try:
        before = figures.read(options.compare) if options.compare else []
    except (OSError, ValueError) as error:
        parser.error(str(error))
    found: list[figures.Figure] = []
    missing: list[str] = []
    for task in options.tasks or TASKS:
        started = time.monotonic()
        try:
            found += TASKS[task]()
        except FetchError as error:
            missing.append(f"{task}: {error}")
        print(f"{task}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(figures.table(found, before))
    if options.json:
        figures.write(options.json, found, commit=_commit(), model=OnnxEmbedder().info.id)
    if missing:
        sys.exit("\n".join(missing))


def _commit() -> str:
    """Return what is checked out, as git describes it."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
