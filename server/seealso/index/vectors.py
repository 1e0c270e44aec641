"""Nearest neighbours of a vector. The only importer of usearch.

What is on disk as `vectors.<model>.<build>.usearch` is derived from SQLite and disposable: it holds the vectors up to
an id, is never changed once written, and is only opened when its size and checksum are those SQLite remembers. Vectors
that came later are the tail, scanned exactly. So a reader never waits for a writer, and nothing damaged is trusted.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from seealso.embed.base import Vectors
from seealso.embed.runtime import onnxruntime
from seealso.index.store import Store

if TYPE_CHECKING:
    from usearch.index import Index

MAX_TAIL_BYTES = 256_000_000
"""Memory for vectors that wait for a file to be written, while an index is being built."""
MAX_TAIL = 4096
"""A longer tail is merged into the file by the writer: scanning this many vectors costs about a millisecond."""

CONNECTIVITY = 16
EXPANSION_ADD = 64
"""Half of usearch's default adds 2.4 times as fast; over-fetching makes up for the recall."""
EXPANSION_SEARCH = 96
OVER_FETCH = 3
"""Candidates taken from the graph for each neighbour wanted, before the exact re-rank."""

_CHUNK = 8192
_META = "vector_file"

log = logging.getLogger(__name__)


def load_usearch() -> type[Index]:
    """Import usearch, after ONNX Runtime.

    The other way round the interpreter crashes when that is loaded (usearch 2.26.6 and ONNX Runtime 1.32.0 on Linux).
    """
    onnxruntime()
    from usearch.index import Index

    return Index


@dataclass(frozen=True, slots=True)
class _State:
    """What searches read; replaced as a whole, never changed."""

    file: Index | None
    build: int
    """Number of the file that is open, or that should be and is damaged; 0 without one."""
    last_id: int
    """Newest vector id that takes part."""
    tail_texts: npt.NDArray[np.int64]
    tail: Vectors


