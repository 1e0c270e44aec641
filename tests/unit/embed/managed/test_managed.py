"""A managed server's life, with a stub in the place of vLLM and everything else as it is."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import IO

import pytest

from seealso.embed.managed.health import embeds, health
from seealso.embed.managed.locks import is_held
from seealso.embed.managed.place import State
from seealso.embed.managed.processes import Process, identify, members
from seealso.errors import CancelledError, EmbeddingError
from unit.embed.managed.stubs import QUICK, STUB, Stubs, stub_launch, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM does not run there")

CLIENT = """
    import sys
    from pathlib import Path
    from seealso.embed.managed.client import ManagedVllm
    from seealso.embed.managed.launch import Launch
    managed = ManagedVllm(Launch((sys.executable, {stub!r}), "of-a-test", None, None, (), 0.3), Path({runtime!r}))
    print(managed.endpoint().url, flush=True)
    sys.stdin.read()
"""


def other_client(stubs: Stubs) -> subprocess.Popen[str]:
    """Start another process that wants the same server."""
    script = textwrap.dedent(CLIENT.format(stub=str(STUB), runtime=str(stubs.runtime)))
    return subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def port_of(url: str) -> int:
    return int(url.removesuffix("/v1").rpartition(":")[2])


def test_a_server_is_started_and_answers(stubs: Stubs) -> None:
    endpoint = stubs.vllm().endpoint()
    assert endpoint.url.startswith("http://127.0.0.1:")
    assert endpoint.url.endswith("/v1")
    assert endpoint.priorities
    assert endpoint.model == "of-a-test"
    assert endpoint.key not in repr(endpoint)
    assert embeds(port_of(endpoint.url), endpoint.key)[0] == 200
    assert embeds(port_of(endpoint.url), "another")[0] == 401


def test_two_processes_share_a_server_and_a_killed_one_gives_it_back(stubs: Stubs) -> None:
    managed = stubs.vllm()
    other = other_client(stubs)
    with other:
        url = line(other.stdout)
        assert managed.endpoint().url == url
        assert len(stubs.starts()) == 1
        managed.close()
        # Longer than it may idle: the other one still has it.
        time.sleep(0.8)
        assert health(port_of(url)) == "up"
        other.kill()
    until(stubs.gone, "the end of the server")
    assert stubs.state().status == "stopped"


def test_many_at_once_start_one_server(stubs: Stubs) -> None:
    managed = [stubs.vllm("--stub-load-s=0.3") for _ in range(4)]
    urls: list[str] = []
    threads = [threading.Thread(target=lambda one=one: urls.append(one.endpoint().url)) for one in [*managed, *managed]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(urls) == 8
    assert len(set(urls)) == 1
    assert len(stubs.starts()) == 1


def test_other_arguments_are_another_server(stubs: Stubs) -> None:
    first = stubs.vllm()
    second = stubs.vllm("--max-model-len=128")
    assert first.endpoint().url != second.endpoint().url


def test_a_server_nobody_has_ends_whole(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")
    managed.endpoint()
    start = stubs.starts()[0]
    assert len(members(start["pid"])) == 4  # with the guard, the engine and its child
    managed.close()
    until(stubs.gone, "the end of the group")
    assert identify(start["engine"]) is None


def test_a_server_is_there_again_after_its_end(stubs: Stubs) -> None:
    managed = stubs.vllm()
    first = managed.endpoint()
    managed.close()
    until(stubs.gone)
    assert managed.endpoint().key != first.key
    assert len(stubs.starts()) == 2


def test_who_comes_while_it_ends_gets_a_new_one(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")  # takes its grace to end
    first = managed.endpoint()
    managed.close()
    until(lambda: stubs.state().status == "stopping")
    second = managed.endpoint()
    assert (first.url, first.key) != (second.url, second.key)
    assert health(port_of(second.url)) == "up"
    assert not members(stubs.starts()[0]["pid"])


def test_a_server_that_is_killed_is_started_again_without_remains(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")
    first = managed.endpoint()
    start = stubs.starts()[0]
    os.kill(start["pid"], signal.SIGKILL)
    second = managed.endpoint()
    assert second.url != first.url
    assert embeds(port_of(second.url), second.key)[0] == 200
    assert not members(start["pid"])
    assert "killed from outside" not in stubs.place.log.read_text("utf-8")
    assert stubs.place.earlier_log.exists()


def test_a_server_that_says_it_is_ill_is_started_again(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-ill-s=1")
    managed.endpoint()
    until(lambda: len(stubs.starts()) > 1, "a second start")


def test_a_server_that_dies_again_and_again_stays_down(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-serve-s=0.4")
    managed.endpoint()
    until(lambda: stubs.state().status == "failed", "the keeper to give up")
    with pytest.raises(EmbeddingError, match=r"3 times within 1 min 00 s.*the stub had a short life") as caught:
        managed.endpoint()
    assert str(stubs.place.log) in caught.value.hint
    assert len(stubs.starts()) == 1 + QUICK.restarts


def test_a_failure_is_told_again_for_a_while_and_then_tried_again(stubs: Stubs, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 MiB.", "utf-8")
    managed = stubs.vllm(f"--stub-last-words={words}")
    for _ in range(3):
        with pytest.raises(EmbeddingError, match="memory is too small for of-a-test"):
            managed.endpoint()
    assert len(stubs.starts()) == 1
    # Somebody who comes anew is not told what others were.
    with pytest.raises(EmbeddingError, match="too small"):
        stubs.vllm(f"--stub-last-words={words}").endpoint()
    assert len(stubs.starts()) == 2
    time.sleep(QUICK.retry_s)
    with pytest.raises(EmbeddingError, match="too small"):
        managed.endpoint()  # what happened meanwhile
    time.sleep(QUICK.retry_s)
    with pytest.raises(EmbeddingError, match="too small"):
        managed.endpoint()
    assert len(stubs.starts()) == 3


def test_a_port_that_is_taken_is_left_to_its_owner(stubs: Stubs) -> None:
    stubs.vllm("--stub-ports-taken=2").endpoint()
    starts = stubs.starts()
    assert len({start["argv"][start["argv"].index("--port") + 1] for start in starts}) == 3


def test_ports_that_are_always_taken_are_a_failure(stubs: Stubs) -> None:
    with pytest.raises(EmbeddingError, match="keep taking the ports"):
        stubs.vllm("--stub-ports-taken=99").endpoint()


def test_a_model_that_does_not_embed(stubs: Stubs) -> None:
    with pytest.raises(EmbeddingError, match="of-a-test, but that is not a model for embeddings"):
        stubs.vllm("--stub-embeds=501").endpoint()
    until(stubs.gone)


def test_a_server_that_always_fails(stubs: Stubs) -> None:
    with pytest.raises(EmbeddingError, match="does not work any more"):
        stubs.vllm("--stub-embeds=500").endpoint()
    assert len(stubs.starts()) == 1


def test_a_command_that_does_not_exist(stubs: Stubs) -> None:
    launch = stub_launch()
    with pytest.raises(EmbeddingError, match=r"cannot be run .*/no/such/vllm") as caught:
        stubs.of(type(launch)(("/no/such/vllm",), "of-a-test", None, None, (), 0.3)).endpoint()
    assert "vllm.log" in caught.value.hint


@pytest.mark.parametrize("argument", ["--port", "--host=0.0.0.0", "--api_key=x", "--ssl-keyfile=y", "--uds"])
def test_arguments_that_are_not_the_users(stubs: Stubs, argument: str) -> None:
    managed = stubs.vllm(argument)
    with pytest.raises(EmbeddingError, match="seealso sets --"):
        managed.endpoint()
    assert not stubs.place.folder.exists()


def test_a_keeper_that_is_killed_leaves_nothing_and_is_replaced(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")
    first = managed.endpoint()
    start = stubs.starts()[0]
    os.kill(stubs.state().keeper, signal.SIGKILL)
    until(lambda: not members(start["pid"]), "the guard to end what the keeper left")
    second = managed.endpoint()
    assert first.key != second.key
    assert embeds(port_of(second.url), second.key)[0] == 200


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where only Linux has them")
def test_orphans_whose_guard_was_killed_too_are_ended_by_the_next_keeper(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")
    managed.endpoint()
    state, start = stubs.state(), stubs.starts()[0]
    (guard,) = [process.pid for process in state.members if process.pid not in family(start["pid"])]
    os.kill(guard, signal.SIGKILL)
    os.kill(state.keeper, signal.SIGKILL)
    until(lambda: not is_held(stubs.place.lock))
    assert len(members(start["pid"])) == 3
    os.kill(start["pid"], signal.SIGKILL)  # the leader, whose number names the group
    managed.endpoint()
    assert not members(start["pid"])


def family(pid: int) -> set[int]:
    """Return the processes of a group that run the same program as its leader."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return {process.pid for process in members(pid) if Path(f"/proc/{process.pid}/cmdline").read_bytes() == command}


