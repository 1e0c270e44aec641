"""What the other tests here stand on: real servers start, answer, and leave nothing behind. Plain urllib only."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backends import models, servers
from backends.gguf_files import gguf
from backends.plain import embed, post, status
from backends.servers import Running, ServerError, llama_server, members

BACKUP, RESTORE, MUSIC = TEXTS = [
    "How do I restore a backup of the database?",
    "Stop the service, then copy the saved data folder back to its old place.",
    "The orchestra plays a symphony by Mahler on Friday evening.",
]
LONG, VERY_LONG = "backup " * 1000, "backup " * 5000

STUBBORN = """
import http.server, signal, subprocess, sys

class Fine(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Fine).serve_forever()
"""


def ended(group: int) -> bool:
    """Wait until nothing of a process group is left."""
    deadline = time.monotonic() + 15
    while members(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not members(group)


@pytest.fixture(params=["llama_qwen", "vllm_qwen"])
def qwen(request: pytest.FixtureRequest) -> Running:
    running: Running = request.getfixturevalue(request.param)
    return running


def test_minilm_knows_meanings(minilm: Running) -> None:
    vectors = embed(minilm, TEXTS)
    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near, far_a, far_b = vectors[0] @ vectors[1], vectors[0] @ vectors[2], vectors[1] @ vectors[2]
    assert near > max(far_a, far_b) + 0.2


def test_qwen_keeps_the_order(qwen: Running) -> None:
    texts = [f"{number} {text}" for number in range(20) for text in TEXTS]
    vectors = embed(qwen, texts)
    assert vectors.shape == (60, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.concatenate([embed(qwen, [text]) for text in texts[::7]])
    assert ((alone @ vectors.T).argmax(axis=1) == np.arange(0, 60, 7)).all()


def test_needs_the_key(minilm: Running) -> None:
    assert status(minilm, {"input": TEXTS}, key="another") == 401


def test_base64_is_the_same(minilm: Running) -> None:
    data = json.loads(post(minilm, {"input": MUSIC, "encoding_format": "base64"}))["data"]
    packed = np.frombuffer(base64.b64decode(data[0]["embedding"]), "<f4")
    np.testing.assert_allclose(packed, embed(minilm, [MUSIC])[0], atol=1e-5)


def test_one_long_text_fails_the_request(minilm: Running) -> None:
    assert status(minilm, {"input": [BACKUP, LONG]}) == 400


def test_llama_takes_the_blame_for_very_long_texts(llama_minilm: Running) -> None:
    assert status(llama_minilm, {"input": VERY_LONG}) == 500


def test_llama_ignores_dimensions(llama_qwen: Running) -> None:
    assert embed(llama_qwen, TEXTS, dimensions=64).shape == (3, 128)


def test_llama_with_a_long_context(llama_environment: None, tmp_path: Path) -> None:
    file = gguf(models.qwen3_tiny(positions=4096), "Q8_0")
    with llama_server(file, log=tmp_path / "log", slots=1, context=4096, ubatch=4096) as running:
        assert embed(running, ["word " * 3000]).shape == (1, 128)


def test_vllm_cuts_vectors(vllm_qwen: Running) -> None:
    cut = embed(vllm_qwen, TEXTS)[:, :64]
    cut /= np.linalg.norm(cut, axis=1, keepdims=True)
    np.testing.assert_allclose(embed(vllm_qwen, TEXTS, dimensions=64), cut, atol=1e-6)


def test_vllm_does_not_cut_what_it_was_not_told_to(vllm_minilm: Running) -> None:
    assert status(vllm_minilm, {"input": TEXTS, "dimensions": 64}) == 400


def test_vllm_bytes(vllm_qwen: Running) -> None:
    body = {"input": TEXTS, "encoding_format": "bytes_only", "embed_dtype": "float16", "endianness": "little"}
    packed = np.frombuffer(post(vllm_qwen, body), "<f2").reshape(3, 128)
    np.testing.assert_allclose(packed.astype(np.float32), embed(vllm_qwen, TEXTS), atol=1e-3)


def test_llama_and_vllm_compute_the_same(llama_minilm: Running, vllm_minilm: Running) -> None:
    cosines = (embed(llama_minilm, TEXTS) * embed(vllm_minilm, TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9999


def test_nothing_is_left(llama_environment: None, tmp_path: Path) -> None:
    with llama_server(gguf(models.qwen3_tiny()), log=tmp_path / "log") as running:
        assert running.pid in members(running.pid)
    assert members(running.pid) == []


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_children_of_a_server_are_ended(sent: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the first process was killed, or when none of them heeds SIGTERM; vLLM has such children."""
    monkeypatch.setattr(servers, "TERMINATED_S", 0.2)
    with servers.running(
        lambda port: [sys.executable, "-c", STUBBORN, str(port)],
        "KEY",
        {},
        model="",
        log=tmp_path / "log",
        timeout_s=20,
    ) as running:
        # The server, its child, and the shell that guards them.
        assert len(members(running.pid)) == 3
        os.kill(running.pid, sent)
    assert members(running.pid) == []


def test_a_killed_test_run_leaves_no_server(llama_environment: None, tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from backends.servers import llama_server\n"
        "with llama_server(Path(sys.argv[1]), log=Path(sys.argv[2])) as running:\n"
        "    print(running.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(gguf(models.qwen3_tiny())), str(tmp_path / "log")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout
        group = int(run.stdout.readline())
        assert members(group)
        run.kill()
    assert ended(group)


def test_a_server_that_cannot_start_says_why_at_once(llama_environment: None, tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF")
    with (
        pytest.raises(ServerError, match=r"broken ended with status 1 (?s:.*)failed to load model"),
        llama_server(tmp_path / "broken.gguf", log=tmp_path / "log"),
    ):
        pass


def test_a_server_that_takes_too_long_is_ended(llama_environment: None, tmp_path: Path) -> None:
    with (
        pytest.raises(ServerError, match="did not answer within 0 s"),
        llama_server(gguf(models.qwen3_tiny()), log=tmp_path / "log", timeout_s=0),
    ):
        pass
