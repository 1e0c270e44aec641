"""Measure the language server through its pipes: `PYTHONPATH=tests:server python -m bench.lsp [--folder F] [--others]`.

One editor works on one document after another: it points, pastes a paragraph that stands elsewhere, types a word, then
a link letter by letter, and waits for each answer. With `--others` other servers for Markdown get the same treatment.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.corpus import Corpus, Sheet
from bench.fetching import FetchError
from bench.markdown_docs import markdown_docs
from bench.other_servers import Contender, mdsmith, to_path, vscode_markdown
from bench.page import Page
from bench.rpc import Client, Message
from bench.times import Times, table
from seealso.settings import Settings

PROVIDERS = {
    "hover": "hoverProvider",
    "completion": "completionProvider",
    "code action": "codeActionProvider",
    "workspace symbol": "workspaceSymbolProvider",
    "inline completion": "inlineCompletionProvider",
}
LETTERS = 4
"""Typed of the title that is linked to; clients ask with each of them."""

LATE_S = 10.0
"""Diagnostics that have not come by then do not come."""

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"symbol": {}, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "dataSupport": True},
        "hover": {"contentFormat": ["markdown"]},
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "labelDetailsSupport": True,
                "documentationFormat": ["markdown"],
                "resolveSupport": {"properties": ["documentation"]},
            }
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "inlineCompletion": {},
    },
}


class Run:
    """One server on one tree."""

    def __init__(self, contender: Contender, corpus: Corpus, environment: Mapping[str, str]) -> None:
        self.contender = contender
        self.corpus = corpus
        self.times: dict[str, Times] = {}
        self.pages: dict[str, Page] = {}
        self.client = Client(contender.command, environment, contender.answers(corpus.root, self._text))
        self.offered = self._initialize()

    def _text(self, uri: str) -> str:
        return self.pages[uri].text if uri in self.pages else to_path(uri).read_text("utf-8")

    def _initialize(self) -> Any:
        contender, uri = self.contender, self.corpus.root.as_uri()
        text_document = {**CAPABILITIES["textDocument"], **contender.capabilities}
        answer = self.client.request(
            "initialize",
            {
                "processId": None,
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "tree"}],
                "capabilities": {**CAPABILITIES, "textDocument": text_document},
                "initializationOptions": contender.options,
            },
        )
        self.client.notify("initialized", {})
        if contender.settings is not None:
            self.client.notify("workspace/didChangeConfiguration", {"settings": contender.settings})
        if contender.name == "seealso":
            self.client.until(_indexed)
        self.client.settle()
        return answer["capabilities"] | dict.fromkeys(contender.later, True)

    def measure(self) -> None:
        """Work on every document of the sample."""
        sync = self.offered["textDocumentSync"]
        whole = (sync if isinstance(sync, int) else sync["change"]) == 1
        for number, sheet in enumerate(self.corpus.sample):
            page = Page(self.client, sheet, whole=whole)
            self.pages[page.uri] = page
            self.client.settle()
            self._work(page, sheet, warm=number > 0)
            page.close()
            del self.pages[page.uri]
            self.client.settle()
        self.client.stop()

    def _work(self, page: Page, sheet: Sheet, *, warm: bool) -> None:
        document = {"textDocument": {"uri": page.uri}}
        here = {"line": sheet.line, "character": 1}
        where = {"start": here, "end": here}
        shown = [item for item in self._shown(page.uri) if _holds(item["range"], here)]
        self._ask("hover", "textDocument/hover", {**document, "position": here})
        context = {"diagnostics": shown, "triggerKind": 1}
        self._ask("code action", "textDocument/codeAction", {**document, "range": where, "context": context})
        self._ask("workspace symbol", "workspace/symbol", {"query": sheet.query})
        self._diagnose("diagnostics after a paste", page, f"\n\n{sheet.foreign}")
        self.client.settle()
        self._diagnose("diagnostics after a word", page, " Indeed.")
        self.client.settle()
        page.add("\n\nSee ")
        self._complete(page, self.contender.link, {"triggerKind": 2, "triggerCharacter": self.contender.link[-1:]})
        for letter in sheet.query[:LETTERS]:
            self._complete(page, letter, {"triggerKind": 3})
        page.add(f"\n\n{sheet.beginning}")
        automatic = {"triggerKind": 2}
        self._ask(
            "inline completion",
            "textDocument/inlineCompletion",
            {**document, "position": page.end, "context": automatic},
        )
        if not warm:
            self.times.clear()  # what is loaded with the first request of a kind is loaded once a session

    def _complete(self, page: Page, typed: str, context: dict[str, Any]) -> None:
        page.add(typed)
        params = {"textDocument": {"uri": page.uri}, "position": page.end, "context": context}
        self._ask("completion", "textDocument/completion", params)

    def _ask(self, name: str, method: str, params: object) -> None:
        if self.offered.get(PROVIDERS[name]) not in (None, False):
            before = self.client.answering_s
            started = time.perf_counter()
            answer = self.client.request(method, params)
            seconds = time.perf_counter() - started - (self.client.answering_s - before)
            if isinstance(answer, dict) and "items" in answer:
                answer = answer["items"]
            self._times(name).add(seconds, answer)

    def _diagnose(self, name: str, page: Page, text: str) -> None:
        before = self.client.answering_s
        started = time.perf_counter()
        page.add(text)
        try:
            items = self._pulled(page) if self.contender.pulls else self._published(page)
        except TimeoutError:
            self._times(name).late += 1
            return
        seconds = time.perf_counter() - started - (self.client.answering_s - before)
        self._times(name).add(seconds - self.contender.debounce_ms / 1e3, items)

    def _pulled(self, page: Page) -> object:
        return self.client.request("textDocument/diagnostic", {"textDocument": {"uri": page.uri}})["items"]

    def _published(self, page: Page) -> object:
        def wanted(message: Message) -> bool:
            params = message.get("params") or {}
            return _publishes(message) and (params["uri"], params.get("version")) == (page.uri, page.version)

        return self.client.until(wanted, LATE_S)["params"]["diagnostics"]

    def _shown(self, uri: str) -> list[Any]:
        published = (m["params"] for m in reversed(self.client.notifications) if _publishes(m))
        return next((list(params["diagnostics"]) for params in published if params["uri"] == uri), [])

    def _times(self, name: str) -> Times:
        return self.times.setdefault(name, Times())


def _publishes(message: Message) -> bool:
    return message.get("method") == "textDocument/publishDiagnostics"


def _holds(where: Any, position: dict[str, int]) -> bool:
    return bool(where["start"]["line"] <= position["line"] <= where["end"]["line"])


def _indexed(message: Message) -> bool:
    return message.get("method") == "$/progress" and message["params"]["value"].get("kind") == "end"


def contenders(*, others: bool) -> Iterator[Contender]:
    """Yield the servers that can be had; say which cannot, and why."""
    debounce_ms = Settings().diagnostics.debounce_ms
    yield Contender(name="seealso", command=[sys.executable, "-m", "seealso", "lsp"], link="[", debounce_ms=debounce_ms)
    makers: tuple[Callable[[], Contender], ...] = (mdsmith, vscode_markdown) if others else ()
    for make in makers:
        try:
            yield make()
        except FetchError as error:
            print(f"Without {make.__name__}: {error}", file=sys.stderr)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.lsp", description=__doc__)
    parser.add_argument("--folder", type=Path, help="the tree to work on; a Markdown manual without any")
    parser.add_argument("--others", action="store_true", help="measure other language servers beside it")
    parser.add_argument("--count", type=int, default=100, help="documents to work on")
    parser.add_argument("--cache", type=Path, help="keep the index here, and use it again")
    arguments = parser.parse_args()
    try:
        root = (arguments.folder or markdown_docs()).resolve()
    except FetchError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as temporary:
        environment = {**os.environ, "SEEALSO_CACHE_DIR": str(arguments.cache or temporary)}
        corpus = Corpus(root, arguments.count, random.Random(1))
        print(f"{corpus.files:,} documents, {corpus.bytes / 1e6:.1f} MB; {os.cpu_count()} processors")
        results: list[tuple[str, Mapping[str, Times]]] = []
        for contender in contenders(others=arguments.others):
            started = time.perf_counter()
            run = Run(contender, corpus, environment)
            run.measure()
            print(f"{contender.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
            results.append((contender.name, run.times))
        print("\n".join(table(results)))


if __name__ == "__main__":
    main()
