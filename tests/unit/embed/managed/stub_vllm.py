"""Stands for `vllm`: its command line, its log, its API as far as it is used, and the ways in which it fails.

What it shall do stands among its arguments (`--stub-...`); every start adds a line to `starts.jsonl` where it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STARTS = Path("starts.jsonl")
END = time.monotonic() + 120
"""Should a test be killed, nothing of it stays."""


def say(text: str, level: str = "INFO") -> None:
    print(f"(APIServer pid={os.getpid()}) {level} 11-24 17:22:31 [model.py:733] {text}", flush=True)


def engine() -> int:
    """Fork what outlives its parent and does not end when it is asked to."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        grandchild = os.fork()
        while time.monotonic() < END:
            time.sleep(0.1 if grandchild else 1)
        os._exit(0)
    return child


def main() -> int:
    parser = argparse.ArgumentParser(prog="vllm")
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("model")
    for flag in ("served-model-name", "runner", "scheduling-policy", "uvicorn-log-level", "host"):
        parser.add_argument(f"--{flag}", required=True)
    parser.add_argument("--port", type=int, required=True)
    for flag in ("max-model-len", "gpu-memory-utilization"):
        parser.add_argument(f"--{flag}")
    parser.add_argument("--stub-load-s", type=float, default=0.0)
    parser.add_argument("--stub-serve-s", type=float, default=1e9, help="die after so long")
    parser.add_argument("--stub-ports-taken", type=int, default=0, help="in so many first starts")
    parser.add_argument("--stub-last-words", type=Path, help="print this file and end")
    parser.add_argument("--stub-embeds", type=int, default=200, help="the status of an answer to an embedding")
    parser.add_argument("--stub-ill-s", type=float, default=1e9, help="say so after so long")
    parser.add_argument("--stub-engine", action="store_true")
    arguments = parser.parse_args()
    began = time.monotonic()

    say("Resolved architecture: BertModel")
    start: dict[str, Any] = {"pid": os.getpid(), "argv": sys.argv, "environment": dict(os.environ)}
    start["engine"] = engine() if arguments.stub_engine else 0
    with STARTS.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(start)}\n")
    if folder := start["environment"].get("VLLM_RPC_BASE_PATH"):
        Path(folder, str(os.getpid())).touch()  # left behind, as vLLM does
    number = len(STARTS.read_text("utf-8").splitlines())
    if arguments.stub_last_words:
        print(arguments.stub_last_words.read_text("utf-8"), flush=True)
        return 1
    if number <= arguments.stub_ports_taken:
        print("OSError: [Errno 98] Address already in use", file=sys.stderr)
        return 1
    say("Starting to load model of-a-test...")
    time.sleep(arguments.stub_load_s)

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            ill = time.monotonic() - began > arguments.stub_ill_s
            self.answer(503 if ill else 200, {})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
                self.answer(401, {"error": "Unauthorized"})
            else:
                self.answer(arguments.stub_embeds, {"data": [{"embedding": [1.0]}], "pid": os.getpid()})

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((arguments.host, arguments.port), Handler)
    say(f"Starting vLLM server on http://{arguments.host}:{arguments.port}")
    server.timeout = 0.05
    while time.monotonic() < min(END, began + arguments.stub_serve_s):
        server.handle_request()
    say("AsyncLLM output_handler failed.", "ERROR")
    print("RuntimeError: the stub had a short life", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
