"""What the server says to the client, and how often."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types

from seealso.errors import CancelledError, SeeAlsoError

if TYPE_CHECKING:
    from collections.abc import Hashable

logger = logging.getLogger(__name__)


class Wire(Protocol):
    """The part of pygls' protocol that sends."""

    def notify(self, method: str, params: Any | None = None) -> None: ...

    def send_request_async(self, method: str, params: Any | None = None) -> asyncio.Future[Any]: ...


class Outbox:
    """Messages to the client; each cause is told to the user once in a session."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._told: set[Hashable] = set()
        self._logged: set[Hashable] = set()

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._wire.notify(method, params)

    async def request(self, method: str, params: Any, timeout_s: float | None = None) -> Any:
        """Send a request and return the client's answer.

        Raises `JsonRpcException` when the client answers with an error, `TimeoutError` when it is late.
        """
        # Shielded: cancelling who waits must not cancel what pygls still wants to put the answer into.
        answer = asyncio.shield(self._wire.send_request_async(method, params))
        return await asyncio.wait_for(answer, timeout_s)

    def log(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Write to the client's log of this server."""
        self.notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(kind, message))

    def tell_once(self, cause: Hashable, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show the user a message, unless the same cause was shown before."""
        if cause not in self._told:
            self._told.add(cause)
            self.notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(kind, message))

    def report(self, where: str, error: BaseException) -> None:
        """Report an error by what it is: stopped work, a problem, or a bug."""
        if isinstance(error, CancelledError):
            logger.info("%s: %s", where, error)
        elif isinstance(error, SeeAlsoError):
            self.problem(error)
        else:
            self.bug(where, error)

    def problem(self, error: SeeAlsoError) -> None:
        """Report what a `SeeAlsoError` says: to the logs, and to the user when there is something to do."""
        cause = (type(error), error.message)
        if cause in self._logged:
            logger.debug("%s", error)  # with every keystroke, perhaps
            return
        self._logged.add(cause)
        logger.warning("%s", error)
        self.log(str(error), types.MessageType.Warning)
        if error.hint:
            self.tell_once(cause, f"seealso: {error}")

    def bug(self, where: str, error: BaseException) -> None:
        """Report an error that should not have happened: traceback to the log, one sentence to the user."""
        logger.error("Bug in %s", where, exc_info=error)
        cause = (where, type(error), _origin(error))
        self.tell_once(
            cause,
            f"seealso: an internal error in {where} ({type(error).__name__}); the server's log has the details.",
            types.MessageType.Error,
        )


def _origin(error: BaseException) -> tuple[str, int] | None:
    """Return where an exception was raised, so that one bug is one cause whatever its text says."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return (traceback.tb_frame.f_code.co_filename, traceback.tb_lineno) if traceback else None
