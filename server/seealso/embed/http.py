"""HTTP to one embedding server: an event loop in a thread of its own, connections kept alive, failures by kind."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from seealso.embed.endpoint import Endpoint, is_loopback
from seealso.embed.wire import MAX_MESSAGE, AnswerError, error_message
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

LET_GO = "The embedding server has been let go."
CONNECT_S = 5.0
READ_S = 300.0
"""A whole document of 32,768 tokens on a processor takes its time."""
LIST_S = 30.0
"""A list of models takes none; a server that is busy with its embeddings may be slow to answer all the same."""
LOOK_S = 5.0
"""An answer that takes longer is waited for only while somebody still listens: a vLLM that is being ended may keep its
connections open without ever answering."""
KEEP_ALIVE_S = 30.0
MAX_BODY = 256_000_000
"""Bytes of an answer that are read; 16,384 texts of one token with 4,096 numbers each."""


class UnreachableError(Exception):
    """Nothing listens there, or the name leads nowhere."""


class BrokenError(Exception):
    """The connection broke, or the answer did not come in time: a busy server, or one that died of the request."""


class StatusError(Exception):
    """The server answered, and refused."""

    def __init__(self, status: int, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{status}: {message}" if message else str(status))
        self.status = status
        self.message = message
        self.retry_after_s = retry_after_s


class LoopThread:
    """An event loop in a daemon thread, for callers in any other thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and wait for its end.

        Raises `EmbeddingError` when the loop is stopped meanwhile.
        """
        with self._lock:  # what is handed over before the stop is cancelled by it
            if self._stopped:
                work.close()
                raise EmbeddingError(LET_GO)
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            raise EmbeddingError(LET_GO) from error
        except KeyboardInterrupt:
            future.cancel()
            raise

    def stop(self, last: Coroutine[Any, Any, None]) -> None:
        """Cancel what is under way, run `last`, and end the thread."""

        async def end() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await last
            await self._loop.shutdown_asyncgens()

        with self._lock:
            if self._stopped:
                last.close()
                return
            self._stopped = True
            ended = asyncio.run_coroutine_threadsafe(end(), self._loop)
        ended.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Http:
    """Requests to one endpoint; lives on its loop."""

    def __init__(self, endpoint: Endpoint, connections: int) -> None:
        import httpx

        self.endpoint = endpoint
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        is_local = is_loopback(urlsplit(endpoint.url).hostname or "")
        try:
            self._client: httpx.AsyncClient = httpx.AsyncClient(
                headers=headers,
                limits=httpx.Limits(
                    max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE_S
                ),
                follow_redirects=False,  # the key and the text go where the user said, and nowhere else
                trust_env=not is_local,  # no proxy stands in between then
                verify=not endpoint.url.startswith("http:"),  # certificates take long to read, and there are none
            )
        except (ImportError, ValueError) as error:
            raise EmbeddingError(
                f"The proxy that the environment names cannot be used: {error}",
                hint="Look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.",
            ) from error

    async def get(self, path: str) -> bytes:
        """Return the body of an answer; raises `UnreachableError`, `BrokenError`, `StatusError`."""
        return await self._send("GET", path, None, LIST_S)

    async def post(self, path: str, body: bytes) -> bytes:
        """Return the body of the answer to some JSON; raises `UnreachableError`, `BrokenError`, `StatusError`."""
        asked = asyncio.ensure_future(self._send("POST", path, body, READ_S))
        deaf = asyncio.ensure_future(self._deaf())
        try:
            await asyncio.wait((asked, deaf), return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise BrokenError("it has stopped listening")
            return asked.result()
        finally:
            asked.cancel()
            deaf.cancel()

    async def close(self) -> None:
        await self._client.aclose()

    async def _deaf(self) -> None:
        """Return when the server takes no new connections any more."""
        import httpx

        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.get("/models")
            except UnreachableError as error:
                if isinstance(error.__cause__, httpx.ConnectError):
                    return
            except (BrokenError, StatusError):
                pass  # whatever it says, it is there

    async def _send(self, method: str, path: str, body: bytes | None, read_s: float) -> bytes:
        import httpx

        headers = {"Content-Type": "application/json"} if body is not None else {}
        url = self.endpoint.url + path
        timeout = httpx.Timeout(read_s, connect=CONNECT_S, pool=None)
        try:
            async with self._client.stream(method, url, content=body, headers=headers, timeout=timeout) as answer:
                raw = await _body(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            # httpx says no more of several addresses than that all have failed.
            said = str(error).replace("All connection attempts failed", "nothing listens there")
            raise UnreachableError(said or "no connection") from error
        except (httpx.InvalidURL, UnicodeError) as error:  # a host name that cannot be one
            raise UnreachableError(str(error)) from error
        except httpx.TimeoutException as error:
            raise BrokenError("no answer in time") from error
        except httpx.HTTPError as error:
            raise BrokenError(str(error) or type(error).__name__) from error
        if answer.is_success:
            return raw
        if answer.is_redirect:
            where = answer.headers.get("location", "elsewhere")[:MAX_MESSAGE]
            raise StatusError(answer.status_code, self.without_key(f"it redirects to {where!r}"))
        message = self.without_key(error_message(raw))
        raise StatusError(answer.status_code, message, _seconds(answer.headers.get("retry-after")))

    def cleaned(self, error: Exception) -> Exception:
        """Return an error of reading an answer without the key, which some servers repeat when they refuse it."""
        if isinstance(error, AnswerError):
            error.args = tuple(self.without_key(str(part)) for part in error.args)
        return error  # the others have been cleaned where they arose

    def without_key(self, message: str) -> str:
        """Return what a server says without the key, which some repeat when they refuse it."""
        key = self.endpoint.key
        return message.replace(key, "...") if key else message


async def _body(answer: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > MAX_BODY:
            raise BrokenError("the answer has no end")
        parts.append(part)
    return b"".join(parts)


def _seconds(header: str | None) -> float | None:
    try:
        seconds = float(header) if header is not None else None
    except ValueError:
        return None  # a date; nobody in this trade sends one
    return seconds if seconds is not None and 0 <= seconds <= 3600 else None
