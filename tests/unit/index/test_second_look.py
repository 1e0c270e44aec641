"""Take the second look at hand-written pairs, labelled before anything was tuned; a third was never tuned on.

`data/second_look.tsv` holds the cosines of the embedded model. Its kinds are those of `DuplicateKind`, `none`, and
`across` for translations.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seealso.index.differences import compare, greatest_overlap
from seealso.index.reading import WordKind, read, read_pair, same_stem
from seealso.index.second_look import E5_SMALL, classify
from seealso.model import DuplicateKind

TABLE = Path(__file__).with_name("data") / "second_look.tsv"

WARNED = {"exact", "edited", "reworded"}


@dataclass(frozen=True, slots=True)
class Labelled:
    split: str
    kind: str
    language: str
    cosine: float
    a: str
    b: str


@cache
def pairs() -> tuple[Labelled, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Labelled(row["split"], row["kind"], row["language"], float(row["cosine"]), row["a"], row["b"])
            for row in rows
        )


def verdict(pair: Labelled) -> str:
    kind = classify(pair.a, pair.b, pair.cosine).kind
    return "none" if kind is None else kind.value


def confusion(split: str) -> Counter[tuple[str, str]]:
    return Counter((pair.kind, verdict(pair)) for pair in pairs() if pair.split == split and pair.kind != "across")


def test_table_is_large_and_mixed() -> None:
    assert len(pairs()) >= 120
    assert {"en", "de", "fr", "es", "ru", "zh", "ja"} <= {pair.language for pair in pairs()}
    held_out = sum(pair.split == "test" for pair in pairs())
    assert 0.3 <= held_out / len(pairs()) <= 0.36


# As measured. Strong rewordings of single sentences lie among the siblings of any manual (cosine 0.90 to 0.95), and are
# given up for the sake of those who would be warned for nothing.
@pytest.mark.parametrize(
    ("split", "kind", "least"),
    [
        pytest.param("tune", "exact", 4 / 4, id="tune-exact"),
        pytest.param("tune", "edited", 23 / 26, id="tune-edited"),
        pytest.param("tune", "reworded", 5 / 26, id="tune-reworded"),
        pytest.param("tune", "parallel", 34 / 34, id="tune-parallel"),
        pytest.param("tune", "none", 19 / 19, id="tune-none"),
        pytest.param("test", "exact", 1 / 1, id="test-exact"),
        pytest.param("test", "edited", 11 / 12, id="test-edited"),
        pytest.param("test", "reworded", 1 / 13, id="test-reworded"),
        pytest.param("test", "parallel", 16 / 16, id="test-parallel"),
        pytest.param("test", "none", 9 / 9, id="test-none"),
    ],
)
def test_recall(split: str, kind: str, least: float) -> None:
    found = confusion(split)
    total = sum(count for (label, _), count in found.items() if label == kind)
    assert found[kind, kind] / total >= least, found


@pytest.mark.parametrize("split", ["tune", "test"])
def test_nobody_is_warned_of_parallel_or_unrelated_passages(split: str) -> None:
    false_alarms = [pair for pair in pairs() if pair.split == split and pair.kind not in {*WARNED, "across"}]
    assert [pair for pair in false_alarms if verdict(pair) in WARNED] == []


def test_translations_are_told_from_rewordings() -> None:
    translations = [pair for pair in pairs() if pair.kind == "across"]
    verdicts = [classify(pair.a, pair.b, pair.cosine) for pair in translations]
    assert {(verdict.kind, verdict.translated) for verdict in verdicts} == {
        (None, False),
        (DuplicateKind.REWORDED, True),
    }
    assert sum(verdict.translated for verdict in verdicts) / len(translations) >= 6 / 9
    rest = [pair for pair in pairs() if pair.kind != "across"]
    assert not [pair for pair in rest if classify(pair.a, pair.b, pair.cosine).translated]


def test_chinese_in_other_characters_has_to_be_closer_than_a_translation() -> None:
    simplified = "如果卸载这个实例,所有保存在其中的文件都会丢失。"
    traditional = "如果卸載這個實例,所有保存在其中的文件都會丟失。"
    assert classify(simplified, traditional, 0.99).translated
    assert classify(simplified, traditional, 0.93).kind is None


def test_verdict_does_not_depend_on_the_order() -> None:
    for pair in pairs():
        assert classify(pair.a, pair.b, pair.cosine) == classify(pair.b, pair.a, pair.cosine)


STATEMENT = "The driver allocates {} buffers when the device is opened and the {} releases them when it is closed."


@pytest.mark.parametrize(
    ("a", "b", "cosine", "kind"),
    [
        pytest.param("Close the lid.", "Close the lid.", 1.0, DuplicateKind.EXACT, id="same"),
        pytest.param("Close the lid.", "close the lid", 0.98, DuplicateKind.EDITED, id="case-and-punctuation"),
        pytest.param(
            "It can't be undone, so make a copy of the folder first.",
            "It cannot be undone so make a copy of the folder first!",
            0.99,
            DuplicateKind.EDITED,
            id="contraction",
        ),
        pytest.param(
            "Wait three seconds before you open the valve of the second tank.",
            "Wait 3 seconds before you open the valve of the second tank.",
            0.99,
            DuplicateKind.EDITED,
            id="numeral",
        ),
        pytest.param(
            "Wait three seconds before you open the valve of the second tank.",
            "Wait 30 seconds before you open the valve of the second tank.",
            0.995,
            DuplicateKind.PARALLEL,
            id="number",
        ),
        pytest.param(
            "The width is computed from the height of the picture when it is missing.",
            "The height is computed from the width of the picture when it is missing.",
            0.999,
            DuplicateKind.PARALLEL,
            id="exchanged-places",
        ),
        pytest.param(
            "Dates and times are shown in the zone of the user and stored in universal time.",
            "Times and dates are shown in the zone of the user and stored in universal time.",
            0.995,
            DuplicateKind.EDITED,
            id="exchanged-around-and",
        ),
        pytest.param(
            "The table of contents is printed before the chapters of the book.",
            "The table of contents is printed after the chapters of the book.",
            0.995,
            DuplicateKind.PARALLEL,
            id="opposite-function-words",
        ),
        pytest.param(
            "Call kmalloc_node to allocate memory close to the processor that will use it.",
            "Call kzalloc_node to allocate memory close to the processor that will use it.",
            0.999,
            DuplicateKind.PARALLEL,
            id="code-names-are-spelled-exactly",
        ),
        pytest.param(
            "Mail questions about the driver of this adapter to the list at one@lists.example.org please.",
            "Mail questions about the driver of this adapter to the list at two@lists.example.org please.",
            0.995,
            DuplicateKind.PARALLEL,
            id="addresses-are-names",
        ),
        pytest.param(
            "0 1 2 3 4 5 6 7 8 9 10 11 row 12 13 14 15",
            "12 13 14 15 row 8 9 10 11 4 5 6 7 0 1 2 3",
            0.99,
            None,
            id="order-matters-in-tables",
        ),
        pytest.param(
            "请在安装之前先关闭所有正在运行的程序,并保存您的文件。",
            "請在安裝之前先關閉所有正在運行的程序,並保存您的文件。",
            0.97,
            None,
            id="simplified-and-traditional-are-two-languages",
        ),
        pytest.param(
            "The client waits for 30 seconds before it asks again, and then gives up for good.",
            "The client waits for thirty seconds before it asks again, and then gives up for good.",
            0.99,
            DuplicateKind.EDITED,
            id="number-words-are-numbers",
        ),
        pytest.param(
            "The client waits for 30 seconds before it asks again, and then gives up for good.",
            "The client waits for sixty seconds before it asks again, and then gives up for good.",
            0.99,
            DuplicateKind.PARALLEL,
            id="other-number-words",
        ),
        pytest.param("Yes.", "No.", 0.99, None, id="nothing-in-common"),
        pytest.param(
            "The value is interpreted as a signed integer, whatever the processor that reads it does.",
            "The value is interpreted as an unsigned integer, whatever the processor that reads it does.",
            0.999,
            DuplicateKind.PARALLEL,
            id="negating-prefix",
        ),
        pytest.param(
            "Here is what a minimal sequence for a touch looks like on a device of type A today:",
            "Here is what a minimal sequence for a touch looks like on a device of type B today:",
            0.99,
            DuplicateKind.PARALLEL,
            id="letters-are-names",
        ),
        pytest.param(
            "The second query selects the rows whose distance from the given point is < 5 kilometres.",
            "The second query selects the rows whose distance from the given point is <= 5 kilometres.",
            0.999,
            DuplicateKind.PARALLEL,
            id="operators-are-names",
        ),
        pytest.param(
            "Insert an expression or a type of C into the running text, without a line of its own.",
            "Insert an expression or a type of C++ into the running text, without a line of its own.",
            0.991,
            DuplicateKind.PARALLEL,
            id="signs-of-a-name-are-spelled-exactly",
        ),
        pytest.param(
            'If the value of the field is "Joel is a slug", then the output will be "Joel is".',
            'If the value of the field is "Joel is a slug", then the output will be "Joel is a".',
            0.996,
            DuplicateKind.PARALLEL,
            id="literals-are-spelled-exactly",
        ),
        pytest.param(
            "Returns the objects where all of the given keys are in the stored data.",
            "Returns the objects where any of the given keys are in the stored data.",
            0.996,
            DuplicateKind.PARALLEL,
            id="all-and-any",
        ),
        pytest.param(
            "Returns true if the clock is aware, and returns false if it is naive. The value has to be a date.",
            "Returns true if the clock is naive, and returns false if it is aware. The value has to be a date.",
            0.998,
            DuplicateKind.PARALLEL,
            id="exchanged-places-hardly-move-the-vector",
        ),
        pytest.param(
            "The default name of the template that is used to render a form of the page.",
            "The default name of the template that is used to render a formset of the page.",
            0.992,
            DuplicateKind.PARALLEL,
            id="compound-of-a-form",
        ),
        pytest.param(
            "Accepts a single geographic column or expression and returns a shape with reversed coordinates.",
            "Accepts a single geographic column or expression and returns the area of the column as an area measure.",
            0.969,
            DuplicateKind.PARALLEL,
            id="half-of-it-in-one-piece-is-a-frame",
        ),
        pytest.param("***", "---", 0.99, None, id="no-words"),
    ],
)
def test_verdict(a: str, b: str, cosine: float, kind: DuplicateKind | None) -> None:
    verdict = classify(a, b, cosine)
    assert (None if verdict.translated else verdict.kind) is kind


# A rewording of a real passage, and the same with another number: words alone cannot tell one from a stranger, but a
# contradiction speaks against any cosine.
ORIGINAL = (
    "Snapshots are kept for 30 days; after that the server removes them, unless an administrator has pinned them."
)
REWORDED = "The server deletes a snapshot when it is 30 days old. Those pinned by an administrator stay."


@pytest.mark.parametrize(
    ("other", "cosine", "kind"),
    [
        pytest.param(REWORDED, 0.98, DuplicateKind.REWORDED, id="close"),
        pytest.param(REWORDED, 0.93, None, id="far"),
        pytest.param(REWORDED.replace("30", "60"), 0.98, None, id="other-number"),
    ],
)
def test_rewording_needs_a_high_cosine_and_the_same_numbers(
    other: str, cosine: float, kind: DuplicateKind | None
) -> None:
    found = classify(ORIGINAL, other, cosine).kind
    assert found is kind or (kind is None and found is DuplicateKind.PARALLEL)


def test_a_synonym_is_known_by_how_little_it_moves_the_vector() -> None:
    a, b = STATEMENT.format("large", "kernel"), STATEMENT.format("big", "kernel")
    changed = compare(read(a), read(b)).changed
    near = 1 - 0.5 * E5_SMALL.synonym_shift * changed
    far = 1 - 2.0 * E5_SMALL.synonym_shift * changed
    assert classify(a, b, near).kind is DuplicateKind.EDITED
    assert classify(a, b, far).kind is DuplicateKind.PARALLEL


def test_noise_drowns_a_single_word() -> None:
    a, b = STATEMENT.format("large", "kernel"), STATEMENT.format("big", "kernel")
    noisy = replace(E5_SMALL, noise=0.01)
    assert classify(a, b, 0.9999, noisy).kind is DuplicateKind.PARALLEL
    assert classify(a, b, 0.9999, replace(E5_SMALL, noise=0.0001)).kind is DuplicateKind.EDITED


QUEUE = "The number of times the balancer was called when the processor was {}idle in this domain."


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        pytest.param("", DuplicateKind.PARALLEL, id="in-a-sentence-another-statement"),
        pytest.param(
            " The counters are reset when the domain is built.", DuplicateKind.EDITED, id="in-a-paragraph-an-edit"
        ),
    ],
)
def test_a_word_put_in_between(rest: str, kind: DuplicateKind) -> None:
    assert classify(QUEUE.format("") + rest, QUEUE.format("newly ") + rest, 0.99).kind is kind


def test_the_cosines_of_another_space_are_as_far_apart_as_its_texts() -> None:
    wide = E5_SMALL.at(0.3, 3.5)
    assert E5_SMALL.at(E5_SMALL.background, 1) == E5_SMALL
    assert wide.background < wide.translated < wide.retold < wide.reworded < 1
    assert 1 - wide.retold == pytest.approx(3.5 * (1 - E5_SMALL.retold))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        pytest.param("device", "devices", True, id="plural"),
        pytest.param("upgrade", "upgrading", True, id="participle"),
        pytest.param("verify", "verified", True, id="y-to-ied"),
        pytest.param("памяти", "память", True, id="russian-case"),
        pytest.param("defered", "deferred", True, id="letter-missing"),
        pytest.param("recieve", "receive", True, id="letters-exchanged"),
        pytest.param("analyse", "analyze", True, id="two-spellings"),
        pytest.param("context", "content", False, id="one-letter-another-word"),
        pytest.param("mutable", "immutable", False, id="negating-prefix"),
        pytest.param("minimum", "maximum", False, id="opposites"),
        pytest.param("time", "timeout", False, id="compound"),
        pytest.param("transmit", "transfer", False, id="common-prefix"),
        pytest.param("ab", "abc", False, id="too-short"),
    ],
)
def test_same_stem(first: str, second: str, same: bool) -> None:
    assert same_stem(first, second) is same
    assert same_stem(second, first) is same


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        pytest.param("the work queue", "the workqueue", 1.0, id="compound"),
        pytest.param("work queues", "workqueue", 1.0, id="inflected-compound"),
        pytest.param("device", "devices 3", 2 / 3, id="number-is-no-ending"),
        pytest.param("device", "device map", 2 / 3, id="head-is-not-the-compound"),
    ],
)
def test_overlap(first: str, second: str, overlap: float) -> None:
    assert compare(read(first), read(second)).overlap == pytest.approx(overlap)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("The lid has to be closed before it is used.", "en", id="english"),
        pytest.param("Der Deckel muss geschlossen sein, bevor er benutzt wird.", "de", id="german"),
        pytest.param("Le couvercle doit être fermé avant que la machine ne soit utilisée.", "fr", id="french"),
        pytest.param("La tapa debe estar cerrada antes de que se use el aparato.", "es", id="spanish"),
        pytest.param("打开电源之前请关闭盖子。", "zh-Hans", id="simplified"),
        pytest.param("打開電源之前請關閉蓋子。", "zh-Hant", id="traditional"),
        pytest.param("天下大同", "", id="neither-form"),
        pytest.param("電源を入れる前に蓋を閉じてください。", "ja", id="japanese"),
        pytest.param("kmalloc vmalloc slab", "", id="no-function-words"),
    ],
)
def test_written_language(text: str, language: str) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("the lid", {"the": WordKind.FUNCTION, "lid": WordKind.CONTENT}, id="function-and-content"),
        pytest.param("Do not", {"do": WordKind.FUNCTION, "not": WordKind.NEGATION}, id="negation"),
        pytest.param("don't", {"do": WordKind.FUNCTION, "not": WordKind.NEGATION}, id="contraction"),
        pytest.param("1,000 3.8", {"1000": WordKind.NUMBER, "3.8": WordKind.NUMBER}, id="numbers"),
        pytest.param("HTTP skb_get arm64", dict.fromkeys(("http", "skb_get", "arm64"), WordKind.NAME), id="names"),
        pytest.param("read-only", {"readonly": WordKind.CONTENT}, id="hyphen"),
        pytest.param("不能", {"不": WordKind.NEGATION, "能": WordKind.FUNCTION}, id="chinese"),
        pytest.param(
            "ありません", {"あ": WordKind.FUNCTION, "り": WordKind.FUNCTION, "ません": WordKind.NEGATION}, id="japanese"
        ),
        pytest.param("コピー機", {"コピー": WordKind.CONTENT, "機": WordKind.CONTENT}, id="katakana-is-one-word"),
    ],
)
def test_word_kinds(text: str, kinds: dict[str, WordKind]) -> None:
    assert {word.key: word.kind for word in read(text).words} == kinds


VOCABULARY = """the a of and is not no before after kernel driver buffer buffers device devices maps mapped 3 4.2 HTTP
sk_buff 内核 不 缓冲 を 機 コピー der nicht über größe"""
texts = st.lists(st.sampled_from(VOCABULARY.split()), max_size=30).map(" ".join)


@settings(max_examples=300)
@given(texts | st.text(max_size=60), texts | st.text(max_size=60), st.floats(-1, 1))
def test_any_pair_has_a_symmetric_verdict_in_range(a: str, b: str, cosine: float) -> None:
    found = classify(a, b, cosine)
    assert found == classify(b, a, cosine)
    assert 0 <= found.score <= 1
    assert (found.score == 1) == (a == b)
    assert found.kind is not None or found.score == 0


@settings(max_examples=300)
@given(texts, texts)
def test_the_cheap_bound_holds(a: str, b: str) -> None:
    first, second = read_pair(a, b)
    # Two languages are never compared word by word: what is a function word in one may be a name in the other.
    assume(first.language == second.language)
    # A compound against its parts ("work queue", "workqueue") may pass it; these texts have none.
    assert compare(first, second).overlap <= greatest_overlap(first, second) + 1e-9


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["kernel", "driver", "buffer", "device", "opened", "memory", "page"]), min_size=12))
def test_a_negation_is_never_an_edit(words: list[str]) -> None:
    at = len(words) // 2
    denied = [*words[:at], "not", *words[at:]]
    assert classify(" ".join(words), " ".join(denied), 0.999).kind is DuplicateKind.PARALLEL
