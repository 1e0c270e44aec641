"""`textDocument/codeAction` and `codeAction/resolve` through the real process."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.clients import CLIENTS, EMACS, NEOVIM, VSCODE, client_capabilities
from lsp.conftest import FILES, MUSIC, StartEditor, write
from lsp.editor import Editor, plain
from ranges import shown
from seealso.lsp.capabilities import Client
from seealso.text.markdown import MarkdownSegmenter

pytestmark = pytest.mark.asyncio(loop_scope="session")

Found = list[types.CodeAction | types.Command]

WHERE = "notes/music.md:3 (Music)"
COPY = "notes/copy.md"


def titles(found: Found) -> list[str]:
    return [action.title for action in found]


def titled(found: Found, start: str) -> types.CodeAction:
    (action,) = [action for action in found if action.title.startswith(start)]
    assert isinstance(action, types.CodeAction)
    return action


def client_of(editor: Editor) -> Client:
    assert editor.client.capabilities is not None
    return Client.of(editor.client.capabilities)


async def cleared(editor: Editor, path: str, since: int) -> None:
    """Wait until a document has no diagnostics any more."""
    await editor.until(
        lambda: next(
            (
                params
                for params in editor.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, since=since)
                if params.uri == editor.uri(path) and not params.diagnostics
            ),
            None,
        )
    )


async def test_kinds_are_declared(reader: Editor) -> None:
    assert reader.result is not None
    offered = reader.result.capabilities.code_action_provider
    assert isinstance(offered, types.CodeActionOptions)
    assert list(offered.code_action_kinds or ()) == ["quickfix.seealso", "refactor.rewrite.seealso", "source.seealso"]
    assert offered.resolve_provider


@pytest.mark.parametrize("named", [True, False])
async def test_what_can_be_done_about_a_duplicate(reader: Editor, named: bool) -> None:
    diagnostics = (await reader.diagnosed("notes/again.md", version=1)).diagnostics if named else ()
    found = await reader.actions("notes/again.md", "4:3-4:3", diagnostics=diagnostics, only=["quickfix"])
    opens = [f"Open {WHERE}"] if client_of(reader).shows_documents else []
    assert titles(found) == [
        *opens,
        f"Replace this passage by a link to {WHERE}",
        f"Remove this copy of {WHERE}",
        f"Mark as intended beside {WHERE}",
        "Ignore this passage (a comment before it)",
        "Ignore this document (a comment at its top)",
    ]
    for action in found:
        assert isinstance(action, types.CodeAction)
        assert action.kind == "quickfix.seealso"
        codes = [diagnostic.code for diagnostic in action.diagnostics or ()]
        assert codes == (["duplicate-passage"] if named else [])
        assert (action.edit is None) or not client_of(reader).code_action_lazy_edits
    before = FILES["notes/again.md"]
    assert await reader.act(titled(found, "Replace")) == before.replace(MUSIC, "[Music](music.md)")
    assert await reader.act(titled(found, "Remove")) == before.replace(f"\n{MUSIC}\n", "")
    assert await reader.act(titled(found, "Ignore this passage")) == before.replace(
        MUSIC, f"<!-- seealso-ignore -->\n\n{MUSIC}"
    )
    assert await reader.act(titled(found, "Ignore this document")) == f"<!-- seealso-ignore-file -->\n\n{before}"


async def test_an_edited_copy_in_another_format(reader: Editor) -> None:
    found = await reader.actions("guide/network.rst", "6:9-6:9", only=["quickfix.seealso"])
    text = str(await reader.act(titled(found, "Replace")))
    assert text == "Network\n=======\n\nPorts\n-----\n\n`Firewall <install.md#firewall>`__\n"
    found = await reader.actions("guide/install.md", "8:4-8:4", only=["quickfix.seealso"])
    text = str(await reader.act(titled(found, "Replace")))
    assert text.endswith("## Firewall\n\n[Ports](network.rst#ports)\n")


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        pytest.param(["quickfix"], {"quickfix.seealso"}, id="quickfix"),
        pytest.param(["refactor"], {"refactor.rewrite.seealso"}, id="refactor"),
        pytest.param(["refactor.rewrite"], {"refactor.rewrite.seealso"}, id="refactor.rewrite"),
        pytest.param(
            ["refactor.rewrite.seealso", "quickfix"], {"refactor.rewrite.seealso", "quickfix.seealso"}, id="two"
        ),
        pytest.param([""], {"refactor.rewrite.seealso", "quickfix.seealso"}, id="all"),
        pytest.param(["refactor.extract", "quick", "source.organizeImports"], set(), id="others"),
        pytest.param(["source"], set(), id="no lists here"),
        pytest.param([], set(), id="none"),
    ],
)
async def test_only_what_is_asked_for(start: StartEditor, only: list[str], kinds: set[str]) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    text = f"# Copy\n\n{MUSIC} Stop the service before you restore a backup of the concert hall.\n"
    editor.open(COPY, text.replace(" Stop", "\n\nStop"))
    found = await editor.actions(COPY, "2:5-2:5", only=only)
    found += await editor.actions(COPY, "4:5-4:5", only=only)
    assert {action.kind for action in found if isinstance(action, types.CodeAction)} == kinds


async def test_while_the_cursor_moves_only_what_is_marked_has_actions(reader: Editor) -> None:
    assert await reader.actions("notes/again.md", "4:3-4:3", automatic=True) == []
    marked = (await reader.diagnosed("notes/again.md", version=1)).diagnostics
    assert await reader.actions("notes/again.md", "4:3-4:3", automatic=True, diagnostics=marked) != []
    theirs = types.Diagnostic(marked[0].range, "Long sentence.", source="prose-lint", data=marked[0].data)
    assert await reader.actions("notes/again.md", "4:3-4:3", automatic=True, diagnostics=[theirs]) == []


async def test_a_link_to_a_related_section(reader: Editor) -> None:
    found = await reader.actions("guide/draft.md", "2:30-2:30", only=["refactor"])
    action = titled(found, "Insert a link to guide/restore.md:5 (Restoring › By hand)")
    line = "Now stop the service before you [By hand](restore.md#by-hand) restore a backup."
    assert await reader.act(action) == FILES["guide/draft.md"].replace(
        "Now stop the service before you restore a backup.", line
    )
    assert len([title for title in titles(found) if title.startswith("Insert a link")]) <= 3
    at_the_start = await reader.actions("guide/draft.md", "2:0-2:0", only=["refactor"])
    action = titled(at_the_start, "Insert a link to guide/restore.md:5 (Restoring › By hand)")
    assert await reader.act(action) == FILES["guide/draft.md"].replace(
        "restore a backup.", "restore a backup. [By hand](restore.md#by-hand)"
    )
    # Not in a title, and not where a link is being written.
    assert not [
        title for title in titles(await reader.actions("guide/draft.md", "0:3-0:3")) if "Insert a link" in title
    ]
    assert not [
        title for title in titles(await reader.actions("guide/draft.md", "4:9-4:9")) if "Insert a link" in title
    ]


STARTS = "# Restarting\n\nStop the service before you restore a backup, and start it again when the data is there.\n"


@pytest.mark.parametrize("capabilities", CLIENTS)
@pytest.mark.parametrize(
    ("path", "text", "added"),
    [
        pytest.param("guide/x.md", STARTS, "\n\nSee also:\n\n- [By hand](restore.md#by-hand)", id="Markdown"),
        pytest.param(
            "x.md",
            STARTS + "\n```{note}\nx\n```\n\n## More\n",
            "\n\n```{seealso}\n- [By hand](guide/restore.md#by-hand)",
            id="MyST",
        ),
        pytest.param(
            "x.rst",
            STARTS.replace("# Restarting\n", "😀\n=====\n").replace("\n", "\r\n"),
            "\r\n\r\n.. seealso::\r\n\r\n   - `By hand <guide/restore.md#by-hand>`__",
            id="rst, CRLF, emoji",
        ),
    ],
)
async def test_a_list_of_a_section_is_added_once(
    start: StartEditor, capabilities: str, path: str, text: str, added: str
) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open(path, text)
    found = await editor.actions(path, "3:5-3:5" if path == "x.rst" else "2:5-2:5", only=["refactor"])
    with_list = str(await editor.act(titled(found, 'Add a "See also" list')))
    assert added in with_list
    assert with_list.replace("\r\n", "\n").startswith(
        text.replace("\r\n", "\n").rstrip("\n").removesuffix("\n\n## More")
    )
    editor.change(path, None, with_list)
    for where, kind, title in (
        ("2:5-2:5", "refactor", 'Refresh the "See also" list of'),
        ("0:0-0:0", "source.seealso", 'Refresh the "See also" lists'),
    ):
        found = await editor.actions(path, where, only=[kind])
        if client_of(editor).code_action_lazy_edits:
            assert await editor.act(titled(found, title)) == with_list, "up to date: nothing changes"
        else:
            assert title not in "".join(titles(found)), "nothing to do is not offered"


async def test_a_list_loses_what_is_gone_or_linked_and_keeps_what_its_writer_added(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    listing = (
        "See also:\n\n- [Gone](gone.md)\n- [Mahler](https://example.org/mahler)\n"
        "- [Music](../notes/music.md#x) by hand\n- the librarian\n- [Network](network.rst)\n"
    )
    text = f"{STARTS}\nAs in [the network](network.rst).\n\n{listing}\nSomething below.\n"
    editor.open("guide/x.md", text)
    found = await editor.actions("guide/x.md", "2:5-2:5", only=["refactor"])
    kept = "- [Mahler](https://example.org/mahler)\n- [Music](../notes/music.md#x) by hand\n- the librarian\n"
    refreshed = str(await editor.act(titled(found, "Refresh")))
    assert refreshed == text.replace(listing, f"See also:\n\n{kept}- [By hand](restore.md#by-hand)\n")


async def test_a_section_without_anything_close_gets_no_list(start: StartEditor) -> None:
    editor = await start(capabilities=NEOVIM)
    await editor.indexed()
    editor.open("x.md", "# Bees\n\nA hive of bees needs honey for the winter, and nobody should open it then.\n")
    assert not [title for title in titles(await editor.actions("x.md", "2:5-2:5")) if "See also" in title]
    assert not [title for title in titles(await editor.actions("x.md", "0:2-0:2")) if "See also" in title]


async def test_an_action_of_an_older_version_changes_nothing_and_says_so(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open("notes/again.md")
    found = await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])
    editor.change("notes/again.md", "0:0-0:0", "New\n\n")
    for start_of_title in ("Replace", "Remove", "Ignore this passage", "Ignore this document"):
        with pytest.raises(JsonRpcException, match=r"The document has changed since this was offered\."):
            await editor.act(titled(found, start_of_title))
    editor.close("notes/again.md")
    with pytest.raises(JsonRpcException, match="has changed"):
        await editor.act(titled(found, "Remove"))


async def test_an_action_whose_other_passage_is_gone_says_so(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("notes/again.md")
    editor.open("notes/music.md")
    found = await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])
    editor.change("notes/music.md", None, "# Music\n\nNothing.\n")
    with pytest.raises(JsonRpcException, match="other passage is not there any more"):
        await editor.act(titled(found, "Replace"))
    with pytest.raises(JsonRpcException, match=r"no passage at line 3 of notes/music\.md any more"):
        await editor.act(titled(found, "Mark as intended"))


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"what": "remove"},
        {"what": "remove", "uri": "file:///etc/passwd", "version": 1, "line": 0, "byte": 0, "hash": "", "other": None},
        {"what": "link", "uri": "OWN", "version": 1, "line": 4, "byte": 10**12, "hash": "", "other": None},
        {
            "what": "link",
            "uri": "OWN",
            "version": 1,
            "line": 4,
            "byte": 30,
            "hash": "",
            "other": {"path": "../../../etc/passwd", "line": 0, "hash": ""},
        },
    ],
)
async def test_data_that_is_not_ours_gets_a_sentence(reader: Editor, data: Any) -> None:
    if data and data.get("uri") == "OWN":
        data = {**data, "uri": reader.uri("notes/again.md")}
    action = types.CodeAction("x", kind="quickfix", data=data)
    with pytest.raises(JsonRpcException) as raised:
        await reader.client.code_action_resolve_async(action)
    assert raised.value.message.count(".") >= 1
    assert "internal error" not in raised.value.message


async def test_marking_a_pair_takes_the_diagnostics_of_both_away(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    for path in ("notes/again.md", "notes/music.md"):
        editor.open(path)
    for path in ("notes/again.md", "notes/music.md"):
        await editor.diagnosed(path, version=1)
    since = len(editor.received)
    found = await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])
    assert await editor.act(titled(found, "Mark as intended")) == {"first": MUSIC, "second": MUSIC}
    await cleared(editor, "notes/again.md", since)
    await cleared(editor, "notes/music.md", since)
    assert titles(await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])) == []
    assert await editor.command("shareIntended", {"uri": editor.uri("notes/again.md")}) == {"pairs": 1}
    assert MUSIC[:60] in (editor.root / "seealso.ignore.toml").read_text()


async def test_a_file_of_pairs_counts_as_soon_as_it_is_there(start: StartEditor) -> None:
    editor = await start(capabilities=VSCODE)
    await editor.indexed()
    editor.open("notes/again.md")
    shared = (await editor.diagnosed("notes/again.md", version=1)).diagnostics
    text_hash = plain(shared[0].data)["hash"]
    event = types.FileEvent(editor.uri("seealso.ignore.toml"), types.FileChangeType.Changed)

    since = len(editor.received)
    write(editor.root, {"seealso.ignore.toml": f'[[pair]]\nhashes = ["{text_hash}", "{text_hash}"]\n'})
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await cleared(editor, "notes/again.md", since)

    since = len(editor.received)
    write(editor.root, {"seealso.ignore.toml": "<<<<<<< ours\n"})
    for _ in range(2):
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        found = await editor.diagnosed("notes/again.md", since=since)
        assert [diagnostic.code for diagnostic in found.diagnostics] == ["duplicate-passage"]
    (message,) = editor.all(types.WINDOW_SHOW_MESSAGE, since=since)
    assert "seealso.ignore.toml' cannot be used" in message.message
    assert await editor.hover("notes/again.md", "4:3") is not None


async def test_a_client_that_lists_commands_performs_them(start: StartEditor) -> None:
    capabilities = client_capabilities(VSCODE)
    capabilities.experimental = {"commands": {"commands": ["seealso.client.open", "seealso.client.compare"]}}
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open(COPY, f"# Copy\r\n\r\n> 😀 {MUSIC}\r\n")
    found = await editor.actions(COPY, "2:5-2:5", only=["quickfix"])
    there = {
        "uri": editor.uri("notes/music.md"),
        "range": {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}},
    }
    opens, compares = (
        titled(found, "Open notes/music.md:3").command,
        titled(found, "Compare with notes/music.md:3").command,
    )
    assert opens is not None
    assert compares is not None
    assert (opens.command, plain(opens.arguments)) == ("seealso.client.open", [there])
    assert compares.command == "seealso.client.compare"
    here, other = plain(compares.arguments)
    assert (here["uri"], other) == (editor.uri(COPY), there)
    assert here["range"] == {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 5 + len(MUSIC)}}


async def test_the_server_asks_a_client_to_open_the_other_place(start: StartEditor, capabilities: str) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open("notes/again.md")
    found = await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])
    assert await editor.act(titled(found, "Open")) == {"opened": True}
    (asked,) = editor.all(types.WINDOW_SHOW_DOCUMENT)
    assert (asked.uri, shown(asked.selection), asked.take_focus) == (editor.uri("notes/music.md"), "2:0-2:0", True)
    with pytest.raises(JsonRpcException, match="is in no open folder"):
        await editor.command("openPlace", {"uri": "file:///etc/passwd", "position": {"line": 0, "character": 0}})
    with pytest.raises(JsonRpcException, match="is in no open folder"):
        await editor.command("openPlace", {"uri": "https://example.org", "position": {"line": 0, "character": 0}})


async def test_clients_that_know_less_or_more(start: StartEditor) -> None:
    bare = await start(capabilities=types.ClientCapabilities())
    await bare.command("updateIndex")
    bare.open("notes/again.md")
    found = await bare.actions("notes/again.md", "4:3-4:3")
    assert [type(action) for action in found] == [types.Command], "without literals there are only commands"
    assert found[0].title == f"Mark as intended beside {WHERE}"

    capabilities = client_capabilities(VSCODE)
    assert capabilities.text_document is not None
    assert capabilities.text_document.code_action is not None
    capabilities.text_document.code_action.honors_change_annotations = True
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open("notes/again.md")
    found = await editor.actions("notes/again.md", "4:3-4:3", only=["quickfix"])
    resolved = await editor.client.code_action_resolve_async(titled(found, "Remove"))
    assert resolved.edit is not None
    assert resolved.edit.change_annotations is not None
    (annotation,) = resolved.edit.change_annotations.values()
    assert (annotation.label, annotation.needs_confirmation) == (f"Remove this copy of {WHERE}", False)
    assert await editor.act(resolved) == FILES["notes/again.md"].replace(f"\n{MUSIC}\n", "")


@pytest.mark.parametrize(
    ("path", "text", "start_of_title", "expected"),
    [
        pytest.param(
            "notes/q.md",
            f"# Q\r\n\r\n> 😀 {MUSIC}\r\n\r\nEnd.\r\n",
            "Replace this passage by a link to notes/music.md",
            "# Q\r\n\r\n> [Music](music.md)\r\n\r\nEnd.\r\n",
            id="quote, CRLF, emoji",
        ),
        pytest.param("notes/q.md", f"# Q\n\n- 😀 {MUSIC}\n- b\n", "Replace", None, id="list of several items"),
        pytest.param("notes/q.md", f"文 😀\n\n{MUSIC}\n\nEnd.\n", "Remove", "文 😀\n\nEnd.\n", id="Chinese and emoji"),
        pytest.param(
            "notes/q.txt",
            f"😀\r\n\r\n{MUSIC}\r\n\r\nEnd.\r\n",
            "Replace this passage by a link to notes/music.md",
            "😀\r\n\r\nMusic (music.md)\r\n\r\nEnd.\r\n",
            id="plain text",
        ),
        pytest.param("notes/q.mdx", f"# Q\n\n{MUSIC}\n", "Ignore", None, id="MDX has no comments"),
    ],
)
@pytest.mark.parametrize("capabilities", CLIENTS)
async def test_odd_places(
    start: StartEditor, capabilities: str, path: str, text: str, start_of_title: str, expected: str | None
) -> None:
    editor = await start(capabilities=capabilities)
    await editor.indexed()
    editor.open(path, text)
    found = await editor.actions(path, "2:4-2:4", only=["quickfix"])
    action = next((action for action in found if action.title.startswith(start_of_title)), None)
    if expected is None:
        assert action is None
    else:
        assert action is not None
        assert await editor.act(action) == expected


async def test_what_a_document_says_stays_text_in_titles_and_links(start: StartEditor) -> None:
    keys = "The keys of the archive are kept in the safe at night, and nobody but the caretaker has a copy."
    editor = await start(capabilities=VSCODE)
    write(editor.root, {"a/b c](command:rm).md": f"# [x](command:rm) <b onclick='x'>y</b>\\ ]({{}})\n\n{keys}\n"})
    await editor.command("updateIndex")
    editor.open("keys.md", f"# Keys\n\n{keys}\n")
    found = await editor.actions("keys.md", "2:4-2:4", only=["quickfix"])
    replaced = str(await editor.act(titled(found, "Replace")))
    (passage,) = MarkdownSegmenter().segment(replaced.encode()).passages
    assert passage.links == ("a/b%20c%5D%28command:rm%29.md",), replaced
    assert "<b" not in replaced
    for action in found:
        assert "\n" not in action.title
        assert len(action.title) < 200


async def test_the_setting_turns_them_off(start: StartEditor) -> None:
    editor = await start(capabilities=EMACS, options={"codeActions": {"enabled": False}})
    await editor.indexed()
    assert editor.result is not None
    assert editor.result.capabilities.code_action_provider is None
    editor.open("notes/again.md")
    assert await editor.actions("notes/again.md", "4:3-4:3") == []


async def test_documents_that_are_none_of_ours_have_no_actions(reader: Editor) -> None:
    params = types.CodeActionParams(
        types.TextDocumentIdentifier("untitled:Untitled-1"),
        types.Range(types.Position(0, 0), types.Position(0, 0)),
        types.CodeActionContext([]),
    )
    assert await reader.client.text_document_code_action_async(params) is None
    assert await reader.actions("guide/never-opened.md", "0:0-0:0") == []
    assert await reader.actions("notes/again.md", "4000:0-4000:0", only=["quickfix"]) == []
