"""Read the packed weights of multilingual-e5-small."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
"""Weights that share one scale, consecutive along a row."""
FLOAT32, Q4 = 0, 1

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram pieces with their scores, and what each character is read as first."""

    pieces: tuple[str, ...]
    scores: Floats
    characters: dict[int, str]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Quantized:
    """A matrix in blocks of 4-bit values: value = nibble * scale."""

    nibbles: npt.NDArray[np.int8]
    """-8 to 7, shape (rows, columns)."""
    scales: npt.NDArray[np.float16]
    """Shape (rows, columns / BLOCK)."""

    def floats(self) -> Floats:
        rows, columns = self.nibbles.shape
        blocks = self.nibbles.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32)
        return (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True, slots=True)
class Weights:
    """The whole model as stored; matrices have one row an output."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Floats | Quantized]

    def vector(self, name: str) -> Floats:
        tensor = self.tensors[name]
        assert isinstance(tensor, np.ndarray), name
        return tensor

    def matrix(self, name: str) -> Quantized:
        tensor = self.tensors[name]
        assert isinstance(tensor, Quantized), name
        return tensor


class _Reader:
    """Take little-endian values from the front of a buffer."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def bytes(self, count: int) -> bytes:
        start, self.position = self.position, self.position + count
        return self.data[start : self.position]

    def values(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self.bytes(struct.calcsize("<" + layout)))

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        array = np.frombuffer(self.data, kind, count, self.position)
        self.position += array.nbytes
        return array


def parse(data: bytes) -> Weights:
    """Read a weights file.

    Raises `ValueError` when it is of another make.
    """
    reader = _Reader(data)
    if reader.bytes(4) != MAGIC:
        raise ValueError("not a packed e5 weights file")
    version, hidden, layers, heads, feed_forward, vocabulary, positions, _types, epsilon, block = reader.values("I7ifi")
    if (version, block) != (VERSION, BLOCK):
        raise ValueError(f"weights of version {version} with blocks of {block} are not known")
    shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, epsilon)
    words = _vocabulary(reader)
    return Weights(shape, words, _tensors(reader, shape))


def _vocabulary(reader: _Reader) -> Vocabulary:
    count, bos, eos, pad, unknown = reader.values("5i")
    (blob_bytes,) = reader.values("Q")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count)
    blob = reader.bytes(blob_bytes)
    pieces = tuple(blob[start:end].decode() for start, end in itertools.pairwise(offsets))
    entries, _ = reader.values("iI")
    characters = {}
    for _ in range(entries):
        code, length = reader.values("IB")
        characters[code] = "".join(map(chr, reader.values(f"{length}I")))
    return Vocabulary(pieces, scores, characters, bos, eos, pad, unknown)


def _tensors(reader: _Reader, shape: Shape) -> dict[str, Floats | Quantized]:
    (count,) = reader.values("i")
    tensors: dict[str, Floats | Quantized] = {}
    for _ in range(count):
        (length,) = reader.values("H")
        name = reader.bytes(length).decode()
        kind, values, offset, nbytes = reader.values("BIQQ")
        raw = reader.data[offset : offset + nbytes]
        if kind == FLOAT32:
            tensors[name] = np.frombuffer(raw, "<f4", values)
        elif kind == Q4:
            columns = shape.feed_forward if name.endswith(".fo.w") else shape.hidden
            tensors[name] = _unpack(raw, values // columns, columns)
        else:
            raise ValueError(f"tensor {name} is of an unknown kind {kind}")
    return tensors


def _unpack(raw: bytes, rows: int, columns: int) -> Quantized:
    """Split blocks of a float16 scale and 16 bytes, whose low nibbles come before their high ones."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)]))
    packed = blocks["packed"]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8) - np.int8(8)
    return Quantized(nibbles.reshape(rows, columns), blocks["scale"].reshape(rows, columns // BLOCK))
