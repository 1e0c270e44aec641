"""`workspace/didChangeConfiguration`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.lsp.configuration import SECTION, pushed_section

if TYPE_CHECKING:
    from seealso.lsp.server import Server

SETTLE_S = 0.05
"""Editors send one notification a changed key."""


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
        if not ls.session.client.pulls_configuration:
            ls.session.pushed = pushed_section(params.settings)
        ls.session.debouncer.later("configuration", SETTLE_S, ls.session.configure)


async def register_dynamically(ls: Server) -> None:
    """Ask to be told about changed settings, where the client does that only when asked."""
    if ls.session.client.registers_configuration:
        await register_capability(
            ls,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            types.DidChangeConfigurationRegistrationOptions(section=SECTION),
        )


async def register_capability(ls: Server, method: str, options: object) -> None:
    """Register one capability with the client; a refusal is logged and the feature does without."""
    registration = types.Registration(id=f"seealso/{method}", method=method, register_options=options)
    try:
        await ls.outbox.request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]))
    except JsonRpcException as error:
        ls.outbox.log(f"The client refused to register {method}: {error}", types.MessageType.Warning)
