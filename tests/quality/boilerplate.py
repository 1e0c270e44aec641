"""How often manuals that repeat the same notices page after page are warned about duplicates.

A warning is what an editor shows under a passage that stands elsewhere, or nearly so, in documents that are not open.
Boilerplate is told from it by the number of documents it stands in, and is not warned about. Most of what is warned
about are copies in two or three documents, which a writer wants to know of: notices are counted apart.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from quality.figures import Figure
from quality.notices import manuals
from seealso.model import DuplicateFinding
from seealso.workspace import Workspace

TARGET = 5.0
"""Warnings in 1,000 passages."""
NOTICE_DOCUMENTS = 5
"""What stands in so many documents reads as a notice, whether or not the workspace takes it for one."""


def figures() -> Iterator[Figure]:
    """Yield the warnings in 1,000 passages of each manual, and of all together.

    Raises `FetchError` when a manual cannot be had.
    """
    passages = warned = notices = 0
    found = []
    for name, folder in manuals().items():
        count, findings = findings_of(folder)
        warnings = [(path, one) for path, one in findings if not one.boilerplate]
        passages, warned = passages + count, warned + len(warnings)
        notices += sum(documents(path, one) >= NOTICE_DOCUMENTS for path, one in warnings)
        found.append(Figure("boilerplate", f"warnings a thousand, {name}", 1000 * len(warnings) / count, count))
    yield Figure("boilerplate", "warnings a thousand", 1000 * warned / passages, passages, TARGET, at_most=True)
    yield Figure("boilerplate", "of notices", 1000 * notices / passages, passages)
    yield from found


def documents(path: str, finding: DuplicateFinding) -> int:
    """Return in how many documents the text of a finding stands, or nearly."""
    return len({path, *(place.path for place in finding.others)})


def findings_of(folder: Path) -> tuple[int, list[tuple[str, DuplicateFinding]]]:
    """Return how many passages a folder has, and what is found to be repeated, with the path it stands in."""
    with closing(Workspace.open(folder)) as workspace:
        workspace.update()
        closed = workspace.closed_findings()
        assert closed is not None
        findings = [(path, one) for path, document in closed.documents.items() for one in document.findings]
        return workspace.status().passages, findings


def main() -> None:
    """Show some of the warnings, for the eye to judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=15, help="warnings shown of each manual")
    options = parser.parse_args()
    for name, folder in manuals().items():
        count, findings = findings_of(folder)
        warnings = [(path, one) for path, one in findings if not one.boilerplate]
        print(f"\n==== {name}: {count} passages, {len(findings) - len(warnings)} boilerplate, {len(warnings)} warnings")
        for path, one in random.Random(1).sample(warnings, min(options.sample, len(warnings))):
            print(f"-- {one.kind.value} {one.score:.2f} {path}:{one.passage.start_line + 1}, {len(one.others)} others")
            print(f"   A {one.passage.text[:300]}")
            print(f"   B {one.others[0].path}: {one.others[0].text[:300]}")


if __name__ == "__main__":
    main()
