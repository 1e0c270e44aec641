"""Find out what an embedding server serves: its model, what it understands, and whether its vectors make sense."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seealso.embed import wire
from seealso.embed.base import SAME_COSINE, ModelInfo, Vectors
from seealso.embed.cards import UNKNOWN, card_for
from seealso.embed.http import Http, StatusError
from seealso.embed.identity import PROBES, dimension_of, doubts_of, model_info, prefixes_of, read_by
from seealso.embed.wire import Encoding, unit
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind
    from seealso.settings import EmbeddingSettings

UNSURE_TOKENS = 2048
"""What a server may be trusted to read that does not say how much it does, whatever its model could."""
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
    vllm: bool = False
    latency_s: float = 0.0
    """What a small request took."""
    doubts: tuple[str, ...] = ()
    """What looks wrong with the vectors, for the user."""

    @property
    def probe(self) -> str:
        """The text whose vector is the model's fingerprint, as it is sent."""
        return self.prefixes["passage"] + PROBES[0]

    def body(self, texts: Sequence[str], priority: int) -> bytes:
        """Return a request; a lower `priority` is served first where the server can."""
        # A vLLM without that policy takes the field and does as it did before.
        priorities = self.http.endpoint.priorities or self.vllm
        extra = {**self.extra, "priority": priority} if priorities else self.extra
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
    wanted = http.endpoint.model or settings.model
    entry = _entry(listed, wanted)
    name = entry.get("id", "") or wanted
    card = card_for(settings.model, name, str(entry.get("root") or ""))
    prefixes = prefixes_of(card, settings)
    texts = [prefixes["passage"] + text for text in PROBES]
    model = wanted or name
    started = time.monotonic()
    found = await _ask(http, model, texts, Encoding.BASE64)
    latency_s = time.monotonic() - started
    native = found.vectors.shape[1]
    dimension = dimension_of(settings.dimensions, native, card, name or model)
    whole = unit(found.vectors[:, :dimension])
    server_dimensions = 0
    if dimension < native and await _gives(http, model, texts, Encoding.BASE64, dimension, whole):
        server_dimensions = dimension  # spares it sending the rest
    width = dimension if server_dimensions else native
    limits = [limit for limit in (settings.max_tokens, _context(entry), read_by(card)) if limit]
    max_tokens = min(limits, default=UNKNOWN.max_tokens)
    if not settings.max_tokens and type(entry.get("max_model_len")) is not int:
        max_tokens = min(max_tokens, UNSURE_TOKENS)
    encoding, extra = Encoding.BASE64, {}
    vllm = entry.get("owned_by") == "vllm"
    if vllm:
        # Servers cut off long texts only when they are told to; last-token pooling needs the end mark vLLM keeps.
        cut = {"truncate_prompt_tokens": max_tokens if settings.max_tokens or _context(entry) else -1}
        if await _gives(http, model, texts, Encoding.RAW, server_dimensions, whole, cut):
            encoding, extra = Encoding.RAW, cut
    return Served(
        http=http,
        info=model_info(name or model or found.model, card, prefixes, dimension, max_tokens, whole[0]),
        model=model,
        echo=found.model,
        width=width,
        encoding=encoding,
        dimensions=server_dimensions,
        extra=extra,
        prefixes=prefixes,
        vllm=vllm,
        latency_s=latency_s,
        doubts=doubts_of(whole, card),
    )


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
    try:
        return wire.answer(raw, len(texts), encoding)
    except wire.AnswerError as error:
        http.cleaned(error)
        raise


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