class VectorIndex:
    """Neighbours among the vectors of one model of one workspace. Safe to search from several threads."""

    def __init__(self, directory: Path, model_id: int, dimension: int) -> None:
        self._directory = directory
        self._model_id = model_id
        self._dimension = dimension
        self._state = self._empty()
        # usearch keeps per-thread scratch space by slot number, and every single-threaded search takes slot 0.
        self._searching = threading.Lock()
        self._following = threading.Lock()

    def __len__(self) -> int:
        state = self._state
        return (len(state.file) if state.file is not None else 0) + len(state.tail_texts)

    @property
    def state(self) -> tuple[int, int]:
        """What the answers depend on: the model and the newest vector that takes part."""
        return self._model_id, self._state.last_id

    def follow(self, store: Store) -> None:
        """Take in what has been written since the last call, by this process or another."""
        with self._following:
            recorded = _recorded(store, self._model_id)
            # A question's snapshot may be older than what another thread has opened meanwhile: never step back.
            if recorded is not None and recorded.build > self._state.build:
                self._state = self._opened(recorded)
            self._read_tail(store)

    def merge(self, store: Store, *, building: bool = False) -> None:
        """Move the tail into a new file when it has grown long enough; only the writer calls this.

        While building, the tail may grow with the file, so that it is written a few times, not a hundred.
        """
        self.follow(store)
        state = self._state
        filed = len(state.file) if state.file is not None else 0
        damaged = state.file is None and state.build > 0
        room = min(filed // 2, MAX_TAIL_BYTES // (4 * self._dimension)) if building else 0
        if len(state.tail_texts) <= max(MAX_TAIL, room) and not damaged:
            return
        self._write(store, state)

    def rebuild(self, store: Store) -> None:
        """Write the file anew from SQLite, after texts were deleted there."""
        recorded = _recorded(store, self._model_id)
        with self._following:
            self._state = replace(self._empty(), build=recorded.build if recorded else 0)
            self._read_tail(store)
        self._write(store, self._state)

    def _write(self, store: Store, state: _State) -> None:
        index = self._mutable(state)
        for start in range(0, len(state.tail_texts), _CHUNK):
            part = slice(start, start + _CHUNK)
            index.add(state.tail_texts[part].astype(np.uint64), state.tail[part], threads=_threads())
        recorded = _recorded(store, self._model_id)
        build = max(state.build, recorded.build if recorded else 0) + 1
        path = self._directory / _file_name(self._model_id, build)
        temporary = path.with_suffix(".partial")
        index.save(str(temporary))
        written = _Recorded(path.name, build, self._model_id, state.last_id, *_fingerprint(temporary))
        temporary.replace(path)
        with store.transaction():
            store.set_meta(f"{_META} {self._model_id}", json.dumps(written.__dict__))
        self.follow(store)
        _remove_stale(self._directory, self._model_id, keep=path.name)

    def search(self, query: Vectors, count: int) -> list[tuple[int, float]]:
        """Return (text id, cosine) of the nearest texts to one unit vector, best first."""
        return self.search_many(query[np.newaxis, :], count)[0]

    def search_many(self, queries: Vectors, count: int, *, threads: int = 1) -> list[list[tuple[int, float]]]:
        """Return (text id, cosine) of the nearest texts to each row, best first.

        Cosines from the graph carry float16 rounding (about 0.001): who compares closely fetches the vectors.
        """
        state = self._state
        found: list[list[tuple[int, float]]] = [[] for _ in range(len(queries))]
        if state.file is not None and len(state.file):
            wanted = min(count * OVER_FETCH, len(state.file))
            with self._searching:
                batch = state.file.search(queries, wanted, threads=threads)
            keys, distances = np.atleast_2d(batch.keys), np.atleast_2d(batch.distances)
            for row in range(len(queries)):
                found[row] = list(zip(keys[row].astype(int).tolist(), (1.0 - distances[row]).tolist(), strict=True))
        if len(state.tail_texts):
            cosines_by_row = queries @ state.tail.T
            top = min(count, len(state.tail_texts))
            for row, cosines in enumerate(cosines_by_row):
                best = np.argpartition(-cosines, top - 1)[:top]
                found[row] += zip(state.tail_texts[best].tolist(), cosines[best].tolist(), strict=True)
        return [sorted(row, key=_by_cosine)[:count] for row in found]

    def _empty(self) -> _State:
        return _State(None, 0, 0, np.empty(0, np.int64), np.empty((0, self._dimension), np.float32))

    def _opened(self, recorded: _Recorded) -> _State:
        """Open the file SQLite remembers, or start from nothing when it is missing or damaged."""
        path = self._directory / recorded.name
        try:
            if _fingerprint(path) != (recorded.size, recorded.checksum):
                raise OSError("its size or checksum is not what was written")
            index = self._new_index()
            index.view(str(path))
        except (OSError, RuntimeError) as error:
            log.warning("%s is rebuilt from the index: %s", recorded.name, error)
            return replace(self._empty(), build=recorded.build)
        return replace(self._empty(), file=index, build=recorded.build, last_id=recorded.last_id)

    def _read_tail(self, store: Store) -> None:
        state = self._state
        texts, tails, last_id = [state.tail_texts], [state.tail], state.last_id
        while True:
            ids, text_ids, vectors = store.embeddings.after(self._model_id, last_id, _CHUNK)
            if not ids:
                break
            texts.append(text_ids)
            tails.append(vectors)
            last_id = ids[-1]
        if last_id != state.last_id:
            self._state = replace(state, last_id=last_id, tail_texts=np.concatenate(texts), tail=np.concatenate(tails))

    def _mutable(self, state: _State) -> Index:
        index = self._new_index()
        if state.file is not None:
            index.load(str(self._directory / _file_name(self._model_id, state.build)))
        return index

    def _new_index(self) -> Index:
        return load_usearch()(
            ndim=self._dimension,
            metric="ip",
            dtype="f16",
            connectivity=CONNECTIVITY,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )


@dataclass(frozen=True)
class _Recorded:
    """What SQLite remembers of the file."""

    name: str
    build: int
    """Counts the files written; a later one replaces all before."""
    model_id: int
    last_id: int
    size: int
    checksum: int


def _file_name(model_id: int, build: int) -> str:
    return f"vectors.{model_id}.{build}.usearch"


def _recorded(store: Store, model_id: int) -> _Recorded | None:
    text = store.meta(f"{_META} {model_id}")
    return _Recorded(**json.loads(text)) if text else None


def _fingerprint(path: Path) -> tuple[int, int]:
    """Return the size and CRC-32 of a file: 0.1 s for 100,000 vectors, against opening damaged memory."""
    checksum = size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
            size += len(block)
    return size, checksum


def _remove_stale(directory: Path, model_id: int, keep: str) -> None:
    for path in directory.glob(f"vectors.{model_id}.*"):
        if path.name != keep:
            try:
                path.unlink()
            except OSError:  # Windows: another process has it open; the next merge tries again
                log.debug("%s is still in use", path.name)


def _threads() -> int:
    return min(os.cpu_count() or 1, 8)


def _by_cosine(hit: tuple[int, float]) -> tuple[float, int]:
    return -hit[1], hit[0]
