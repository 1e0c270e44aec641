"""What a model is to us: the name of its vector space, how its texts begin, how many numbers are kept."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING

from seealso.embed.base import ModelInfo, Vectors
from seealso.embed.cards import UNKNOWN, ModelCard
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind
    from seealso.settings import EmbeddingSettings

PROBES = (
    "To restore a deleted file, open the history of its folder and choose the day.",
    "Whoever wants a removed document back looks at the folder's history and picks a date.",
    "The recipe needs two onions, a spoon of butter and a pinch of nutmeg.",
)
"""Two texts that mean the same and one that does not. The first one's vector is the model's fingerprint."""
MIN_DIMENSION = 32
MAX_NAME = 200
"""Characters of a model's name."""


def model_info(
    name: str, card: ModelCard, prefixes: Mapping[EmbedKind, str], dimension: int, max_tokens: int, fingerprint: Vectors
) -> ModelInfo:
    """Return the identity of a model, the same however it is run."""
    custom = prefixes["passage"] != card.prefix("passage")
    mark = f"~{blake2b(prefixes['passage'].encode(), digest_size=3).hexdigest()}" if custom else ""
    return ModelInfo(f"{name_of(name) or 'unnamed'}/{dimension}{mark}", dimension, max_tokens, fingerprint)


def name_of(model: str) -> str:
    """Return a model's name without the folders of a path; `Qwen/Qwen3-Embedding-4B` keeps its publisher."""
    model = "".join(letter for letter in model if letter.isprintable())[:MAX_NAME]
    if model.startswith(("/", ".", "~")) or "\\" in model or model.endswith((".gguf", ".safetensors")):
        return PurePath(model.replace("\\", "/")).name.removesuffix(".gguf") or model
    return model


def prefixes_of(card: ModelCard, settings: EmbeddingSettings) -> dict[EmbedKind, str]:
    """Return what stands before a text of each kind: the user's own prefixes, else the model's."""
    language = settings.query_language.strip()
    prefixes: dict[EmbedKind, str] = {kind: card.prefix(kind, language) for kind in ("query", "passage", "related")}
    if settings.query_prefix is not None:
        prefixes["query"] = settings.query_prefix
    if settings.passage_prefix is not None:
        prefixes["passage"] = prefixes["related"] = settings.passage_prefix
    return prefixes


def read_by(card: ModelCard) -> int:
    """Return what a model reads by its card; who runs one without knows better."""
    return 0 if card is UNKNOWN else card.max_tokens


def dimension_of(wanted: int, native: int, card: ModelCard, name: str) -> int:
    """Return how many of a model's `native` numbers are kept; raises `EmbeddingError` for what does not suit it."""
    if not wanted:
        return min(card.dimension or native, native)
    if wanted > native or wanted < min(MIN_DIMENSION, native):
        raise EmbeddingError(
            f"`seealso.embedding.dimensions` is {wanted}, but {name} gives {native} numbers.",
            hint=f"Choose from {min(MIN_DIMENSION, native)} to {native}, or 0 for what suits the model.",
        )
    if wanted < native and not card.matryoshka:
        raise EmbeddingError(
            f"{name} was not trained to have its vectors cut off: {wanted} of {native} numbers would find little.",
            hint="Set `seealso.embedding.dimensions` to 0.",
        )
    return wanted


def source_of(place: str, settings: EmbeddingSettings) -> str:
    """Return the key of what is configured at a place: the same as long as the settings mean the same vectors."""
    said = (settings.model, settings.dimensions, settings.passage_prefix, settings.max_tokens)
    return f"{place} {blake2b(repr(said).encode(), digest_size=8).hexdigest()}"


def doubts_of(whole: Vectors, card: ModelCard) -> tuple[str, ...]:
    """Return what looks wrong with the vectors of `PROBES`, for the user."""
    alike, other = float(whole[0] @ whole[1]), float(whole[0] @ whole[2])
    if alike > other:
        return ()
    expected = f", with `{card.pooling}`" if card.pooling else ""
    doubt = (
        f"The model finds unrelated texts closer ({other:.2f}) than related ones ({alike:.2f}): it is no embedding "
        f"model, or the server does not pool its tokens in the way it was trained for{expected}."
    )
    return (doubt,)
