"""How sentences went on."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seealso.lsp.beginning import Beginning, beginning
from seealso.lsp.endings import MAX_PLACES, Endings, endings
from seealso.lsp.sentences import sentences
from seealso.model import PassageKind, Place
from seealso.text import markdown, plain, rst
from seealso.text.base import Format
from seealso.text.prose import collapse


def place(text: str, path: str = "a.md", kind: PassageKind = PassageKind.PARAGRAPH) -> Place:
    return Place(path, 3, 4, kind, text)


def begun(text: str) -> Beginning:
    found = beginning([text], markdown.FORMAT)
    assert found is not None
    return found


def ways(found: Endings) -> list[tuple[str, int]]:
    return [(ending.text, ending.votes) for ending in found.found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Stop the ser", "vice before you go.", id="in a word"),
        pytest.param("Stop the service", " before you go.", id="after a word"),
        pytest.param("Stop the service ", "before you go.", id="after a space"),
        pytest.param("stop THE ser", "vice before you go.", id="in another case"),
        pytest.param("**Stop** the *ser", "vice before you go.", id="with markup"),
        pytest.param("Stop the serv ", None, id="a word that ends elsewhere"),
        pytest.param("Now stop the ser", None, id="another beginning"),
        pytest.param("Stop the service before you go.", None, id="nothing is missing"),
    ],
)
def test_what_is_missing(text: str, expected: str | None) -> None:
    found = endings(begun(text), [place("Wait. Stop the service before you go. Then go.")])
    assert [ending.text for ending in found.found] == ([expected] if expected else [])


def test_most_places_have_to_agree() -> None:
    start = begun("Stop the ser")
    one, other, end = place("Stop the service."), place("Stop the server."), place("Stop the ser")
    assert ways(endings(start, [one, other, one])) == [("vice.", 2), ("ver.", 1)]
    assert (clear := endings(start, [one, other, one]).clear(start)) is not None
    assert clear.text == "vice."
    assert endings(start, [one, other]).clear(start) is None, "it may be either"
    assert endings(start, [one, end]).clear(start) is None, "it may be over"
    assert endings(start, []).clear(start) is None
    assert endings(start, [place("Nothing like it.")]).clear(start) is None


def test_one_place_has_one_vote_for_each_way() -> None:
    twice = place("Stop the service. Stop the service. Stop the server.")
    assert ways(endings(begun("Stop the ser"), [twice])) == [("vice.", 1), ("ver.", 1)]


def test_a_few_of_a_sample_say_little() -> None:
    start = begun("Stop the ser")
    one, other = place("Stop the service."), place("Nothing like it.")
    assert endings(start, [one] * (MAX_PLACES // 2 - 1) + [other] * (MAX_PLACES // 2 + 1)).clear(start) is None
    assert endings(start, [one] * (MAX_PLACES // 2) + [other] * (MAX_PLACES // 2)).clear(start) is not None
    assert endings(start, [one] * 2 + [other] * (MAX_PLACES - 3)).clear(start) is not None, "these are all there are"


def test_one_place_says_little_until_much_of_its_sentence_is_written() -> None:
    sentence = place("Stop the service before you restore a backup.")
    for text, clear in (("Stop the service before you re", False), ("Stop the service before you restore ", True)):
        start = begun(text)
        assert (endings(start, [sentence]).clear(start) is not None) is clear
        assert endings(start, [sentence, sentence]).clear(start) is not None


@pytest.mark.parametrize("kind", [PassageKind.LIST, PassageKind.TABLE])
def test_items_of_lists_are_sentences(kind: PassageKind) -> None:
    listed = place("Go there; Stop the service; Wait a bit. Then go on", kind=kind)
    assert ways(endings(begun("Stop the ser"), [listed])) == [("vice", 1)]
    assert ways(endings(begun("Wait a b"), [listed])) == [("it.", 1)]


def test_a_semicolon_in_a_paragraph_is_one() -> None:
    assert ways(endings(begun("Stop the ser"), [place("Stop the service; wait.")])) == [("vice; wait.", 1)]


def test_the_word_before_the_cursor_as_it_is_spelled_there() -> None:
    (ending,) = endings(begun("open the FIRE"), [place("Open the Firewall now.")]).found
    assert ending.with_word("FIRE") == "Firewall now."
    assert ending.with_word("") == "wall now."
    assert ending.sentence == "Open the Firewall now."


PIECES = [
    *(
        "--",
        "---",
        "-",
        " - ",
        " -- ",
        "—",
        "...",
        "…",
        ". ",
        "? ",
        "! ",
        ".",
        ",",
        ", ",
        ";",
        ": ",
        "/",
        "'",
        '"',
        "(",
        ")",
        ".",
    ),
    *(
        "*",
        "_",
        "~",
        "=",
        "|",
        "<",
        ">",
        "&",
        "\\",
        "[",
        "]",
        "。",
        "」",
        "！",
        "é",
        "B",
        "ß",
        " the",
        " word",
        " go",
        " 12",
        "安装",
    ),
]
WRITING = st.lists(st.sampled_from(PIECES), min_size=2, max_size=12).map(
    lambda pieces: "Now the word" + "".join(pieces)
)


@pytest.mark.parametrize("syntax", [markdown.FORMAT, rst.FORMAT, plain.FORMAT], ids=["markdown", "rst", "plain"])
@given(data=st.data())
def test_a_text_cut_anywhere_at_or_after_the_minimum_goes_on_as_itself(syntax: Format, data: st.DataObject) -> None:
    text = collapse(data.draw(WRITING))
    read = syntax.segmenter().segment(text.encode())
    assume([passage.text for passage in read.passages] == [text])  # no markup: what is typed is what is indexed
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at)
        for cut in range(at + 1, at + len(sentence)):
            start = beginning([text[:cut]], syntax)
            assert start is not None
            if start.is_long_enough:
                rest = text[cut : at + len(sentence)]
                found = [ending.text for ending in endings(start, [place(text)]).found]
                assert (rest.lstrip() if text[cut - 1] == " " else rest) in found
        at += len(sentence)
