"""`workspace/didChangeConfiguration`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

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
        soon(ls, SETTLE_S)


def soon(ls: Server, delay_s: float) -> None:
    """Configure when nothing more has changed for a while."""
    ls.session.debouncer.later("configuration", delay_s, lambda: configure(ls))


async def configure(ls: Server) -> None:
    """Use what the client says by now, and offer it what that wants."""
    await ls.session.configure()
    await ls.offers.follow(ls.session)


async def register_dynamically(ls: Server) -> None:
    """Ask to be told about changed settings, where the client does that only when asked."""
    if ls.session.client.registers_configuration:
        await ls.offers.register(
            types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            types.DidChangeConfigurationRegistrationOptions(section=SECTION),
        )
