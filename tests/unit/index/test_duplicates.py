from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.index.duplicates import ENOUGH_LINKS, group
from seealso.index.pairs import Pair
from seealso.model import DuplicateGroup, DuplicateKind, PassageKind, Place

EXACT, EDITED, REWORDED, PARALLEL = DuplicateKind
WORDS = "one two three four five six seven eight nine ten eleven twelve"


def place(path: str, line: int = 0, text: str = WORDS) -> Place:
    return Place(path, line, line, PassageKind.PARAGRAPH, text)


def texts(names: str) -> dict[int, list[Place]]:
    """Return one text a letter, standing in a document of that name."""
    return {ord(name): [place(f"{name}.md")] for name in names}


def pair(names: str, kind: DuplicateKind = EDITED, score: float = 0.9) -> Pair:
    return Pair(ord(names[0]), ord(names[1]), kind, score)


def names(found: DuplicateGroup) -> str:
    return "".join(sorted({one.path[0] for one in found.places}))


def run(
    pairs: Sequence[Pair],
    places: Mapping[int, Sequence[Place]],
    kinds: Sequence[DuplicateKind] = (EXACT, EDITED, REWORDED),
    boilerplate_files: int = 8,
    min_words: int = 1,
) -> list[DuplicateGroup]:
    return group(pairs, places, kinds=kinds, boilerplate_files=boilerplate_files, min_words=min_words)


def clique(members: str) -> list[Pair]:
    return [pair(a + b) for n, a in enumerate(members) for b in members[n + 1 :]]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([pair("ab")], ["ab"], id="pair"),
        pytest.param([pair("ab"), pair("cd", score=0.8)], ["ab", "cd"], id="two-pairs"),
        pytest.param(clique("abcd"), ["abcd"], id="clique"),
        pytest.param([pair("ab", score=0.95), pair("bc")], ["ab", "bc"], id="chain-does-not-drift"),
        pytest.param([pair("ab"), pair("bc"), pair("cd")], ["ab", "cd"], id="longer-chain"),
        pytest.param([*clique("abc"), pair("cd")], ["abc", "cd"], id="one-link-is-not-enough"),
        pytest.param([*clique("abc"), pair("bd"), pair("cd")], ["abcd"], id="most-of-the-group-is-enough"),
        pytest.param([*clique("abcdef"), pair("dg"), pair("eg"), pair("fg")], ["abcdefg"], id="three-links-are-enough"),
        pytest.param([*clique("abcdef"), pair("eg"), pair("fg")], ["abcdef", "eg"], id="two-of-six-are-not"),
        pytest.param([pair("ab"), pair("ab", score=0.5), pair("ba")], ["ab"], id="repeated-pair"),
        pytest.param([pair("aa")], [], id="own-likeness"),
        pytest.param([pair("ab", kind=PARALLEL)], [], id="parallel-is-not-asked-for"),
    ],
)
def test_texts_are_grouped(pairs: list[Pair], expected: list[str]) -> None:
    assert [names(found) for found in run(pairs, texts("abcdefgh"))] == expected


def test_exact_copies_are_one_text_in_several_places() -> None:
    places = {1: [place("b.md", 7), place("a.md", 9), place("a.md", 3)], 2: [place("c.md")]}
    (found,) = run([], places)
    assert (found.kind, found.score, found.boilerplate) == (EXACT, 1.0, False)
    assert [(one.path, one.start_line) for one in found.places] == [("a.md", 3), ("a.md", 9), ("b.md", 7)]
    assert run([], places, kinds=(EDITED,)) == []


def test_every_place_of_a_text_follows_it_into_its_group() -> None:
    places = {1: [place("a.md"), place("b.md")], 2: [place("c.md")]}
    (found,) = run([Pair(1, 2, EDITED, 0.9)], places)
    assert (names(found), found.kind) == ("abc", EDITED)


def test_kind_and_score_are_those_of_the_weakest_link_needed() -> None:
    pairs = [pair("ab", score=0.97), pair("ac", REWORDED, 0.8), pair("bc", REWORDED, 0.7)]
    (found,) = run(pairs, texts("abc"))
    # C hangs on A by 0.8; that it is also like B, less so, weakens nothing.
    assert (found.kind, found.score) == (REWORDED, 0.8)


def test_parallel_texts_glue_nothing_together() -> None:
    pairs = [pair("ab"), pair("cd"), pair("bc", PARALLEL), pair("ac", PARALLEL), pair("ad", PARALLEL)]
    found = run(pairs, texts("abcd"), kinds=tuple(DuplicateKind))
    assert [(names(one), one.kind) for one in found][:2] == [("ab", EDITED), ("cd", EDITED)]
    assert {one.kind for one in found[2:]} == {PARALLEL}


