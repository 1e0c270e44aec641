"""Token ids equal those of the reference library, for any text and in bounded time."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from seealso.embed.onnx import MODEL_FOLDER
from seealso.embed.tokenizer import UnigramTokenizer

SENTENCES = Path(__file__).parents[2] / "model" / "data" / "sentences.tsv"
BOS, EOS, UNKNOWN = 0, 2, 3
TINY = UnigramTokenizer(
    ["", "", "", "", "▁", "a", "b", "ab", "▁a", "▁ab", "c"],
    [0, 0, 0, 0, -2, -3, -3, -5.5, -4, -9, -3],
    {"Ａ": "a", "\x01": "", "＿": " ", "ⓐ": "abab"},
    bos=BOS,
    eos=EOS,
    unknown=UNKNOWN,
)


@cache
def vocabulary() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((MODEL_FOLDER / "vocabulary.json").read_text("utf-8"))
    return document


@cache
def ours() -> UnigramTokenizer:
    return UnigramTokenizer(**vocabulary())


@cache
def reference() -> Tokenizer:
    # Nothing matches a piece with a space in it, as nothing matches our empty ones.
    pieces = [(piece or f" {number}", score) for number, (piece, score) in enumerate(_scored())]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    return tokenizer


def _scored() -> list[tuple[str, float]]:
    return list(zip(vocabulary()["pieces"], vocabulary()["scores"], strict=True))


def expected(text: str, max_tokens: int = 512) -> list[int]:
    characters = {ord(character): written for character, written in vocabulary()["characters"].items()}
    normalised = " ".join(unicodedata.normalize("NFC", text).translate(characters).split())
    ids = reference().encode(normalised).ids if normalised else []
    return [BOS, *ids[: max_tokens - 2], EOS]


@pytest.mark.parametrize("line", SENTENCES.read_text("utf-8").splitlines(), ids=lambda line: line[:24])
def test_sentences_equal_the_reference(line: str) -> None:
    text = f"passage: {line.partition(chr(9))[2]}"
    assert ours().encode(text, 512) == expected(text)


@settings(max_examples=400)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_any_text_equals_the_reference(text: str) -> None:
    assert ours().encode(text, 512) == expected(text)


@settings(max_examples=100)
@given(
    st.text(st.sampled_from("aeinorst lmdcuép. \u0301漢字ひらがな한국인\u0928\u093f"), max_size=400),
    st.integers(3, 60),
)
def test_prose_like_text_is_cut_where_the_reference_is(text: str, max_tokens: int) -> None:
    assert ours().encode(text, max_tokens) == expected(text, max_tokens)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a", [8], id="whole-word"),
        pytest.param("ab", [8, 6], id="best-total-not-longest-piece"),
        pytest.param("  a \t\n b ", [8, 4, 6], id="white-space-collapses"),
        pytest.param("Ａ＿b", [8, 4, 6], id="characters-are-mapped-before-words"),
        pytest.param("a\x01b", [8, 6], id="characters-can-vanish"),
        pytest.param("\x01", [], id="nothing-left"),
        pytest.param("ⓐ", [8, 6, 7], id="one-character-becomes-many"),
        pytest.param("xyz", [4, UNKNOWN], id="unknown-characters-are-one-token"),
        pytest.param("xay", [4, UNKNOWN, 5, UNKNOWN], id="unknown-around-known"),
        pytest.param("\ud800", [4, UNKNOWN], id="lone-surrogate"),
        pytest.param("\0", [4, UNKNOWN], id="nul"),
    ],
)
def test_pieces(text: str, ids: list[int]) -> None:
    assert TINY.encode(text, 512) == [BOS, *ids, EOS]


@pytest.mark.parametrize("max_tokens", [2, 3, 4, 7])
def test_length_is_limited(max_tokens: int) -> None:
    assert TINY.encode("a b c " * 9, max_tokens) == [*TINY.encode("a b c " * 9, 512)[: max_tokens - 1], EOS]


@pytest.mark.parametrize("literal", ["<s>", "</s>", "<pad>", "<unk>", "<mask>"])
def test_control_symbols_in_prose_are_prose(literal: str) -> None:
    ids = ours().encode(f"strike {literal} through", 512)[1:-1]
    assert not {0, 1, 2, 3, 250001} & set(ids)


def test_composed_and_decomposed_text_are_the_same() -> None:
    text = "Crème brûlée à la façon d'été, 각하"
    assert ours().encode(unicodedata.normalize("NFD", text), 512) == ours().encode(text, 512)


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("word ", id="words"),
        pytest.param("x", id="one-word"),
        pytest.param("漢", id="no-spaces"),
        pytest.param("\ufdfa", id="grows-when-normalised"),
        pytest.param("\u0301\u0316", id="combining-marks"),
        pytest.param("a" + " " * 7, id="gaps"),
    ],
)
def test_what_is_past_the_limit_is_not_looked_at(unit: str) -> None:
    text = unit * 70_000
    assert ours().encode(text + "\U0003fffd" * 10, 512) == ours().encode(text, 512)
    # Everything after this step is linear in what it returns.
    assert len(ours()._normalised(text, 8_000)) <= 8_000
