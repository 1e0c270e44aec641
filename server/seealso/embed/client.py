"""One server as requests see it: found, identified, watched for a change of its model. Lives on an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from seealso.embed import wire
from seealso.embed.base import ModelInfo, Vectors, same_fingerprint, same_model
from seealso.embed.failures import SERVER_ERRORS, FailedError, RefusedError, translated
from seealso.embed.http import Http, StatusError
from seealso.embed.pace import Pace
from seealso.embed.serving import Served, identify
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from seealso.embed.endpoint import Endpoint, Host
    from seealso.settings import EmbeddingSettings

SHORTENINGS = 20
KEEP = 0.7
"""Share of a text that is kept when it is longer than the server reads."""
LONG_TOKEN = 8
"""Characters of a token in a text of long words."""


class Client:
    """Requests to whatever server its host finds."""

    def __init__(self, host: Host, settings: EmbeddingSettings) -> None:
        self._host = host
        self._settings = settings
        self._https: dict[Endpoint, Http] = {}
        self._identifying: asyncio.Task[Served] | None = None
        self.served: Served | None = None
        """What is there, as far as known; read by other threads as well."""
        self.expected: ModelInfo | None = None
        """What was there last: whoever comes back after the connection was lost has to be the same."""
        self.doubts: tuple[str, ...] = ()
        """What looked wrong with its vectors then."""
        self.compared = 0.0
        """When its vectors were last found to be those of the same model, by `time.monotonic`."""
        self.pace = Pace(settings.batch_tokens, settings.concurrency)
        self._paced: Http | None = None
        """The connection that the pace was found out with."""
        self._attended = False

    async def close(self) -> None:
        for http in self._https.values():
            await http.close()

    async def attend(self) -> None:
        """Take it that somebody sits before an editor, whatever server there will be."""
        self._attended = True
        self.pace.attended()

    @property
    def known(self) -> ModelInfo | None:
        """What is there, or was there last; for any thread."""
        return served.info if (served := self.served) is not None else self.expected

    async def serving(self, like: ModelInfo | None = None) -> Served:
        """Return what is there, asking once for all that want to know; it has to be `like` what was there before."""
        served = self.served or await self._find()
        if like is not None and not same_model(like, served.info):
            raise changed(like, served.info)
        return served

    async def anew(self) -> Served:
        """Ask again, and take what is there."""
        self.expected = None
        return await self._find()

    async def _find(self) -> Served:
        if self._identifying is None or self._identifying.done():
            self._identifying = asyncio.create_task(self._identify())
            self._identifying.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Shielded: one question that gives up early must not stop it for the others.
        return await asyncio.shield(self._identifying)

    async def _identify(self) -> Served:
        endpoints = await asyncio.to_thread(self._host.connect)
        for gone in [endpoint for endpoint in self._https if endpoint not in endpoints]:
            await self._https.pop(gone).close()
        nothing: Exception | None = None
        for endpoint in endpoints:
            if endpoint not in self._https:
                self._https[endpoint] = Http(endpoint, self._settings.concurrency + 8)
            try:
                return self._take(await identify(self._https[endpoint], self._settings))
            except SERVER_ERRORS as error:
                meaning = _identifying(error, endpoint.url)
                is_nothing = isinstance(error, StatusError) and error.status in (404, 405)
                if not is_nothing and not (nothing and isinstance(error, wire.AnswerError)):
                    raise meaning from error
                # The likeliest address says best what is wrong, unless there is something at a later one.
                nothing = nothing or meaning
        assert nothing is not None, "an address means at least one"
        raise nothing

    def _take(self, served: Served) -> Served:
        if self.expected is not None and not same_model(self.expected, served.info):
            raise changed(self.expected, served.info)
        if self._paced is not served.http:
            self._paced = served.http
            self.pace = Pace(self._settings.batch_tokens, self._settings.concurrency, served.latency_s)
            if self._attended:
                self.pace.attended()
        else:
            self.pace.found(served.latency_s)
        self.doubts = served.doubts
        self.served, self.expected, self.compared = served, served.info, time.monotonic()
        return served

    def forget(self, served: Served) -> None:
        """Ask anew before the next request."""
        if self.served is served:
            self.served = None

    def compare(self, served: Served, row: Vectors) -> None:
        """Raise `EmbeddingError` when the vector of `Served.probe` is another model's than the one that was there."""
        if not same_fingerprint(row, served.info.fingerprint):
            self.forget(served)
            raise changed(served.info)
        self.compared = time.monotonic()

    async def send(self, served: Served, texts: list[str], priority: int) -> Vectors:
        """Send one request and return its unit rows.

        Raises `FailedError`, `RefusedError`, or `EmbeddingError` for what the user has to mend.
        """
        url = served.http.endpoint.url
        started = time.monotonic()
        try:
            raw = await served.http.post("/embeddings", served.body(texts, priority))
            answer = wire.answer(raw, len(texts), served.encoding)
        except SERVER_ERRORS as error:
            meaning = translated(served.http.cleaned(error), url)
            if isinstance(meaning, FailedError) and meaning.lost:
                self.forget(served)
            raise meaning from error
        if answer.vectors.shape[1] != served.width or (answer.model and answer.model != served.echo):
            self.forget(served)
            raise FailedError(
                f"The embedding server at {url} sent {answer.vectors.shape[1]} numbers from {answer.model or 'it'} "
                f"instead of {served.width} from {served.echo or 'it'}.",
                lost=True,
            )
        try:
            rows = served.rows(answer)
        except wire.BadVectorsError as error:
            raise RefusedError(str(error)) from error
        self.pace.learn(texts, time.monotonic() - started, answer.tokens)
        return rows


async def shortened(text: str, max_tokens: int, send: Callable[[list[str]], Awaitable[Vectors]]) -> Vectors:
    """Embed the beginning of a text that is longer than the server reads, shape (1, dimension)."""
    text = text[: LONG_TOKEN * max_tokens]
    for _ in range(SHORTENINGS):
        text = text[: int(len(text) * KEEP)]
        if not text:
            break
        try:
            return await send([text])
        except RefusedError as refusal:
            if not refusal.too_long:
                raise
    raise RefusedError("It is too long even when it is cut short.", too_long=True)


def changed(before: ModelInfo, now: ModelInfo | None = None) -> EmbeddingError:
    """Return the error for vectors of another model than those before."""
    other = f"{now.id} instead of {before.id}" if now is not None and now.id != before.id else ""
    return EmbeddingError(
        "The embedding server now serves another model than a moment ago: "
        f"{other or f'what it calls {before.id} has other weights'}.",
        hint="Run the update again; it then embeds with the new one.",
        passing=True,
    )


def _identifying(error: Exception, url: str) -> Exception:
    """Return what an error means while the server is asked what it is: no text of the user is to blame then."""
    meaning = translated(error, url)
    if isinstance(meaning, RefusedError):
        return EmbeddingError(
            f"The embedding server at {url} cannot embed a short text. {meaning}",
            hint="Check that `seealso.embedding.model` names a model for embeddings.",
        )
    return meaning
