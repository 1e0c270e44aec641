"""A forked `seealso` is like one that was started, seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prefork import VARIABLE, seealso

pytestmark = [
    pytest.mark.slow,  # compares with processes that are started
    pytest.mark.usefixtures("prefork"),
    pytest.mark.skipif(os.environ.get(VARIABLE) == "0" or sys.platform == "win32", reason="nothing is forked"),
]

INITIALIZE = (
    b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--version"], 0, id="it works"),
        pytest.param(["index", "missing"], 2, id="its folder is that of the test"),
        pytest.param(["nope"], 2, id="what it does not know"),
        pytest.param(["embed", "--npy", "-"], 0, id="from pipe to pipe"),
    ],
)
def test_it_says_what_a_fresh_one_says(tmp_path: Path, arguments: list[str], code: int) -> None:
    fresh, forked = (
        subprocess.run(command, cwd=tmp_path, input=b"a line\nanother", capture_output=True, check=False)
        for command in ([sys.executable, "-m", "seealso", *arguments], seealso(*arguments))
    )
    assert seealso()[:3] != [sys.executable, "-m", "seealso"]
    assert (forked.returncode, forked.stdout, forked.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)
    assert fresh.returncode == code


def test_its_environment_is_that_of_the_test(tmp_path: Path) -> None:
    status = subprocess.run(
        seealso("doctor", "--json"),
        env={**os.environ, "SEEALSO_CACHE_DIR": str(tmp_path / "here")},
        capture_output=True,
        check=True,
    )
    assert str(tmp_path / "here").encode() in status.stdout


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_reach_it_and_it_ends_as_it_would(name: str) -> None:
    ends = []
    for command in ([sys.executable, "-m", "seealso", "lsp"], seealso("lsp")):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(INITIALIZE), INITIALIZE))
            process.stdin.flush()
            assert process.stdout.read(1)  # it serves
            process.send_signal(signal.Signals[name])
            process.stdout.read()
            ends.append(process.wait(30))
    assert ends[0] == ends[1]


def test_many_at_once_each_get_their_own_answer(tmp_path: Path) -> None:
    folders = [tmp_path / f"missing-{number}" for number in range(8)]
    started = [subprocess.Popen(seealso("index", str(folder)), stderr=subprocess.PIPE) for folder in folders]
    for process, folder in zip(started, folders, strict=True):
        _, said = process.communicate(timeout=60)
        assert (process.returncode, folder.name.encode() in said) == (2, True)
