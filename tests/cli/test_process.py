"""What the process promises whatever the command: exit codes, channels, interrupts, and nothing it should not print."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from cli.command import TIMEOUT_S, Seealso
from seealso import __version__
from seealso.workspace import Workspace


@pytest.mark.usefixtures("cold")
def test_version(scratch: Seealso) -> None:
    result = scratch("--version")
    assert (result.code, result.out, result.err) == (0, f"seealso {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        pytest.param([], 2, "Usage: seealso", "", id="no-command"),
        pytest.param(["nope"], 2, "", "seealso: No such command 'nope'.", id="usage"),
        pytest.param(["index", "missing"], 2, "", "seealso: missing does not exist.", id="error"),
    ],
)
def test_exit_codes_and_channels(scratch: Seealso, arguments: list[str], code: int, out: str, err: str) -> None:
    result = scratch(*arguments)
    assert result.code == code
    assert result.out.startswith(out) if out else not result.out
    assert result.err.startswith(err) if err else not result.err


@pytest.mark.parametrize(
    ("location", "message"),
    [
        pytest.param("handbook/faq.md:1", "nearest one starts at line 5", id="heading"),
        pytest.param("handbook/faq.md:9999", "no passage at line 9999", id="past-the-end"),
        pytest.param("handbook/missing.md:3", "missing.md", id="no-such-document"),
        pytest.param("handbook:3", "handbook", id="a-folder"),
        pytest.param("handbook/.seealsoignore:1", "not a format", id="unknown-format"),
    ],
)
def test_places_without_passage(handbook: Seealso, location: str, message: str) -> None:
    result = handbook("related", location)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param("127.0.0.1:{busy}", "in use", id="taken"),
        pytest.param("nobody.invalid:0", "", id="unknown host"),
        pytest.param("no..body:0", "", id="no host name"),
    ],
)
def test_an_address_nobody_can_listen_on_is_an_error(scratch: Seealso, address: str, reason: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        address = address.format(busy=busy.getsockname()[1])
        result = scratch("lsp", "--tcp", address)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"seealso: cannot listen on {address}: ")
    assert len(result.err.splitlines()) == 1
    assert reason in result.err


HOSTILE = (
    "# Title \x1b]0;owned\x07\n\nA hostile passage \x1b[2J\x1b[31m with [red]markup[/red] :smile: \x9b6n and "
    "\u202emirrored\u202c words that wants to own your terminal.\n"
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Seealso:
    base = tmp_path_factory.mktemp("hostile")
    seealso = Seealso(base / "cache", base / "docs")
    seealso.folder.mkdir()
    for name in ("a.md", "b.md"):
        (seealso.folder / name).write_text(HOSTILE, "utf-8")
    assert seealso("index", "docs").code == 0
    return seealso


@pytest.mark.parametrize("form", ["json", "colour"])
@pytest.mark.parametrize(
    "arguments",
    [["search", "hostile passage", "--path", "docs"], ["related", "docs/a.md:3"], ["duplicates", "docs"]],
    ids=lambda arguments: arguments[0],
)
def test_documents_cannot_reach_the_terminal(hostile: Seealso, arguments: list[str], form: str) -> None:
    result = hostile(*arguments, "--json") if form == "json" else hostile(*arguments, FORCE_COLOR="1")
    assert result.code == 0
    assert ("\x1b" in result.out) == (form == "colour")
    # Rich ends what it begins with a reset; the document's own codes would differ, and its text shows them as text.
    plain = re.sub(r"\x1b\[(?:0|1|2|[0-9]*;?3[3-6])m", "", result.out)
    assert not set(plain) & set("\x1b\x07\x9b\u202e")
    assert "[red]markup[/red] :smile:" in " ".join(plain.split())


@pytest.mark.usefixtures("cold")
def test_output_is_utf8_in_any_locale(handbook: Seealso) -> None:
    plain = handbook("search", "金庫", "--path", "handbook", "-k", "1")
    legacy = handbook("search", "金庫", "--path", "handbook", "-k", "1", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert plain.out == legacy.out
    assert "金庫" in plain.out


def test_pipes_get_neither_colour_nor_bars(handbook: Seealso) -> None:
    result = handbook("update", "handbook")
    assert (result.code, result.err) == (0, "")
    assert "\x1b" not in result.out


@pytest.mark.usefixtures("cold")
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("colour", [True, False], ids=["colour", "NO_COLOR"])
def test_bars_and_colours_on_a_terminal(scratch: Seealso, colour: bool) -> None:
    (scratch.folder / "one.md").write_text("The duty phone is handed over on Monday at nine.\n")
    environment = scratch.environment(TERM="xterm-256color", COLUMNS="80", **({} if colour else {"NO_COLOR": "1"}))
    code, shown = run_on_terminal(scratch.command("index", "docs"), scratch.folder.parent, environment)
    assert code == 0
    assert "Embedding" in shown
    assert "Indexed" in shown
    assert ("\x1b[1m" in shown) == colour or not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", shown)) == colour


def run_on_terminal(command: list[str], cwd: Path, environment: dict[str, str]) -> tuple[int, str]:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 1 << 16):
            shown += block
    except OSError:  # Linux says so when the other side has closed
        pass
    os.close(ours)
    return process.wait(TIMEOUT_S), shown.decode("utf-8", "replace")


@pytest.mark.usefixtures("cold")
def test_shells_can_ask_for_completions(scratch: Seealso) -> None:
    result = scratch(_SEEALSO_COMPLETE="complete_bash", COMP_WORDS="seealso dupl", COMP_CWORD="1")
    assert (result.code, result.out.strip(), result.err) == (0, "duplicates", "")


@pytest.mark.usefixtures("cold")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_closed_pipe_is_no_bug(handbook: Seealso) -> None:
    process = subprocess.Popen(
        handbook.command("duplicates", "handbook", "--json", "--kinds", "exact,edited,reworded,parallel"),
        cwd=handbook.folder.parent,
        env=handbook.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(TIMEOUT_S) == 141


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C cannot be sent to one process")
def test_interrupted_index_keeps_what_is_finished(scratch: Seealso, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(7)
    words = [line.split()[0] for line in (Path(__file__).parents[1] / "readme.py").read_text().splitlines() if line]
    for number in range(20):
        paragraphs = [" ".join(generator.choice(words, 12)) + f" number {number}." for _ in range(50)]
        (scratch.folder / f"{number}.txt").write_text("\n\n".join(paragraphs))
    process = subprocess.Popen(
        scratch.command("index", "docs", "--json"),
        cwd=scratch.folder.parent,
        env=scratch.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    monkeypatch.setenv("SEEALSO_CACHE_DIR", str(scratch.cache))
    until = time.monotonic() + TIMEOUT_S
    with closing(Workspace.open(scratch.folder)) as workspace:
        while process.poll() is None and not workspace.status().embedded and time.monotonic() < until:
            time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130, err
    assert "interrupted; what was finished is kept" in err
    assert "Traceback" not in err
    stopped = json.loads(out)
    assert stopped["cancelled"]
    (status,) = scratch("status", "docs", "--json").objects
    assert 0 < status["embedded"] < status["passages"]
    assert (status["pending"], status["state"]) == (stopped["pending"], "partial")
    found = scratch("search", words[0], "--path", "docs", "-k", "3", "--json")
    assert (found.code, len(found.objects)) == (0, 3)
    assert "not embedded yet" in found.err


@pytest.mark.usefixtures("cold")
def test_embed(scratch: Seealso, tmp_path: Path) -> None:
    lines = "A short text\n\nEin kurzer Text\r\nunfinished \x85 line".encode()
    result = scratch("embed", "--kind", "passage", "--npy", "out.npy", "--json", stdin=lines)
    assert (result.code, result.err) == (0, "")
    (summary,) = result.objects
    vectors = np.load(scratch.folder.parent / "out.npy")
    assert list(summary) == ["texts", "dimension", "model", "file"]
    assert vectors.shape == (4, summary["dimension"]) == (summary["texts"], 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[3]
    query = scratch("embed", "--kind", "query", "--npy", "query.npy", stdin=b"A short text\n")
    assert (query.code, query.out) == (0, "")
    assert "Wrote 1 row of 384 numbers to query.npy" in query.err
    assert np.load(scratch.folder.parent / "query.npy")[0] @ vectors[0] < 0.999
    assert sorted(path.name for path in scratch.folder.parent.iterdir() if path.is_file()) == ["out.npy", "query.npy"]


def test_embed_nothing(scratch: Seealso) -> None:
    assert scratch("embed", "--npy", "out.npy").code == 0
    written, plain = (scratch.folder.parent / name for name in ("out.npy", "plain"))
    assert np.load(written).shape == (0, 384)
    plain.touch()
    assert written.stat().st_mode == plain.stat().st_mode


@pytest.mark.usefixtures("cold")
def test_doctor(scratch: Seealso) -> None:
    result = scratch("doctor", "--json")
    assert (result.code, result.err) == (0, ""), result
    checks = result.objects
    assert [list(check) for check in checks] == [["check", "ok", "detail", "hint"]] * len(checks)
    assert [check["check"] for check in checks] == [
        "python",
        "sqlite",
        "readers",
        "model",
        "server",
        "vectors",
        "cache",
        "space",
    ]
    assert all(check["ok"] and check["detail"] and not check["hint"] for check in checks), checks


@pytest.mark.usefixtures("cold")
def test_nothing_but_our_cache_is_written(scratch: Seealso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for variable in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(home))
    (scratch.folder / "a.md").write_text("The duty phone is handed over on Monday at nine.\n")
    assert scratch("index", "docs").code == 0
    assert scratch("search", "phone", "--path", "docs").code == 0
    # Without the variable, ONNX Runtime leaves an id of the machine there, and what it is going to send.
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_doctor_finds_a_cache_that_cannot_be_written(scratch: Seealso) -> None:
    scratch.cache.write_text("a file where the folder should be")
    result = scratch("doctor", COLUMNS="80")
    assert result.code == 1
    (line,) = [line for line in result.out.splitlines() if line.startswith("problem")]
    assert "cache" in line
    assert "SEEALSO_CACHE_DIR" in result.out
    assert "1 problem found." in result.out


def test_lsp_starts_without_the_rest_of_the_command_line(scratch: Seealso) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "seealso", "lsp", "--stdio", "--clientProcessId=1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=scratch.environment(),
        timeout=TIMEOUT_S,
        check=False,
    )
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.decode().splitlines()}
    assert "pygls.lsp.server" in imported
    assert not imported & {"typer", "rich", "onnxruntime"}
    assert ended.stdout == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_embed_writes_into_a_pipe_rather_than_over_it(scratch: Seealso) -> None:
    pipe = scratch.folder.parent / "vectors"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        assert scratch("embed", "--npy", "vectors", stdin=b"A short text\n").code == 0
        assert np.load(io.BytesIO(reader.read())).shape == (1, 384)
    assert pipe.is_fifo()
