"""Pairs of passages judged by hand: does one repeat the other?

`data/duplicate_labels.tsv` holds pairs from manuals in two sets: `releases` are paragraphs changed from one release
to another (a sample, found by place alone), `neighbours` are near each other inside the newest release: what the second
look flagged at some time (of Django's first 205 a sample of 130), and a sample of what it did not. Each was read and
judged by this guideline, not by its cosine or its overlap:

- `duplicate`: who has read one learns nothing essential from the other, and who maintains both would want to be told.
  A text that contains the other is one too, and so is one that repeats its leading statement while a minor one differs
  (an aside, a detail of an example, a later sentence).
- `parallel`: the same frame around another subject, number, name or value, or the contrary.
- `different`: anything else, also what merely belongs together (rule and example, problem and solution).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seealso.model import Passage, content_hash

FILE = Path(__file__).parent / "data" / "duplicate_labels.tsv"
DUPLICATE = "duplicate"
LABELS = (DUPLICATE, "parallel", "different")
SOURCES = ("releases", "neighbours")


@dataclass(frozen=True, slots=True)
class Label:
    """What a pair of passages is."""

    source: str
    manual: str
    label: str
    first: str
    """As `key` names it; no greater than that of the second."""
    second: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.first, self.second


def key(text: str) -> str:
    """Return what a clean text is known by in the labels."""
    return content_hash(text).hex()[:12]


def read(file: Path = FILE) -> list[Label]:
    """Return all labels."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Label(row["source"], row["manual"], row["label"], row["first"], row["second"]) for row in rows]


def texts(releases: Sequence[Mapping[str, Sequence[Passage]]]) -> dict[str, str]:
    """Return the clean texts of some releases by what they are known by."""
    return {key(one.text): one.text for documents in releases for passages in documents.values() for one in passages}
