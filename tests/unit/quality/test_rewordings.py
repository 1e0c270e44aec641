"""How recall and precision of duplicates are counted, and that the labels can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality import duplicate_labels
from quality.duplicate_labels import LABELS, SOURCES, Label, key, texts
from quality.manuals import MANUALS
from quality.rewordings import HELD_OUT, Judged, flag, precision, recall
from seealso.model import DuplicateKind
from seealso.text import rst


def pair(source: str, label: str, *, overlap: float = 1.0, flagged: bool = False, first: str = "a") -> Judged:
    return Judged(Label(source, "Kiln", label, first, "b"), overlap, flagged)


def test_recall_counts_changed_duplicates_by_their_overlap() -> None:
    judged = [
        pair("releases", "duplicate", overlap=0.6, flagged=True),
        pair("releases", "duplicate", overlap=0.9),
        pair("releases", "duplicate", overlap=0.59),
        pair("releases", "parallel", flagged=True),
        pair("neighbours", "duplicate", flagged=True),
    ]
    assert recall(judged, many=True) == (0.5, 2)
    assert recall(judged, many=False) == (0.0, 1)
    assert recall([], many=True) == (0.0, 0)


def test_precision_counts_flagged_neighbours() -> None:
    labels = [
        Label("neighbours", "Kiln", "duplicate", "a", "b"),
        Label("neighbours", "Kiln", "parallel", "a", "c"),
        Label("neighbours", "Kiln", "duplicate", "a", "d"),
        Label("releases", "Kiln", "duplicate", "a", "e"),
    ]
    edited, reworded = DuplicateKind.EDITED, DuplicateKind.REWORDED
    flags = {("a", "b"): edited, ("a", "c"): reworded, ("a", "e"): edited}
    assert precision(flags, labels) == (0.5, 2, 1)
    assert precision(flags, labels, edited) == (1.0, 1, 1)
    assert precision({}, labels) == (0.0, 0, 0)


def test_a_pair_has_to_be_near_to_be_flagged() -> None:
    first = "The kiln is fired twice a day, once before noon and once in the evening."
    second = "The kiln is fired twice a day: once before noon, once in the evening."
    assert flag(first, second, 0.99) is DuplicateKind.EDITED
    assert flag(first, second, 0.93) is None
    assert flag(first, first.replace("twice", "three times"), 0.99) is None


def test_labels_are_complete() -> None:
    labels = duplicate_labels.read()
    assert {label.source for label in labels} == set(SOURCES)
    assert {label.label for label in labels} == set(LABELS)
    assert {label.manual for label in labels} == {manual.name for manual in MANUALS}
    assert HELD_OUT in {manual.name for manual in MANUALS}
    assert all(label.first < label.second for label in labels)
    assert len({(label.source, label.pair) for label in labels}) == len(labels)
    neighbours = [label for label in labels if label.source == "neighbours"]
    assert len(neighbours) >= 300


def test_every_label_has_its_reason_and_no_more_than_the_start_of_a_text() -> None:
    lines = duplicate_labels.FILE.read_text("utf-8").splitlines()
    columns = lines[0].split("\t")
    for line in lines[1:]:
        row = dict(zip(columns, line.split("\t"), strict=True))
        assert row["reason"]
        assert len(row["first_start"]) <= 60
        assert len(row["second_start"]) <= 60


def test_texts_are_known_by_their_content() -> None:
    passages = rst.FORMAT.segmenter().segment(b"One paragraph.\n\nAnother paragraph.").passages
    found = texts([{"a.rst": passages}])
    assert found == {key("One paragraph."): "One paragraph.", key("Another paragraph."): "Another paragraph."}


def test_labels_without_a_column_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("source\tmanual\nreleases\tKiln\n", "utf-8")
    with pytest.raises(KeyError):
        duplicate_labels.read(tmp_path / "labels.tsv")
