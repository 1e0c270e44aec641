"""Fixtures for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from prefork import VARIABLE, forking

if TYPE_CHECKING:
    from fault_server import FaultServer

# How long an example takes depends on what else the machine does; time is measured where it is what is tested.
hypothesis.settings.register_profile("seealso", deadline=None)
hypothesis.settings.load_profile("seealso")


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may have a server in their settings; tests and their processes read empty ones."""
    empty = tmp_path_factory.mktemp("settings") / "config.toml"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEEALSO_CONFIG", str(empty))
        patch.delenv("SEEALSO_API_KEY", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _signals_are_heard() -> None:
    """Whoever started the tests may have had signals ignored (`nohup`, `&`), which every process of theirs inherits."""
    for name, handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture(scope="session")
def prefork(_no_settings_of_the_user: None, _signals_are_heard: None) -> Iterator[None]:
    """Let each `seealso` that a test starts be forked from one that is loaded already."""
    with forking() as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        yield


@pytest.fixture
def cold(prefork: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each `seealso` as users do, with a Python of its own."""
    monkeypatch.setenv(VARIABLE, "0")


@pytest.fixture
def fault_server() -> Iterator[FaultServer]:
    """A server of embeddings that accepts everything until it is told otherwise."""
    # Here, because few tests need it and each process would have to import it.
    from fault_server import FaultServer

    with FaultServer() as server:
        yield server
