"""`workspace/symbol` through the real process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE
from lsp.conftest import MUSIC, SIGNATURE, StartEditor, write
from lsp.editor import TIMEOUT_S, Editor
from ranges import shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

Symbol = types.WorkspaceSymbol | types.SymbolInformation

HEADING, PASSAGE = types.SymbolKind.Namespace, types.SymbolKind.String


async def symbols(editor: Editor, query: str) -> Sequence[Symbol]:
    found = await asyncio.wait_for(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query)), TIMEOUT_S)
    assert found is not None
    return found


def text(editor: Editor, query: str, found: Sequence[Symbol]) -> list[str]:
    """Return the names without what they begin with for clients that filter them."""
    names = [symbol.name for symbol in found]
    if editor.name != "Visual Studio Code":
        return names
    prefixes = [f"{query} · {rank:02} " for rank in range(1, len(names) + 1)]
    assert [name for name, prefix in zip(names, prefixes, strict=True) if not name.startswith(prefix)] == []
    return [name.removeprefix(prefix) for name, prefix in zip(names, prefixes, strict=True)]


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
    (first, *_) = text(reader, query, found)
    assert first == "Download the package for your distribution and check its signature before you…"
    assert SIGNATURE.startswith(first.removesuffix("…"))
    assert found[0].kind is PASSAGE
    assert found[0].container_name == "guide/install.md › Installing › Linux 😀"
    assert where(found[0]) == f"{reader.uri('guide/install.md')} 4:0-5:0"


async def test_in_another_language(reader: Editor) -> None:
    found = await symbols(reader, "ein Konzert mit klassischer Musik")
    assert found[0].container_name in ("notes/music.md › Music", "notes/again.md › Again")


async def test_nothing_that_has_nothing_in_common(reader: Editor) -> None:
    found = await symbols(reader, "classical concert")
    assert found
    assert not [symbol for symbol in found if "7440" in symbol.name]
    assert await symbols(reader, "xyzzy") == []


async def test_a_text_that_stands_twice_is_one_symbol(reader: Editor) -> None:
    query = "symphony by Mahler"
    names = text(reader, query, await symbols(reader, query))
    assert [MUSIC.startswith(name.removesuffix("…")) for name in names].count(True) == 1


async def test_headings_by_their_words_come_first(reader: Editor) -> None:
    query = "restoring"
    found = await symbols(reader, query)
    assert text(reader, query, found)[0] == "Restoring"
    assert found[0].kind is HEADING
    assert found[0].container_name == "guide/restore.md"
    assert where(found[0]) == f"{reader.uri('guide/restore.md')} 0:0-1:0"
    assert {symbol.kind for symbol in found[1:]} == {PASSAGE}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        pytest.param("#install", ["Installing"], id="the beginning"),
        pytest.param("#HAND by", ["By hand"], id="words in any order and case"),
        pytest.param("# fire", ["Firewall"], id="a space after it"),
        pytest.param("#port", ["Ports"], id="reStructuredText"),
        pytest.param("#😀", ["Linux 😀"], id="emoji"),
        pytest.param("#symphony", [], id="words of passages do not count"),
    ],
)
async def test_headings_only(reader: Editor, query: str, titles: list[str]) -> None:
    found = await symbols(reader, query)
    assert text(reader, query, found) == titles
    assert {symbol.kind for symbol in found} <= {HEADING}


@pytest.mark.parametrize("query", ["", "  ", "#", " # ", "\n"])
async def test_an_empty_query_gets_nothing(reader: Editor, query: str) -> None:
    assert await symbols(reader, query) == []


@pytest.mark.parametrize("query", ["download", "how do I verify it", "backup-of-the-data", "#re", "ダウンロードの検証"])
async def test_a_client_that_filters_keeps_all_in_order(start: StartEditor, query: str) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    found = await symbols(editor, query)
    names = [symbol.name for symbol in found]
    assert names
    assert [name for name in names if not kept(query, name)] == []
    assert sorted(names, key=str.lower) == names, "they score the same, and are sorted by name"


async def test_a_question_in_one_word(reader: Editor) -> None:
    """VS Code sends the first word only, and filters by the others."""
    query = "how-do-I-verify-the-download"
    found = await symbols(reader, query)
    assert found[0].container_name == "guide/install.md › Installing › Linux 😀"


async def test_a_long_query(reader: Editor) -> None:
    found = await symbols(reader, f"verify the download {'and so on ' * 20_000}")
    assert all(len(symbol.name) < 500 for symbol in found)


async def test_all_folders_answer_and_the_best_is_first(start: StartEditor, tmp_path: Path) -> None:
    other = write(
        tmp_path / "other", {"birds.md": "# Birds\n\nThe blackbird sings in the evening from the top of the roof.\n"}
    )
    editor = await start(capabilities=NEOVIM, folders=[tmp_path / "docs", other, tmp_path / "missing"])
    for folder in (tmp_path / "docs", other):
        await editor.command("updateIndex", {"uri": folder.as_uri()})
    found = await symbols(editor, "songs of birds at night")
    assert found[0].container_name == "birds.md › Birds"
    assert where(found[0]) == f"{(other / 'birds.md').as_uri()} 2:0-3:0"
    assert (await symbols(editor, "birds"))[0].container_name == "birds.md"
    found = await symbols(editor, "how do I verify the download")
    assert found[0].container_name == "guide/install.md › Installing › Linux 😀"


async def test_what_is_unsaved_counts(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    editor.open("notes/music.md")
    editor.change(
        "notes/music.md", None, "\r\n# Ornithology 🐦\r\n\r\nThe blackbird sings in the evening from the roof.\r\n"
    )
    (heading,) = await symbols(editor, "#ornithology")
    assert where(heading) == f"{editor.uri('notes/music.md')} 1:0-2:0"
    found = await symbols(editor, "a bird sings at night")
    assert where(found[0]) == f"{editor.uri('notes/music.md')} 3:0-4:0"


async def test_hostile_documents_are_text(start: StartEditor) -> None:
    title = "$(trash) [run](command:evil) <b>"
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    write(
        editor.root, {"evil.rst": f"{title}\n{'=' * len(title)}\n\nA\u2028passage  \tabout nothing at all\x1b[31m.\n"}
    )
    await editor.command("updateIndex")
    (heading,) = await symbols(editor, "#trash")
    assert heading.name == title
    assert heading.container_name == "evil.rst"
    for symbol in await symbols(editor, "a passage about nothing"):
        assert "\n" not in symbol.name
        assert "\u2028" not in symbol.name


async def test_symbols_can_be_switched_off(start: StartEditor) -> None:
    editor = await start(
        capabilities=VSCODE, options={"symbols": {"enabled": False}}, configuration={"symbols": {"enabled": False}}
    )
    assert editor.result is not None
    assert editor.result.capabilities.workspace_symbol_provider is None
    await editor.indexed()
    assert await symbols(editor, "how do I verify the download") == []


async def test_symbols_are_offered(reader: Editor) -> None:
    assert reader.result is not None
    offered = reader.result.capabilities.workspace_symbol_provider
    assert isinstance(offered, types.WorkspaceSymbolOptions)
    assert not offered.resolve_provider
