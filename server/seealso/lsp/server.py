"""The server process: standard input and output (or one TCP client) on one side, the features on the other."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer

from seealso import __version__
from seealso.lsp.features import FEATURES
from seealso.lsp.masking import MaskingFormatter
from seealso.lsp.offers import Offers
from seealso.lsp.outbox import Outbox
from seealso.lsp.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from seealso.lsp.capabilities import Client
    from seealso.lsp.session import Session
    from seealso.settings import Settings

logger = logging.getLogger(__name__)

LEAVE_S = 0.6
"""From `shutdown` on the threads have so long to end what they are at; the index survives being cut off. With what the
end itself takes on a busy machine, the client does not wait for a second."""

SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)]
"""What editors, systems and people send to a process that they want to end."""

Handler = TypeVar("Handler", bound="Callable[..., Any]")


def _always(_client: Client) -> bool:
    return True


class Server(LanguageServer):
    """What feature handlers get as `ls`."""

    protocol: Protocol
    session: Session
    """Made by `initialize`; no handler of another request runs before."""

    def __init__(self) -> None:
        super().__init__(
            "seealso",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
            max_workers=1,  # never used: it is pygls' own, and work there would delay its reading
        )
        self.outbox = Outbox(self.protocol)
        self.offers = Offers(self.outbox)
        self.protocol.amend = self._amend
        self.amendments: list[Callable[[Server, types.ServerCapabilities], None]] = []
        """What features have to say in the answer to `initialize` that pygls does not know."""
        for feature in FEATURES:
            feature.register(self)

    def on(
        self,
        method: str,
        options: Any = None,
        *,
        quiet: bool = True,
        wanted: Callable[[Settings], bool] | None = None,
        possible: Callable[[Client], bool] = _always,
    ) -> Callable[[Handler], Handler]:
        """Register a handler for a method; what it raises ends at this border.

        A quiet one answers with nothing then (no hover); the other kind is asked by someone who wants to know. With
        `wanted` the client is only told of the method while a folder's settings want it, and if it is `possible` with
        what the client can do (see `Offers`).
        """

        def register(handler: Handler) -> Handler:
            self.feature(method, options)(self._guarded(method, handler, quiet=quiet))
            if wanted is not None:
                self.offers.add(method, options, wanted, possible)
            return handler

        return register

    def _amend(self, capabilities: types.ServerCapabilities) -> None:
        """Complete the answer to `initialize`."""
        self.offers.state(capabilities, self.session.options, self.session.client)
        for amendment in self.amendments:
            amendment(self, capabilities)

    def _guarded(self, method: str, handler: Callable[..., Any], *, quiet: bool) -> Callable[..., Any]:
        if not asyncio.iscoroutinefunction(handler):

            def run(ls: Server, params: Any = None) -> Any:
                with ls.traced(method, params):
                    try:
                        return handler(ls, params)
                    except Exception as error:  # noqa: BLE001 - a border: see `failed`
                        return ls.failed(method, error, quiet=quiet)

            return run

        async def run_async(ls: Server, params: Any = None) -> Any:
            with ls.traced(method, params):
                try:
                    return await handler(ls, params)
                except Exception as error:  # noqa: BLE001 - a border: see `failed`
                    return ls.failed(method, error, quiet=quiet)

        return run_async

    @contextmanager
    def traced(self, method: str, params: Any) -> Iterator[None]:
        """Tell the client how long it took to handle a message, if it wants to know (`$/setTrace`)."""
        started = time.perf_counter()
        try:
            yield
        finally:
            if self.protocol.trace is not types.TraceValue.Off:
                took = f"{method}: {(time.perf_counter() - started) * 1e3:.1f} ms"
                document = getattr(getattr(params, "text_document", None), "uri", None)
                verbose = document if self.protocol.trace is types.TraceValue.Verbose else None
                self.outbox.notify(types.LOG_TRACE, types.LogTraceParams(took, verbose))

    def failed(self, method: str, error: Exception, *, quiet: bool) -> None:
        """Report what a handler raised; errors meant as an answer go on to the client."""
        if isinstance(error, JsonRpcException):
            raise error
        self.outbox.report(method, error)
        if not quiet:
            raise JsonRpcInternalError(f"An internal error: {type(error).__name__}.") from error

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what pygls could not handle, such as a malformed message; pygls would pop up each one."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    async def serve_stdio(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        """Talk to the client until it says `exit` or closes the pipe."""
        self.protocol.set_writer(StdoutWriter(stdout))
        # One thread that only reads, and one hop to the loop a chunk: pygls' reader takes a hop a header line, each of
        # which waits for the interpreter while an update computes. A daemon, so that a silent client cannot hold us.
        reader = asyncio.StreamReader()
        arguments = (stdin, reader, asyncio.get_running_loop())
        threading.Thread(target=_pump, args=arguments, name="seealso-stdin", daemon=True).start()
        await self._serve(reader)

    async def serve_tcp(self, host: str, port: int) -> None:
        """Wait for one client and talk to it until it says `exit` or hangs up."""
        connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.get_running_loop().create_future()
        )

        def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if connected.done():
                writer.close()
            else:
                connected.set_result((reader, writer))

        listener = await asyncio.start_server(connect, host, port)
        logger.info("Listening on %s:%d", *listener.sockets[0].getsockname()[:2])
        reader, writer = await connected
        listener.close()
        self.protocol.set_writer(_Socket(writer))
        await self._serve(reader)

    async def _serve(self, reader: asyncio.StreamReader) -> None:
        try:
            await run_async(
                stop_event=threading.Event(),
                reader=reader,
                protocol=self.protocol,
                logger=logging.getLogger("pygls"),
                error_handler=self.report_server_error,
            )
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            logger.warning("The client is gone: %s", error)
        finally:
            if hasattr(self, "session"):
                self.session.close()


class _Socket:
    """A stream writer with pygls' idea of one: nothing to await."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def close(self) -> None:
        self._writer.close()


