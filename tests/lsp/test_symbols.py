"""`workspace/symbol` through the real process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from lsprotocol import types

from lsp.conftest import SIGNATURE
from lsp.editor import TIMEOUT_S, Editor, shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

Symbol = types.WorkspaceSymbol | types.SymbolInformation


async def symbols(editor: Editor, query: str) -> Sequence[Symbol]:
    found = await asyncio.wait_for(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query)), TIMEOUT_S)
    assert found is not None
    return found


def filters(editor: Editor) -> bool:
    return editor.name == "Visual Studio Code"


def where(symbol: Symbol) -> str:
    assert isinstance(symbol.location, types.Location)
    return f"{symbol.location.uri} {shown(symbol.location.range)}"


def kept(query: str, name: str) -> bool:
    """Do what VS Code and Zed do: look for the letters of the query in their order."""
    letters = iter(name.lower())
    return all(letter in letters for letter in query.lower())


async def test_passages_by_meaning(reader: Editor) -> None:
    query = "how do I verify the download"
    found = await symbols(reader, query)
    best = found[0]
    prefix = f"{query} · 01 " if filters(reader) else ""
    assert best.name == prefix + "Download the package for your distribution and check its signature before you…"
    assert SIGNATURE.startswith(best.name.removeprefix(prefix).removesuffix("…"))
    assert best.kind is types.SymbolKind.String
    assert best.container_name == "guide/install.md › Installing › Linux 😀"
    assert where(best) == f"{reader.uri('guide/install.md')} 4:0-5:0"
