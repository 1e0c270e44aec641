"""What is offered where."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.lsp import completions, snippets
from seealso.lsp.completions import Context
from seealso.lsp.endings import Ending, Endings
from seealso.lsp.sentences import Written
from seealso.lsp.titles import Named, Title, named
from seealso.model import Heading, Match, PassageKind, Place
from seealso.text import markdown, rst


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("See |", Context("any", "", ""), id="after a space"),
        pytest.param("See inst|", Context("any", "inst", "inst"), id="in a word"),
        pytest.param("Über-groß|", Context("any", "Über-groß", "Über-groß"), id="a word with letters beyond ASCII"),
        pytest.param("See [|", Context("link", "", "["), id="bracket"),
        pytest.param("See [|]", Context("link", "", "[", 1), id="the editor closed it"),
        pytest.param("See [the inst|] and", Context("link", "the inst", "[the inst", 1), id="words in brackets"),
        pytest.param("See [[no|]]", Context("wiki", "no", "[[no", 2), id="wiki"),
        pytest.param("[a](b) [|", Context("link", "", "["), id="after a finished link"),
        pytest.param("- [|", Context("link", "", "["), id="a link in a list"),
        pytest.param("- [x|", None, id="a task"),
        pytest.param("![|", None, id="an image"),
        pytest.param(r"\[|", Context("any", "", ""), id="an escaped bracket"),
        pytest.param("[te|xt](x.md)", None, id="the text of a link that has its target"),
        pytest.param("[te|](x.md)", None, id="at its end"),
        pytest.param("run `ls [|", None, id="code"),
        pytest.param("`code` [|", Context("link", "", "["), id="after code"),
    ],
)
def test_contexts_in_markdown(line: str, expected: Context | None) -> None:
    prefix, suffix = line.split("|")
    assert completions.context(prefix, suffix, markdown=True) == expected


def test_two_brackets_are_no_wiki_link_elsewhere() -> None:
    found = completions.context("[[x", "", markdown=False)
    assert found == Context("link", "x", "[[x")


@pytest.mark.parametrize("prefix", ["xref:a.adoc[", "\\section[sho"])
def test_a_bracket_behind_a_word_begins_no_link(prefix: str) -> None:
    assert completions.context(prefix, "", markdown=False) is None
    assert completions.context(f"{prefix}] [", "", markdown=False) == Context("link", "", "[")


def test_a_short_beginning_is_about_what_the_paragraph_before_is_about() -> None:
    assert completions.subject("See the ", "Restoring takes long.") == "Restoring takes long. See the"
    long = "Restoring a whole computer takes about two hours."
    assert completions.subject(long, "Something else.") == long
    assert completions.subject("", "") == ""


@pytest.mark.parametrize(
    ("paragraph", "typed", "left"),
    [
        pytest.param("Stop the serv", "serv", "Stop the ", id="a word"),
        pytest.param("Stop the ", "", "Stop the ", id="none"),
        pytest.param("Es ist Über-gro", "Über-gro", "Es ist ", id="with a hyphen"),
        pytest.param("停止服务然后恢复", "停止服务然后恢复", "停止服务然后恢复", id="a Chinese sentence"),
        pytest.param("หยุดบริการก่อนกู้คืน", "หยุดบริการก่อนกู้คืน", "หยุดบริการก่อนกู้คืน", id="a Thai one"),
    ],
)
def test_a_word_that_is_being_typed_says_little(paragraph: str, typed: str, left: str) -> None:
    assert completions.finished(paragraph, typed) == left


def heading(title: str, level: int = 2, line: int = 30) -> Heading:
    return Heading(title, level, line, title.lower().replace(" ", "-"))


def match(path: str, text: str, *titles: str, score: float = 0.5) -> Match:
    headings = tuple(heading(title, level) for level, title in enumerate(titles, 2))
    return Match(Place(path, 40, 41, PassageKind.PARAGRAPH, text, headings), score, None, 0.0)


HEADINGS = [
    ("a.md", heading("Installing on Linux")),
    ("b.md", heading("How to install", line=8)),
    ("guide/c.md", heading("Install", 1, 0)),
    ("d.md", heading("Removing")),
]


def headings(typed: str) -> list[Named]:
    return list(named(typed, [Title(heading.title.casefold(), path, heading) for path, heading in HEADINGS]))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("inst", [True, False, True], id="a beginning"),
        pytest.param("LINUX on", [False], id="words in any order and case"),
        pytest.param("on linux", [False], id="whole words"),
        pytest.param("boat", [], id="none"),
    ],
)
def test_titles_are_found_by_their_words(typed: str, expected: list[bool]) -> None:
    assert [found.begins for found in headings(typed)] == expected


def test_titles_that_begin_with_the_words_come_first_then_what_is_related() -> None:
    related = [match("e.md", "x", "Setup"), match("a.md", "y", "Installing on Linux")]
    found = completions.link_proposals(
        "guide/x.md", markdown.FORMAT, related, headings("inst"), near=related, wiki=False
    )
    assert [proposal.text for proposal in found] == [
        "[Installing on Linux](../a.md#installing-on-linux)",
        "[Install](c.md)",
        "[How to install](../b.md#how-to-install)",
        "[Setup](../e.md#setup)",
    ]
    assert [proposal.editable for proposal in found] == ["Installing on Linux", "Install", "How to install", "Setup"]
    assert found[0].place == related[1].place


def test_links_in_restructuredtext() -> None:
    found = completions.link_proposals("guide/x.rst", rst.FORMAT, [match("a.rst", "x")], (), near=(), wiki=False)
    assert [proposal.text for proposal in found] == [":doc:`a <../a>`"]


def test_wiki_links_name_the_document_and_the_heading() -> None:
    found = completions.link_proposals("x.md", markdown.FORMAT, [], headings("install"), near=(), wiki=True)
    assert [proposal.text for proposal in found] == ["[[guide/c]]", "[[a#Installing on Linux]]", "[[b#How to install]]"]


@pytest.mark.parametrize(
    ("path", "title", "expected"),
    [
        pytest.param("a.md", "C# | F# [old] ^1", "[[a#C F old 1]]", id="signs in a heading"),
        pytest.param("a.md", "###", "[[a]]", id="nothing but signs"),
        pytest.param("c#.md", "Use", "[Use](c%23.md#use)", id="a file name wiki links cannot have"),
    ],
)
def test_wiki_links_hold_no_signs_of_their_own(path: str, title: str, expected: str) -> None:
    found = completions.link_proposals("x.md", markdown.FORMAT, [match(path, "x", title)], (), near=(), wiki=True)
    assert [proposal.text for proposal in found] == [expected]


def test_a_section_is_offered_once() -> None:
    related = [match("e.md", "x", "Setup"), match("e.md", "y", "Setup")]
    assert len(completions.link_proposals("x.md", markdown.FORMAT, related, (), near=(), wiki=False)) == 1


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param(["[[Note]]"], True, id="wiki"),
        pytest.param(["note.md", "Note"], False, id="paths"),
        pytest.param(["[[Note]]", "[[Other#Part]]", "note.md"], True, id="most"),
        pytest.param(["https://example.org", "#part"], None, id="none between documents"),
        pytest.param([], None, id="none at all"),
    ],
)
def test_what_links_look_like(links: list[str], expected: bool | None) -> None:
    assert completions.links_as_wikis_do(links) is expected


def test_quotes_name_their_source() -> None:
    found = completions.quote_proposals("x.md", markdown.FORMAT, [match("a.md", "Said.", "S")], on_own_line=True)
    assert [proposal.text for proposal in found] == ["> Said.\n>\n> — [S](a.md#s)"]
    inside = completions.quote_proposals("x.md", markdown.FORMAT, [match("a.md", "Said.", "S")], on_own_line=False)
    assert inside[0].text == "\n\n> Said.\n>\n> — [S](a.md#s)"


EARLIER = match("a.md", "Stop the server first. Then copy the data folder. Start the server again.", score=0.6)
NEXT = Place("a.md", 50, 50, PassageKind.PARAGRAPH, "Check the log. It names errors.")


def no_place(_place: Place) -> Place | None:
    return None


@pytest.mark.parametrize(
    ("so_far", "typed", "gap", "expected"),
    [
        pytest.param(
            Written("Now stop the server.", ""), "", " ", [" Then copy the data folder."], id="after a sentence"
        ),
        pytest.param(
            Written("Now stop the server.", "Then co"), "co", "", ["copy the data folder."], id="in the next one"
        ),
        pytest.param(Written("", "Start the ser"), "ser", "", ["server again."], id="a sentence that begins the same"),
        pytest.param(Written("", "Start"), "Start", "", [], id="one short word says nothing"),
        pytest.param(Written("Buy some milk.", ""), "", "", [], id="nothing alike"),
    ],
)
def test_continuations(so_far: Written, typed: str, gap: str, expected: list[str]) -> None:
    found = completions.continuations(so_far, typed, gap, [EARLIER], no_place)
    assert [proposal.text for proposal in found] == expected


def test_a_continuation_goes_on_in_the_next_passage() -> None:
    so_far = Written("Start the server again.", "")
    found = completions.continuations(so_far, "", "", [EARLIER], lambda _place: NEXT)
    assert [(proposal.text, proposal.place) for proposal in found] == [("Check the log.", NEXT)]


def test_the_rests_of_a_sentence_keep_the_word_before_the_cursor() -> None:
    endings = tuple(
        Ending(text, f"Open the {word}{text}", NEXT, votes)
        for word, text, votes in (("Fire", "wall.", 5), ("fire", " exit.", 3), ("fire", "place.", 2), ("fire", "!", 1))
    )
    found = completions.rests(Endings(endings, 11, 11), "fire")
    assert [(proposal.text, proposal.editable) for proposal in found] == [
        ("Firewall.", "wall."),
        ("fire exit.", "exit."),
        ("fireplace.", "place."),
    ]
    assert found[0].label == "Open the Firewall."
    assert completions.rests(Endings((), 0, 0), "fire") == []


@pytest.mark.parametrize(
    ("before", "gap"),
    [
        pytest.param("Done.", " ", id="right after a full stop"),
        pytest.param("Done. ", "", id="after a space"),
        pytest.param("完成。", "", id="Chinese writes no space"),
        pytest.param("", "", id="on an empty line"),
    ],
)
def test_the_gap_before_a_new_sentence(before: str, gap: str) -> None:
    assert completions.gap_after(before) == gap


def unescaped(snippet: str) -> str:
    """Read a snippet as a client does: stops give their text."""
    return re.sub(
        r"\\([\\$}])|\$\{1:((?:\\.|[^\\}])*)\}|\$0",
        lambda found: found[1] or (unescaped(found[2]) if found[2] is not None else ""),
        snippet,
    )


@given(st.text(st.sampled_from("a$}{\\ \n0"), max_size=20), st.text(st.sampled_from("a$}\\"), max_size=3))
def test_a_snippet_inserts_its_text(text: str, editable: str) -> None:
    assert unescaped(snippets.with_stop(text, editable)) == text


def test_a_snippet_selects_what_may_change() -> None:
    assert snippets.with_stop("[A $ b](x.md)", "A $ b") == r"[${1:A \$ b}](x.md)$0"
