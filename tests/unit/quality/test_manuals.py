"""The paragraphs that were changed between two releases of a manual."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bench.fetching import FetchError
from quality import manuals
from quality.manuals import Manual, changed, long_enough, read, word_overlap
from seealso.model import Passage
from seealso.text import rst

MANUAL = Manual("Kiln", "kiln", ("1.0", "2.0"), "doc", ("changes/", "authors.rst"))

FIRING = "The kiln is fired twice a day, once before noon and once in the evening, when power is cheap."
FIRED = "Twice a day, before noon and in the evening when power is cheap, somebody has to fire the kiln."
GLAZE = "Glazes that hold lead are kept in the cupboard by the door, which stays locked at all times."
COOLING = "Nobody opens the lid while the inside of it is hotter than a hundred degrees, whatever the hurry."
COOLED = "While it is hotter than a hundred degrees inside, the lid stays shut, whatever the hurry may be."
SHORT = "Wear gloves."


def document(*paragraphs: str, title: str = "Kiln") -> dict[str, tuple[Passage, ...]]:
    text = "\n\n".join((f"{title}\n{'=' * len(title)}", *paragraphs))
    return {"kiln.rst": rst.FORMAT.segmenter().segment(text.encode()).passages}


def texts(old: dict[str, tuple[Passage, ...]], new: dict[str, tuple[Passage, ...]]) -> list[tuple[str, str]]:
    return [(pair.old, pair.new) for pair in changed(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param([FIRING, GLAZE], [FIRED, GLAZE], [(FIRING, FIRED)], id="before-the-same"),
        pytest.param([GLAZE, FIRING, SHORT], [GLAZE, FIRED, SHORT], [(FIRING, FIRED)], id="between-the-same"),
        pytest.param(
            [FIRING, COOLING, GLAZE],
            [FIRED, COOLED, GLAZE],
            [(FIRING, FIRED), (COOLING, COOLED)],
            id="two-in-a-row",
        ),
        pytest.param([FIRING, GLAZE], [FIRING, GLAZE], [], id="the-same"),
        pytest.param([FIRING, GLAZE], [FIRED, COOLED, GLAZE], [], id="one-became-two"),
        pytest.param([FIRING, GLAZE], [GLAZE, FIRED], [], id="moved-and-changed"),
        pytest.param([FIRING, GLAZE], [COOLED, GLAZE, FIRING], [], id="still-there"),
        pytest.param([FIRING, GLAZE], [SHORT, GLAZE], [], id="too-short"),
    ],
)
def test_changed(old: list[str], new: list[str], found: list[tuple[str, str]]) -> None:
    assert texts(document(*old), document(*new)) == found


def test_other_sections_and_documents_are_not_compared() -> None:
    old = document(FIRING, GLAZE)
    assert texts(old, document(FIRED, GLAZE, title="Oven")) == []
    assert texts(old, {"oven.rst": document(FIRED, GLAZE)["kiln.rst"]}) == []


def test_a_section_written_anew_is_left_out() -> None:
    old = [f"{FIRING} This is said in paragraph {number}." for number in range(manuals.MAX_REPLACED + 1)]
    new = [f"{FIRED} This is said in paragraph {number}." for number in range(manuals.MAX_REPLACED + 1)]
    assert texts(document(*old), document(*new)) == []
    assert len(texts(document(*old[1:]), document(*new[1:]))) == manuals.MAX_REPLACED


def test_places_of_long_texts() -> None:
    documents = {**document(FIRING, SHORT), "again.rst": document(FIRING)["kiln.rst"]}
    assert long_enough(documents) == {FIRING: ("kiln.rst", "again.rst")}


def test_word_overlap() -> None:
    assert word_overlap("The lid, the lid.", "the lid") == pytest.approx(2 / 3)
    assert word_overlap("...", "...") == 0.0


def archive(folder: Path, release: str, files: dict[str, str]) -> None:
    root = folder / f"kiln-{release}"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    with tarfile.open(folder / f"kiln-{release}.tar.gz", "w:gz") as sources:
        sources.add(root, root.name)


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEEALSO_BENCH_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(manuals, "_download", lambda package, release, to: tmp_path / f"{package}-{release}.tar.gz")
    return tmp_path


def test_documents_are_unpacked_once_and_changes_left_out(archives: Path) -> None:
    files = {"doc/use/kiln.txt": FIRING, "doc/changes/1.rst": GLAZE, "doc/authors.rst": GLAZE, "src/kiln.rst": GLAZE}
    archive(archives, "1.0", files)
    assert [passage.text for passage in read(MANUAL, "1.0")["use/kiln.txt"]] == [FIRING]
    (archives / "kiln-1.0.tar.gz").unlink()
    assert read(MANUAL, "1.0").keys() == {"use/kiln.txt"}


def test_another_layout_is_told_and_nothing_kept(archives: Path) -> None:
    archive(archives, "1.0", {"documentation/kiln.rst": FIRING})
    with pytest.raises(FetchError, match="layout"):
        read(MANUAL, "1.0")
    archive(archives, "1.0", {"doc/kiln.rst": FIRING})
    assert read(MANUAL, "1.0").keys() == {"kiln.rst"}
