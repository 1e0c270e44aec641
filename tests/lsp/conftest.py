"""Small workspaces and editors on them. One event loop for all tests, so that editors can be shared."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lsp.clients import CLIENTS, NEOVIM, VSCODE
from lsp.editor import Editor
from seealso.corpus import index_directory
from seealso.workspace import Workspace

SIGNATURE = (
    "Download the package for your distribution and check its signature before you install it. "
    "The signing key is printed on the last page of the contract."
)
PORT = (
    "After the installation, open port 7440 in the firewall. Clients speak to the server over this port only, "
    "and nothing else has to be reachable from outside of the local network."
)
PORT_EDITED = (
    "After the installation, open port 7440 in the firewall. All clients speak to the server over this port only, "
    "and nothing else needs to be reachable from outside of the local network."
)
RESTORE = (
    "Stop the service before you restore a backup. Copy the data folder to its old place. "
    "Start the service again and look at the log."
)
MUSIC = "The orchestra plays a symphony by Mahler on Friday evening in the old concert hall near the river."

FILES = {
    "guide/install.md": f"# Installing\n\n## Linux 😀\n\n{SIGNATURE}\n\n## Firewall\n\n😀 {PORT}\n",
    "guide/restore.md": f"# Restoring\n\n## By hand\n\n{RESTORE}\n",
    "guide/network.rst": f"Network\n=======\n\nPorts\n-----\n\n{PORT_EDITED}\n",
    "guide/draft.md": "# Draft\n\nNow stop the service before you restore a backup.\n\nSee the [\n\nBefore \n",
    "notes/music.md": f"# Music\n\n{MUSIC}\n",
    "notes/again.md": f"# Again\n\nA first line.\n\n{MUSIC}\n",
    "notes/chapter.rst": "Chapter\n=======\n\nSee \n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, newline="")
    return root


async def leave(editor: Editor) -> None:
    """Let an editor go; its server may not have met a bug."""
    await editor.stop()
    log = editor.stderr.decode()
    assert "Traceback" not in log, log
    assert not [params for params in editor.all("window/showMessage") if "internal error" in params.message]


@pytest.fixture(autouse=True, scope="session")
def _forked(prefork: None) -> None:
    """Servers are started for almost every test."""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample workspace in `docs` and its index in `cache`."""
    base = tmp_path_factory.mktemp("sample")
    write(base / "docs", FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEEALSO_CACHE_DIR", str(base / "cache"))
        workspace = Workspace.open(base / "docs")
        workspace.update()
        workspace.close()
    return base


@pytest.fixture
def root(sample: Path, tmp_path: Path) -> Path:
    """The sample workspace, free to be changed, as an editor finds it that had it open before."""
    root = tmp_path / "docs"
    shutil.copytree(sample / "docs", root)
    shutil.copytree(
        sample / "cache" / "workspaces" / index_directory((sample / "docs").resolve()).name,
        tmp_path / "cache" / "workspaces" / index_directory(root.resolve()).name,
    )
    return root


MANY = 4_000
"""Passages of the folder `many`."""

REPETITIONS = 24_000
"""Passages of the folder `repetitive`."""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More passages than can be embedded while a test looks."""
    words = random.Random(7)

    def sentence() -> str:
        """Return words most of which occur in few other passages."""
        return " ".join(f"{words.choice(('stone', 'window', 'garden'))} {words.randint(100, 999)}" for _ in range(12))

    return write(
        tmp_path / "many",
        {
            f"{name}.md": "\n\n".join([f"# Chapter {name}", *(sentence() for _ in range(MANY // 40))])
            for name in range(40)
        },
    )


@pytest.fixture
def repetitive(tmp_path: Path) -> Path:
    """A folder in which few texts stand very often: quickly indexed, slowly listed."""
    sentence = "What has to be said about the part with the number {} of the machine.\n\n"
    texts = "".join(map(sentence.format, range(20))) * (REPETITIONS // 80)
    return write(tmp_path / "repetitive", {f"{number}.md": f"# Large\n\n{texts}" for number in range(4)})


StartEditor = Callable[..., Awaitable[Editor]]


@pytest_asyncio.fixture(loop_scope="session")
async def start(tmp_path: Path, root: Path) -> AsyncIterator[StartEditor]:
    """Start editors, each with a server of its own."""
    editors: list[Editor] = []

    async def begin(where: Path = root, **options: Any) -> Editor:
        editor = await Editor.start(where, tmp_path / "cache", **options)
        editors.append(editor)
        return editor

    yield begin
    for editor in editors:
        await leave(editor)


@pytest.fixture(params=[VSCODE, NEOVIM])
def capabilities(request: pytest.FixtureRequest) -> str:
    """The real capabilities of both editors."""
    return str(request.param)


@pytest_asyncio.fixture(loop_scope="session", scope="session", params=CLIENTS)
async def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor on the sample workspace, indexed, all documents open; tests change nothing."""
    base = tmp_path_factory.mktemp("reader")
    options = {"completion": {"insideWords": True}}
    docs = write(base / "docs", FILES)
    editor = await Editor.start(docs, base / "cache", capabilities=request.param, options=options)
    assert await editor.indexed() == "up to date"
    for path in FILES:
        editor.open(path)
    yield editor
    await leave(editor)
