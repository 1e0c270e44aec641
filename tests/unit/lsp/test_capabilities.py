"""What real clients can do."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol.types import (
    TEXT_DOCUMENT_DIAGNOSTIC,
    ChangeAnnotationsSupportOptions,
    ClientCapabilities,
    CodeActionClientCapabilities,
    DiagnosticClientCapabilities,
    DiagnosticWorkspaceClientCapabilities,
    GeneralClientCapabilities,
    InlineCompletionClientCapabilities,
    TextDocumentClientCapabilities,
    WorkspaceClientCapabilities,
    WorkspaceEditClientCapabilities,
)

from lsp.clients import client_capabilities
from seealso.lsp.capabilities import Client


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param(
            "visual-studio-code",
            Client(
                encoding="utf-16",
                hover_markdown=True,
                completion_markdown=True,
                completion_plain=True,
                completion_snippets=True,
                completion_lazy_documentation=True,
                diagnostic_related=True,
                diagnostic_data=True,
                diagnostic_descriptions=True,
                progress=True,
                pulls_configuration=True,
                registers_configuration=True,
                registers_watchers=True,
                file_operations=True,
                code_lens_refresh=True,
                code_action_literals=True,
                code_action_lazy_edits=True,
                edits_with_versions=True,
                shows_documents=True,
            ),
            id="VS Code",
        ),
        pytest.param(
            "neovim",
            Client(
                encoding="utf-8",
                hover_markdown=True,
                completion_markdown=True,
                completion_plain=True,
                completion_snippets=True,
                completion_lazy_documentation=False,
                diagnostic_related=True,
                diagnostic_data=True,
                progress=True,
                pulls_configuration=True,
                code_action_literals=True,
                code_action_lazy_edits=True,
                shows_documents=True,
            ),
            id="Neovim",
        ),
        pytest.param(
            "emacs",
            Client(
                encoding="utf-32",
                hover_markdown=True,
                diagnostic_data=False,
                progress=True,
                pulls_configuration=True,
                registers_watchers=True,
                code_action_literals=True,
                edits_with_versions=True,
            ),
            id="Emacs",
        ),
    ],
)
def test_real_clients(spec: str, expected: Client) -> None:
    assert Client.of(client_capabilities(spec)) == expected


def test_ghost_text_is_for_clients_that_show_it() -> None:
    document = TextDocumentClientCapabilities(inline_completion=InlineCompletionClientCapabilities())
    assert Client.of(ClientCapabilities(text_document=document)).inline_completion


@pytest.mark.parametrize(
    ("name", "filters"),
    [
        pytest.param("Visual Studio Code", True, id="VS Code"),
        pytest.param("Neovim", False, id="Neovim"),
        pytest.param("Eglot", False, id="Emacs"),
        pytest.param("helix", False, id="Helix"),
        pytest.param("Zed", True, id="Zed"),
        pytest.param("", True, id="one that does not say its name"),
    ],
)
def test_who_filters_symbols(name: str, filters: bool) -> None:
    assert Client.of(ClientCapabilities(), name).filters_symbols is filters


@pytest.mark.parametrize(
    ("name", "links"),
    [
        pytest.param("Visual Studio Code", True, id="VS Code"),
        pytest.param("Neovim", False, id="Neovim"),
        pytest.param("Eglot", True, id="Emacs"),
        pytest.param("helix", True, id="Helix"),
        pytest.param("", True, id="one that does not say its name"),
    ],
)
def test_who_is_shown_links(name: str, links: bool) -> None:
    assert Client.of(ClientCapabilities(), name).markdown_links is links


@pytest.mark.parametrize(
    ("experimental", "commands"),
    [
        pytest.param(None, [], id="none"),
        pytest.param(
            {"commands": {"commands": ["seealso.client.showRelated"]}}, ["seealso.client.showRelated"], id="one"
        ),
        pytest.param({"commands": ["seealso.client.showRelated"]}, [], id="another convention"),
        pytest.param({"commands": {"commands": "seealso.client.showRelated"}}, [], id="no list"),
        pytest.param({"commands": {"commands": ["a", 1, None]}}, ["a"], id="no strings"),
        pytest.param(["commands"], [], id="no object"),
    ],
)
def test_commands_of_the_client(experimental: Any, commands: list[str]) -> None:
    assert Client.of(ClientCapabilities(experimental=experimental)).commands == frozenset(commands)


@pytest.mark.parametrize(
    ("asks", "refreshes", "pulls"),
    [
        pytest.param(True, True, True, id="VS Code since 1.67, Neovim 0.12"),
        pytest.param(True, False, False, id="Neovim 0.10 and 0.11: nobody can have them ask again"),
        pytest.param(False, True, False, id="refreshes what it never asks for"),
    ],
)
def test_who_pulls_diagnostics(asks: bool, refreshes: bool, pulls: bool) -> None:
    capabilities = ClientCapabilities(
        text_document=TextDocumentClientCapabilities(
            diagnostic=DiagnosticClientCapabilities(dynamic_registration=True, related_information=True)
            if asks
            else None
        ),
        workspace=WorkspaceClientCapabilities(diagnostics=DiagnosticWorkspaceClientCapabilities(refreshes)),
    )
    client = Client.of(capabilities)
    assert client.pulls_diagnostics is pulls
    assert client.can_register(TEXT_DOCUMENT_DIAGNOSTIC) is pulls
    assert client.diagnostic_related is asks


def test_a_client_that_says_nothing_gets_the_defaults() -> None:
    assert Client.of(ClientCapabilities()) == Client()


@pytest.mark.parametrize(
    ("wishes", "encoding"),
    [
        pytest.param(["utf-32", "utf-8"], "utf-32", id="the client's order counts"),
        pytest.param(["utf-7", "utf-8"], "utf-8", id="unknown ones are passed over"),
        pytest.param(["utf-7"], "utf-16", id="none known"),
    ],
)
def test_the_position_encoding(wishes: list[str], encoding: str) -> None:
    capabilities = ClientCapabilities(general=GeneralClientCapabilities(position_encodings=list(wishes)))
    assert Client.of(capabilities).encoding == encoding


@pytest.mark.parametrize(
    ("experimental", "commands"),
    [
        pytest.param(
            {"commands": {"commands": ["seealso.client.open", "a"]}}, {"seealso.client.open", "a"}, id="a list"
        ),
        pytest.param({"commands": {"commands": ["a", 3, None]}}, {"a"}, id="what is no name is passed over"),
        pytest.param({"commands": {"commands": "seealso.client.open"}}, set(), id="no list"),
        pytest.param({"commands": ["seealso.client.open"]}, set(), id="another shape"),
        pytest.param([], set(), id="Lua's empty table"),
        pytest.param(None, set(), id="nothing"),
    ],
)
def test_commands_the_client_performs(experimental: object, commands: set[str]) -> None:
    assert Client.of(ClientCapabilities(experimental=experimental)).commands == commands


def test_change_annotations_have_to_be_honoured_in_code_actions() -> None:
    edits = WorkspaceEditClientCapabilities(change_annotation_support=ChangeAnnotationsSupportOptions())
    workspace = WorkspaceClientCapabilities(workspace_edit=edits)
    for honoured in (True, False):
        actions = CodeActionClientCapabilities(honors_change_annotations=honoured)
        text = TextDocumentClientCapabilities(code_action=actions)
        capabilities = ClientCapabilities(workspace=workspace, text_document=text)
        assert Client.of(capabilities).change_annotations is honoured
