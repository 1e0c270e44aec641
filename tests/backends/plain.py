"""A client of the embeddings interface that knows nothing: what ours is compared with."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from backends.servers import Running

Floats = npt.NDArray[np.float32]


def post(server: Running, body: dict[str, Any], key: str | None = None) -> bytes:
    request = urllib.request.Request(
        f"{server.url}/embeddings",
        json.dumps({"model": server.model, **body}).encode(),
        {"Authorization": f"Bearer {key or server.key}", "Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        content: bytes = answer.read()
        return content


def status(server: Running, body: dict[str, Any], key: str | None = None) -> int:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(server, body, key)
    with refused.value:
        return refused.value.code


def embed(server: Running, texts: list[str], **options: Any) -> Floats:
    data = json.loads(post(server, {"input": texts, **options}))["data"]
    return np.array([row["embedding"] for row in sorted(data, key=lambda row: row["index"])], np.float32)
