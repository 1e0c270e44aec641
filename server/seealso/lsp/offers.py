"""Features that settings turn on and off: what the client is told it can ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from seealso.settings import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from seealso.lsp.capabilities import Client
    from seealso.lsp.outbox import Outbox
    from seealso.lsp.session import Session
    from seealso.settings import Settings


ANSWER_S = 10.0
"""What a client may take to answer a registration."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One method that is offered as long as a folder's settings want it."""

    method: str
    options: Any
    wanted: Callable[[Settings], bool]
    possible: Callable[[Client], bool]
    """Whether the client can do anything with it."""


class Offers:
    """What the client has been told that it can ask for.

    What the settings of `initialize` want stands in its answer, and stays: handlers answer with nothing when the
    settings of a folder do not want it. The rest is registered with clients that can be told later, and taken back.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._offers: list[Offer] = []
        self._stated: set[str] = set()
        self._registered: set[str] = set()

    def add(
        self, method: str, options: Any, wanted: Callable[[Settings], bool], possible: Callable[[Client], bool]
    ) -> None:
        """Offer a method whenever `wanted` says so, to clients with which it is possible."""
        self._offers.append(Offer(method, options, wanted, possible))

    def state(self, capabilities: types.ServerCapabilities, options: object, client: Client) -> None:
        """Take out of an answer to `initialize` what its settings do not want, or the client cannot use."""
        settings, _ = resolve(options)
        for offer in self._offers:
            if offer.possible(client) and offer.wanted(settings):
                self._stated.add(offer.method)
            else:
                setattr(capabilities, _provider(offer.method), None)

    async def follow(self, session: Session) -> None:
        """Register what a folder wants by now, and take back what none wants any more."""
        settings = [folder.settings for folder in session.places]
        client = session.client
        for offer in self._offers:
            if offer.method in self._stated or not (client.can_register(offer.method) and offer.possible(client)):
                continue
            wanted = any(map(offer.wanted, settings))
            # Noted before the client answers: whoever comes next goes on from what it has been asked.
            if wanted and offer.method not in self._registered:
                self._registered.add(offer.method)
                await self.register(offer.method, offer.options)
            elif not wanted and offer.method in self._registered:
                self._registered.discard(offer.method)
                await self._unregister(offer.method)

    async def register(self, method: str, options: object) -> None:
        """Register one method with the client; a refusal is logged and the feature does without."""
        registration = types.Registration(id=_id(method), method=method, register_options=options)
        await self._request(
            types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]), f"register {method}"
        )

    async def _unregister(self, method: str) -> None:
        gone = types.Unregistration(id=_id(method), method=method)
        await self._request(
            types.CLIENT_UNREGISTER_CAPABILITY, types.UnregistrationParams([gone]), f"take back {method}"
        )

    async def _request(self, request: str, params: object, what: str) -> None:
        try:
            await self._outbox.request(request, params, ANSWER_S)
        except TimeoutError:
            pass  # some clients never answer, and do it
        except JsonRpcException as error:
            self._outbox.log(f"The client refused to {what}: {error}", types.MessageType.Warning)


def _id(method: str) -> str:
    return f"seealso/{method}"


def _provider(method: str) -> str:
    """Return the field of the server's capabilities that offers a method: `code_lens_provider`."""
    scope, name = method.split("/")
    snake = re.sub(r"(?=[A-Z])", "_", name).lower()
    return f"{'workspace_' if scope == 'workspace' else ''}{snake}_provider"
