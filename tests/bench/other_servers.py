"""Language servers for Markdown that `seealso` is measured beside, put into the cache of the benches by pip and npm."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bench.fetching import FetchError, cache

MDSMITH = "mdsmith==0.57.0"
VSCODE_MARKDOWN = "vscode-markdown-languageserver@0.5.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One language server, and how its client differs from that of the others."""

    name: str
    command: Sequence[str]
    link: str
    """What is typed before a completion is asked for: where this server has something to offer."""
    debounce_ms: int = 0
    """Quiet time after a change before diagnostics, as far as it is known."""
    later: Sequence[str] = ()
    """Providers it registers after `initialize`."""
    pulls: bool = False
    """The client asks for diagnostics; otherwise they are published."""
    capabilities: Mapping[str, object] = field(default_factory=dict)
    options: object = None
    settings: object = None
    """Sent with `workspace/didChangeConfiguration`."""
    answers: Callable[[Path, Callable[[str], str]], Mapping[str, Callable[[Any], object]]] = lambda _root, _text: {}
    """Requests of the server that its client has to answer, given the folder and the text of a URI."""


def mdsmith() -> Contender:
    """Install mdsmith, a linter for Markdown; raises `FetchError`."""
    folder = cache() / MDSMITH.replace("==", "-")
    program = folder / "mdsmith" / "_bin" / "mdsmith"
    if not program.exists():
        _install(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), MDSMITH)
    if not program.exists():
        raise FetchError(f"{MDSMITH} has no program {program}; has its layout changed?")
    # Its quiet time is not documented: of hundreds of changes none was answered before 200 ms, half by 204.
    return Contender(name="mdsmith", command=[str(program), "lsp"], link="[x](#", debounce_ms=200)


def vscode_markdown() -> Contender:
    """Install the server behind VS Code's own Markdown support; raises `FetchError`."""
    folder = cache() / VSCODE_MARKDOWN.replace("@", "-")
    script = folder / "node_modules/vscode-markdown-languageserver/dist/node/workerMain.js"
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise FetchError(f"npm or node is missing: {VSCODE_MARKDOWN} is a package for them.")
    if not script.exists():
        _install("npm", "install", "--silent", "--ignore-scripts", "--prefix", str(folder), VSCODE_MARKDOWN)
    if not script.exists():
        raise FetchError(f"{VSCODE_MARKDOWN} has no script {script}; has its layout changed?")
    on, error = {"enabled": True}, {"enabled": "error", "markdownFragmentLinks": "inherit"}
    validate = {**on, "referenceLinks": error, "fragmentLinks": error, "fileLinks": error, "ignoredLinks": []}
    validate |= {"unusedLinkDefinitions": error, "duplicateLinkDefinitions": error}
    suggestions = {"paths": {**on, "includeWorkspaceHeaderCompletions": "onDoubleHash"}}
    markdown = {"suggest": suggestions, "occurrencesHighlight": on, "validate": validate}
    return Contender(
        name="vscode-markdown",
        command=["node", str(script), "--stdio"],
        link="[x](#",
        later=("completionProvider",),
        pulls=True,
        capabilities={"diagnostic": {}},
        options={"markdownFileExtensions": ["md"]},
        settings={"markdown": {**markdown, "server": {"log": "off"}}},
        answers=_vscode_answers,
    )


def _vscode_answers(root: Path, text: Callable[[str], str]) -> Mapping[str, Callable[[Any], object]]:
    """Answer what VS Code answers to its server: the tokens of a document, and what is on the disk."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")

    def parse(params: Any) -> object:
        return [_token(token) for token in parser.parse(params.get("text") or text(params["uri"]))]

    def stat(params: Any) -> object:
        path = to_path(params["uri"])
        return {"isDirectory": path.is_dir()} if path.exists() else None

    return {
        "markdown/parse": parse,
        "markdown/findMarkdownFilesInWorkspace": lambda _: [path.as_uri() for path in sorted(root.rglob("*.md"))],
        "markdown/fs/readFile": lambda params: list(to_path(params["uri"]).read_bytes()),
        "markdown/fs/readDirectory": lambda params: [
            [path.name, {"isDirectory": path.is_dir()}] for path in to_path(params["uri"]).iterdir()
        ],
        "markdown/fs/stat": stat,
    }


def _token(token: Any) -> dict[str, object]:
    children = [_token(child) for child in token.children] if token.children is not None else None
    return {
        "type": token.type,
        "markup": token.markup,
        "content": token.content,
        "map": token.map,
        "children": children,
        "level": token.level,
        "info": token.info,
    }


def to_path(uri: str) -> Path:
    """Return the path of a file's URI, as these servers write it."""
    return Path(unquote(urlsplit(uri).path))


def _install(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FetchError(f"`{' '.join(command)}` failed: {(done.stderr or done.stdout).strip()}")
