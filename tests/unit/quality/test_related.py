"""What is asked, and what counts as right, when related content is measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quality.related import Library, elsewhere, measure, precision, rank_of, reciprocal_rank
from seealso.model import Segmentation
from seealso.text.registry import format_for

LONG = "Passage {} of this document is long enough to be asked about, since it has more than twelve words."


def read(text: str) -> Segmentation:
    markdown = format_for("page.md")
    assert markdown is not None
    return markdown.segmenter().segment(text.encode())


def page(name: str, passages: int = 7) -> Segmentation:
    body = "\n\n".join(LONG.format(f"{name}{number}") for number in range(passages))
    return read(f"# The page {name}\n\nShort.\n\n## Details of {name}\n\n{body}\n")


LIBRARY = Library(
    {
        "a/one.md": page("one"),
        "a/two.md": page("two"),
        "a/three.md": page("three", 2),
        "b/four.md": page("four"),
    }
)


def texts(name: str, *numbers: int) -> list[str]:
    return [LONG.format(f"{name}{number}") for number in numbers]


def test_long_passages_of_documents_with_others_are_asked_about() -> None:
    asked = LIBRARY.passages()
    assert {one.path for one in asked} == {"a/one.md", "a/two.md", "b/four.md"}
    assert [one.passage.text for one in asked if one.path == "a/two.md"] == texts("two", *range(7))


def test_a_passage_is_asked_about_only_where_its_line_finds_it() -> None:
    passages = page("one").passages
    first, second = passages[1:3]
    library = Library(
        {"a.md": Segmentation((*passages[:2], replace(second, start_line=first.end_line), *passages[3:]), ())}
    )
    assert {one.passage.text for one in library.passages()} == set(texts("one", 0, 2, 3, 4, 5, 6))


def test_titles_find_what_is_anywhere_below_them() -> None:
    titles = LIBRARY.titles()
    assert titles["Details of three"] == set(texts("three", 0, 1))
    assert titles["The page three"] == {"Short.", *texts("three", 0, 1)}
    assert (
        "Twice the same" not in Library({"a.md": read("# Twice the same\n\nA.\n\n# Twice the same\n\nB.\n")}).titles()
    )


def test_precision_counts_what_is_missing_as_wrong() -> None:
    assert precision(["a", "b", "x"], {"a", "b", "c"}) == pytest.approx(0.4)
    assert precision(["a", "x", "y", "z", "b", "c"], {"a", "b", "c"}) == pytest.approx(0.4)


def test_section_and_document_are_told_apart() -> None:
    (asked,) = [one for one in LIBRARY.passages() if one.passage.text == texts("one", 0)[0]]
    found = measure(LIBRARY, [asked], lambda _: [*texts("one", 1, 2), "Short.", *texts("four", 1, 2)])
    assert found.section == pytest.approx((0.4, 1))
    assert found.document == pytest.approx((0.6, 1))


def test_elsewhere_shows_two_of_each_other_document() -> None:
    ranked = [*texts("one", 1), *texts("two", 1, 2, 3), *texts("four", 1)]
    assert elsewhere(LIBRARY, "a/one.md", ranked) == [*texts("two", 1, 2), *texts("four", 1)]


def test_a_folder_of_some_documents_may_have_a_subject() -> None:
    folders = {str(folder): found for folder, found in LIBRARY.of_folder.items()}
    assert folders.keys() == {"a"}
    assert set(texts("three", 0, 1)) < folders["a"]


def test_ranks() -> None:
    assert rank_of({"b"}, ["a", "b", "b"]) == 2
    assert rank_of({"c"}, ["a"]) == 0
    assert reciprocal_rank([1, 0, 2]) == pytest.approx(0.5)