def _pump(stdin: BinaryIO, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    try:
        while chunk := os.read(stdin.fileno(), 1 << 16):
            loop.call_soon_threadsafe(reader.feed_data, chunk)
        loop.call_soon_threadsafe(reader.feed_eof)
    except RuntimeError:
        return  # the loop has ended: nobody listens any more


def main(tcp: tuple[str, int] | None = None) -> NoReturn:
    """Serve one client on standard input and output, or over TCP, and end the process.

    Raises `OSError` or `UnicodeError` when the address cannot be listened on.
    """
    level = os.environ.get("SEEALSO_LOG", "warning").upper()
    known = level in logging.getLevelNamesMapping()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level if known else logging.WARNING)
    if not known:
        logger.warning("SEEALSO_LOG=%s is no log level; using warning.", level.lower())
    if level != "DEBUG":
        # pygls logs the text of every message at INFO.
        logging.getLogger("pygls").setLevel(logging.WARNING)
    # While an update computes in Python, every hop of an answer between threads waits this long at worst (5 ms before).
    sys.setswitchinterval(0.001)
    server = Server()
    try:
        asyncio.run(_until_stopped(server.serve_tcp(*tcp) if tcp is not None else server.serve_stdio(*_take_stdio())))
    except SystemExit:
        logger.debug("Leaving.")
    _leave(server)


def _take_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes to the client, and let what anybody prints go to standard error instead of between messages."""
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, stdout


async def _until_stopped(serving: Awaitable[None]) -> None:
    loop = asyncio.get_running_loop()
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        # A second one would break off the leaving: a terminal that closes may send several.
        if not (stopping or loop.is_closed()):
            stopping = True
            loop.call_soon_threadsafe(sys.exit)

    with _woken_by_signals(loop):
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # else whoever started us wants it ignored
                signal.signal(number, stop)
        await serving


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Have signals wake the loop up: one that comes just before it begins to wait is handled after the next message."""
    if os.name == "nt":  # there it does so by itself
        yield
        return
    heard, wakeup = socket.socketpair()
    with heard, wakeup:
        for end in heard, wakeup:
            end.setblocking(False)
        loop.add_reader(heard, _drain, heard)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            loop.remove_reader(heard)


def _drain(end: socket.socket) -> None:
    with suppress(BlockingIOError):  # the loop may call twice for what is there once
        end.recv(1 << 10)


def _leave(server: Server) -> NoReturn:
    if hasattr(server, "session"):
        server.session.wait(LEAVE_S)
    logging.shutdown()
    sys.stderr.flush()
    # Not `sys.exit`, which waits for every thread: one may be at a batch of embeddings, or wait for a server. What it
    # has not committed is done again next time.
    os._exit(server.protocol.exit_code)
