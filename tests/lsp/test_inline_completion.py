"""`textDocument/inlineCompletion` through the real process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from lsprotocol import types

from lsp.clients import CLIENTS, EMACS, VSCODE, client_capabilities
from lsp.conftest import StartEditor
from lsp.editor import Editor
from seealso.lsp.positions import Encoding, Text, units

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRATCH = "scratch.md"
KEY = "The signing key is printed on the last page of the contract."
PACKAGE = "Download the package for your distribution and check its signature before you install it."


def with_ghosts(name: str = VSCODE) -> types.ClientCapabilities:
    """Return the capabilities of a real client, and that it shows ghost text."""
    capabilities = client_capabilities(name)
    assert capabilities.text_document is not None
    capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities(dynamic_registration=True)
    return capabilities


@asynccontextmanager
async def opened(editor: Editor, documents: dict[str, str]) -> AsyncIterator[None]:
    """Open documents that nobody has saved."""
    for path, text in documents.items():
        editor.open(path, text)
    yield
    for path in documents:
        editor.close(path)


async def ask(
    editor: Editor, text: str, path: str = SCRATCH, *, invoked: bool = True
) -> list[types.InlineCompletionItem]:
    """Return the ghost text at the cursor, which is a `|`, in a new document."""
    before, after = text.split("|")
    async with opened(editor, {path: before + after}):
        lines = Text.of(before, "utf-8").lines
        return await editor.ghosts(path, f"{len(lines) - 1}:{width(editor, lines[-1])}", invoked=invoked)


async def accepted(editor: Editor, text: str, path: str = SCRATCH, *, invoked: bool = True) -> list[str]:
    """Return the line of the cursor after accepting each ghost text, and check what a client checks before."""
    before, after = text.split("|")
    encoding = Text.of(before + after, encoding_of(editor))
    line = before.count("\n")
    lines = []
    for item in await ask(editor, text, path, invoked=invoked):
        assert item.range is not None
        assert isinstance(item.insert_text, str)
        assert item.range.start.line == item.range.end.line == line
        (_, start), (_, end) = encoding.place(item.range.start), encoding.place(item.range.end)
        content = encoding.content(line)
        assert end == len(Text.of(before, "utf-8").lines[-1]), "up to the cursor"
        assert (item.filter_text or item.insert_text).startswith(content[start:end]), "else a client drops it"
        lines.append(content[:start] + item.insert_text + content[end:])
    return lines


def encoding_of(editor: Editor) -> Encoding:
    assert editor.result is not None
    return types.PositionEncodingKind(editor.result.capabilities.position_encoding).value


def width(editor: Editor, text: str) -> int:
    return units(text, encoding_of(editor))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The signing key is prin|", KEY, id="in a word"),
        pytest.param("The signing key|", KEY, id="after a word"),
        pytest.param("The signing key |", KEY, id="after a space"),
        pytest.param(
            "the SIGNING key is|", KEY.replace("The signing", "the SIGNING"), id="the case that was typed stays"
        ),
        pytest.param("😀! The signing key is|", f"😀! {KEY}", id="after an emoji"),
        pytest.param("日本。The signing key is|", f"日本。{KEY}", id="after Japanese"),
        pytest.param("A line.\r\n\r\nThe signing key is|\r\n", KEY, id="CRLF"),
        pytest.param("- [ ] **The signing** key is|", f"- [ ] **The signing** {KEY[12:]}", id="a task with markup"),
        pytest.param("> > The *signing key is|", f"> > The *{KEY[4:]}", id="a quote with open emphasis"),
        pytest.param("### The signing key is|", f"### {KEY}", id="a title"),
        pytest.param("The signing\nkey is|", KEY[12:], id="on the second line"),
        pytest.param("> The signing\n> key is|", f"> {KEY[12:]}", id="on the second line of a quote"),
        pytest.param("The signing key\n|", KEY[16:], id="on a new line"),
        pytest.param("(The signing key is|)", None, id="a bracket is part of the sentence"),
        pytest.param("The signing key is|.", KEY, id="before the full stop"),
        pytest.param("**The signing key is|**", f"**{KEY}**", id="before the end of emphasis"),
        pytest.param("The signing key is|  ", f"{KEY}  ", id="before spaces"),
        pytest.param("The signing key is| here", None, id="before text"),
        pytest.param("The signing key is|\nprinted on the last page", None, id="it goes on below"),
        pytest.param("> The signing key is|\n> printed on the last page", None, id="it goes on below in a quote"),
        pytest.param("The signing key is|\nAnother line.", KEY, id="something else is below"),
        pytest.param("The sign|", None, id="too little"),
        pytest.param(f"{KEY}|", None, id="nothing is missing"),
        pytest.param("Our signing key is|", None, id="another sentence"),
        pytest.param("    The signing key is|", None, id="indented code"),
        pytest.param("```\nThe signing key is|\n```", None, id="fenced code"),
        pytest.param("See `x The signing key is|", None, id="code in a line"),
        pytest.param("---\ntitle: The signing key is|\n---\n", None, id="front matter"),
        pytest.param("<!--\nThe signing key is|\n-->", None, id="a comment"),
        pytest.param("See [The signing key is|", None, id="the text of a link"),
        pytest.param("See [x](The signing key is|", None, id="the target of a link"),
    ],
)
async def test_how_a_line_goes_on(reader: Editor, text: str, expected: str | None) -> None:
    assert await accepted(reader, text) == ([expected] if expected else [])


async def test_plain_text(reader: Editor) -> None:
    assert await accepted(reader, "(a) The signing key is|", "scratch.txt") == [f"(a) {KEY}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Title\n=====\n\n#. The *signing* key is|", f"#. The *signing* {KEY[12:]}", id="an item"),
        pytest.param("Title\n=====\n\n::\n\n   The signing key is|", None, id="a literal block"),
        pytest.param("Title\n=====\n\n.. note:: The signing key is|", f".. note:: {KEY}", id="a directive"),
        pytest.param("Title\n=====\n\n.. The signing key is|", None, id="a comment"),
        pytest.param("Title\n=====\n\nSee :ref:`The signing key is|", None, id="a role"),
    ],
)
async def test_restructuredtext(reader: Editor, text: str, expected: str | None) -> None:
    assert await accepted(reader, text, "scratch.rst") == ([expected] if expected else [])


async def test_the_word_in_another_case_is_replaced(reader: Editor) -> None:
    (item,) = await ask(reader, "😀! Download the PACK|")
    column = width(reader, "😀! Download the PACK")
    assert item.insert_text == PACKAGE[13:]
    assert item.filter_text == "PACK" + PACKAGE[17:]
    assert item.range == types.Range(types.Position(0, column - 4), types.Position(0, column))
    (item,) = await ask(reader, "😀! Download the pack|")
    assert (item.insert_text, item.filter_text) == (PACKAGE[17:], None)
    assert item.range == types.Range(types.Position(0, column), types.Position(0, column))


async def test_typing_along_goes_on_giving_the_rest(reader: Editor) -> None:
    start, path = "😀! Copy the data", "along.md"
    sentence = "😀! Copy the data folder to its old place."
    async with opened(reader, {path: start}):
        for at in range(len(start), len(sentence)):
            column = width(reader, sentence[:at])
            (item,) = await reader.ghosts(path, f"0:{column}", invoked=True)
            assert item.insert_text == sentence[at:]
            reader.change(path, f"0:{column}-0:{column}", sentence[at])
        assert await reader.ghosts(path, f"0:{width(reader, sentence)}") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("恢复备份之前请|", "恢复备份之前请先停止服务。", id="six characters and one"),
        pytest.param("恢复备份之|", None, id="five"),
        pytest.param("- **恢复备份**之前请|。", "- **恢复备份**之前请先停止服务。", id="markup and the full stop"),
        pytest.param("恢复备份\n之前请|", "之前请先停止服务。", id="lines without a space between"),
    ],
)
async def test_text_without_spaces(reader: Editor, text: str, expected: str | None) -> None:
    async with opened(reader, {"zh.md": "# 手册\n\n恢复备份之前请先停止服务。然后复制数据文件夹。\n"}):
        assert await accepted(reader, text) == ([expected] if expected else [])


async def test_buffers_count_as_they_are(reader: Editor) -> None:
    text = "The brass band rehe|"
    assert await accepted(reader, text) == []
    async with opened(reader, {"band.md": "The brass band rehearses in the cellar.\n"}):
        assert await accepted(reader, text) == ["The brass band rehearses in the cellar."]
        reader.change("band.md", "0:32-0:38", "attic")
        assert await accepted(reader, text) == ["The brass band rehearses in the attic."]
    assert await accepted(reader, text) == []


async def test_the_passage_at_the_cursor_says_nothing_itself(reader: Editor) -> None:
    band = "The brass band rehearses in the cellar."
    assert await accepted(reader, f"{band} The brass band|") == [], "what stands before it"
    assert await accepted(reader, f"The brass band|\n{band}") == [], "and below it"
    assert await accepted(reader, f"{band}\n\nThe brass band|") == [band], "another passage does"


async def test_what_is_not_clear_is_for_those_who_ask(reader: Editor) -> None:
    text = "The brass band|"
    places = {"a.md": "The brass band plays.\n", "b.md": "The brass band rests.\n"}
    async with opened(reader, places):
        assert await accepted(reader, text, invoked=False) == []
        assert sorted(await accepted(reader, text)) == ["The brass band plays.", "The brass band rests."]
        async with opened(reader, {"c.md": "It rains. The brass band rests.\n"}):
            assert await accepted(reader, text, invoked=False) == ["The brass band rests."]
            assert (await accepted(reader, text))[0] == "The brass band rests."


async def test_one_place_alone_is_shown_once_much_of_its_sentence_is_written(reader: Editor) -> None:
    assert await accepted(reader, "The signing key is printed |", invoked=False) == []
    assert await accepted(reader, "The signing key is printed on|", invoked=False) == []
    assert await accepted(reader, "The signing key is printed on |", invoked=False) == [KEY]
    async with opened(reader, {"again.md": f"{KEY}\n"}):
        assert await accepted(reader, "The signing key |", invoked=False) == [KEY], "two places agree"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("says &lt;script&gt;alert(1)&lt;/script&gt; now.", id="HTML"),
        pytest.param(r"says \[here\](http://evil.example) now.", id="a link"),
        pytest.param("says www.evil.example or https://evil.example now.", id="addresses"),
        pytest.param(r"says !\[x\](http://evil.example/x.png) now.", id="an image"),
        pytest.param(r"says \`rm -rf /\` now.", id="code"),
        pytest.param("says \u202eneddih\u202c now.", id="text that runs backwards"),
        pytest.param(r"says \*\*this\*\* now.", id="emphasis"),
    ],
)
async def test_nothing_in_a_document_becomes_markup_in_another(reader: Editor, hostile: str) -> None:
    async with opened(reader, {"hostile.md": f"The brass band {hostile}\n"}):
        assert await accepted(reader, "The brass band|") == []
    async with opened(reader, {"honest.md": "The brass band says a < b, *x and foo_bar(1) now.\n"}):
        assert await accepted(reader, "The brass band|") == ["The brass band says a < b, *x and foo_bar(1) now."]


async def test_a_list_is_continued_by_its_items(reader: Editor) -> None:
    async with opened(reader, {"list.md": "- Tune the old violin\n- Wax the long bow\n- Rest\n"}):
        assert await accepted(reader, "1. Wax the long|") == ["1. Wax the long bow"]


async def test_a_name_goes_on_where_it_looked_like_a_reference(reader: Editor) -> None:
    async with opened(reader, {"names.rst": "Names\n=====\n\nThe modes are in ``extended_modes`` and elsewhere.\n"}):
        text = "Title\n=====\n\nThe modes are in extended_|"
        assert await accepted(reader, text, "scratch.rst") == ["The modes are in extended_modes and elsewhere."]


@pytest.mark.parametrize("name", CLIENTS)
async def test_ghost_text_is_offered_to_clients_that_show_it(start: StartEditor, name: str) -> None:
    for capabilities, offered in ((with_ghosts(name), True), (name, False)):
        editor = await start(capabilities=capabilities)
        assert editor.result is not None
        assert (editor.result.capabilities.inline_completion_provider is not None) is offered


async def test_it_can_be_switched_off_and_on(start: StartEditor) -> None:
    off, on = ({"inlineCompletion": {"enabled": enabled}} for enabled in (False, True))
    editor = await start(capabilities=with_ghosts(), options=off, configuration=off)
    await editor.indexed()
    assert editor.result is not None
    assert editor.result.capabilities.inline_completion_provider is None
    assert await accepted(editor, "The signing key is|") == []
    since = len(editor.received)
    editor.client.set_configuration(on, section="seealso")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    (registration,) = (await editor.message(types.CLIENT_REGISTER_CAPABILITY, since=since)).registrations
    assert registration.method == types.TEXT_DOCUMENT_INLINE_COMPLETION
    assert await accepted(editor, "The signing key is|") == [KEY]


@pytest.mark.parametrize(
    "text", ["The signing key is prin|", "The signing key |", "download the PACK|", "- **Start** the serv|"]
)
async def test_the_list_of_completions_inserts_the_same_text(start: StartEditor, text: str) -> None:
    editor = await start(capabilities=EMACS, options={"completion": {"insideWords": True, "links": False}})
    await editor.indexed()
    expected = await accepted(editor, text)
    line = text.removesuffix("|")
    async with opened(editor, {SCRATCH: line}):
        found = await editor.complete(SCRATCH, f"0:{len(line)}")
    assert found is not None
    edit = found.items[0].text_edit
    assert isinstance(edit, types.TextEdit)
    assert [line[: edit.range.start.character] + edit.new_text] == expected


async def test_documents_of_no_folder_go_on_as_one_another(start: StartEditor) -> None:
    editor = await start(capabilities=with_ghosts(), folders=[])
    async with opened(editor, {"band.md": "The brass band rehearses in the cellar.\n"}):
        assert await accepted(editor, "The brass band|") == ["The brass band rehearses in the cellar."]


async def test_places_that_are_nowhere(reader: Editor) -> None:
    async with opened(reader, {SCRATCH: "The signing key is"}):
        assert await reader.ghosts(SCRATCH, "7:3", invoked=True) != [], "beyond the end is the end"
        assert await reader.ghosts(SCRATCH, "0:999", invoked=True) != []
    assert await reader.ghosts(SCRATCH, "0:3", invoked=True) == [], "it is not open"