@pytest.mark.parametrize("what", ["another process with the same number", "another group"])
def test_processes_of_others_are_left_alone(stubs: Stubs, what: str) -> None:
    managed = stubs.vllm()
    managed.endpoint()
    managed.close()
    until(stubs.gone)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as other:
        process = identify(other.pid)
        assert process is not None
        if what == "another group":
            claim = State("x", "ready", 0.0, group=os.getpgid(os.getpid()), members=(process,))
        else:
            claim = State("x", "ready", 0.0, group=other.pid, members=(Process(other.pid, "long ago"),))
        stubs.place.write(claim)
        managed.endpoint()
        assert other.poll() is None
        other.communicate(b"\n")


def test_a_start_is_waited_for_in_words(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-load-s=1")
    assert managed.activity == ""
    thread = threading.Thread(target=managed.endpoint)
    thread.start()
    until(lambda: managed.activity.startswith("starting vLLM: loading the model ("), "the model to be loaded")
    thread.join(30)
    assert managed.activity == ""


def test_close_wakes_who_waits_and_the_start_is_given_up(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-load-s=300", idle_s=300)
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            managed.endpoint()
        except CancelledError as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    until(stubs.starts)
    began = time.monotonic()
    managed.close()
    thread.join(5)
    assert caught
    assert time.monotonic() - began < 1
    until(stubs.gone, "the start to be given up")


def test_a_keeper_that_is_asked_to_end_ends_its_server(stubs: Stubs) -> None:
    managed = stubs.vllm("--stub-engine")
    managed.endpoint()
    os.kill(stubs.state().keeper, signal.SIGTERM)
    until(stubs.gone)
    assert stubs.state().status == "stopped"


def test_a_keeper_whose_folder_is_removed_ends(stubs: Stubs) -> None:
    stubs.vllm().endpoint()
    group = stubs.starts()[0]["pid"]
    moved = stubs.place.folder.rename(stubs.runtime / "moved")
    until(lambda: not members(group), "the end of the server")
    until(lambda: not is_held(moved / "keeper.lock"))


def test_sockets_are_not_left_behind() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as runtime:  # a short path, as the user's runtime folder has
        stubs = Stubs(Path(runtime))
        managed = stubs.vllm()
        managed.endpoint()
        (start,) = stubs.starts()
        (left,) = stubs.place.sockets.iterdir()
        assert start["environment"]["VLLM_RPC_BASE_PATH"] == str(left.parent)
        os.kill(start["pid"], signal.SIGKILL)
        until(lambda: len(stubs.starts()) == 2 and stubs.state().status == "ready", "the next start")
        assert [path.name for path in stubs.place.sockets.iterdir()] == [str(stubs.starts()[1]["pid"])]
        managed.close()
        until(stubs.gone, "its end")
        assert not stubs.place.sockets.exists()


def test_what_is_secret_stays_so(stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_API_KEY", "of-the-user")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    endpoint = stubs.vllm().endpoint()
    start = stubs.starts()[0]
    environment = start["environment"]
    assert environment["VLLM_API_KEY"] == endpoint.key
    assert environment["VLLM_NO_USAGE_STATS"] == environment["DO_NOT_TRACK"] == "1"
    assert environment["CUDA_VISIBLE_DEVICES"] == "1"
    running = [*members(start["pid"]), identify(stubs.state().keeper)] if sys.platform == "linux" else []
    for process in running:
        assert process is not None
        assert endpoint.key not in Path(f"/proc/{process.pid}/cmdline").read_text("utf-8")
    assert stat.S_IMODE(stubs.place.folder.stat().st_mode) == 0o700
    (stubs.place.folder / "starts.jsonl").chmod(0o600)  # the stub's own
    for path in stubs.place.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert not any(endpoint.key in path.read_text("utf-8") for path in stubs.place.folder.glob("*.log"))
