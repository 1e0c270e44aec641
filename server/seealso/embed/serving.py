"""Find out what an embedding server serves: its model, what it understands, and whether its vectors make sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from seealso.embed import wire
from seealso.embed.base import SAME_COSINE, ModelInfo, Vectors
from seealso.embed.cards import UNKNOWN, ModelCard, card_for
from seealso.embed.http import Http, StatusError
from seealso.embed.wire import Encoding, unit
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
MAX_CONTEXT = 10_000_000
"""A server that says it reads more tokens is not believed."""


@dataclass(frozen=True, slots=True)
class Served:
    """One model at one server, and how to talk to it."""

    http: Http
    info: ModelInfo
    model: str
    """What requests call it."""
    echo: str
    """What answers call it."""
    width: int
    """Numbers of each vector as it comes."""
    encoding: Encoding
    dimensions: int
    """What the server is asked to shorten vectors to; 0: nothing, whatever is to be cut off is cut off here."""
    extra: Mapping[str, Any]
    """More fields of each request."""
    prefixes: Mapping[EmbedKind, str]
    doubts: tuple[str, ...] = ()
    """What looks wrong with the vectors, for the user."""

    def body(self, texts: Sequence[str], priority: int) -> bytes:
        """Return a request; a lower `priority` is served first where the server can."""
        extra = {**self.extra, "priority": priority} if self.http.endpoint.priorities else self.extra
        return wire.request(self.model, texts, self.encoding, dimensions=self.dimensions, extra=extra)

    def rows(self, answer: wire.Answer) -> Vectors:
        """Return an answer's vectors cut to the dimension wanted, of length 1.

        Raises `wire.BadVectorsError` when one has no direction.
        """
        return unit(answer.vectors[:, : self.info.dimension])


async def identify(http: Http, settings: EmbeddingSettings) -> Served:
    """Ask a server what it serves and try it.

    Raises `UnreachableError`, `BrokenError`, `StatusError` for what the server does, `EmbeddingError` for what the user
    has to settle.
    """
    listed = await _listed(http)
    entry = _entry(listed, settings.model)
    name = entry.get("id", "") or settings.model
    card = card_for(settings.model, name, str(entry.get("root") or ""))
    prefixes = _prefixes(card, settings)
    texts = [prefixes["passage"] + text for text in PROBES]
    model = settings.model or name
    found = await _ask(http, model, texts, Encoding.BASE64)
    native = found.vectors.shape[1]
    dimension = _dimension(settings.dimensions, native, card, name or model)
    whole = unit(found.vectors[:, :dimension])
    server_dimensions = 0
    if dimension < native and await _gives(http, model, texts, Encoding.BASE64, dimension, whole):
        server_dimensions = dimension  # spares it sending the rest
    width = dimension if server_dimensions else native
    limits = [limit for limit in (settings.max_tokens, _context(entry), _read(card)) if limit]
    max_tokens = min(limits, default=UNKNOWN.max_tokens)
    encoding, extra = Encoding.BASE64, {}
    if entry.get("owned_by") == "vllm":
        # Servers cut off long texts only when they are told to; last-token pooling needs the end mark vLLM keeps.
        cut = {"truncate_prompt_tokens": max_tokens if settings.max_tokens or _context(entry) else -1}
        if await _gives(http, model, texts, Encoding.RAW, server_dimensions, whole, cut):
            encoding, extra = Encoding.RAW, cut
    shown = name_of(name or model or found.model) or "unnamed"
    custom = prefixes["passage"] != card.prefix("passage")
    mark = f"~{blake2b(prefixes['passage'].encode(), digest_size=3).hexdigest()}" if custom else ""
    return Served(
        http=http,
        info=ModelInfo(f"{shown}/{dimension}{mark}", dimension, max_tokens, whole[0]),
        model=model,
        echo=found.model,
        width=width,
        encoding=encoding,
        dimensions=server_dimensions,
        extra=extra,
        prefixes=prefixes,
        doubts=_doubts(whole),
    )


def name_of(model: str) -> str:
    """Return a model's name without the folders of a path; `Qwen/Qwen3-Embedding-4B` keeps its publisher."""
    if model.startswith(("/", ".", "~")) or "\\" in model or model.endswith((".gguf", ".safetensors")):
        return PurePath(model.replace("\\", "/")).name.removesuffix(".gguf") or model
    return model


