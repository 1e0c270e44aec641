"""Sentences, and which one was closest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.lsp.sentences import Written, closest, finished, overlap, rest_of, sentences, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="plain"),
        pytest.param("Use e.g. Foo. See Fig. 3 for it.", ["Use e.g. Foo.", "See Fig. 3 for it."], id="abbreviations"),
        pytest.param("Version 3. Then 4.5 came.", ["Version 3. Then 4.5 came."], id="numbers"),
        pytest.param("He said “go.” Then left.", ["He said “go.”", "Then left."], id="closing quotes"),
        pytest.param("安装软件包。然后重启。", ["安装软件包。", "然后重启。"], id="Chinese"),
        pytest.param("Wait... what? Äh. Über.", ["Wait... what?", "Äh.", "Über."], id="capitals beyond ASCII"),
        pytest.param("no end", ["no end"], id="no end"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(st.sampled_from("aB .!?。」1\"'"), max_size=80))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        pytest.param("First one. Second one.", Written("Second one.", ""), id="after a full stop"),
        pytest.param("First one.\nSecond  on", Written("First one.", "Second on"), id="in a sentence"),
        pytest.param("Only a begin", Written("", "Only a begin"), id="the first sentence"),
        pytest.param("See e.g.", Written("", "See e.g."), id="after an abbreviation"),
        pytest.param("安装。", Written("安装。", ""), id="Chinese"),
        pytest.param("  ", Written("", ""), id="blank"),
    ],
)
def test_what_is_written(paragraph: str, expected: Written) -> None:
    assert written(paragraph) == expected


def test_a_finished_paragraph_may_end_without_a_mark() -> None:
    assert finished("First. A list; of things") == Written("A list; of things", "")
    assert finished("") == Written("", "")


def test_the_closest_sentence_shares_most_words() -> None:
    candidates = ["Restart the server.", "Then install the package with the tool.", "Install a package with the tool."]
    assert closest("Install the package with our tool.", candidates)[0] == 1
    assert closest("Install a package with the tool!", candidates) == (2, 1.0)
    assert closest("x", []) == (-1, 0.0)


def test_overlap_works_without_spaces() -> None:
    assert overlap("安装软件包", "卸载软件包") == pytest.approx(0.5)
    assert overlap("", "x") == 0.0


@pytest.mark.parametrize(
    ("sentence", "partial", "expected"),
    [
        pytest.param("Install the package.", "install the", " package.", id="case does not matter"),
        pytest.param("Install the package.", "", "Install the package.", id="nothing yet"),
        pytest.param("Install the package.", "Remove", None, id="another beginning"),
        pytest.param("Install.", "Install.", None, id="nothing left"),
    ],
)
def test_the_rest_of_a_sentence(sentence: str, partial: str, expected: str | None) -> None:
    assert rest_of(sentence, partial) == expected
