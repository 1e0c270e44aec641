"""A vLLM of our own with a real one, on a small model and the processor."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backends import models
from backends.waiting import until
from seealso.embed.endpoint import Endpoint
from seealso.embed.managed.client import ManagedVllm
from seealso.embed.managed.command import find_command
from seealso.embed.managed.launch import Launch
from seealso.embed.managed.locks import is_held
from seealso.embed.managed.place import Place, State
from seealso.embed.managed.processes import Process, members
from seealso.embed.managed.server import MOST_SOCKET_BYTES, SOCKET_NAME_BYTES
from seealso.errors import EmbeddingError

ARGUMENTS = ("--enforce-eager", "--dtype", "float32")


class Life:
    """A managed server and the folder it is kept in."""

    def __init__(self, launch: Launch, runtime: Path) -> None:
        self.managed = ManagedVllm(launch, runtime)
        self.place = Place(runtime / f"vllm-{launch.digest()}")
        self.groups: set[int] = set()

    def state(self) -> State:
        state = self.place.read()
        assert state is not None
        self.groups.add(state.group or next(iter(self.groups), 0))
        return state

    def gone(self) -> bool:
        return not is_held(self.place.lock) and not any(members(group) for group in self.groups - {0})


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Callable[[Launch], Life]]:
    made: list[Life] = []

    def make(launch: Launch) -> Life:
        made.append(Life(launch, tmp_path))
        return made[-1]

    yield make
    for life in made:
        life.managed.close()
        if life.place.folder.exists():
            until(life.gone, "the end of vLLM")


def embed(endpoint: Endpoint, key: str, **more: object) -> list[float]:
    document = {"model": endpoint.model, "input": ["a text"], **more}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"{endpoint.url}/embeddings", json.dumps(document).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=60) as answer:
        vector: list[float] = json.load(answer)["data"][0]["embedding"]
        return vector


def command_line(process: Process) -> bytes:
    return Path(f"/proc/{process.pid}/cmdline").read_bytes()


def listening_elsewhere(processes: tuple[Process, ...]) -> set[str]:
    """Return on which addresses but the loopback ones some processes listen (Linux; empty elsewhere)."""
    sockets = set()
    for process in processes:
        for descriptor in Path(f"/proc/{process.pid}/fd").glob("*"):
            try:
                target = str(descriptor.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/net/{table}")
        for row in path.read_text("ascii").splitlines()[1:] if path.exists() else ():
            _, local, _, state, *_, inode = row.split()[:10]
            if state == "0A" and inode in sockets:
                found.add(local.partition(":")[0])
    return found - {"0100007F", "00000000000000000000000001000000"}


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where only Linux has them")
def test_a_life(vllm_here: Path, lives: Callable[[Launch], Life]) -> None:
    launch = Launch(find_command(str(vllm_here)), str(models.minilm()), 128, None, ARGUMENTS, 3.0)
    life = lives(launch)
    managed = life.managed

    # It starts, and says what it is doing.
    said: set[str] = set()
    started = threading.Event()

    def listen() -> None:
        while not started.wait(0.02):
            said.add(managed.activity.rpartition(" (")[0])

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        first = managed.endpoint()
    finally:
        started.set()
        listener.join()
    # To load a model as small as this takes no time.
    assert {"starting vLLM: reading the model's description", "starting vLLM: starting its engine"} <= said
    vector = embed(first, first.key)
    assert len(vector) == 384
    assert math.isclose(sum(value * value for value in vector), 1, abs_tol=1e-3)
    assert embed(first, first.key, priority=-10) == pytest.approx(vector, abs=1e-4)

    # Its key is kept, and needed.
    with pytest.raises(urllib.error.HTTPError, match="401"):
        embed(first, "another")
    state = life.state()
    assert len(state.members) >= 3
    assert not any(first.key.encode() in command_line(process) for process in state.members)
    assert first.key not in life.place.log.read_text("utf-8")
    assert not listening_elsewhere(state.members)
    sockets = [path for path in life.place.sockets.iterdir() if path.is_socket()]
    assert sockets or len(str(life.place.sockets)) + SOCKET_NAME_BYTES > MOST_SOCKET_BYTES

    # Another client in another process gets the same.
    script = (
        "import sys; from pathlib import Path; from seealso.embed.managed.client import ManagedVllm as M\n"
        "from seealso.embed.managed.launch import Launch, from_json\n"
        "managed = M(from_json(Path(sys.argv[1]).read_text())[0], Path(sys.argv[2])); print(managed.endpoint().url)"
    )
    command = [sys.executable, "-c", script, str(life.place.launch), str(life.place.folder.parent)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == first.url

    # `vllm serve` is killed, which leaves its engine behind; it is ended, and another one is there.
    (leader,) = [process for process in state.members if process.pid == state.group]
    os.kill(leader.pid, signal.SIGKILL)
    second = managed.endpoint()
    assert second.key != first.key
    assert embed(second, second.key) == pytest.approx(vector, abs=1e-4)
    assert not members(state.group)

    # Its engine is killed, as the system does when memory runs out.
    state = life.state()
    (engine,) = [process for process in state.members if b"EngineCore" in command_line(process)]
    os.kill(engine.pid, signal.SIGKILL)
    until(lambda: life.state().key != second.key and life.state().status == "ready", "another server")
    assert not members(state.group)

    # The keeper is killed: the guard ends everything, and the next one starts anew.
    state = life.state()
    os.kill(state.keeper, signal.SIGKILL)
    until(lambda: not members(state.group), "the guard")
    third = managed.endpoint()
    assert embed(third, third.key) == pytest.approx(vector, abs=1e-4)

    # Nobody wants it any more.
    life.state()
    began = time.monotonic()
    managed.close()
    until(life.gone, "the end of vLLM")
    assert time.monotonic() - began < 20
    assert life.state().status == "stopped"
    assert not life.place.sockets.exists()


@pytest.mark.parametrize(
    ("model", "length", "arguments", "message"),
    [
        pytest.param("/no/such/folder", None, (), "There is no model /no/such/folder", id="no folder"),
        pytest.param("nobody/nothing", None, (), "nobody/nothing is not on this machine", id="offline"),
        pytest.param("", 100_000, (), "at most 256 tokens, and `seealso.vllm.maxModelLen` is 100000", id="too long"),
        pytest.param("", None, ("--no-such", "3"), "does not know the arguments `--no-such 3`", id="unknown argument"),
    ],
)
def test_failures(
    vllm_here: Path,
    lives: Callable[[Launch], Life],
    model: str,
    length: int | None,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    model = model or str(models.minilm())
    command = find_command(str(vllm_here / "bin" / "python"))
    life = lives(Launch(command, model, length, None, (*ARGUMENTS, *arguments), 3.0))
    with pytest.raises(EmbeddingError) as caught:
        life.managed.endpoint()
    assert message in caught.value.message
    assert str(life.place.log) in caught.value.hint
