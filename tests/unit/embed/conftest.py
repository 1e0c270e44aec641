"""Clients of the server that fails on request: a plain one, to see with that it does, and ours."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from fault_server import FaultServer
    from seealso.embed.openai import OpenAIEmbedder
    from server_clients import Connect


@pytest.fixture
def client(fault_server: FaultServer) -> Iterator[httpx.Client]:
    """A client of the server's /v1."""
    import httpx

    # Reading the certificates would take longer than most tests.
    with httpx.Client(base_url=fault_server.url, verify=False, trust_env=False, timeout=5.0) as client:
        yield client


@pytest.fixture
def aside() -> Iterator[Executor]:
    """Threads for requests that are to wait."""
    with ThreadPoolExecutor(8) as executor:
        yield executor


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Connect]:
    """Make embedders with little patience; they leave no thread behind, and nothing for asyncio to complain about."""
    from seealso.embed import bulk, openai
    from seealso.embed.endpoint import Endpoint, Standing
    from seealso.settings import EmbeddingSettings

    # Much longer than anything takes here, and no longer than somebody would wait for a test that fails.
    monkeypatch.setattr(openai, "IDENTIFY_S", 5.0)
    monkeypatch.setattr(openai, "ANSWER_S", 5.0)
    monkeypatch.setattr(bulk, "PATIENCE_S", 5.0)
    monkeypatch.setattr(bulk, "FIRST_PATIENCE_S", 0.04)
    monkeypatch.setattr(bulk, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(bulk, "LONGEST_WAIT_S", 0.05)
    made: list[openai.OpenAIEmbedder] = []

    def make(*servers: FaultServer | str, key: str = "", priorities: bool = False, **settings: Any) -> OpenAIEmbedder:
        urls = [server if isinstance(server, str) else server.url for server in servers]
        host = Standing(*(Endpoint(url, key, priorities) for url in urls))
        made.append(openai.OpenAIEmbedder(host, EmbeddingSettings(**settings)))
        return made[-1]

    caplog.set_level(logging.DEBUG)
    yield make
    for embedder in made:
        embedder.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("seealso")] == []
    complaints = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in complaints] == []
