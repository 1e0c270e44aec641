"""A process gives its vLLM back when nobody asks it for a while, and takes it again with the next question."""

from __future__ import annotations

import sys

import pytest

from seealso.embed import vllm
from seealso.settings import EmbeddingSettings, VllmSettings
from unit.embed.managed.stubs import Stubs, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM does not run on Windows")


@pytest.fixture
def server(stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> vllm._Managed:
    managed = stubs.vllm()
    monkeypatch.setattr(vllm._Managed, "_found", lambda _: managed)
    return vllm._Managed(EmbeddingSettings(model="of-a-test"), VllmSettings())


def test_a_server_that_is_not_used_is_given_back_and_ends(
    server: vllm._Managed, stubs: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vllm, "KEEP_S", 0.1)
    server.connect()
    until(stubs.gone, "the end of a server that nobody uses")
    server.used()
    until(lambda: len(stubs.starts()) == 2, "its start with the next use")
    server.release()


def test_a_server_in_use_stays(server: vllm._Managed, stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm, "KEEP_S", 0.3)
    (endpoint,) = server.connect()
    looks = 0

    def used() -> bool:
        nonlocal looks
        server.used()
        looks += 1
        return looks > 100  # some two seconds: several times what it is kept and idles

    until(used)
    assert server.connect() == (endpoint,)
    assert len(stubs.starts()) == 1
    server.release()
    until(stubs.gone, "its end after the release")
