"""An editor for tests: the real server process, a real client's capabilities, and waiting for events only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol

from lsp.clients import NAMES, NEOVIM, VSCODE, client_capabilities
from lsp.strict import telling_actions
from prefork import seealso
from ranges import position, span
from seealso.lsp.positions import Text

T = TypeVar("T")

TIMEOUT_S = 30.0
"""Nothing here takes this long; a test that waits so long has failed."""


class Recorder(LanguageClientProtocol):
    """Keeps every message of the server and wakes whoever waits for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.received: list[tuple[str, Any]] = []
        self.arrived = asyncio.Event()

    def _handle_notification(self, method_name: str, params: Any) -> None:
        self._record(method_name, params)
        super()._handle_notification(method_name, params)  # type: ignore[no-untyped-call]

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        self._record(method_name, params)
        super()._handle_request(msg_id, method_name, params)  # type: ignore[no-untyped-call]

    def _record(self, method: str, params: Any) -> None:
        self.received.append((method, params))
        self.arrived.set()


@dataclass(slots=True, eq=False)
class Editor:
    """One client with one server process."""

    root: Path
    client: LanguageClient
    versions: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """What was opened, or changed as a whole."""
    stderr: bytearray = field(default_factory=bytearray)
    name: str = ""
    """What the client calls itself."""
    result: types.InitializeResult | None = None
    process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        root: Path,
        cache_folder: Path,
        *,
        capabilities: types.ClientCapabilities | str = VSCODE,
        folders: list[Path] | None = None,
        options: object = None,
        configuration: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        name: str = "",
        initialize: bool = True,
    ) -> Editor:
        client = LanguageClient(
            converter_factory=_converter,
            protocol_cls=Recorder,
            configuration={"": {"seealso": configuration}} if configuration is not None else None,
        )
        register_lsp_features(client)
        for method in (types.CLIENT_REGISTER_CAPABILITY, types.CLIENT_UNREGISTER_CAPABILITY):
            client.feature(method)(lambda _params: None)
        editor = cls(root, client)
        env = {**os.environ, "SEEALSO_CACHE_DIR": str(cache_folder), **(environment or {})}
        # Past pytest-lsp's own start, which would print what we want to look at.
        await super(LanguageClient, client).start_io(*seealso("lsp"), env=env)
        editor.process = client._server
        editor._reading = asyncio.create_task(editor._read_stderr())
        if isinstance(capabilities, str):
            name, capabilities = name or NAMES[capabilities], client_capabilities(capabilities)
        if initialize:
            folders = [root] if folders is None else folders
            params = types.InitializeParams(
                capabilities=capabilities,
                client_info=types.ClientInfo(name) if name else None,
                root_uri=folders[0].as_uri() if folders else None,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
                initialization_options=options,
            )
            editor.name = name
            editor.result = await asyncio.wait_for(client.initialize_session(params), TIMEOUT_S)
        return editor

    async def _read_stderr(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        while chunk := await self.process.stderr.read(4096):
            self.stderr += chunk

    async def stop(self) -> int:
        """Leave politely; return the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            await asyncio.wait_for(self.client.shutdown_session(), TIMEOUT_S)
        await asyncio.wait_for(self.client.stop(), TIMEOUT_S)  # type: ignore[no-untyped-call]
        if self._reading is not None:
            await self._reading
        assert self.process.returncode is not None
        return self.process.returncode

    # -- what the server said

    @property
    def received(self) -> list[tuple[str, Any]]:
        return self._recorder.received

    @property
    def _recorder(self) -> Recorder:
        assert isinstance(self.client.protocol, Recorder)
        return self.client.protocol

    def all(self, method: str, *, since: int = 0) -> list[Any]:
        """Return the parameters of every message of a method."""
        return [params for name, params in self.received[since:] if name == method]

    async def until(self, find: Callable[[], T | None], timeout_s: float = TIMEOUT_S) -> T:
        """Return what `find` finds, looking again after each message."""
        async with asyncio.timeout(timeout_s):
            while True:
                self._recorder.arrived.clear()
                if (found := find()) is not None:
                    return found
                await self._recorder.arrived.wait()

    async def message(self, method: str, *, since: int = 0) -> Any:
        """Return the first message of a method."""
        return await self.until(lambda: next(iter(self.all(method, since=since)), None))

    async def indexed(self, *, since: int = 0) -> str:
        """Wait until an update has ended; return what it said at the end."""

        def find() -> str | None:
            for params in self.all(types.PROGRESS, since=since):
                if "kind" in params.value and params.value["kind"] == "end":
                    return str(params.value["message"])
            return None

        return await self.until(find)

    # -- what the editor does

    def uri(self, path: str | Path) -> str:
        return (self.root / path).as_uri()

    def titled(self, title: str, path: str, line: int) -> str:
        """Return how Markdown for this client names a place: Neovim gets no links."""
        return title if self.name == NAMES[NEOVIM] else f"[{title}]({self.uri(path)}#L{line})"

    def open(self, path: str, text: str | None = None, language_id: str = "") -> str:
        uri = self.uri(path)
        if text is None:
            text = (self.root / path).read_bytes().decode()
        language_id = language_id or {"md": "markdown", "rst": "restructuredtext"}.get(path.split(".")[-1], "plaintext")
        self.versions[uri] = 1
        self.texts[uri] = text
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language_id, 1, text))
        )
        return uri

    def change(self, path: str, where: str | None, text: str) -> int:
        """Replace a range such as `1:0-1:6`, or everything; return the new version."""
        uri = self.uri(path)
        self.versions[uri] += 1
        if where is None:
            self.texts[uri] = text
        change: types.TextDocumentContentChangeEvent = (
            types.TextDocumentContentChangeWholeDocument(text)
            if where is None
            else types.TextDocumentContentChangePartial(span(where), text)
        )
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(self.versions[uri], uri), [change])
        )
        return self.versions[uri]

    def close(self, path: str) -> None:
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
        )

    def save(self, path: str, text: str) -> None:
        (self.root / path).write_text(text)
        self.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
        )

    async def hover(self, path: str, at: str) -> types.Hover | None:
        params = types.HoverParams(types.TextDocumentIdentifier(self.uri(path)), position(at))
        return await asyncio.wait_for(self.client.text_document_hover_async(params), TIMEOUT_S)

    async def complete(self, path: str, at: str, trigger: str | None = None) -> types.CompletionList | None:
        context = types.CompletionContext(
            types.CompletionTriggerKind.TriggerCharacter if trigger else types.CompletionTriggerKind.Invoked, trigger
        )
        params = types.CompletionParams(types.TextDocumentIdentifier(self.uri(path)), position(at), context)
        found = await asyncio.wait_for(self.client.text_document_completion_async(params), TIMEOUT_S)
        assert found is None or isinstance(found, types.CompletionList)
        return found

    async def ghosts(self, path: str, at: str, *, invoked: bool = False) -> list[types.InlineCompletionItem]:
        """Return the ghost text at a place, as while typing or as somebody asks for it."""
        kinds = types.InlineCompletionTriggerKind
        context = types.InlineCompletionContext(kinds.Invoked if invoked else kinds.Automatic)
        params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(self.uri(path)), position(at))
        found = await asyncio.wait_for(self.client.text_document_inline_completion_async(params), TIMEOUT_S)
        assert found is None or isinstance(found, types.InlineCompletionList)
        return list(found.items) if found is not None else []

    async def actions(
        self,
        path: str,
        where: str,
        *,
        only: list[str] | None = None,
        diagnostics: Sequence[types.Diagnostic] = (),
        automatic: bool = False,
    ) -> list[types.CodeAction | types.Command]:
        """Ask for actions as the editor does with the diagnostics it shows there."""
        trigger = types.CodeActionTriggerKind.Automatic if automatic else types.CodeActionTriggerKind.Invoked
        context = types.CodeActionContext(list(diagnostics), only, trigger)
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(path)), span(where), context)
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), TIMEOUT_S)
        return list(found or ())

    async def act(self, action: types.CodeAction | types.Command) -> str | Any:
        """Do what a person who chooses an action sees done: the new text of the document, or a command's result."""
        if isinstance(action, types.Command):
            command: types.Command | None = action
        else:
            if action.edit is None and action.data is not None:
                assert "None" not in str(plain(action.data)), "Neovim does not send nulls back"
                action = await asyncio.wait_for(self.client.code_action_resolve_async(action), TIMEOUT_S)
            if action.edit is not None:
                return self.edited(action.edit)
            command = action.command
        assert command is not None
        params = types.ExecuteCommandParams(command.command, command.arguments)
        return plain(await asyncio.wait_for(self.client.workspace_execute_command_async(params), TIMEOUT_S))

    def edited(self, edit: types.WorkspaceEdit) -> str:
        """Return the text of the one document that an edit changes; it has to be for the version that is open."""
        assert self.result is not None
        encoding = {"utf-8": "utf-8", "utf-32": "utf-32"}.get(str(self.result.capabilities.position_encoding), "utf-16")
        if edit.changes:
            ((uri, simple),) = edit.changes.items()
            edits = [(one.range, one.new_text) for one in simple]
        else:
            assert edit.document_changes is not None
            if not edit.document_changes:
                return next(reversed(self.texts.values()))
            (change,) = edit.document_changes
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            edits = []
            for one in change.edits:
                assert not isinstance(one, types.SnippetTextEdit)
                edits.append((one.range, one.new_text))
            assert change.text_document.version == self.versions[uri]
        text = Text.of(self.texts[uri], encoding)  # type: ignore[arg-type]
        for where, new in sorted(edits, key=lambda one: (one[0].start.line, one[0].start.character), reverse=True):
            text = text.edited(where, new)
        return text.source

    async def command(self, name: str, arguments: object = None) -> Any:
        params = types.ExecuteCommandParams(f"seealso.{name}", None if arguments is None else [arguments])
        return plain(await asyncio.wait_for(self.client.workspace_execute_command_async(params), TIMEOUT_S))

    async def diagnosed(
        self, path: str, *, version: int | None = None, since: int = 0
    ) -> types.PublishDiagnosticsParams:
        """Return the newest diagnostics of a document once some have come, for a version if one is named."""

        def find() -> types.PublishDiagnosticsParams | None:
            found = [
                params
                for params in self.all(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, since=since)
                if params.uri == self.uri(path) and version in (None, params.version)
            ]
            return found[-1] if found else None

        return await self.until(find)


@cache
def _converter() -> Any:
    # One for all editors: it writes a function for each type it meets, which takes longer than most tests.
    return telling_actions(default_converter())  # type: ignore[no-untyped-call]


def pulling(client: str) -> types.ClientCapabilities:
    """Return the capabilities of an editor as they are where it asks for diagnostics (VS Code since 1.67)."""
    capabilities: types.ClientCapabilities = client_capabilities(client)
    assert capabilities.text_document is not None
    assert capabilities.workspace is not None
    capabilities.text_document.diagnostic = types.DiagnosticClientCapabilities(dynamic_registration=client == VSCODE)
    capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    return capabilities


def emoji_units(editor: Editor) -> int:
    """Return how many characters an emoji is for this client."""
    assert editor.result is not None
    encoding = types.PositionEncodingKind(editor.result.capabilities.position_encoding)
    return {types.PositionEncodingKind.Utf8: 4, types.PositionEncodingKind.Utf16: 2}.get(encoding, 1)


def plain(value: Any) -> Any:
    """Return the JSON behind the named tuples pygls makes of untyped results."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
