"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fault_server import FaultServer


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A server of embeddings that accepts everything until it is told otherwise."""
    # Here, because few tests need it and each process would have to import it.
    from fault_server import FaultServer

    with FaultServer() as server:
        yield server
