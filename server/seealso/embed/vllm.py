"""vLLM, started and looked after by us: the embedder of any server, with one that is there when it is needed."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from seealso.embed.openai import OpenAIEmbedder
from seealso.errors import CancelledError, EmbeddingError, SeeAlsoError

if TYPE_CHECKING:
    from seealso.embed.endpoint import Endpoint
    from seealso.embed.managed.client import ManagedVllm
    from seealso.settings import EmbeddingSettings, VllmSettings


KEEP_S = 60.0
"""A process gives the server back after so long without a use; its own idle time begins then."""


MISSING_S = 30.0
"""What is not installed is not looked for again for so long."""


def vllm_embedder(settings: EmbeddingSettings, vllm: VllmSettings) -> OpenAIEmbedder:
    """Return an embedder whose server is started by its first use, and shared with all of the user's processes."""
    return OpenAIEmbedder(_Managed(settings, vllm), settings)


class _Managed:
    """A vLLM that is looked for when it is wanted: without one, what is in the index is still found."""

    place = "vllm"

    def __init__(self, settings: EmbeddingSettings, vllm: VllmSettings) -> None:
        self._settings, self._vllm = settings, vllm
        self._finding = threading.Lock()
        self._managed: ManagedVllm | None = None
        self._missing: tuple[EmbeddingError, float] | None = None
        """Why there is no vLLM, and until when it is not looked for again."""
        self._lock = threading.Lock()
        self._last = 0.0
        self._connecting = 0
        self._idle: threading.Timer | None = None
        """Runs while we have the server."""
        self._lapsed = False
        """It was given back, and nobody has wanted it since."""
        self._releases = 0

    def connect(self) -> tuple[Endpoint, ...]:
        """Return where the server is, when it is healthy; raises `EmbeddingError` when there can be none."""
        with self._lock:
            self._connecting += 1
            releases = self._releases
        try:
            managed = self._find()
            endpoint = managed.endpoint()
        except CancelledError as error:
            raise EmbeddingError("vLLM is not waited for any more.") from error
        finally:
            with self._lock:
                self._connecting -= 1
                self._last = time.monotonic()
        with self._lock:
            if releases == self._releases:
                self._lapsed = False
                if self._idle is None:
                    self._look_again(KEEP_S)
                return (endpoint,)
        managed.close()
        raise EmbeddingError("vLLM is not waited for any more.")

    def used(self) -> None:
        """Take note that somebody uses the server, and take it again if it was given back."""
        with self._lock:
            self._last = time.monotonic()
            lapsed, self._lapsed = self._lapsed, False
        if lapsed:
            # Aside: it may have ended, and then it takes long to start; the question goes without it meanwhile.
            threading.Thread(target=self._rejoin, name="seealso-rejoin", daemon=True).start()

    @property
    def activity(self) -> str:
        return self._managed.activity if self._managed is not None else ""

    def release(self) -> None:
        with self._lock:
            self._releases += 1
            self._lapsed = False
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
        if self._managed is not None:
            self._managed.close()

    def _rejoin(self) -> None:
        with suppress(SeeAlsoError):  # whoever asks the server meets the same, and says so
            self.connect()

    def _look_again(self, seconds: float) -> None:
        self._idle = threading.Timer(seconds, self._give_back_if_idle)
        self._idle.daemon = True
        self._idle.start()

    def _give_back_if_idle(self) -> None:
        """Let an editor that stays open over night not keep the GPU busy."""
        with self._lock:
            if self._idle is None or self._managed is None:
                return
            left_s = self._last + KEEP_S - time.monotonic()
            if left_s > 0 or self._connecting:
                self._look_again(max(left_s, KEEP_S / 10))
                return
            self._idle, self._lapsed = None, True
        self._managed.close()

    def _find(self) -> ManagedVllm:
        """Find out how vLLM is called, once; without the lock that questions take, since it may take seconds."""
        with self._finding:
            if self._managed is None:
                if self._missing is not None and time.monotonic() < self._missing[1]:
                    raise EmbeddingError(self._missing[0].message, hint=self._missing[0].hint)
                try:
                    self._managed = self._found()
                except EmbeddingError as error:
                    self._missing = error, time.monotonic() + MISSING_S
                    raise
            return self._managed

    def _found(self) -> ManagedVllm:
        from seealso.embed.managed.client import ManagedVllm
        from seealso.embed.managed.command import find_command
        from seealso.embed.managed.launch import Launch

        launch = Launch(
            command=find_command(self._vllm.command),
            model=self._settings.model,
            max_model_len=self._vllm.max_model_len or None,
            gpu_memory_utilization=self._vllm.gpu_memory_utilization or None,
            arguments=self._vllm.arguments,
            idle_s=60 * self._vllm.idle_minutes,
        )
        return ManagedVllm(launch)
