"""What is known of embedding models by their names: how their texts begin, how much they read, what they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind

LANGUAGE = "{language}"
"""Where the language of queries goes in a prefix."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """How to use a model; the figures come from its publisher's own description."""

    max_tokens: int
    prefixes: Mapping[EmbedKind, str] = field(default_factory=dict)
    """What stands before a text of a kind; nothing for kinds that are not mentioned."""
    dimension: int = 0
    """Numbers of a vector worth keeping by default; 0 means all the model gives."""
    matryoshka: bool = False
    """Its vectors may be cut off: it was trained so that the first numbers say most."""
    pooling: str = ""
    """What a server must be set up for, if it cannot tell: `last`, `mean` or `cls`; empty when unknown."""

    def prefix(self, kind: EmbedKind, language: str = "") -> str:
        """Return what stands before a text; `language` is named where there are instructions."""
        text = self.prefixes.get(kind, "")
        return text.replace(LANGUAGE, f" The query is in {language}." if language else "")


def _instruct(task: str) -> str:
    return f"Instruct: {task}{LANGUAGE}\nQuery:"


_QWEN3: Mapping[EmbedKind, str] = {
    "query": _instruct("Given a question or some words, retrieve passages that answer or explain them."),
    "related": _instruct("Given a piece of writing, retrieve passages on the same subject."),
}
_E5: Mapping[EmbedKind, str] = {"query": "query: ", "passage": "passage: ", "related": "passage: "}
_GEMMA: Mapping[EmbedKind, str] = {
    "query": "task: search result | query: ",
    "passage": "title: none | text: ",
    "related": "title: none | text: ",
}
_NOMIC: Mapping[EmbedKind, str] = {
    "query": "search_query: ",
    "passage": "search_document: ",
    "related": "search_document: ",
}

_CARDS: tuple[tuple[str, ModelCard], ...] = (
    ("qwen3-embedding-0.6b", ModelCard(32_768, _QWEN3, 1024, matryoshka=True, pooling="last")),
    ("qwen3-embedding-4b", ModelCard(32_768, _QWEN3, 1024, matryoshka=True, pooling="last")),
    ("qwen3-embedding-8b", ModelCard(32_768, _QWEN3, 1024, matryoshka=True, pooling="last")),
    ("qwen3-embedding", ModelCard(32_768, _QWEN3, 1024, matryoshka=True, pooling="last")),
    ("multilingual-e5-large-instruct", ModelCard(512, {"query": _QWEN3["query"]}, pooling="mean")),
    ("multilingual-e5", ModelCard(512, _E5, pooling="mean")),
    ("bge-m3", ModelCard(8192, pooling="cls")),
    ("embeddinggemma", ModelCard(2048, _GEMMA, matryoshka=True, pooling="mean")),
    ("nomic-embed-text-v1.5", ModelCard(8192, _NOMIC, matryoshka=True, pooling="mean")),
    ("nomic-embed-text-v2", ModelCard(512, _NOMIC, matryoshka=True, pooling="mean")),
    ("nomic-embed", ModelCard(8192, _NOMIC, pooling="mean")),
    ("all-minilm", ModelCard(256, pooling="mean")),
    ("text-embedding-3", ModelCard(8191, matryoshka=True)),
)
"""The first whose name is part of a model's name holds. Servers write `-`, `_`, `:` and `/` differently."""

UNKNOWN = ModelCard(512, matryoshka=True)
"""No prefix is wrong for most models, and a passage has at most about as many tokens. Whether vectors may be cut off
is for the user to know, who has to ask for it."""


def card_for(*names: str) -> ModelCard:
    """Return the card of a model that goes by some names, or a safe one when nothing is known of it."""
    folded = [_folded(name) for name in names]
    return next((card for part, card in _CARDS for name in folded if part in name), UNKNOWN)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").replace(":", "-").replace(" ", "-")
