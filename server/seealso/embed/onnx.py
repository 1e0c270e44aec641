"""The embedded default: multilingual-e5-small on ONNX Runtime, from files inside the package."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seealso.embed.base import Lane, ModelInfo
from seealso.embed.batching import equal_length_batches
from seealso.embed.cores import default_threads
from seealso.embed.runtime import onnxruntime
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.embed.base import EmbedKind, Vectors
    from seealso.embed.tokenizer import UnigramTokenizer

MODEL_FOLDER = Path(__file__).resolve().parent / "_model"
PREFIXES: dict[EmbedKind, str] = {"query": "query: ", "passage": "passage: ", "related": "passage: "}
TOKEN_BUDGET = 512
"""Tokens of one run: as fast as 4,096, and what a run needs beside the weights stays at a few megabytes."""
SLICE = 4096
"""Texts tokenised at once; more of them would only take memory."""
NICENESS = 5
REINSTALL = "Install seealso again (in a checkout: `pip install -e .`)."


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: Any
    tokenizer: UnigramTokenizer


class OnnxEmbedder:
    """Embed with the model in the package; safe to call from several threads at once.

    Every run has one thread, and runs go side by side: on two cores a quarter faster than two threads inside each
    run. A call with a single text runs in its caller's thread at once, so a query never queues behind a batch, whatever
    its lane.
    """

    source = "onnx"
    activity = ""
    doubts = ()
    calls = 1
    call_s = 0.5

    def __init__(self, threads: int = 0, *, folder: Path = MODEL_FOLDER) -> None:
        """Use up to `threads` threads a call (0: physical cores, at most 8)."""
        self._threads = threads or default_threads()
        self._folder = folder
        self._lock = threading.Lock()
        self._info: ModelInfo | None = None
        self._loaded: _Loaded | None = None

    @property
    def info(self) -> ModelInfo:
        """Identify the model without loading it.

        Raises `EmbeddingError` when the package holds no model.
        """
        if self._info is None:
            try:
                manifest = json.loads((self._folder / "manifest.json").read_text("utf-8"))
                self._info = ModelInfo(manifest["id"], int(manifest["dimension"]), int(manifest["max_tokens"]))
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise EmbeddingError(f"The embedding model is not installed ({error}).", hint=REINSTALL) from error
        return self._info

    @property
    def known(self) -> ModelInfo | None:
        try:
            return self.info
        except EmbeddingError:
            return None

    def warm(self) -> None:
        self.embed([""], "query")

    def identify(self) -> ModelInfo:
        return self.info

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:  # noqa: ARG002
        """Return one unit row a text, in order: shape (len(texts), dimension), float32.

        Texts longer than the model's 512 tokens are embedded by their beginning.
        """
        info = self.info
        vectors = np.zeros((len(texts), info.dimension), np.float32)
        if not texts:
            return vectors
        loaded = self._load()
        prefix = PREFIXES[kind]
        for start in range(0, len(texts), SLICE):
            ids = [loaded.tokenizer.encode(prefix + text, info.max_tokens) for text in texts[start : start + SLICE]]
            self._run(loaded, ids, vectors[start : start + SLICE])
        return vectors

    def close(self) -> None:
        """Release the model; a later `embed` loads it again, and calls under way finish."""
        with self._lock:
            self._loaded = None

    def _run(self, loaded: _Loaded, ids: list[list[int]], vectors: Vectors) -> None:
        """Fill one row of `vectors` for each list of ids."""

        def run(batch: list[int]) -> None:
            tokens = np.array([ids[position] for position in batch], np.int32)
            vectors[batch] = loaded.session.run(None, {"ids": tokens})[0]

        batches = equal_length_batches([len(tokens) for tokens in ids], TOKEN_BUDGET)
        workers = min(self._threads, len(batches))
        try:
            if workers == 1:
                for batch in batches:
                    run(batch)
                return
            pool = ThreadPoolExecutor(workers, thread_name_prefix="seealso-embed", initializer=_step_back)
            try:
                for _ in pool.map(run, batches):
                    pass
            finally:
                pool.shutdown(cancel_futures=True)
        except Exception as error:  # the runtime's exceptions share no base class of its own
            raise EmbeddingError(f"The embedding model failed: {error}", hint=REINSTALL) from error

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _Loaded(_session(self._folder / "model.onnx"), _tokenizer(self._folder))
            return self._loaded


def _session(path: Path) -> Any:
    try:
        runtime = onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # The graph is written as it shall run; rewriting would undo what was measured to be fastest.
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
        # Batches have many shapes; a plan for each would only pile up.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # missing library, missing or damaged file: each has its own class
        raise EmbeddingError(f"The embedding model cannot be loaded: {error}", hint=REINSTALL) from error


def _tokenizer(folder: Path) -> UnigramTokenizer:
    from seealso.embed.tokenizer import UnigramTokenizer

    try:
        document = json.loads((folder / "vocabulary.json").read_text("utf-8"))
        return UnigramTokenizer(**document)
    except (OSError, ValueError, TypeError) as error:
        raise EmbeddingError(f"The model's vocabulary cannot be read: {error}", hint=REINSTALL) from error


def _step_back() -> None:
    """Let the editor and its server go first; only Linux has priorities of single threads."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
