"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fault_server import FaultServer


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may have a server in their settings; tests and their processes read empty ones."""
    empty = tmp_path_factory.mktemp("settings") / "config.toml"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEEALSO_CONFIG", str(empty))
        patch.delenv("SEEALSO_API_KEY", raising=False)
        yield


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A server of embeddings that accepts everything until it is told otherwise."""
    # Here, because few tests need it and each process would have to import it.
    from fault_server import FaultServer

    with FaultServer() as server:
        yield server
