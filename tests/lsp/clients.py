"""What editors say that they can do: those that pytest-lsp has recorded, and Helix."""

from __future__ import annotations

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import client_capabilities as recorded

VSCODE, NEOVIM, EMACS, HELIX = "visual-studio-code", "neovim", "emacs", "helix"
"""The first three count characters in UTF-16, UTF-8 and UTF-32, Helix as Neovim."""

NAMES = {VSCODE: "Visual Studio Code", NEOVIM: "Neovim", EMACS: "Eglot", HELIX: "helix"}
"""What they call themselves."""

CLIENTS = [VSCODE, NEOVIM, pytest.param(EMACS, marks=pytest.mark.slow), pytest.param(HELIX, marks=pytest.mark.slow)]
"""For what each of them should be tried with; two are enough for the tests that everybody runs."""

_STATIC = {"dynamicRegistration": False}
_HELIX = {
    "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "didChangeConfiguration": _STATIC,
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": False},
        "executeCommand": _STATIC,
        "fileOperations": {"willRename": True, "didRename": True},
        "inlayHint": {"refreshSupport": False},
        "symbol": _STATIC,
        "workspaceEdit": {
            "documentChanges": True,
            "resourceOperations": ["create", "rename", "delete"],
            "failureHandling": "abort",
            "normalizesLineEndings": False,
        },
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {
                "codeActionKind": {
                    "valueSet": [
                        *("", "quickfix", "refactor", "refactor.extract", "refactor.inline", "refactor.rewrite"),
                        *("source", "source.organizeImports"),
                    ]
                }
            },
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
                "insertReplaceSupport": True,
                "deprecatedSupport": True,
                "tagSupport": {"valueSet": [1]},
            },
            "completionItemKind": {},
        },
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
        "rename": {"dynamicRegistration": False, "prepareSupport": True, "honorsChangeAnnotations": False},
    },
}
"""Read from its source, `helix-lsp/src/client.rs`, in 2026; without what other servers use."""


def client_capabilities(client: str) -> types.ClientCapabilities:
    """Return what an editor can do."""
    if client == HELIX:
        helix: types.ClientCapabilities = get_converter().structure(_HELIX, types.ClientCapabilities)
        return helix
    found: types.ClientCapabilities = recorded(client)
    return found
