"""The embeddings interface of OpenAI as bytes: requests, answers, and what servers say when they refuse."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from seealso.embed.base import Vectors

MAX_MESSAGE = 300
"""Characters of a server's message that are passed on."""


class Encoding(Enum):
    """How vectors travel."""

    BASE64 = "base64"
    """float32; servers that do not know it answer with lists of numbers, which are read as well."""
    RAW = "bytes_only"
    """vLLM's: float16, one vector after the other, in the order of the inputs. Its `bytes` puts a line for each input
    into one header, which breaks the limits of HTTP libraries above some 64 inputs."""


class AnswerError(Exception):
    """An answer is not what the interface promises: cut off, incomplete, or not JSON at all."""


class BadVectorsError(AnswerError):
    """The answer is whole, but some vectors are no directions: not a number, infinite, or zero."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent back."""

    vectors: Vectors
    """One row an input, in order, as they came: shape (inputs, dimension), of any length and not yet looked at."""
    model: str = ""
    tokens: int = 0
    """Tokens of all inputs together, 0 when the server does not count."""


def request(
    model: str, texts: Sequence[str], encoding: Encoding, *, dimensions: int = 0, extra: Mapping[str, Any] | None = None
) -> bytes:
    """Return the body of a request; `dimensions` asks for shorter vectors."""
    body: dict[str, Any] = {"input": list(texts), "encoding_format": encoding.value, **(extra or {})}
    if model:
        body["model"] = model
    if encoding is Encoding.RAW:
        body |= {"embed_dtype": "float16", "endianness": "little"}
    if dimensions:
        body["dimensions"] = dimensions
    # A lone surrogate is no character, and most servers answer it with an error for the whole request.
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def answer(raw: bytes, count: int, encoding: Encoding) -> Answer:
    """Read the answer to `count` inputs; raise `AnswerError` when it is not one."""
    return _raw(raw, count) if encoding is Encoding.RAW else _json(raw, count)


def unit(rows: Vectors) -> Vectors:
    """Return rows of length 1; raise `BadVectorsError` when one has no direction."""
    wide = rows.astype(np.float64)  # the squares of what float32 can hold
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise BadVectorsError("A vector holds something that is not a number.")
    if not lengths.all():
        raise BadVectorsError("A vector is zero.")
    scaled: Vectors = (wide / lengths).astype(np.float32)
    return scaled


def _raw(raw: bytes, count: int) -> Answer:
    if not raw or len(raw) % (2 * count):
        raise AnswerError(f"{len(raw)} bytes came back, which are not {count} vectors of equal length.")
    return Answer(np.frombuffer(raw, "<f2").reshape(count, -1).astype(np.float32))


def _json(raw: bytes, count: int) -> Answer:
    try:
        body = parsed(raw)
    except ValueError as error:
        raise AnswerError(f"The answer is not JSON ({error}).") from error
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        said = error_message(raw) if isinstance(body, dict) and "data" not in body else ""
        raise AnswerError(said or "The answer holds no `data`.")
    if len(data) != count:
        raise AnswerError(f"{len(data)} vectors came back for {count} texts.")
    # Some servers leave `index` out: then the order has to do.
    positions = [item.get("index") for item in data]
    if any(position is not None for position in positions):
        if {position for position in positions if type(position) is int} != set(range(count)):
            raise AnswerError("The answer numbers its vectors in a way that fits no input.")
        data.sort(key=lambda item: item["index"])
    rows = [_row(item.get("embedding")) for item in data]
    if len({len(row) for row in rows}) != 1 or not len(rows[0]):
        raise AnswerError("The vectors that came back have different lengths.")
    usage = body.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    model = body.get("model")
    return Answer(
        np.stack(rows),
        model if isinstance(model, str) else "",
        tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and tokens > 0 else 0,
    )


def parsed(raw: bytes | str) -> Any:
    """Return what some JSON says; raise `ValueError` when it is none that can be read."""
    try:
        return json.loads(raw)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _row(value: object) -> Vectors:
    if isinstance(value, str):
        try:
            raw = base64.b64decode(value, validate=True)
            return np.frombuffer(raw, "<f4").astype(np.float32)
        except (binascii.Error, ValueError) as error:
            raise AnswerError(f"A vector is not base64 of float32 ({error}).") from error
    if value is None:
        raise BadVectorsError("A vector is null.")
    try:
        # `null` among the numbers, which is how some servers write "not a number", becomes just that.
        with np.errstate(over="ignore"):  # infinity then, which is found out later
            row = np.asarray(value, np.float64).astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise AnswerError("A vector is not a list of numbers.") from error
    if row.ndim != 1:
        raise AnswerError("A vector is not a list of numbers; is the address that of `/v1`?")
    return row


def error_message(raw: bytes) -> str:
    """Return what a server says went wrong, in one line; empty when it says nothing readable.

    Servers write `{"error": "..."}`, `{"error": {"message": "..."}}`, `{"detail": ...}` or plain text.
    """
    text = raw[:20_000].decode("utf-8", "replace")
    try:
        body = parsed(text)
    except ValueError:
        body = "" if "<html" in text.casefold() or "<!doctype" in text.casefold() else text
    for key in ("error", "message", "detail", "msg"):
        while isinstance(body, dict) and isinstance(body.get(key), str | dict | list):
            body = body[key]
        if isinstance(body, list) and body:
            body = body[0]
    said = body if isinstance(body, str) else json.dumps(body) if body else ""
    # It goes to terminals and into logs: no control characters.
    line = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    return line if len(line) <= MAX_MESSAGE else f"{line[:MAX_MESSAGE]}..."


_TOO_LONG = (
    "maximum context length",  # vLLM, OpenAI
    "exceed_context_size",  # llama.cpp
    "context size",
    "too large to process",
    "context length",  # Ollama
    "physical batch size",
    "must have less than",  # Text Embeddings Inference
    "too long",
)


def says_too_long(message: str) -> bool:
    """Tell whether a server's refusal means that a text is longer than it reads."""
    folded = message.casefold()
    return any(part in folded for part in _TOO_LONG)
