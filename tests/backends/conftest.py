"""Real embedding servers, one of each kind a session; what is not installed is skipped, or is an error in CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from backends import cache, install, models
from backends.gguf_files import gguf
from backends.servers import Running, llama_server, vllm_server
from seealso.embed.choice import embedder_for
from seealso.settings import resolve

if TYPE_CHECKING:
    from seealso.embed.openai import OpenAIEmbedder

HERE = Path(__file__).parent
VLLM_ON_CPU = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB, and the least there is
}
QWEN3 = "Qwen/Qwen3-Embedding-0.6B"
REQUIRED = "SEEALSO_REQUIRE_BACKENDS"
"""Environment variable with the back ends (separated by commas) that have to be there."""


@pytest.hookimpl(tryfirst=True)  # before `-m` picks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and only that; also what needs vLLM, which is large."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.backends)
            item.add_marker(pytest.mark.slow)
            if any(name.startswith("vllm_") for name in fixtures(item)):
                item.add_marker(pytest.mark.vllm)


def fixtures(item: pytest.Item) -> set[str]:
    """Return the names of an item's fixtures; parameters may be such names as well."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return {*getattr(item, "fixturenames", ()), *(value for value in parameters if isinstance(value, str))}


def need(name: str) -> None:
    """Skip where an environment is not installed, unless it is required."""
    if install.installed(name):
        return
    if name in os.environ.get(REQUIRED, "").replace(",", " ").split():
        pytest.fail(f"{install.hint(name)} ({REQUIRED} asks for it)", pytrace=False)
    pytest.skip(install.hint(name))


@pytest.fixture(scope="session")
def llama_environment() -> None:
    """The environment of llama.cpp, for tests that start servers of their own."""
    need("llama")


@pytest.fixture(scope="session")
def vllm_environment() -> None:
    """The environment of vLLM, likewise."""
    need("vllm")


@pytest.fixture
def vllm_here(vllm_environment: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of vLLM's environment, with the variables that a vLLM we do not start ourselves needs."""
    for name, value in VLLM_ON_CPU.items():
        monkeypatch.setenv(name, value)
    state = cache.root() / "vllm-state"
    monkeypatch.setenv("XDG_CACHE_HOME", str(state / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(state / "config"))
    # By default one core is set aside, which is half of a machine with two.
    if sys.platform == "linux":
        cores = ",".join(map(str, sorted(os.sched_getaffinity(0))[:4]))
        monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", cores)
    folder = install.installed("vllm")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def vllm_seealso(vllm_environment: None) -> Path:
    """The folder with what seealso needs in the interpreter of vLLM."""
    need("vllm-seealso")
    folder = install.installed("vllm-seealso")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the logs of servers."""
    return tmp_path_factory.mktemp("backends")


@pytest.fixture(scope="session")
def llama_minilm(llama_environment: None, logs: Path) -> Iterator[Running]:
    """MiniLM by llama.cpp: 384 dimensions, 4 slots of 512 tokens."""
    with llama_server(gguf(models.minilm()), log=logs / "llama-minilm.log", name="minilm") as running:
        yield running


@pytest.fixture(scope="session")
def llama_qwen(llama_environment: None, logs: Path) -> Iterator[Running]:
    """The small Qwen3 by llama.cpp: 128 dimensions, 4 slots of 2048 tokens."""
    path = gguf(models.qwen3_tiny())
    with llama_server(path, log=logs / "llama-qwen.log", name="qwen3-tiny", context=2048) as running:
        yield running


@pytest.fixture(scope="session")
def vllm_minilm(vllm_environment: None, logs: Path) -> Iterator[Running]:
    """MiniLM by vLLM: 384 dimensions and no others, 256 tokens."""
    with vllm_server(models.minilm(), log=logs / "vllm-minilm.log") as running:
        yield running


@pytest.fixture(scope="session")
def vllm_qwen(vllm_environment: None, logs: Path) -> Iterator[Running]:
    """The small Qwen3 by vLLM, also known by a name whose model card says more: up to 128 dimensions, 8192 tokens."""
    model = models.qwen3_tiny(positions=8192)
    log = logs / "vllm-qwen.log"
    with vllm_server(model, log=log, name="qwen3-tiny", more_names=[QWEN3], matryoshka=True) as running:
        yield running


Connect = Callable[..., "OpenAIEmbedder"]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make embedders as the settings of users do; fields of `embedding` may be given as they are written there."""
    made: list[Any] = []

    def make(server: Running, **embedding: Any) -> Any:
        given = {"backend": "openai", "endpoint": server.url, "apiKey": server.key, "model": server.model, **embedding}
        settings, problems = resolve({"embedding": given})
        assert not problems
        made.append(embedder_for(settings))
        return made[-1]

    yield make
    for embedder in made:
        embedder.close()


@pytest.fixture(params=["llama_minilm", "vllm_minilm"])
def minilm(request: pytest.FixtureRequest) -> Running:
    """MiniLM on each server."""
    running: Running = request.getfixturevalue(request.param)
    return running
