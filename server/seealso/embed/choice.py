"""Which embedder the settings mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.embed.endpoint import Endpoint, Standing, base_urls
from seealso.embed.managed.launch import is_path
from seealso.errors import SettingsError
from seealso.settings import Backend

if TYPE_CHECKING:
    from seealso.embed.base import Embedder
    from seealso.settings import EmbeddingSettings, Settings

KEY_VARIABLE = "SEEALSO_API_KEY"


def embedder_for(settings: Settings) -> Embedder:
    """Return the embedder of some settings; nothing is loaded, started or asked yet.

    Raises `SettingsError` for settings that cannot be used together, or that would send text where it must not go.
    """
    embedding = settings.embedding
    if embedding.backend is Backend.ONNX:
        from seealso.embed.onnx import OnnxEmbedder

        return OnnxEmbedder(embedding.threads)
    if embedding.backend is Backend.OPENAI and not embedding.endpoint:
        raise SettingsError(
            "`seealso.embedding.backend` is `openai`, but there is no `seealso.embedding.endpoint`.",
            hint="Set it to the address of the server, such as http://127.0.0.1:8000/v1.",
        )
    if embedding.backend is Backend.VLLM_INPROCESS:
        from seealso.embed.inprocess import InProcessEmbedder

        _require_model(embedding)
        if not is_path(embedding.model) and Path(embedding.model).exists():
            raise SettingsError(
                f"`seealso.embedding.model` is {embedding.model}, which is also a folder here.",
                hint="Write ./ before it if that is the model, or work in another folder.",
            )
        return InProcessEmbedder(embedding, settings.vllm)
    if not embedding.endpoint:
        from seealso.embed.vllm import vllm_embedder

        _require_model(embedding)
        return vllm_embedder(embedding, settings.vllm)
    return _server(embedding)


def _require_model(settings: EmbeddingSettings) -> None:
    """Raise `SettingsError` when the settings do not name a model, which vLLM cannot do without."""
    if not settings.model:
        raise SettingsError(
            "`seealso.embedding.model` is empty, and vLLM needs to know what to load.",
            hint="Set it to a name such as Qwen/Qwen3-Embedding-0.6B, or to the folder of a model.",
        )


def _server(settings: EmbeddingSettings) -> Embedder:
    from seealso.embed.openai import OpenAIEmbedder

    urls = base_urls(settings.endpoint, allow_insecure=settings.allow_insecure)
    key = settings.api_key or os.environ.get(KEY_VARIABLE, "")
    return OpenAIEmbedder(Standing(*(Endpoint(url, key) for url in urls)), settings)
