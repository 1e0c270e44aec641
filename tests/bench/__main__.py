"""Measure seealso on the Linux kernel documentation: `PYTHONPATH=tests python -m bench [FOLDER ...]`.

Everything goes through the front door: the `seealso` command and its language server, in a cache folder of its own, on
a copy of the documents. Name folders of the documentation (such as `driver-api mm`) for a quicker look.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.kernel_docs import kernel_docs
from bench.rpc import Client
from seealso.embed.batching import equal_length_batches
from seealso.embed.cores import default_threads
from seealso.embed.onnx import PREFIXES, TOKEN_BUDGET, OnnxEmbedder

HOVERS = 300
SEARCHES = 100
SETTLED_BYTES = 100_000
"""Larger documents are hovered only while they are reviewed, which takes them seconds."""


class Bench:
    """One run on one tree, with its figures in order."""

    def __init__(self, tree: Path, cache: Path) -> None:
        self.tree = tree
        self.environment = {**os.environ, "SEEALSO_CACHE_DIR": str(cache)}
        self.figures: list[tuple[str, str, str]] = []
        self.random = random.Random(1)

    def note(self, name: str, value: str, target: str = "") -> None:
        self.figures.append((name, value, target))
        print(f"{name}: {value}" + (f"  ({target})" if target else ""), flush=True)

    def command(self, *arguments: str) -> tuple[Any, float]:
        """Run the command line with --json; return what it printed last and the wall time in seconds."""
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "seealso", *arguments, "--json"],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        elapsed = time.perf_counter() - started
        return json.loads(done.stdout.splitlines()[-1]), elapsed

    # -- parts

    def parse(self) -> None:
        from seealso.text.decode import decode
        from seealso.text.registry import format_for

        sources = [(format_for(path.name), decode(path.read_bytes())[0]) for path in sorted(self.tree.rglob("*.rst"))]
        started = time.perf_counter()
        passages = sum(len(fmt.segmenter().segment(source).passages) for fmt, source in sources if fmt is not None)
        elapsed = time.perf_counter() - started
        size = sum(len(source) for _, source in sources)
        self.note("documents", f"{len(sources):,} ({size / 1e6:.1f} MB)")
        self.note("parse", f"{size / 1e6 / elapsed:.1f} MB/s, {passages:,} passages", ">= 1.8 MB/s")

    def index(self) -> None:
        before = bare_rate(self.sample())
        report, elapsed = self.command("index", str(self.tree))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        bare = (before + bare_rate(self.sample())) / 2
        status, _ = self.command("status", str(self.tree))
        texts = self.texts()
        rate = sum(map(len, encode(texts))) / elapsed
        self.note("index", f"{elapsed:.0f} s: {status['passages']:,} passages, {report['embedded']:,} texts embedded")
        self.note("index rate", f"{len(texts) / elapsed:.1f} texts/s, {rate:,.0f} tokens/s")
        self.note("bare session", f"{bare:,.0f} tokens/s on a sample of the same texts, before and after")
        self.note("pipeline overhead", f"{(bare / rate - 1) * 100:.0f} %", "<= 15 %")
        self.note("index peak memory", f"{peak / 1e6:.0f} MB")
        self.note("disk", f"{status['index_bytes'] / status['passages']:,.0f} bytes a passage", "<= 3,000")

    def texts(self) -> list[str]:
        """Return the texts of the index."""
        (file,) = Path(self.environment["SEEALSO_CACHE_DIR"]).rglob("index.sqlite")
        db = sqlite3.connect(file)
        texts = [row[0] for row in db.execute("SELECT text FROM texts")]
        db.close()
        return texts

    def sample(self) -> list[str]:
        """Return some passages as the index will hold them."""
        from seealso.text.registry import format_for

        passages: list[str] = []
        for document in self.some_documents(120):
            fmt = format_for(document.name)
            assert fmt is not None
            passages += [passage.text for passage in fmt.segmenter().segment(document.read_bytes()).passages]
        return passages

    def again(self) -> None:
        report, elapsed = self.command("index", str(self.tree))
        self.note("second run", f"{elapsed:.2f} s, {report['embedded']} embedded", "<= 2 s, 0")
        folder = next(path for path in sorted(self.tree.iterdir()) if path.is_dir() and any(path.rglob("*.rst")))
        folder.rename(folder.with_name(folder.name + "-renamed"))
        report, elapsed = self.command("index", str(self.tree))
        self.note("renamed folder", f"{elapsed:.2f} s, {report['moved']} moved, {report['embedded']} embedded", "0")
        document = max(self.tree.rglob("*.rst"), key=lambda path: path.stat().st_size)
        with document.open("a") as file:
            file.write("\n\nThis paragraph was added to see what one edit in the largest document costs.\n")
        report, elapsed = self.command("update", str(self.tree))
        self.note("one edit", f"{elapsed:.2f} s, {report['embedded']} embedded", "1")
        groups, elapsed = self.count("duplicates", str(self.tree))
        self.note("duplicates", f"{elapsed:.2f} s, {groups:,} groups")

    def count(self, *arguments: str) -> tuple[int, float]:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "seealso", *arguments, "--json"],
            env=self.environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return len(done.stdout.splitlines()), time.perf_counter() - started

    def server(self) -> None:
        started = time.perf_counter()
        client = Client([sys.executable, "-m", "seealso", "lsp"], self.environment)
        uri = self.tree.as_uri()
        client.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "kernel"}],
                "capabilities": {"window": {"workDoneProgress": True}},
            },
        )
        self.note("initialize", f"{time.perf_counter() - started:.2f} s after process start", "<= 1 s")
        client.notify("initialized", {})
        client.until(_finished)
        documents = self.some_documents(HOVERS)
        places = [place for document in documents if (place := self.some_passage(document))]
        busy, times = [], []
        for document, line in places:
            identifier = {"uri": document.as_uri()}
            client.notify("textDocument/didOpen", {"textDocument": _item(document)})
            hover = {"textDocument": identifier, "position": {"line": line, "character": 0}}
            # Another place first: it has the document read, and loads what is loaded lazily.
            client.request("textDocument/hover", {**hover, "position": {"line": 0, "character": 0}})
            busy.append(_timed(lambda hover=hover: client.request("textDocument/hover", hover)))  # type: ignore[misc]
            if document.stat().st_size < SETTLED_BYTES:
                client.settle()
                times.append(_timed(lambda hover=hover: client.request("textDocument/hover", hover)))  # type: ignore[misc]
            client.notify("textDocument/didClose", {"textDocument": identifier})
        self.note("hover", _spread(times), "p95 <= 30 ms")
        self.note("hover while the document is reviewed", _spread(busy))
        queries = [self.some_query(document) for document, _ in places[:SEARCHES]]
        times = [
            _timed(
                lambda query=query: client.request(  # type: ignore[misc]
                    "workspace/executeCommand", {"command": "seealso.search", "arguments": [{"query": query}]}
                )
            )
            for query in queries
        ]
        self.note("search", _spread(times), "p95 <= 60 ms")
        now, peak = client.memory()
        self.note("server memory", f"{now / 1e6:.0f} MB, at most {peak / 1e6:.0f} MB", "<= 700 MB")
        started = time.perf_counter()
        code = client.stop()
        self.note("shutdown", f"{time.perf_counter() - started:.2f} s, exit code {code}")

    def some_documents(self, count: int) -> list[Path]:
        documents = sorted(self.tree.rglob("*.rst"))
        return self.random.sample(documents, min(count, len(documents)))

    def some_passage(self, document: Path) -> tuple[Path, int] | None:
        from seealso.text.registry import format_for

        fmt = format_for(document.name)
        assert fmt is not None
        passages = fmt.segmenter().segment(document.read_bytes()).passages
        return (document, self.random.choice(passages).start_line) if passages else None

    def some_query(self, document: Path) -> str:
        words = document.read_text("utf-8", "replace").split()
        start = self.random.randrange(max(1, len(words) - 8))
        return " ".join(words[start : start + self.random.randint(2, 7)])

    def table(self) -> None:
        table = Table("figure", "measured", "target", title="seealso on the kernel documentation")
        for row in self.figures:
            table.add_row(*row)
        Console(width=100).print(table)


def encode(texts: Sequence[str]) -> list[list[int]]:
    """Return the texts' token ids as the model gets them."""
    embedder = OnnxEmbedder()
    tokenizer = embedder._load().tokenizer
    return [tokenizer.encode(PREFIXES["passage"] + text, embedder.info.max_tokens) for text in texts]