async def _listed(http: Http) -> list[dict[str, Any]] | None:
    """Return what the server lists, or None when it keeps no list."""
    try:
        body = wire.parsed(await http.get("/models"))
    except StatusError as error:
        # The name in the list is part of the model's identity: a list that is only late has to be waited for.
        if error.status in (400, 404, 405, 410, 501):
            return None
        raise
    except ValueError:
        return None
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        return None
    return [item for item in data if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"]]


def _entry(listed: list[dict[str, Any]] | None, wanted: str) -> dict[str, Any]:
    """Return the list's entry for the model that is wanted; an empty one when it tells nothing about it."""
    if listed is None:
        return {}
    if wanted:
        named = [item for item in listed if wanted in (item["id"], item.get("root"))]
        # A server that has one model and takes any name for it (llama.cpp) still says what it really has.
        return (named or (listed if len(listed) == 1 else [{}]))[0]
    if len(listed) == 1:
        return listed[0]
    names = ", ".join(str(item["id"]) for item in listed[:10])
    raise EmbeddingError(
        f"The embedding server has {len(listed)} models{': ' + names if names else ''}.",
        hint="Name the one to use in `seealso.embedding.model`.",
    )


def _prefixes(card: ModelCard, settings: EmbeddingSettings) -> dict[EmbedKind, str]:
    language = settings.query_language.strip()
    prefixes: dict[EmbedKind, str] = {kind: card.prefix(kind, language) for kind in ("query", "passage", "related")}
    if settings.query_prefix is not None:
        prefixes["query"] = settings.query_prefix
    if settings.passage_prefix is not None:
        prefixes["passage"] = prefixes["related"] = settings.passage_prefix
    return prefixes


def _dimension(wanted: int, native: int, card: ModelCard, name: str) -> int:
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


def _read(card: ModelCard) -> int:
    """Return what a model reads by its card; the server knows better about one without."""
    return 0 if card is UNKNOWN else card.max_tokens


def _context(entry: Mapping[str, Any]) -> int:
    """Return how many tokens the server says that it reads; 0 when it does not say."""
    meta = entry.get("meta")
    for value in (entry.get("max_model_len"), meta.get("n_ctx_train") if isinstance(meta, Mapping) else None):
        if type(value) is int and 0 < value <= MAX_CONTEXT:
            return value
    return 0


async def _ask(
    http: Http,
    model: str,
    texts: Sequence[str],
    encoding: Encoding,
    dimensions: int = 0,
    extra: Mapping[str, Any] | None = None,
) -> wire.Answer:
    raw = await http.post("/embeddings", wire.request(model, texts, encoding, dimensions=dimensions, extra=extra))
    return wire.answer(raw, len(texts), encoding)


async def _gives(
    http: Http,
    model: str,
    texts: Sequence[str],
    encoding: Encoding,
    dimensions: int,
    whole: Vectors,
    extra: Mapping[str, Any] | None = None,
) -> bool:
    """Tell whether the server gives the known vectors when it is asked in another way.

    Raises what passes: it must not depend on a moment's failure how the server is asked from then on.
    """
    try:
        found = await _ask(http, model, texts, encoding, dimensions, extra)
        if not dimensions or found.vectors.shape[1] == dimensions:
            rows = unit(found.vectors[:, : whole.shape[1]])
            return rows.shape == whole.shape and bool(np.min(np.sum(rows * whole, axis=1)) >= SAME_COSINE)
    except StatusError as error:
        if error.status in (429, 503):
            raise
    except wire.AnswerError:
        pass
    return False


def _doubts(whole: Vectors) -> tuple[str, ...]:
    alike, other = float(whole[0] @ whole[1]), float(whole[0] @ whole[2])
    if alike > other:
        return ()
    doubt = (
        f"The model finds unrelated texts closer ({other:.2f}) than related ones ({alike:.2f}): it is no embedding "
        "model, or the server pools its tokens in another way than it was trained for."
    )
    return (doubt,)
