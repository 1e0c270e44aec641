"""What the server says, held against the specification: every message, as it came over the wire.

Every request that is advertised is made, with parameters filled in by the names of their fields, so that a feature
added later is covered as well. One that takes something new wants a line in `FIELDS`, or fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import attrs
import pytest
from cattrs.errors import ClassValidationError
from lsprotocol import types

from lsp.clients import EMACS, HELIX, NEOVIM, VSCODE
from lsp.conftest import FILES, MUSIC, write
from lsp.strict import strict_converter
from lsp.wire import Json, Wire, capabilities_of, wire
from seealso.settings import Settings, wire_name

DRAFT = f"""# Draft

{MUSIC}

Now stop the service before you restore a backup.

See the [

Here is [what was found](seealso:search/backup.md), and seealso:duplicates.md is the rest.

The orchestra plays a symphony by
"""
DOCUMENTS = {**FILES, "guide/draft.md": DRAFT}
OPENED = ("guide/install.md", "guide/draft.md", "guide/network.rst", "notes/again.md")

CLIENTS: dict[str, Json] = {editor: capabilities_of(editor) for editor in (VSCODE, NEOVIM, EMACS, HELIX)}
CLIENTS["newest"] = {
    **CLIENTS[VSCODE],
    "textDocument": {
        **CLIENTS[VSCODE]["textDocument"],
        "inlineCompletion": {"dynamicRegistration": True},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": True},
    },
    "workspace": {
        **CLIENTS[VSCODE]["workspace"],
        "textDocumentContent": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
    },
}
"""VS Code as it is today can more than the recorded one."""

RESOLVED = {
    "textDocument/completion": "completionItem/resolve",
    "textDocument/codeAction": "codeAction/resolve",
    "textDocument/codeLens": "codeLens/resolve",
    "textDocument/documentLink": "documentLink/resolve",
    "workspace/symbol": "workspaceSymbol/resolve",
}
PROVIDERS = {
    "diagnosticProvider": ("textDocument/diagnostic", "workspace/diagnostic"),
    "executeCommandProvider": (),  # has a test of its own
    "workspaceSymbolProvider": ("workspace/symbol",),
}
"""Fields of the server's capabilities that are not named after one request."""

SILENT = frozenset[str]()
"""Requests that have nothing to say about these documents."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a document."""

    uri: str
    line: int
    character: int
    diagnostics: tuple[Json, ...]

    @property
    def position(self) -> Json:
        return {"line": self.line, "character": self.character}

    @property
    def range(self) -> Json:
        return {"start": self.position, "end": self.position}


FIELDS: dict[str, Callable[[Place], object]] = {
    "textDocument": lambda place: {"uri": place.uri},
    "position": lambda place: place.position,
    "range": lambda place: place.range,
    "query": lambda _: "restore a backup",
    "previousResultIds": lambda _: [],
    "CompletionContext": lambda _: {"triggerKind": types.CompletionTriggerKind.Invoked},
    "InlineCompletionContext": lambda _: {"triggerKind": types.InlineCompletionTriggerKind.Invoked},
    "ReferenceContext": lambda _: {"includeDeclaration": True},
    "CodeActionContext": lambda place: {"diagnostics": list(place.diagnostics)},
}
"""Parameters of requests, by the name of the field, or of its type where several fields have the name."""


def everything_on() -> Json:
    """Return settings that switch every feature on."""
    sections = {spec.name: getattr(Settings(), spec.name) for spec in fields(Settings)}
    return {
        wire_name(name): {"enabled": True}
        for name, section in sections.items()
        if is_dataclass(section) and hasattr(section, "enabled")
    }


def advertised(offered: Json, server: Wire) -> Iterator[str]:
    """Yield the requests that a client may make: what the answer to `initialize` names, and what was registered."""
    for provider, value in offered.items():
        if provider.endswith("Provider") and value:
            stem = provider.removesuffix("Provider")
            yield from PROVIDERS.get(provider, (f"textDocument/{stem}",))
    for request in server.requests:
        if request["method"] == types.CLIENT_REGISTER_CAPABILITY:
            methods = [registration["method"] for registration in request["params"]["registrations"]]
            # What is left are notifications.
            yield from (method for method in methods if types.METHOD_TO_TYPES[method][1] is not None)


def filled(method: str, place: Place) -> Json:
    """Return parameters for a request about a place."""
    params: Any = types.METHOD_TO_TYPES[method][2]
    values = {}
    for field in attrs.fields(params):
        name = wire_name(field.name)
        typed = next((key for key in FIELDS if name == "context" and key in str(field.type)), name)
        if typed in FIELDS:
            values[name] = FIELDS[typed](place)
        else:
            assert field.default is not attrs.NOTHING, f"{method} wants `{name}`: add it to FIELDS"
    return values


def said(answer: Json) -> list[Any]:
    """Return the items of an answer, whichever way they are wrapped."""
    result = answer["result"]
    if isinstance(result, dict) and "items" in result:
        result = result["items"]
    return result if isinstance(result, list) else [result] if result is not None else []


def places(server: Wire, root: Path) -> Iterator[Place]:
    """Yield the middle and the end of every line of the open documents, opened here."""
    texts = {path: (root / path).read_text() for path in OPENED}
    uris = {path: server.open(root / path, text) for path, text in texts.items()}
    for path, text in texts.items():
        diagnostics = tuple(server.published(uris[path], 1)) if pushes(server) else ()
        for number, line in enumerate(text.splitlines()):
            for character in {len(line) // 2, len(line)}:
                yield Place(uris[path], number, character, diagnostics)


def pushes(server: Wire) -> bool:
    (_, answer) = server.answered[0]
    return "diagnosticProvider" not in answer["result"]["capabilities"] and not any(
        registration["method"] == types.TEXT_DOCUMENT_DIAGNOSTIC
        for request in server.requests
        if request["method"] == types.CLIENT_REGISTER_CAPABILITY
        for registration in request["params"]["registrations"]
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_everything_advertised_answers_as_the_specification_wants(tmp_path: Path, client: str) -> None:
    root = write(tmp_path / "docs", DOCUMENTS)
    with wire(tmp_path / "cache") as server:
        offered = server.begin(root, CLIENTS[client], everything_on())
        somewhere = list(places(server, root))
        methods = sorted(set(advertised(offered, server)))
        assert {"textDocument/hover", "textDocument/completion"} <= set(methods)
        for method in methods:
            asked = [filled(method, place) for place in somewhere]
            # Some are not about a place, or not about a part of a document.
            different = [params for number, params in enumerate(asked) if params not in asked[:number]]
            answers = [server.ask(method, params) for params in different]
            assert not [answer for answer in answers if "error" in answer]
            items = [item for answer in answers for item in said(answer)]
            assert items or method in SILENT, f"{method} said nothing: give it a document it has something to say about"
            if method in RESOLVED and can_resolve(offered, server, method):
                # VS Code and Neovim ask for every action without an edit, whether it has a command or not.
                for item in [item for item in items if "edit" not in item][:50]:
                    answer = server.ask(RESOLVED[method], item)
                    assert "error" not in answer, item
            if method == "textDocument/documentLink" and (content := offered["workspace"].get("textDocumentContent")):
                targets = {item["target"] for item in items if item["target"].split(":")[0] in content["schemes"]}
                assert targets
                for target in sorted(targets):
                    assert server.request("workspace/textDocumentContent", {"uri": target})["text"]
    check(server)


def can_resolve(offered: Json, server: Wire, method: str) -> bool:
    provider = next((key for key, methods in PROVIDERS.items() if method in methods), None)
    options = [offered.get(provider or f"{method.split('/')[1]}Provider")]
    for request in server.requests:
        for registration in (request["params"] or {}).get("registrations", ()):
            options += [registration.get("registerOptions")] if registration["method"] == method else []
    return any(isinstance(option, dict) and option.get("resolveProvider") for option in options)


def check(server: Wire) -> None:
    """Read every message of the server strictly, and write it again: nothing may be lost, added or converted."""
    converter = strict_converter()
    for method, answer in server.answered:
        if "error" in answer:
            again: type[Any] = types.ResponseErrorMessage
        else:
            response = types.METHOD_TO_TYPES[method][1]
            assert response is not None
            again = response
        assert converter.unstructure(converter.structure(answer, again), again) == answer, method
    for message in [*server.notifications, *server.requests]:
        kind = types.METHOD_TO_TYPES[message["method"]][0]
        assert converter.unstructure(converter.structure(message, kind), kind) == message, message["method"]
    assert server.answered
    assert server.notifications


COMMANDS: dict[str, Callable[[str], Json]] = {
    "seealso.search": lambda _: {"query": "restore a backup"},
    "seealso.showRelated": lambda uri: {"uri": uri, "position": {"line": 2, "character": 0}},
    "seealso.listDuplicates": lambda _: {},
    "seealso.indexStatus": lambda _: {},
    "seealso.updateIndex": lambda _: {},
    "seealso.rebuildIndex": lambda _: {},
}
"""Commands that have an answer for these arguments; others have to refuse what makes no sense."""


SENSELESS: list[list[object]] = [[{"nonsense": 1}], [1], [{}, {}], ["x" * 10_000], [None]]


def test_every_command_answers_or_refuses(tmp_path: Path) -> None:
    root = write(tmp_path / "docs", DOCUMENTS)
    with wire(tmp_path / "cache") as server:
        offered = server.begin(root, CLIENTS["newest"])
        uri = server.open(root / "guide/draft.md", DRAFT)
        names = offered["executeCommandProvider"]["commands"]
        assert set(COMMANDS) <= set(names)
        for name in names:
            if name in COMMANDS:
                answer = server.ask("workspace/executeCommand", {"command": name, "arguments": [COMMANDS[name](uri)]})
                assert answer["result"] is not None
            for senseless in SENSELESS:
                answer = server.ask("workspace/executeCommand", {"command": name, "arguments": senseless})
                assert answer["error"]["code"] == types.ErrorCodes.InvalidParams, (name, senseless)
    check(server)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param(types.Position, {"line": "1", "character": 0}, id="a string for a number"),
        pytest.param(types.Position, {"line": True, "character": 0}, id="true for a number"),
        pytest.param(types.Position, {"line": 1, "character": -1}, id="less than nothing"),
        pytest.param(types.Position, {"line": 1, "character": 0, "byte": 3}, id="a key too many"),
        pytest.param(types.Position, {"line": 1}, id="a key too few"),
        pytest.param(types.HoverOptions, {"workDoneProgress": "false"}, id="a string for false"),
        pytest.param(types.CompletionItem, {"label": 1}, id="a number for a string"),
        pytest.param(types.MarkupContent, {"kind": "html", "value": ""}, id="a kind there is not"),
    ],
)
def test_the_reader_of_these_tests_is_strict(kind: type[Any], message: Json) -> None:
    assert kind in types.ALL_TYPES_MAP.values()
    with pytest.raises((ClassValidationError, ValueError)):
        strict_converter().structure(message, kind)