def bare_rate(texts: Sequence[str]) -> float:
    """Return the tokens/s of ONNX Runtime alone: encoded before, batched like ours, on as many threads."""
    ids = encode(texts)
    batches = [
        np.array([ids[position] for position in batch], np.int32)
        for batch in equal_length_batches([len(tokens) for tokens in ids], TOKEN_BUDGET)
    ]
    session = OnnxEmbedder()._load().session
    with ThreadPoolExecutor(default_threads()) as pool:
        started = time.perf_counter()
        list(pool.map(lambda batch: session.run(None, {"ids": batch}), batches))
        return sum(map(len, ids)) / (time.perf_counter() - started)


def _item(document: Path) -> dict[str, object]:
    return {
        "uri": document.as_uri(),
        "languageId": "restructuredtext",
        "version": 1,
        "text": document.read_text("utf-8", "replace"),
    }


def _finished(message: dict[str, Any]) -> bool:
    return message.get("method") == "$/progress" and message["params"]["value"].get("kind") == "end"


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _spread(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=20)
    return f"p50 {statistics.median(times) * 1e3:.0f} ms, p95 {cuts[-1] * 1e3:.0f} ms of {len(times)}"


def main() -> None:
    """Copy the documents, measure, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("folders", nargs="*", help="folders of the kernel documentation; all of it without any")
    parser.add_argument("--keep", type=Path, help="keep the copy and the index here, and use them again")
    arguments = parser.parse_args()
    source = kernel_docs()
    with tempfile.TemporaryDirectory() as temporary:
        base = arguments.keep or Path(temporary)
        tree = base / "linux-doc"
        if not tree.exists():
            for folder in arguments.folders or ["."]:
                shutil.copytree(source / folder, tree / folder, dirs_exist_ok=True)
        bench = Bench(tree, base / "cache")
        bench.parse()
        bench.index()
        bench.again()
        bench.server()
        bench.table()


if __name__ == "__main__":
    main()
