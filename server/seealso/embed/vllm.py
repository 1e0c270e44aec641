"""vLLM, started and looked after by us: the embedder of any server, with one that is there when it is needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from seealso.embed.openai import OpenAIEmbedder

if TYPE_CHECKING:
    from seealso.embed.endpoint import Endpoint
    from seealso.embed.managed.client import ManagedVllm
    from seealso.settings import EmbeddingSettings, VllmSettings


def vllm_embedder(settings: EmbeddingSettings, vllm: VllmSettings) -> OpenAIEmbedder:
    """Return an embedder whose server is started by its first use, and shared with all of the user's processes."""
    server = _Server(settings, vllm)
    return OpenAIEmbedder(server.connect, settings, place="vllm", activity=server.activity, release=server.release)


class _Server:
    """A vLLM that is looked for when it is wanted: without one, what is in the index is still found."""

    def __init__(self, settings: EmbeddingSettings, vllm: VllmSettings) -> None:
        self._settings, self._vllm = settings, vllm
        self._lock = threading.Lock()
        self._managed: ManagedVllm | None = None

    def connect(self) -> tuple[Endpoint, ...]:
        """Return where the server is, when it is healthy; raises `EmbeddingError` when there can be none."""
        with self._lock:
            if self._managed is None:
                self._managed = self._found()
        return (self._managed.endpoint(),)

    def activity(self) -> str:
        return self._managed.activity if self._managed is not None else ""

    def release(self) -> None:
        if self._managed is not None:
            self._managed.close()

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
