"""How fast passages are embedded through each back end, beside what the back end can do by itself.

`PYTHONPATH=tests:server python -m bench.embedding [onnx llama vllm inprocess]` embeds passages of the kernel
documentation, all rates of a back end in one run and by turns, and asks queries meanwhile. Servers are those of the
tests (`python -m backends.install llama`, `... vllm`). With `--rebuild FOLDER`, the language server is asked while it
embeds that folder.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from bench.kernel_docs import passages
from bench.rpc import Client
from seealso.embed.base import Embedder, Lane
from seealso.embed.choice import embedder_for
from seealso.embedding import EmbeddingWork
from seealso.index.store import Store
from seealso.model import Segmentation
from seealso.settings import Settings, resolve
from seealso.spaces import Spaces
from seealso.text.registry import format_for

QUERIES = 60
QUERY_EVERY_S = 0.1
BARE_TEXTS, BARE_CONNECTIONS = 32, 4
"""Requests of the minimal client: four at a time keep every server busy."""
WARM_UP = 100
LONGEST = 250
"""Tokens; MiniLM reads 256."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One back end, running."""

    name: str
    settings: Settings
    wire: dict[str, Any]
    """The same settings as a client sends them."""
    url: str = ""
    key: str = ""
    model: str = ""


@contextmanager
def started(name: str, logs: Path) -> Iterator[Backend]:
    """Start a back end by its name."""
    from backends import models
    from backends.gguf_files import gguf
    from backends.servers import llama_server, vllm_server

    if name == "onnx":
        yield _backend(name, {"backend": "onnx"})
        return
    minilm = models.minilm()
    if name == "llama":
        server = llama_server(gguf(minilm), log=logs / "llama.log", threads=int(os.environ.get("LLAMA_THREADS", "1")))
    elif name == "vllm":
        server = vllm_server(minilm, log=logs / "vllm.log")
    elif name == "vllm-fifo":  # as a stranger's vLLM that does not know priorities
        server = vllm_server(minilm, log=logs / "vllm.log", options=["--scheduling-policy", "fcfs"])
    else:
        sys.exit(f"There is no back end {name!r}.")
    with server as running:
        backend = "vllm" if name.startswith("vllm") else "openai"
        wire = {"backend": backend, "endpoint": running.url, "apiKey": running.key}
        yield _backend(name, wire, running.url, running.key, running.model)


def _backend(name: str, embedding: dict[str, Any], url: str = "", key: str = "", model: str = "") -> Backend:
    wire = {"embedding": embedding}
    settings, problems = resolve(wire)
    assert not problems, problems
    return Backend(name, settings, wire, url, key, model)


def tokens_of(backend: Backend, texts: Sequence[str]) -> int:
    """Return the tokens of some texts as the back end counts them."""
    if not backend.url:
        from bench.__main__ import encode

        return sum(map(len, encode(texts)))
    reads = _tokenizer()
    return sum(len(reads.encode(text).ids) for text in texts)


def _tokenizer() -> Tokenizer:
    from backends import models

    found = Tokenizer.from_file(str(models.minilm() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def read_whole(count: int) -> list[str]:
    """Return passages that every model here reads whole: a minimal client would only be told that one is too long."""
    reads = _tokenizer()
    return [text for text in passages(count * 2) if len(reads.encode(text).ids) < LONGEST][:count]


def ours(backend: Backend, embedder: Embedder, texts: Sequence[str]) -> float:
    """Return the seconds that an index takes from its texts to their vectors in SQLite and usearch."""
    reader = format_for("x.txt")
    assert reader is not None
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder), create=True)) as store:
        with store.transaction():
            for number, text in enumerate(texts):
                parts: Segmentation = reader.segmenter().segment(text.encode())
                store.put_document(f"{number}.txt", size=1, mtime_ns=0, digest=b"x", segmentation=parts)
        spaces = Spaces(Path(folder), backend.settings, embedder)
        space = spaces.enter(store, embedder, embedder.identify())
        pending = store.embeddings.pending(space.id)
        started = time.perf_counter()
        EmbeddingWork(store, embedder, space, [pending], lambda _: None, lambda: False).run()
        return time.perf_counter() - started


def bare(backend: Backend, embedder: Embedder, texts: Sequence[str]) -> float:
    """Return the seconds that the same texts take a minimal client, or the model by itself."""
    if not backend.url:
        started = time.perf_counter()
        embedder.embed(sorted(texts, key=len), "passage", Lane.BULK)
        return time.perf_counter() - started
    batches = [texts[start : start + BARE_TEXTS] for start in range(0, len(texts), BARE_TEXTS)]
    local = threading.local()

    def send(batch: Sequence[str]) -> None:
        if not hasattr(local, "connection"):
            local.connection = _connection(backend)
        _post(local.connection, backend, batch)

    with ThreadPoolExecutor(BARE_CONNECTIONS) as pool:
        started = time.perf_counter()
        list(pool.map(send, batches))
        return time.perf_counter() - started


def _connection(backend: Backend) -> http.client.HTTPConnection:
    parts = urlsplit(backend.url)
    assert parts.hostname is not None
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)


def _post(connection: http.client.HTTPConnection, backend: Backend, texts: Sequence[str]) -> Any:
    body = json.dumps({"model": backend.model, "input": list(texts), "encoding_format": "base64"})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {backend.key}"}
    connection.request("POST", urlsplit(backend.url).path + "/embeddings", body, headers)
    answer = connection.getresponse()
    raw = answer.read()
    assert answer.status == 200, raw[:500]
    return json.loads(raw)


