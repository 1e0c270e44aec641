"""A plain HTTP client of the server that fails on request, to see with that it does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from fault_server import FaultServer


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
