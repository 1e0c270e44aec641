"""Imports go one way: a module imports only from layers above its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import seealso

PACKAGE = Path(seealso.__file__).parent

LAYERS = (
    ("__init__", "errors", "toml", "units"),
    ("model",),
    ("settings",),
    ("committed", "configuration", "meter", "schema"),
    ("text",),
    ("embed",),
    ("index",),
    ("corpus",),
    ("access", "linked", "overlay", "scratch", "status", "text_vectors"),
    ("marks", "spaces"),
    ("candidates", "embedding"),
    ("documents",),
    ("indexer",),
    ("updating",),
    ("repeats",),
    ("closed", "questions"),
    ("preload", "workspace"),
    ("loose",),
    ("report", "occurrences", "worth"),
    ("lsp",),
    ("cli",),
    ("__main__",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

ONLY_IMPORTER = {
    "usearch": ["index/vectors.py"],
    "onnxruntime": ["embed/runtime.py"],
    "httpx": ["embed/http.py"],
    "pygls": ["lsp/"],
    "lsprotocol": ["lsp/"],
    "sqlite3": ["index/", "cli/doctor.py", "cli/checks.py"],
}
ASYNC_FREE = (
    "access",
    "marks",
    "scratch",
    "text",
    "index",
    "corpus",
    "documents",
    "embedding",
    "indexer",
    "linked",
    "overlay",
    "text_vectors",
    "updating",
    "candidates",
    "closed",
    "repeats",
    "questions",
    "spaces",
    "status",
    "workspace",
)

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_from_above(path: Path) -> None:
    own = layer(path)
    assert own in LEVEL, f"{own} has no place in the layers"
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "seealso" and len(parts) > 1:
            other = parts[1] if parts[1] in LEVEL else "__init__"
            assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {name}"
        elif parts[0] == "asyncio":
            assert own not in ASYNC_FREE, f"{own} knows asyncio"
        for library, allowed in ONLY_IMPORTER.items():
            if parts[0] == library:
                assert any(path.relative_to(PACKAGE).as_posix().startswith(prefix) for prefix in allowed), name