@pytest.mark.parametrize(("files", "boilerplate"), [(7, False), (8, True), (9, True)])
def test_a_text_in_many_documents_is_boilerplate(files: int, boilerplate: bool) -> None:
    places = {1: [place(f"{number}.md", line) for number in range(files) for line in (1, 5)]}
    (found,) = run([], places)
    assert found.boilerplate is boilerplate
    assert len(found.places) == 2 * files


def test_copies_within_one_document_are_no_boilerplate() -> None:
    (found,) = run([], {1: [place("a.md", line) for line in range(20)]})
    assert not found.boilerplate


def test_edited_templates_are_boilerplate_too() -> None:
    (found,) = run(clique("abcdefgh"), texts("abcdefgh"))
    assert found.boilerplate


def test_copies_whose_parallels_stand_in_many_documents_are_boilerplate() -> None:
    siblings = {ord("a"): [f"{number}.md" for number in range(6)]}
    pairs, places = [pair("ab"), pair("cd")], texts("abcd")
    found = group(pairs, places, kinds=(EDITED,), boilerplate_files=8, siblings=siblings)
    assert [(names(one), one.boilerplate) for one in found] == [("cd", False), ("ab", True)]
    assert not any(
        one.boilerplate for one in group(pairs, places, kinds=(EDITED,), boilerplate_files=9, siblings=siblings)
    )


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        pytest.param(WORDS, True, id="long-enough"),
        pytest.param(WORDS.rpartition(" ")[0], False, id="one-word-short"),
        pytest.param("安装完成后请重新启动计算机否则新的驱动程序不会生效", True, id="han-characters-count-half"),
        pytest.param("请重新启动计算机", False, id="few-han-characters"),
    ],
)
def test_short_texts_are_left_out(text: str, counts: bool) -> None:
    places = {
        1: [place("a.md", text=text)],
        2: [place("b.md")],
        3: [place("c.md", text=text), place("d.md", text=text)],
    }
    found = run([Pair(1, 2, EDITED, 0.9)], places, min_words=12)
    assert [names(one) for one in found] == (["cd", "ab"] if counts else [])


def test_texts_that_stand_nowhere_are_left_out() -> None:
    assert run([pair("ab"), pair("bz")], texts("ab"))[0].places == (place("a.md"), place("b.md"))
    assert run([pair("az")], texts("a")) == []


def test_order_is_strongest_then_longest_then_boilerplate() -> None:
    longer = f"{WORDS} thirteen"
    places = {
        **texts("abcdef"),
        10: [place("k.md"), place("l.md")],
        11: [place("m.md", text=longer), place("n.md", text=longer)],
        12: [place(f"x{number}.md", text=longer) for number in range(9)],
    }
    pairs = [pair("ab", REWORDED, 0.99), pair("cd", EDITED, 0.8), pair("ef", EDITED, 0.9)]
    found = run(pairs, places)
    assert [names(one) for one in found] == ["mn", "kl", "ef", "cd", "ab", "x"]


ids = st.integers(0, 11)
random_pairs = st.lists(
    st.builds(Pair, ids, ids, st.sampled_from(list(DuplicateKind)[1:]), st.floats(0.01, 0.99)), max_size=40
)
standing = st.lists(st.integers(1, 3), min_size=12, max_size=12).map(
    lambda counts: {
        text: [place(f"{text}-{number}.md", number) for number in range(count)] for text, count in enumerate(counts)
    }
)


@settings(max_examples=300)
@given(random_pairs, standing, st.randoms(use_true_random=False))
def test_every_copy_is_in_a_group_whatever_the_order(
    pairs: list[Pair], places: dict[int, list[Place]], random: object
) -> None:
    kinds = tuple(DuplicateKind)
    found = run(pairs, places, kinds)
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert run(shuffled, places, kinds) == found
    for kind in kinds[1:]:
        for one in pairs:
            if one.kind is kind and one.first != one.second:
                family = PARALLEL if kind is PARALLEL else None
                for text in (one.first, one.second):
                    assert any(
                        places[text][0] in each.places and (each.kind is PARALLEL) == (family is PARALLEL)
                        for each in found
                    )
    assert all(len(each.places) >= 2 for each in found)


@settings(max_examples=200)
@given(random_pairs)
def test_members_repeat_enough_of_their_group(pairs: list[Pair]) -> None:
    likes: dict[int, set[int]] = {}
    for one in pairs:
        if one.kind is not PARALLEL and one.first != one.second:
            likes.setdefault(one.first, set()).add(one.second)
            likes.setdefault(one.second, set()).add(one.first)
    for found in run(pairs, {text: [place(f"{text}.md")] for text in range(12)}, boilerplate_files=99):
        members = {int(one.path.removesuffix(".md")) for one in found.places}
        for text in members:
            assert len(likes[text] & members) >= min(len(members) // 2, ENOUGH_LINKS, 1 + len(members) // 3)
