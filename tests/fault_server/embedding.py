"""From the body of a request to the body of its answer, with all that may be wrong in it."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fake_embedder import bag_of_words
from fault_server.faults import Fault, Struck
from fault_server.personality import Personality
from fault_server.replies import Reply, as_json, bad_request, refused, too_long
from seealso.embed.base import Vectors

_DTYPES = {"float32": "f4", "float16": "f2"}
_BYTE_ORDERS = {"native": "=", "little": "<", "big": ">"}


@dataclass(frozen=True, slots=True)
class Job:
    """A request that will be served."""

    texts: tuple[str, ...]
    """Cut to what the model reads."""
    model: str
    dimension: int | None
    """None: all the model has."""
    encoding: str
    dtype: npt.DTypeLike
    priority: int

    @property
    def tokens(self) -> list[int]:
        """Return the number of tokens of each text."""
        return [len(text.split()) for text in self.texts]


@dataclass(slots=True, eq=False)
class _Result:
    index: int
    vector: Vectors | None
    null_at: int | None = None

    def numbers(self) -> list[float | None] | None:
        if self.vector is None:
            return None
        numbers: list[float | None] = self.vector.tolist()
        if self.null_at is not None:
            numbers[self.null_at] = None
        return numbers

    def packed(self, dtype: npt.DTypeLike) -> bytes:
        if self.vector is None or self.null_at is not None:
            raise ValueError("bytes have no null: this fault wants a request for floats")
        return self.vector.astype(dtype).tobytes()


def texts_of(body: Any) -> tuple[str, ...]:
    """Return the texts of a request, token ids as words; nothing if it has none that can be read."""
    given = body.get("input") if isinstance(body, dict) else None
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, list) or not given:
        return ()
    if all(isinstance(item, int) for item in given):
        return (" ".join(map(str, given)),)
    if all(isinstance(item, str) for item in given):
        return tuple(given)
    if all(isinstance(item, list) and item for item in given):
        return tuple(" ".join(map(str, item)) for item in given)
    return ()


def understand(body: Any, personality: Personality) -> Job:
    """Return what is to be done. Raises `RefusedError`."""
    if not isinstance(body, dict):
        raise bad_request("the body is no JSON object")
    served = [model.id for model in personality.models]
    model = body.get("model")
    if personality.checks_model and model is not None and model not in served:
        raise refused(404, "NotFoundError", f"The model `{model}` does not exist.", param="model")
    texts = texts_of(body)
    if not texts:
        raise bad_request("there is nothing to embed", "input")
    encoding, dtype = _encoding(body, personality)
    return Job(
        tuple(_cut(text, body, personality) for text in texts),
        str(model or (served or ["?"])[0]),
        _dimension(body, personality),
        encoding,
        dtype,
        int(body.get("priority") or 0),
    )


def _encoding(body: dict[str, Any], personality: Personality) -> tuple[str, npt.DTypeLike]:
    encoding = body.get("encoding_format") or "float"
    reactions = {"float": "honours", "base64": personality.base64, "bytes_only": personality.bytes_only}
    reaction = reactions.get(encoding, "refuses")
    if reaction == "refuses":
        raise bad_request(f"encoding_format {encoding} is not supported", "encoding_format")
    if reaction == "ignores":
        encoding = "float"
    dtype, order = body.get("embed_dtype") or "float32", body.get("endianness") or "native"
    if dtype not in _DTYPES or order not in _BYTE_ORDERS:
        raise bad_request(f"no vectors of {dtype} in {order} byte order", "embed_dtype")
    return encoding, np.dtype(_BYTE_ORDERS[order] + _DTYPES[dtype])


def _dimension(body: dict[str, Any], personality: Personality) -> int | None:
    asked = body.get("dimensions")
    if asked is None or personality.dimensions == "ignores":
        return None
    if personality.dimensions == "refuses":
        message = "does not support Matryoshka embeddings; dimensions must be unset"
        raise bad_request(f"Model {message}", "dimensions")
    if allowed := personality.matryoshka_dimensions:
        if asked not in allowed:
            raise bad_request(f"Model only supports Matryoshka dimensions {list(allowed)}", "dimensions")
    elif not isinstance(asked, int) or not 1 <= asked <= personality.dimension:
        raise bad_request(f"Model only supports dimensions in range [1, {personality.dimension}]", "dimensions")
    return int(asked)


def _cut(text: str, body: dict[str, Any], personality: Personality) -> str:
    limit, asked = personality.max_tokens, body.get("truncate_prompt_tokens")
    words = text.split()
    if asked is not None and personality.truncate_prompt_tokens != "ignores":
        if personality.truncate_prompt_tokens == "refuses":
            raise bad_request("truncate_prompt_tokens is not supported", "truncate_prompt_tokens")
        wanted = limit if asked == -1 else int(asked)
        if wanted is not None and (wanted <= 0 or (limit is not None and wanted > limit)):
            raise bad_request(f"truncate_prompt_tokens {asked} is out of range", "truncate_prompt_tokens")
        if wanted is not None and len(words) > wanted:
            left = body.get("truncation_side") == "left"
            words = words[-wanted:] if left else words[:wanted]
            text = " ".join(words)
    if limit is None or len(words) <= limit:
        return text
    if personality.too_long == "truncates":
        return " ".join(words[:limit])
    raise too_long(personality, len(words), limit)


def embed(text: str, dimension: int, seed: int) -> Vectors:
    """Return the raw vector of a text in the space with that number, 0 being that of the fake embedder.

    Spaces are turned against each other: a text is as far from its neighbours in one as in another, and nowhere near
    itself.
    """
    row = bag_of_words(text, dimension)
    if seed:
        turn = np.random.default_rng(seed)
        signs = turn.choice(np.array([-1, 1], np.float32), dimension)
        row = row[turn.permutation(dimension)] * signs
    return row


def answer(job: Job, personality: Personality, seed: int, struck: Struck | None) -> Reply:
    """Return the vectors, spoilt if a fault says so."""
    results = [_Result(index, _vector(text, job, personality, seed)) for index, text in enumerate(job.texts)]
    if struck is not None and isinstance(struck.fault, Fault) and struck.fault.spoils:
        results = _spoil(results, struck.fault, struck.rows)
    if job.encoding == "bytes_only":
        return _packed(results, job, struck)
    if personality.shuffled:
        # By the texts, so that a run that failed can be repeated; reversed if chance left all in place.
        order = list(results)
        random.Random(repr(job.texts)).shuffle(results)
        results = results if results != order else order[::-1]
    return as_json(
        {
            "object": "list",
            "model": job.model,
            "data": [
                {"object": "embedding", "index": result.index, "embedding": _written(result, job)} for result in results
            ],
            "usage": {"prompt_tokens": sum(job.tokens), "total_tokens": sum(job.tokens)},
        }
    )


def _packed(results: list[_Result], job: Job, struck: Struck | None) -> Reply:
    if struck is not None and struck.fault in {Fault.DUPLICATE_INDEX, Fault.INDEX_OUT_OF_RANGE}:
        raise ValueError("bytes have no index: this fault wants a request for JSON")
    return Reply(200, b"".join(result.packed(job.dtype) for result in results), "application/octet-stream")


def _vector(text: str, job: Job, personality: Personality, seed: int) -> Vectors:
    pooled = text if personality.pooling == "mean" else text.split(maxsplit=1)[0]
    row = embed(pooled, personality.dimension, seed)[: job.dimension]
    unit: Vectors = row / np.linalg.norm(row) if personality.normalised else row
    return unit


def _written(result: _Result, job: Job) -> list[float | None] | str | None:
    if job.encoding == "base64" and result.vector is not None:
        return base64.b64encode(result.packed(job.dtype)).decode()
    return result.numbers()


def _spoil(results: list[_Result], fault: Fault, rows: Sequence[int]) -> list[_Result]:
    count = len(results)
    if fault is Fault.WRONG_DIMENSION:
        rows = range(count)
    if fault is Fault.DUPLICATE_INDEX:
        rows = rows[:1]  # several that move on by one might only change places
    hit = [results[row] for row in rows]
    for result in hit:
        vector = result.vector
        assert vector is not None
        match fault:
            case Fault.NAN:
                vector[-1] = np.nan
            case Fault.INFINITY:
                vector[-1] = np.inf
            case Fault.NULL_NUMBER:
                result.null_at = 0
            case Fault.NULL_VECTOR:
                result.vector = None
            case Fault.ZERO_VECTOR:
                vector[:] = 0
            case Fault.RAGGED | Fault.WRONG_DIMENSION:
                result.vector = vector[:-1]
            case Fault.DUPLICATE_INDEX if count > 1:
                result.index = (result.index + 1) % count
            case Fault.INDEX_OUT_OF_RANGE:
                result.index = count
    if fault is Fault.FEWER:
        return [result for result in results if result not in hit]
    if fault is Fault.MORE or (fault is Fault.DUPLICATE_INDEX and count == 1):
        index = count if fault is Fault.MORE else 0
        return [*results, _Result(index, results[0].vector)]
    return results
