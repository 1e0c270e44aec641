"""What real clients can do."""

from __future__ import annotations

import pytest
from lsprotocol.types import (
    TEXT_DOCUMENT_DIAGNOSTIC,
    ClientCapabilities,
    DiagnosticClientCapabilities,
    DiagnosticWorkspaceClientCapabilities,
    GeneralClientCapabilities,
    TextDocumentClientCapabilities,
    WorkspaceClientCapabilities,
)
from pytest_lsp import client_capabilities

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
            ),
            id="Emacs",
        ),
    ],
)
def test_real_clients(spec: str, expected: Client) -> None:
    assert Client.of(client_capabilities(spec)) == expected


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