def queries_under_load(embedder: Embedder, texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds of queries alone, and while texts are embedded in bulk."""
    alone = [_timed(lambda number=number: _ask(embedder, texts, number)) for number in range(20)]  # type: ignore[misc]
    stop = threading.Event()

    def load(part: int) -> None:
        at = part * 500
        while not stop.is_set():
            embedder.embed([texts[(at + number) % len(texts)] for number in range(128)], "passage", Lane.BULK)
            at += 128

    with ThreadPoolExecutor(embedder.calls) as pool:
        running = [pool.submit(load, part) for part in range(embedder.calls)]
        time.sleep(2.0)  # until the load is there; what is measured begins after
        busy = []
        for number in range(QUERIES):
            busy.append(_timed(lambda number=number: _ask(embedder, texts, number)))  # type: ignore[misc]
            time.sleep(QUERY_EVERY_S)
        stop.set()
        for future in running:
            future.result()
    return alone, busy


def _ask(embedder: Embedder, texts: Sequence[str], number: int) -> None:
    embedder.embed([" ".join(texts[number].split()[:8])], "query")


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def spread(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=20)
    return f"{statistics.median(times) * 1e3:.0f} / {cuts[-1] * 1e3:.0f}"


def searches_under_rebuild(backend: Backend, folder: Path, cache: Path) -> str:
    """Return p50 and p95 of the server's search while it embeds a folder for the first time."""
    environment = {**os.environ, "SEEALSO_CACHE_DIR": str(cache), "SEEALSO_CONFIG": ""}
    client = Client([sys.executable, "-m", "seealso", "lsp"], environment)
    uri = folder.as_uri()
    client.request(
        "initialize",
        {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": "folder"}],
            "capabilities": {"window": {"workDoneProgress": True}},
            "initializationOptions": backend.wire,
        },
    )
    client.notify("initialized", {})
    client.until(lambda message: "embedding" in _progress(message))
    queries = [" ".join(text.split()[:6]) for text in passages(500)][-QUERIES:]
    times = []
    for query in queries:
        arguments = [{"query": query, "uri": uri}]
        times.append(
            _timed(
                lambda arguments=arguments: client.request(  # type: ignore[misc]
                    "workspace/executeCommand", {"command": "seealso.search", "arguments": arguments}
                )
            )
        )
        time.sleep(QUERY_EVERY_S)
    seen = [_progress(message) for message in client.notifications]
    still = not any("up to date" in text for text in seen[-3:])
    client.process.kill()
    client.process.wait()
    return spread(times) + ("" if still else " (the rebuild ended before)")


def _progress(message: dict[str, Any]) -> str:
    if message.get("method") != "$/progress":
        return ""
    return str(message["params"]["value"].get("message", ""))


def inprocess(options: argparse.Namespace) -> None:
    """Measure vLLM as a library; runs in an environment that has it."""
    texts = read_whole(options.passages)
    settings, _ = resolve(
        {
            "embedding": {"backend": "vllm-inprocess", "model": options.model},
            "vllm": {"arguments": ["--dtype", options.dtype, "--enforce-eager", *options.argument]},
        }
    )
    embedder = embedder_for(settings)
    embedder.embed(texts[:WARM_UP], "passage", Lane.BULK)
    llm = embedder.llm  # type: ignore[attr-defined]
    rows = []
    for _ in range(options.rounds):
        mine = _timed(lambda: embedder.embed(texts, "passage", Lane.BULK))
        theirs = _timed(lambda: llm.embed(texts, use_tqdm=False))
        rows.append((mine, theirs))
    mine, theirs = map(min, zip(*rows, strict=True))
    tokens = sum(len(output.prompt_token_ids) for output in llm.embed(texts, use_tqdm=False))
    print(json.dumps({"passages": len(texts), "tokens": tokens, "ours_s": mine, "bare_s": theirs}))
    embedder.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("backends", nargs="*", default=["onnx", "llama", "vllm"])
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rebuild", type=Path, help="also ask the language server while it embeds this folder")
    parser.add_argument("--inprocess", action="store_true", help="measure vLLM as a library, in this interpreter")
    parser.add_argument("--model", default="")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--argument", action="append", default=[], help="for vLLM, with --inprocess")
    options = parser.parse_args()
    if options.inprocess:
        inprocess(options)
        return
    texts = read_whole(options.passages)
    table = Table(
        "back end", "tokens/s", "passages/s", "bare tokens/s", "overhead", "query ms p50 / p95, alone", "under load"
    )
    if options.rebuild:
        table.add_column("search under rebuild")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.backends:
            with started(name, Path(folder)) as backend, closing(embedder_for(backend.settings)) as embedder:
                embedder.identify()
                embedder.embed(texts[:WARM_UP], "passage", Lane.BULK)
                tokens = tokens_of(backend, texts)
                rounds = [
                    (ours(backend, embedder, texts), bare(backend, embedder, texts)) for _ in range(options.rounds)
                ]
                mine, theirs = map(min, zip(*rounds, strict=True))
                alone, busy = queries_under_load(embedder, texts)
                row = [
                    name,
                    f"{tokens / mine:,.0f}",
                    f"{len(texts) / mine:,.1f}",
                    f"{tokens / theirs:,.0f}",
                    f"{mine / theirs - 1:.0%}",
                    spread(alone),
                    spread(busy),
                ]
                if options.rebuild:
                    cache = Path(folder) / f"cache-{name}"
                    row.append(searches_under_rebuild(backend, options.rebuild.resolve(), cache))
                table.add_row(*row)
                print(" | ".join(row), flush=True)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
