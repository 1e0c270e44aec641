"""`textDocument/completion` and `completionItem/resolve` through the real process."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from lsprotocol import types

from lsp.clients import NEOVIM, VSCODE
from lsp.conftest import MUSIC, RESTORE, StartEditor
from lsp.editor import Editor
from ranges import shown
from seealso.lsp.capabilities import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")

DRAFT, CHAPTER = "guide/draft.md", "notes/chapter.rst"


def edit(item: types.CompletionItem) -> tuple[str, str]:
    assert isinstance(item.text_edit, types.TextEdit)
    return shown(item.text_edit.range), item.text_edit.new_text


def expected(editor: Editor, snippet: str) -> str:
    """Return what a snippet is for this client: some have none."""
    assert editor.client.capabilities is not None
    if Client.of(editor.client.capabilities).completion_snippets:
        return snippet
    return re.sub(r"\$\{1:(.*?)\}|\$0", r"\1", snippet)


def find(found: types.CompletionList | None, text: str) -> types.CompletionItem:
    assert found is not None
    for item in found.items:
        if text in edit(item)[1]:
            return item
    raise AssertionError([edit(item) for item in found.items])


async def test_a_bracket_offers_links_to_related_sections(reader: Editor) -> None:
    found = await reader.complete(DRAFT, "4:9", trigger="[")
    assert found is not None
    assert found.is_incomplete
    item = find(found, "restore.md")
    assert edit(item) == ("4:8-4:9", expected(reader, "[${1:By hand}](restore.md#by-hand)$0"))
    assert item.kind == types.CompletionItemKind.Reference
    assert (item.label, item.detail) == ("By hand", "guide/restore.md")
    assert {item.filter_text for item in found.items} == {"["}, "what is typed matches itself"
    assert [item.sort_text for item in found.items] == sorted(item.sort_text or "" for item in found.items)
    assert all(item.kind == types.CompletionItemKind.Reference for item in found.items), "links alone"


async def test_documentation_comes_when_the_client_wants_it(reader: Editor) -> None:
    found = await reader.complete(DRAFT, "4:9", trigger="[")
    item = find(found, "restore.md")
    if item.documentation is None:
        assert reader.client.capabilities is not None
        item = await reader.client.completion_item_resolve_async(item)
    else:
        assert item.data is None
    if isinstance(item.documentation, str):  # a client that knows no formats
        assert item.documentation == f"Restoring › By hand — guide/restore.md:5\n\n{RESTORE}"
        return
    assert isinstance(item.documentation, types.MarkupContent)
    assert item.documentation.kind == types.MarkupKind.Markdown
    assert item.documentation.value.startswith(reader.titled("Restoring › By hand", "guide/restore.md", 5) + " — ")
    assert RESTORE.replace(".", ".") in item.documentation.value


@pytest.mark.parametrize(
    ("line", "at", "replaced", "inserted"),
    [
        pytest.param("See [fire", "4:9", "4:4-4:9", "[${1:Firewall}](install.md#firewall)$0", id="words in brackets"),
        pytest.param("See [fire]", "4:9", "4:4-4:10", "[${1:Firewall}](install.md#firewall)$0", id="a closed bracket"),
        pytest.param("See [[fire]]", "4:10", "4:4-4:12", "[[guide/install#Firewall]]$0", id="wiki"),
        pytest.param("See [resto", "4:10", "4:4-4:10", "[${1:Restoring}](restore.md)$0", id="a document by its title"),
        pytest.param("See fire", "4:8", "4:4-4:8", "[${1:Firewall}](install.md#firewall)$0", id="a word"),
    ],
)
async def test_what_is_typed_is_looked_for_in_titles(
    reader: Editor, line: str, at: str, replaced: str, inserted: str
) -> None:
    reader.change(DRAFT, "4:0-4:9", line)
    try:
        found = await reader.complete(DRAFT, at)
        text = expected(reader, inserted)
        assert edit(find(found, text)) == (replaced, text)
    finally:
        reader.change(DRAFT, f"4:0-4:{len(line)}", "See the [")


async def test_links_in_restructuredtext(reader: Editor) -> None:
    reader.change(CHAPTER, "3:4-3:4", "netw")
    try:
        found = await reader.complete(CHAPTER, "3:8")
        assert edit(find(found, "network")) == (
            "3:4-3:8",
            expected(reader, ":doc:`${1:Network} <../guide/network>`$0"),
        )
    finally:
        reader.change(CHAPTER, "3:4-3:8", "")


async def test_a_paragraph_goes_on_as_the_closest_earlier_one_did(reader: Editor) -> None:
    found = await reader.complete(DRAFT, "2:49")
    assert found is not None
    first = found.items[0]
    assert edit(first) == ("2:49-2:49", expected(reader, " ${1:Copy the data folder to its old place.}$0"))
    assert first.kind == types.CompletionItemKind.Snippet
    assert first.detail == "as in guide/restore.md"


async def test_an_unfinished_sentence_gets_what_is_missing(reader: Editor) -> None:
    typed = " Copy the da"
    reader.change(DRAFT, "2:49-2:49", typed)
    try:
        found = await reader.complete(DRAFT, f"2:{49 + len(typed)}")
        assert found is not None
        assert edit(found.items[0]) == (
            "2:59-2:61",
            expected(reader, "da${1:ta folder to its old place.}$0"),
        )
    finally:
        reader.change(DRAFT, f"2:49-2:{49 + len(typed)}", "")


async def test_a_sentence_without_spaces_is_no_word_that_is_being_typed(reader: Editor) -> None:
    typed = "恢复备份之前要先停止服务然后把数据文件夹复制回"
    assert reader.result is not None
    bytes_each = 3 if reader.result.capabilities.position_encoding == types.PositionEncodingKind.Utf8 else 1
    reader.open("chinese.md", "# 恢复\n\n恢复备份之前先停止服务。然后把数据文件夹复制回原处。\n")
    reader.open("chinese-draft.md", f"# 草稿\n\n{typed}\n")
    try:
        found = await reader.complete("chinese-draft.md", f"2:{bytes_each * len(typed)}")
        assert "](chinese.md)" in edit(find(found, "chinese.md"))[1]
    finally:
        reader.close("chinese-draft.md")
        reader.close("chinese.md")


async def test_quotations_name_their_source(reader: Editor) -> None:
    reader.change(DRAFT, "6:0-6:7", "\nStop the service and restore a backup by hand.\n")
    try:
        found = await reader.complete(DRAFT, "8:0")
        _, text = edit(find(found, "> Stop the service"))
        assert text == expected(reader, f"> {RESTORE}\n>\n> — [By hand](restore.md#by-hand)$0")
    finally:
        reader.change(DRAFT, "6:0-8:0", "Before ")


async def test_nothing_in_code_or_images(reader: Editor) -> None:
    reader.change(DRAFT, "4:0-4:9", "See `ls [")
    try:
        assert await reader.complete(DRAFT, "4:9", trigger="[") is None
    finally:
        reader.change(DRAFT, "4:0-4:9", "See the [")
    reader.change(DRAFT, "4:0-4:9", "```\nSee the [")
    try:
        assert await reader.complete(DRAFT, "5:9", trigger="[") is None
        assert await reader.complete(DRAFT, "5:9") is None
    finally:
        reader.change(DRAFT, "4:0-5:9", "See the [")


async def test_a_client_without_snippets_gets_plain_text_and_its_documentation_lazily(start: StartEditor) -> None:
    editor = await start(capabilities=types.ClientCapabilities())
    editor.open(DRAFT)
    await editor.command("updateIndex")
    item = find(await editor.complete(DRAFT, "4:9", trigger="["), "restore.md")
    assert edit(item)[1] == "[By hand](restore.md#by-hand)"
    assert item.insert_text_format == types.InsertTextFormat.PlainText
    assert item.documentation is None
    resolved = await editor.client.completion_item_resolve_async(item)
    assert resolved.documentation == f"Restoring › By hand — guide/restore.md:5\n\n{RESTORE}"


async def test_a_client_that_cannot_resolve_documentation_gets_it_at_once(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    editor.open(DRAFT)
    editor.change(DRAFT, "4:9-4:9", "rest")
    item = find(await editor.complete(DRAFT, "4:13"), "Restoring")
    assert item.data is None
    assert isinstance(item.documentation, types.MarkupContent)
    assert RESTORE in item.documentation.value.replace("\n> ", " ")


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        pytest.param({"enabled": False}, None, id="off"),
        pytest.param({"links": False}, {types.CompletionItemKind.Snippet}, id="snippets alone"),
        pytest.param({"snippets": False}, {types.CompletionItemKind.Reference}, id="links alone"),
    ],
)
async def test_kinds_can_be_switched_off(
    start: StartEditor, settings: dict[str, bool], kinds: set[types.CompletionItemKind] | None
) -> None:
    editor = await start(capabilities=VSCODE, options={"completion": settings})
    await editor.indexed()
    editor.open(DRAFT)
    found = await editor.complete(DRAFT, "2:49")
    assert kinds == (None if found is None else {item.kind for item in found.items})


async def test_wiki_links_where_the_workspace_uses_them(start: StartEditor, root: Path) -> None:
    (root / "notes/index.md").write_text("# Notes\n\nThere are notes about [[music]] and about [[again]].\n")
    editor = await start()
    await editor.indexed()
    editor.open("new.md", f"# New\n\n{MUSIC}\n\nSee [fire\n")
    assert edit(find(await editor.complete("new.md", "4:9"), "Firewall")) == (
        "4:4-4:9",
        "[[guide/install#Firewall]]$0",
    )
    editor.open("other.md", f"# Other\n\n{MUSIC} See [again](notes/again.md).\n\nSee [fire\n")
    assert edit(find(await editor.complete("other.md", "4:9"), "Firewall"))[1].endswith("(guide/install.md#firewall)$0")


async def test_wiki_links_where_the_document_uses_them(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    editor.open("wiki.md", f"# Wiki\n\nAs in [[guide/restore]].\n\n{MUSIC}\n\nSee [fire\n")
    assert edit(find(await editor.complete("wiki.md", "6:9"), "Firewall")) == (
        "6:4-6:9",
        "[[guide/install#Firewall]]$0",
    )


async def test_a_word_that_is_being_typed_is_left_alone(start: StartEditor) -> None:
    # Editors that complete while one types select the first item, and Enter at the end of the line would insert it.
    editor = await start()
    await editor.indexed()
    editor.open(DRAFT)
    editor.change(DRAFT, "4:0-4:9", "See fire")
    assert await editor.complete(DRAFT, "4:8") is None
    editor.change(DRAFT, "4:8-4:8", " ")
    assert await editor.complete(DRAFT, "4:9") is not None


async def test_an_answer_for_what_was_typed_before_is_an_answer(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    editor.open(DRAFT)
    asked = asyncio.create_task(editor.complete(DRAFT, "4:9", trigger="["))
    await asyncio.sleep(0)
    editor.change(DRAFT, "4:9-4:9", "b")
    assert edit(find(await asked, "restore.md"))[0] == "4:8-4:9"


async def test_rows_say_where_they_lead(start: StartEditor) -> None:
    details = types.ClientCompletionItemOptions(snippet_support=True, label_details_support=True)
    completion = types.CompletionClientCapabilities(completion_item=details)
    document = types.TextDocumentClientCapabilities(completion=completion)
    editor = await start(capabilities=types.ClientCapabilities(text_document=document))
    editor.open(DRAFT)
    await editor.command("updateIndex")
    item = find(await editor.complete(DRAFT, "4:9", trigger="["), "restore.md")
    assert item.label_details == types.CompletionItemLabelDetails(description="guide/restore.md")
    found = await editor.complete(DRAFT, "2:49")
    assert found is not None
    assert found.items[0].label_details == types.CompletionItemLabelDetails(description="continue · guide/restore.md")


async def test_a_sentence_that_stands_elsewhere_is_continued_whatever_stands_before_it(start: StartEditor) -> None:
    editor = await start()
    await editor.indexed()
    text = f"{MUSIC}\n\nThe signing key is "
    editor.open("new.md", text)
    found = await editor.complete("new.md", "2:19")
    assert edit(find(found, "printed on the last page"))[1] == "${1:printed on the last page of the contract.}$0"


async def test_among_titles_with_the_word_those_of_the_subject_come_first(start: StartEditor, root: Path) -> None:
    (root / "aaa.md").write_text("# Restoring paintings\n\nOld varnish is taken off with swabs.\n")
    editor = await start()
    await editor.indexed()
    text = "A backup is put back by hand: stop the service, copy the data folder. See [resto"
    editor.open("new.md", text)
    found = await editor.complete("new.md", f"0:{len(text)}")
    assert found is not None
    assert [item.label for item in found.items][:2] == ["Restoring", "Restoring paintings"]
