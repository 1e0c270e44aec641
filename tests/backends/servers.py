"""Real embedding servers on a free port of the loopback interface, each in a process group that ends with its block."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backends import cache, install

LOG_TAIL_LINES = 30
POLL_S = 0.05
TERMINATED_S = 15.0
"""A server that has not ended so long after SIGTERM is killed."""
KILLED_S = 10.0

GPU_SHARE = "0.3"
"""Of a GPU's memory for one server; by default the first takes nearly all."""

GUARDED = 'exec 3<&0; (read -r _ <&3; kill -KILL 0) & exec "$@" </dev/null 3<&-'
"""Becomes the command, next to a shell that kills the group when our end of its standard input closes.

So a test run that is killed itself leaves no server behind.
"""

FOREIGN = ("PYTHON", "SEEALSO_", "LLAMA_", "VLLM_", "HF_", "OMP_")
"""Variables that begin so would change what a server does, and are not passed on."""


class ServerError(RuntimeError):
    """A server did not start or did not end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    url: str
    """Ends in /v1."""
    key: str
    model: str
    """The name it is served under."""
    log: Path
    pid: int
    """Also the number of its process group."""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].removesuffix("/v1"))


@contextmanager
def llama_server(
    gguf: Path,
    *,
    log: Path,
    name: str | None = None,
    slots: int = 4,
    context: int = 512,
    ubatch: int = 2048,
    threads: int = 1,
    after: Running | None = None,
    timeout_s: float = 60.0,
) -> Iterator[Running]:
    """Serve a GGUF file with llama.cpp.

    Each of the `slots` takes a text of up to `context` tokens, and no text may be longer than `ubatch`. With more
    threads than cores that are really free, llama.cpp becomes very slow. It takes the place of the server `after` which
    it comes.
    """
    environment = _installed("llama")
    model = name or gguf.stem
    script = Path(__file__).with_name("llama_env") / "serve.py"

    def command(port: int) -> list[str]:
        options = {
            "port": port,
            "name": model,
            "slots": slots,
            "context": context,
            "ubatch": ubatch,
            "threads": threads,
        }
        arguments = [f"--{option}={value}" for option, value in options.items()]
        return [str(environment / install.PYTHON), "-I", str(script), str(gguf.absolute()), *arguments]

    with running(command, "API_KEY", {}, model=model, log=log, after=after, timeout_s=timeout_s) as started:
        yield started


@contextmanager
def vllm_server(
    folder: Path,
    *,
    log: Path,
    name: str | None = None,
    more_names: Sequence[str] = (),
    matryoshka: bool | Sequence[int] = False,
    context: int | None = None,
    options: Sequence[str] = (),
    timeout_s: float = 300.0,
) -> Iterator[Running]:
    """Serve a model folder with vLLM.

    `matryoshka` allows the parameter `dimensions` of requests, for the given numbers only or for all. `context` is the
    length of the longest text in tokens, the model's own by default.
    """
    environment = _installed("vllm")
    model = name or folder.name
    more = list(options)
    if matryoshka:
        override = {"is_matryoshka": True} if matryoshka is True else {"matryoshka_dimensions": list(matryoshka)}
        more += ["--hf-overrides", json.dumps(override)]
    if install.has_nvidia_gpu():
        more += ["--gpu-memory-utilization", GPU_SHARE]
    if context:
        more += ["--max-model-len", str(context)]

    def command(port: int) -> list[str]:
        start = [
            str(environment / "bin/vllm"),
            "serve",
            str(folder.absolute()),
            "--served-model-name",
            model,
            *more_names,
        ]
        start += ["--host", "127.0.0.1", "--port", str(port), "--runner", "pooling", "--dtype", "float32"]
        return [*start, "--enforce-eager", "--scheduling-policy", "priority", *more]

    state = cache.root() / "vllm-state"
    variables = {
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB, and the least there is
        # By default one core is set aside, which is half of a machine with two.
        "VLLM_CPU_OMP_THREADS_BIND": ",".join(map(str, sorted(os.sched_getaffinity(0))[:4])),
        "XDG_CACHE_HOME": str(state / "cache"),
        "XDG_CONFIG_HOME": str(state / "config"),
    }
    with running(command, "VLLM_API_KEY", variables, model=model, log=log, timeout_s=timeout_s) as started:
        yield started


def members(group: int) -> list[int]:
    """Return the processes of a group that have not ended."""
    proc = Path("/proc")
    if (proc / "self/stat").exists():  # a small Linux has no `ps`
        listed = "".join(_stat(entry) for entry in proc.iterdir() if entry.name.isdecimal())
    else:
        command = ["ps", "-A", "-o", "pid=,stat=,pgid="]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, state, pgid in rows if int(pgid) == group and not state.startswith("Z")]


def _stat(entry: Path) -> str:
    try:
        # "PID (NAME) STATE PARENT GROUP ...", where the name may hold anything.
        state, _, group = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
    except OSError:  # ended meanwhile
        return ""
    return f"{entry.name} {state} {group}\n"


def log_tail(log: Path) -> str:
    """Return the last lines a server has written."""
    return "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:])


def _installed(name: str) -> Path:
    folder = install.installed(name)
    if folder is None:
        raise ServerError(install.hint(name))
    return folder


@contextmanager
def running(
    command: Callable[[int], list[str]],
    key_variable: str,
    variables: Mapping[str, str],
    *,
    model: str,
    log: Path,
    after: Running | None = None,
    timeout_s: float,
) -> Iterator[Running]:
    """Run the command for a port, with its API key in a variable, until the block ends; any server will do.

    Port and key are those of the server `after` which it comes, which has ended.
    """
    port, key = (after.port, after.key) if after else (_free_port(), secrets.token_hex(16))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", GUARDED, "sh", *command(port)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**kept, **variables, key_variable: key},
            cwd=log.parent,
            start_new_session=True,
        )
    try:
        started = Running(f"http://127.0.0.1:{port}/v1", key, model, log, process.pid)
        _wait(process, started, timeout_s)
        yield started
    finally:
        _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], server: Running, timeout_s: float) -> None:
    """Wait until the server answers whoever has its key, which no other server on this port would."""
    deadline = time.monotonic() + timeout_s
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{server.url}/models", headers={"Authorization": f"Bearer {server.key}"})
    while process.poll() is None:
        try:
            with direct.open(request, timeout=5):
                return
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise ServerError(
                    f"{server.model} did not answer within {timeout_s:.0f} s; its log ends:\n{log_tail(server.log)}"
                ) from None
        time.sleep(POLL_S)
    raise ServerError(
        f"{server.model} ended with status {process.returncode} instead of starting; its log ends:\n"
        f"{log_tail(server.log)}"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: its leader in peace where possible, then whatever is left."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(TERMINATED_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
    deadline = time.monotonic() + KILLED_S
    while left := members(process.pid):
        if time.monotonic() > deadline:
            raise ServerError(f"Processes {left} of a server cannot be killed.")
        time.sleep(POLL_S)
