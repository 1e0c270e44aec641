"""What the client can do, looked up once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, cast

from lsprotocol.types import MarkupKind
from pygls.capabilities import ServerCapabilitiesBuilder

if TYPE_CHECKING:
    from lsprotocol.types import ClientCapabilities

    from seealso.lsp.positions import Encoding

_LAZY_BY_DEFAULT = ("documentation", "detail")
"""What every client may resolve later when it does not list properties (LSP before 3.16)."""

_SHOWS_ALL_SYMBOLS = frozenset({"neovim", "helix", "eglot", "emacs"})
"""Clients, by the name they give, that show every symbol of an answer. No capability says so; the specification allows
filtering, and VS Code and Zed drop symbols whose names do not hold the letters of the query in their order."""

_LEAVES_ROOM_FOR_LINKS = frozenset({"neovim"})
"""Clients, by the name they give, that hide where a link in Markdown leads, but break lines as if it stood there. No
capability says so; a title with the address of a file behind it takes two or three lines there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The answers features need, so that none of them walks the client's capabilities itself."""

    encoding: Encoding = "utf-16"
    """What characters are counted in: the first of the client's wishes that we know."""
    hover_markdown: bool = False
    completion_markdown: bool = False
    completion_plain: bool = False
    """Documentation may be marked as plain text; otherwise it is a bare string."""
    markdown_links: bool = True
    """Titles in hovers and documentation may be links: where they lead takes no room."""
    completion_snippets: bool = False
    completion_label_details: bool = False
    """Rows of the list may say more than their label."""
    completion_lazy_documentation: bool = True
    """Documentation may come with `completionItem/resolve`."""
    inline_completion: bool = False
    """The client shows ghost text (LSP 3.18)."""
    diagnostic_related: bool = False
    diagnostic_data: bool = False
    diagnostic_descriptions: bool = False
    """Codes may have a link to what they mean."""
    pulls_diagnostics: bool = False
    """The client asks for diagnostics, and can be told to ask again.

    One that cannot would show what was true before the index was made until the next edit: it is better told.
    """
    progress: bool = False
    """The server may open progress of its own."""
    pulls_configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False
    wants_status: bool = False
    """The client shows what `seealso/status` says."""
    file_operations: bool = False
    """The client tells when files are created, renamed or deleted in the editor."""
    filters_symbols: bool = True
    """The client drops symbols whose names do not hold the letters of the query in their order."""
    code_lens_refresh: bool = False
    text_document_content: bool = False
    """The client opens documents that only the server has."""
    commands: frozenset[str] = frozenset()
    """Commands the client performs itself, such as `seealso.client.showRelated`."""
    code_action_literals: bool = False
    """Actions may be more than commands."""
    code_action_lazy_edits: bool = False
    """What an action changes may come with `codeAction/resolve`."""
    edits_with_versions: bool = False
    """Edits may say which version of a document they are for."""
    change_annotations: bool = False
    """The edits of code actions may say why."""
    shows_documents: bool = False
    """The client opens a document when the server asks for it."""
    registers: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """What can be registered, and taken back, at any time: names such as `text_document.code_lens`."""

    def can_register(self, method: str) -> bool:
        """Tell whether a method can be registered, and taken back, at any time."""
        return re.sub(r"(?=[A-Z])", "_", method).replace("/", ".").lower() in self.registers

    @classmethod
    def of(cls, capabilities: ClientCapabilities, name: str = "") -> Client:
        """Resolve the capabilities of an `initialize` request; `name` is what the client calls itself."""

        def ask(path: str) -> Any:
            return reduce(_part, path.split("."), cast(Any, capabilities))

        def shows(detail: str) -> bool:
            # Diagnostics that are asked for look like those that are told, whichever of both a client speaks of.
            return any(ask(f"text_document.{way}.{detail}") for way in ("publish_diagnostics", "diagnostic"))

        documentation = ask("text_document.completion.completion_item.documentation_format") or ()
        pulls = bool(ask("text_document.diagnostic") and ask("workspace.diagnostics.refresh_support"))
        lazy = ask("text_document.completion.completion_item.resolve_support.properties")
        return cls(
            encoding=cast("Encoding", str(_value(ServerCapabilitiesBuilder.choose_position_encoding(capabilities)))),
            hover_markdown=MarkupKind.Markdown in (ask("text_document.hover.content_format") or ()),
            completion_markdown=MarkupKind.Markdown in documentation,
            completion_plain=MarkupKind.PlainText in documentation,
            markdown_links=name.lower() not in _LEAVES_ROOM_FOR_LINKS,
            completion_snippets=bool(ask("text_document.completion.completion_item.snippet_support")),
            completion_label_details=bool(ask("text_document.completion.completion_item.label_details_support")),
            completion_lazy_documentation="documentation" in (_LAZY_BY_DEFAULT if lazy is None else lazy),
            inline_completion=ask("text_document.inline_completion") is not None,
            diagnostic_related=shows("related_information"),
            diagnostic_data=shows("data_support"),
            diagnostic_descriptions=shows("code_description_support"),
            pulls_diagnostics=pulls,
            progress=bool(ask("window.work_done_progress")),
            pulls_configuration=bool(ask("workspace.configuration")),
            registers_configuration=bool(ask("workspace.did_change_configuration.dynamic_registration")),
            registers_watchers=bool(ask("workspace.did_change_watched_files.dynamic_registration")),
            wants_status=bool(ask("experimental.seealso.status")),
            file_operations=bool(ask("workspace.file_operations.did_rename")),
            filters_symbols=name.lower() not in _SHOWS_ALL_SYMBOLS,
            code_lens_refresh=bool(ask("workspace.code_lens.refresh_support")),
            text_document_content=ask("workspace.text_document_content") is not None,
            code_action_literals=bool(ask("text_document.code_action.code_action_literal_support")),
            code_action_lazy_edits=bool(ask("text_document.code_action.data_support"))
            and "edit" in (ask("text_document.code_action.resolve_support.properties") or ()),
            edits_with_versions=bool(ask("workspace.workspace_edit.document_changes")),
            change_annotations=bool(ask("workspace.workspace_edit.change_annotation_support"))
            and bool(ask("text_document.code_action.honors_change_annotations")),
            shows_documents=bool(ask("window.show_document.support")),
            commands=_commands(ask("experimental")),
            registers=frozenset(
                f"{group}.{name}"
                for group in ("text_document", "workspace")
                for name in getattr(ask(group), "__slots__", ())
                if ask(f"{group}.{name}.dynamic_registration") and (name != "diagnostic" or pulls)
            ),
        )


def _part(value: Any, name: str) -> Any:
    """Return a part of a structured capability, or of an experimental one, which is what JSON says."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _commands(experimental: object) -> frozenset[str]:
    """Return the commands the client lists, as `{"commands": {"commands": [...]}}`; anything else lists none."""
    match experimental:
        case {"commands": {"commands": [*names]}}:
            return frozenset(name for name in names if isinstance(name, str))
    return frozenset()


def _value(encoding: Any) -> Any:
    return getattr(encoding, "value", encoding)
