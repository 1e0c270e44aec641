"""pygls' protocol with what a long writing session needs repaired; each repair names its reason."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

logger = logging.getLogger(__name__)

OURS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    types.WORKSPACE_EXECUTE_COMMAND,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""Methods pygls would handle first. Its documents split lines where LSP does not (form feed, U+2028), its command
arguments are coerced, and each of them leaves a future behind; our features take them as they arrive."""


class Protocol(LanguageServerProtocol):
    """One session with one client."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        for method in OURS:
            del self.fm.builtin_features[method]
        self.exit_code = 1
        """0 once the client has asked for shutdown, as the specification wants it."""
        self.amend: Callable[[types.ServerCapabilities], None] = lambda _capabilities: None
        """Completes the answer to `initialize`."""

    def _execute_handler(
        self,
        msg_id: Any,
        handler: Callable[..., Any],
        callback: Callable[..., None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        # pygls drops the future of a request when it answers, but keeps that of each notification for ever.
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(lambda done: self._forget(msg_id, done))

    def _forget(self, msg_id: Any, future: Any) -> None:
        if self._request_futures.get(msg_id) is future:
            del self._request_futures[msg_id]

    def _handle_response(self, msg_id: Any, result: Any = None, error: types.ResponseError | None = None) -> None:
        self._result_types.pop(msg_id, None)
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            # The task that asked was cancelled, and its future with it: setting a result would raise here.
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        if not future.cancelled() and isinstance(error := future.exception(), JsonRpcException):
            # An answer we chose (wrong arguments, say), so no traceback in the log.
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
            return
        super()._send_handler_result(future, msg_id=msg_id)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return the typed message; a request that is malformed is answered, so that the client does not wait."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            elif (future := self._request_futures.pop(data.get("id", ""), None)) is not None and not future.done():
                future.set_exception(error)
            raise

    def handle_message(self, message: Any) -> None:
        """Pass a message on, if this is the time for it."""
        refusal = self._refusal(message.method) if hasattr(message, "method") else None
        if refusal is None:
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._send_response(message.id, error=refusal.to_response_error())
        # Else a notification: there is nobody to tell.

    def _refusal(self, method: str) -> JsonRpcException | None:
        if method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("The server is shutting down.")
        if self._workspace is None:
            early = method != types.INITIALIZE
            return JsonRpcServerNotInitialized("The first request must be `initialize`.") if early else None
        if method == types.INITIALIZE:
            return JsonRpcInvalidRequest("The session has begun: `initialize` comes once.")
        return None

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer as pygls does, and with what it cannot know."""
        result = yield from super().lsp_initialize(params)
        self.amend(result.capabilities)
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Stop all work; pygls' own walks a dictionary that changes under it."""
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != self.msg_id and not future.done():
                future.cancel()
        self._shutdown = True
        self.exit_code = 0

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_args: Any) -> Any:
        """Leave the loop; the process ends with `exit_code`."""
        sys.exit(self.exit_code)
