"""A very small encoder in the packed form, and what it computes written out in numpy."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model_build.weights import Floats, Weights

HIDDEN, LAYERS, HEADS, FEED_FORWARD, WORDS, POSITIONS, TYPES = 64, 2, 2, 96, 40, 16, 2
EPSILON = 1e-12
BLOCK = 32
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "ä", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.5, -3.25, -4.125, 0.0]
CHARACTERS = {0x41: "a", 0xA0: " ", 0x1: "", 0xFDFA: "aaa"}

_PARTS = {
    "q": (HIDDEN, HIDDEN),
    "k": (HIDDEN, HIDDEN),
    "v": (HIDDEN, HIDDEN),
    "ao": (HIDDEN, HIDDEN),
    "fi": (FEED_FORWARD, HIDDEN),
    "fo": (HIDDEN, FEED_FORWARD),
}


def packed(seed: int = 0) -> bytes:
    """Return a whole weights file with random numbers."""
    random = np.random.default_rng(seed)
    header = struct.pack(
        "<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, WORDS, POSITIONS, TYPES, EPSILON, 32
    )
    head = header + _vocabulary()
    tensors = list(_tensors(random))
    directory_bytes = 4 + sum(2 + len(name.encode()) + struct.calcsize("<BIQQ") for name, *_ in tensors)
    offset = len(head) + directory_bytes
    directory, blob = struct.pack("<i", len(tensors)), b""
    for name, kind, count, raw in tensors:
        directory += struct.pack("<H", len(name.encode())) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, offset + len(blob), len(raw))
        blob += raw
    return head + directory + blob


def _vocabulary() -> bytes:
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    normalised = b"".join(
        struct.pack("<IB", code, len(text)) + text.encode("utf-32-le") for code, text in CHARACTERS.items()
    )
    return (
        struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
        + offsets.tobytes()
        + np.array(SCORES, "<f4").tobytes()
        + b"".join(encoded)
        + struct.pack("<iI", len(CHARACTERS), len(normalised))
        + normalised
    )


def _tensors(random: np.random.Generator) -> list[tuple[str, int, int, bytes]]:
    def floats(name: str, count: int, around: float = 0.0) -> tuple[str, int, int, bytes]:
        return name, 0, count, random.normal(around, 0.1, count).astype("<f4").tobytes()

    def blocks(name: str, rows: int, columns: int) -> tuple[str, int, int, bytes]:
        count = rows * columns // BLOCK
        record = np.zeros(count, np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)]))
        record["scale"] = random.uniform(0.01, 0.05, count)
        record["packed"] = random.integers(0, 256, (count, BLOCK // 2))
        return name, 1, rows * columns, record.tobytes()

    tensors = [
        blocks("emb.word", WORDS, HIDDEN),
        floats("emb.pos", POSITIONS * HIDDEN),
        floats("emb.type", TYPES * HIDDEN),
        floats("emb.ln.w", HIDDEN, 1.0),
        floats("emb.ln.b", HIDDEN),
    ]
    for layer in range(LAYERS):
        for part, (rows, columns) in _PARTS.items():
            tensors += [blocks(f"l{layer}.{part}.w", rows, columns), floats(f"l{layer}.{part}.b", rows)]
        for part in ("aln", "oln"):
            tensors += [floats(f"l{layer}.{part}.w", HIDDEN, 1.0), floats(f"l{layer}.{part}.b", HIDDEN)]
    return tensors


def encode(weights: Weights, ids: list[int]) -> Floats:
    """Return the vector of one text, computed step by step."""

    def linear(x: Floats, name: str) -> Floats:
        return np.asarray(x @ weights.matrix(f"{name}.w").floats().T + weights.vector(f"{name}.b"))

    def normalised(x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
        return np.asarray(scaled * weights.vector(f"{name}.w") + weights.vector(f"{name}.b"))

    words = weights.matrix("emb.word").floats()[ids]
    positions = weights.vector("emb.pos").reshape(POSITIONS, HIDDEN)[: len(ids)]
    x = normalised(words + positions + weights.vector("emb.type")[:HIDDEN], "emb.ln")
    for layer in range(LAYERS):
        name = f"l{layer}"
        heads = [
            linear(x, f"{name}.{part}").reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for part in ("q", "k", "v")
        ]
        scores = heads[0] @ heads[1].transpose(0, 2, 1) / math.sqrt(HIDDEN / HEADS)
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        attended = (shares @ heads[2]).transpose(1, 0, 2).reshape(len(ids), HIDDEN)
        x = normalised(x + linear(attended, f"{name}.ao"), f"{name}.aln")
        wide = linear(x, f"{name}.fi")
        active = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = normalised(x + linear(active, f"{name}.fo"), f"{name}.oln")
    pooled = x.mean(axis=0)
    return np.asarray(pooled / np.linalg.norm(pooled), np.float32)
