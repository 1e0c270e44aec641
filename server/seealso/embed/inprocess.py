"""vLLM as a library in this process: for building an index from the command line, without a server in between."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seealso.embed.base import Lane, ModelInfo, Vectors
from seealso.embed.cards import card_for
from seealso.embed.identity import PROBES, dimension_of, doubts_of, model_info, prefixes_of, read_by, source_of
from seealso.embed.managed.launch import is_path
from seealso.embed.wire import unit
from seealso.errors import EmbeddingError, SettingsError

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind
    from seealso.settings import EmbeddingSettings, VllmSettings

INSTALL = (
    "Install it beside seealso (in a clone: `pip install '.[vllm]'`), or set `seealso.embedding.backend` to `vllm`."
)


class InProcessEmbedder:
    """Embed with `vllm.LLM`, which is made by the first call and used from one thread: it is not made for several."""

    calls = 1
    call_s = 0.5

    def __init__(self, settings: EmbeddingSettings, vllm: VllmSettings) -> None:
        """Take what the settings say; they have to name a model."""
        self._settings, self._vllm = settings, vllm
        at_path = is_path(settings.model)
        self._model = str(Path(settings.model).expanduser().resolve()) if at_path else settings.model
        card = card_for(self._model)
        self._card, self._prefixes = card, prefixes_of(card, settings)
        self.source = source_of("vllm", settings)  # the same vectors as those of a server that we start
        self.activity = ""
        self.doubts: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._llm: Any = None
        self._info: ModelInfo | None = None

    @property
    def known(self) -> ModelInfo | None:
        return self._info

    @property
    def llm(self) -> Any:
        """Return vLLM's own object, None before the first call; for measurements."""
        return self._llm

    def warm(self) -> None:
        """Do nothing: it takes minutes to load, and is for bulk."""

    def identify(self) -> ModelInfo:
        info: ModelInfo = self._run(self._identify)
        return info

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:  # noqa: ARG002
        # A lone surrogate is no character, and tokenizers refuse it together with all other texts.
        clean = [(self._prefixes[kind] + text).encode("utf-8", "replace").decode() for text in texts]
        rows: Vectors = self._run(self._embed, clean)
        return rows

    def close(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.submit(self._let_go)
            thread.shutdown(wait=True, cancel_futures=False)

    def _run(self, work: Any, *arguments: object) -> Any:
        with self._lock:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "seealso-vllm")
            future = self._thread.submit(work, *arguments)
        return future.result()

    # -- in the thread

    def _identify(self) -> ModelInfo:
        if self._info is None:
            self.activity = "loading vLLM and the model"
            try:
                self._llm = self._load()
                whole = self._ask([self._prefixes["passage"] + text for text in PROBES])
            finally:
                self.activity = ""
            settings = self._settings
            native = whole.shape[1]
            dimension = dimension_of(settings.dimensions, native, self._card, settings.model)
            reads = int(self._llm.llm_engine.model_config.max_model_len)
            limits = [limit for limit in (settings.max_tokens, reads, read_by(self._card)) if limit]
            probes = unit(whole[:, :dimension])
            self.doubts = doubts_of(probes, self._card)
            self._info = model_info(self._model, self._card, self._prefixes, dimension, min(limits), probes[0])
        return self._info

    def _embed(self, texts: list[str]) -> Vectors:
        info = self._identify()
        if not texts:
            return np.zeros((0, info.dimension), np.float32)
        return unit(self._ask(texts, info.max_tokens)[:, : info.dimension])

    def _ask(self, texts: list[str], max_tokens: int = -1) -> Vectors:
        try:
            outputs = self._llm.embed(texts, use_tqdm=False, tokenization_kwargs={"truncate_prompt_tokens": max_tokens})
        except Exception as error:  # vLLM's exceptions share no base class of its own
            raise EmbeddingError(f"vLLM failed: {_line(error)}", hint="Its messages above say more.") from error
        rows = np.array([output.outputs.embedding for output in outputs], np.float32)
        if not np.isfinite(rows).all() or not rows.any(axis=1).all():
            raise EmbeddingError(
                "vLLM gave vectors that hold no numbers.",
                hint="Another `--dtype` in `seealso.vllm.arguments` may do.",
            )
        return rows

    def _load(self) -> Any:
        # One process: with more, each batch would travel between them, and half of two cores would be set aside.
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
        os.environ.setdefault("DO_NOT_TRACK", "1")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")  # standard output is for answers
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about things inside of it
                import vllm
            from vllm.engine.arg_utils import EngineArgs
            from vllm.utils.argparse_utils import FlexibleArgumentParser
        except ImportError as error:
            raise EmbeddingError(f"vLLM cannot be loaded: {error}.", hint=INSTALL) from error
        parser = EngineArgs.add_cli_args(FlexibleArgumentParser(exit_on_error=False))
        try:
            given = vars(parser.parse_args(["--model", self._model, *self._vllm.arguments]))
        except (Exception, SystemExit) as error:  # argparse ends the process for what it does not know
            raise SettingsError(
                f"`seealso.vllm.arguments` holds something that vLLM does not take: {_line(error)}",
                hint="`vllm serve --help=all` lists what there is.",
            ) from error
        options = {name: value for name, value in given.items() if value != parser.get_default(name)}
        if self._vllm.max_model_len:
            options["max_model_len"] = self._vllm.max_model_len
        if self._vllm.gpu_memory_utilization:
            options["gpu_memory_utilization"] = self._vllm.gpu_memory_utilization
        try:
            return vllm.LLM(**{**options, "runner": "pooling"})
        except Exception as error:
            raise EmbeddingError(
                f"vLLM cannot load {self._settings.model}: {_line(error)}",
                hint="Its messages above say more; with too little memory, lower `seealso.vllm.maxModelLen` or "
                "`seealso.vllm.gpuMemoryUtilization`, or take a smaller model.",
            ) from error

    def _let_go(self) -> None:
        self._llm = self._info = None


def _line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[0] if len(lines[0]) <= 300 else f"{lines[0][:300]}..."
