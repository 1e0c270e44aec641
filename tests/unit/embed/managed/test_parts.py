"""What a keeper and its clients are made of."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from seealso.embed.managed.command import find_command
from seealso.embed.managed.health import health, is_ours
from seealso.embed.managed.launch import Launch, Timing, from_json, to_json
from seealso.embed.managed.locks import Flock, is_held, nobody_else
from seealso.embed.managed.phases import phase
from seealso.embed.managed.place import Place, State, place_for
from seealso.embed.managed.processes import Process, end_group, identify, members
from seealso.embed.managed.server import KEPT_LOG_BYTES, MOST_LOG_BYTES, Server
from seealso.errors import EmbeddingError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="vLLM does not run there")

LAUNCH = Launch(("/opt/vllm/bin/vllm",), "org/model", 512, 0.5, ("--dtype", "half"), 60.0)
MODULE = ("-m", "vllm.entrypoints.cli.main")


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


class TestLaunch:
    def test_the_users_arguments_come_last(self) -> None:
        argv = LAUNCH.argv(8000)
        assert argv[:3] == ["/opt/vllm/bin/vllm", "serve", "org/model"]
        assert argv[-2:] == ["--dtype", "half"]
        text = " ".join(argv)
        for option in ("--runner pooling", "--scheduling-policy priority", "--host 127.0.0.1", "--port 8000"):
            assert option in text
        assert "--max-model-len 512 --gpu-memory-utilization 0.5" in text
        assert "--max-model-len" not in replace(LAUNCH, max_model_len=None).argv(1)

    @pytest.mark.parametrize(
        ("arguments", "priorities"),
        [
            ((), True),
            (("--enforce-eager",), True),
            (("--scheduling-policy", "fcfs"), False),
            (("--scheduling_policy=fcfs",), False),
            (("--scheduling-policy=fcfs", "--scheduling-policy", "priority"), True),
        ],
    )
    def test_priorities(self, arguments: tuple[str, ...], priorities: bool) -> None:
        assert replace(LAUNCH, arguments=arguments).priorities() == priorities

    @pytest.mark.parametrize(
        ("change", "same"),
        [
            ({"idle_s": 1.0}, True),
            ({"model": "org/other"}, False),
            ({"command": ("vllm",)}, False),
            ({"arguments": ()}, False),
            ({"max_model_len": None}, False),
            ({"gpu_memory_utilization": 0.6}, False),
        ],
    )
    def test_who_shares(self, change: dict[str, object], same: bool) -> None:
        assert (replace(LAUNCH, **change).digest() == LAUNCH.digest()) == same  # type: ignore[arg-type]

    def test_json(self) -> None:
        assert from_json(to_json(LAUNCH, Timing(restarts=7))) == (LAUNCH, Timing(restarts=7))

    @pytest.mark.parametrize("name", ["./model", "../model", "model", "org/model"])
    def test_a_folder_is_a_model_only_where_it_is_written_as_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tmp_path / "here" / "org" / "model").mkdir(parents=True)
        (tmp_path / "here" / "model").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        model = replace(LAUNCH, model=name).resolved().model
        assert model == (str((Path.cwd() / name).resolve()) if name.startswith(".") else name)

    def test_home(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert replace(LAUNCH, model="~/model").resolved().model == str(tmp_path.resolve() / "model")


class TestCommand:
    def test_an_executable(self, tmp_path: Path) -> None:
        path = executable(tmp_path / "my-vllm")
        assert find_command(str(path)) == (str(path),)

    def test_an_environment(self, tmp_path: Path) -> None:
        path = executable(tmp_path / "venv" / "bin" / "vllm")
        assert find_command(str(tmp_path / "venv")) == (str(path),)
        assert find_command(str(tmp_path / "venv" / "bin")) == (str(path),)

    def test_an_interpreter(self, tmp_path: Path) -> None:
        path = executable(tmp_path / "venv" / "bin" / "python")
        assert find_command(str(path)) == (str(path), *MODULE)
        assert find_command(str(tmp_path / "venv")) == (str(path), *MODULE)

    def test_an_interpreter_is_named_by_the_path_that_says_whose_it_is(self, tmp_path: Path) -> None:
        link = tmp_path / "venv" / "bin" / "python3"
        target = executable(tmp_path / "python3.11")
        link.parent.mkdir(parents=True)
        link.symlink_to(target)
        assert find_command(str(link)) == (str(link), *MODULE)

    def test_a_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        path = executable(tmp_path / "venv" / "bin" / "vllm")
        assert find_command("~/venv") == (str(path),)

    def test_the_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = executable(tmp_path / "vllm")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert find_command("") == find_command("vllm") == (str(path),)

    def test_this_interpreter(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "vllm").mkdir()
        (tmp_path / "vllm" / "__init__.py").write_text("raise ImportError('it takes seconds')", "utf-8")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.syspath_prepend(tmp_path)
        assert find_command("") == (sys.executable, *MODULE)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("", "not installed"),
            ("/no/such", "names /no/such, which does not exist"),
            ("{tmp}/file", "not executable"),
            ("{tmp}/empty", "neither bin/vllm nor bin/python"),
            ("{tmp}/bin/python", "has no vLLM"),
            ("{tmp}/broken/python", "cannot be run"),
        ],
    )
    def test_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        (tmp_path / "file").touch()
        (tmp_path / "empty").mkdir()
        executable(tmp_path / "bin" / "python", "#!/bin/sh\nexit 1\n")
        executable(tmp_path / "broken" / "python", "#!/no/such/interpreter\n")
        with pytest.raises(EmbeddingError, match=message) as caught:
            find_command(name.format(tmp=tmp_path))
        assert caught.value.hint

    def test_windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.platform", "win32")
        with pytest.raises(EmbeddingError, match="does not run on Windows") as caught:
            find_command("")
        assert "WSL" in caught.value.hint


class TestPlace:
    def test_a_state_comes_back(self, tmp_path: Path) -> None:
        place = Place(tmp_path)
        state = State("x", "ready", 1.0, 2, 3, "key", 4, (Process(4, "now"),), "a", True, "b", "c")
        place.write(state)
        assert place.read() == state
        assert "key" not in repr(state)
        assert stat.S_IMODE(place.state.stat().st_mode) == 0o600
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.parametrize("text", ["", "{", "[]", "3", "{}", '{"members": 3}', '{"members": [], "port": 1}'])
    def test_damaged_states_are_none(self, tmp_path: Path, text: str) -> None:
        Place(tmp_path).state.write_text(text, "utf-8")
        assert Place(tmp_path).read() is None

    def test_no_state_is_none(self, tmp_path: Path) -> None:
        assert Place(tmp_path).read() is None

    def test_folders_are_private(self, tmp_path: Path) -> None:
        (tmp_path / "vllm-x").mkdir(mode=0o755)
        assert stat.S_IMODE(place_for("x", tmp_path).folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(place_for("y", tmp_path / "new").folder.stat().st_mode) == 0o700

    def test_a_runtime_folder_is_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("platformdirs.user_runtime_path", lambda *_, **__: tmp_path / "runtime")
        assert place_for("x").folder == tmp_path / "runtime" / "vllm-x"

    @pytest.mark.parametrize("bad", ["others may write", "a link", "a file"])
    def test_a_runtime_folder_that_is_not_safe_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
    ) -> None:
        runtime = tmp_path / "runtime"
        if bad == "a file":
            runtime.touch()
        elif bad == "a link":
            (tmp_path / "elsewhere").mkdir()
            runtime.symlink_to(tmp_path / "elsewhere")
        else:
            runtime.mkdir()
            runtime.chmod(0o777)
        monkeypatch.setattr("platformdirs.user_runtime_path", lambda *_, **__: runtime)
        monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
        assert place_for("x").folder.is_relative_to(tmp_path / "cache")

    def test_no_folder_at_all(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(EmbeddingError, match="No folder can be made"):
            place_for("x", tmp_path / "file")


class TestLocks:
    def test_shared_and_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        one, two, alone = Flock(path), Flock(path), Flock(path)
        assert not is_held(path)
        assert one.try_shared()
        assert two.try_shared()
        assert is_held(path)
        assert not alone.try_alone()
        one.release()
        two.release()
        with nobody_else(path) as free:
            assert free
            assert not one.try_shared()
        assert one.try_shared()
        one.release()

    def test_a_lock_on_a_file_that_is_gone_is_none(self, tmp_path: Path) -> None:
        lock = Flock(tmp_path / "lock")
        assert not lock.holds()
        assert lock.try_shared()
        assert lock.holds()
        (tmp_path / "lock").unlink()
        assert not lock.holds()
        lock.release()


class TestProcesses:
    def test_this_process(self) -> None:
        process = identify(os.getpid())
        assert process is not None
        assert process in members(os.getpgrp())

    def test_what_is_dead_but_not_buried_does_not_run(self) -> None:
        with subprocess.Popen([sys.executable, "-c", ""], start_new_session=True) as child:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            assert identify(child.pid) is None
            assert members(child.pid) == ()

    def test_a_group_that_does_not_listen_is_ended(self) -> None:
        script = "import os, signal; signal.signal(15, signal.SIG_IGN); os.fork(); print(flush=True); signal.pause()"
        command = [sys.executable, "-c", script]
        with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.read(2)
            assert len(members(child.pid)) == 2
            assert end_group(child.pid, 0.2)
            assert members(child.pid) == ()
            assert child.wait() == -signal.SIGKILL

    def test_a_group_that_is_gone(self) -> None:
        assert end_group(2**22 + 1, 0.1)


class TestHealth:
    @pytest.mark.parametrize(("status", "expected"), [(200, "up"), (503, "ill"), (0, "busy")])
    def test_answers(self, status: int, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("seealso.embed.managed.health._HEALTH_S", 0.3)
        # A proxy is for the servers of others.
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        done = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if status == 0:
                    done.wait(10)
                self.send_response(status or 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,)).start()
            assert health(server.server_port) == expected
            assert is_ours(server.server_port)
            done.set()
            server.shutdown()

    def test_nobody(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            assert health(free.getsockname()[1]) == "down"

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
    def test_somebody_elses(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        sockets = tmp_path / "tcp"
        row = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  {}        0 1\n"
        monkeypatch.setattr("seealso.embed.managed.health._SOCKETS", sockets)
        sockets.write_text("  sl  local_address\n" + row.format(os.getuid() + 1), "ascii")
        assert not is_ours(8080)
        assert is_ours(8081)


class TestLog:
    def server(self, tmp_path: Path) -> Server:
        return Server(LAUNCH, Place(tmp_path), 1.0)

    def test_a_log_that_grows_is_shortened(self, tmp_path: Path) -> None:
        server = self.server(tmp_path)
        log = Place(tmp_path).log
        with log.open("ab", buffering=0) as writer:
            writer.write(b"x" * MOST_LOG_BYTES + b"the end\n")
            server.shorten_log()
            writer.write(b"and on")
        assert log.stat().st_size == KEPT_LOG_BYTES + 6
        assert log.read_bytes().endswith(b"the end\nand on")
        server.shorten_log()
        assert log.stat().st_size == KEPT_LOG_BYTES + 6

    def test_no_log_is_empty(self, tmp_path: Path) -> None:
        assert self.server(tmp_path).log_tail() == ""

    def test_ports_and_keys_are_new_each_time(self, tmp_path: Path) -> None:
        servers = [self.server(tmp_path) for _ in range(5)]
        assert len({server.key for server in servers}) == 5


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["Triton is installed"], "", id="nothing said"),
        pytest.param(["█  version 0.32.0"], "reading the model's description", id="version"),
        pytest.param(
            ["Fetching 12 files:  33%|███", "Fetching 12 files:  50%|█████"], "fetching the model (50 %)", id="fetch"
        ),
        pytest.param(["Initializing a V1 LLM engine (v0.32.0) with config:"], "starting its engine", id="engine"),
        pytest.param(["Starting to load model org/model..."], "loading the model", id="load"),
        pytest.param(
            ["Starting to load", "Loading safetensors checkpoint shards:  25% Completed | 1/4"],
            "loading the model (25 %)",
            id="shards",
        ),
        pytest.param(["checkpoint shards: 100% Completed | 4/4"], "loading the model", id="all shards"),
        pytest.param(["Loading weights took 0.06 seconds"], "measuring memory", id="memory"),
        pytest.param(
            ["Dynamo bytecode transform time: 1.05 s", "Compiling a graph for compile range (1, 4096) takes"],
            "compiling the model",
            id="compile",
        ),
        pytest.param(
            ["Compiling a graph", "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  40%|████"],
            "capturing CUDA graphs (40 %)",
            id="capture",
        ),
        pytest.param(
            ["init engine (profile, create kv cache, warmup model) took 3.99 s"], "getting ready", id="engine up"
        ),
        pytest.param(
            ["init engine (profile", "Starting vLLM server on http://127.0.0.1:1"], "opening its port", id="port"
        ),
    ],
)
def test_phases(lines: list[str], expected: str) -> None:
    assert phase("\r".join(lines)) == expected
    assert phase("\n".join(f"(Worker pid=1) INFO 11-24 17:22:53 [x.py:1] {line}" for line in lines)) == expected
