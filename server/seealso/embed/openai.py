"""Any server with the embeddings interface of OpenAI: vLLM, llama.cpp, Ollama, Text Embeddings Inference, OpenAI.

Two lanes. Bulk requests are packed by tokens, go several at a time, are tried again, and are taken apart when one text
in them is refused. Interactive ones go at once, before the others, and give up early.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from seealso.embed.base import Lane, ModelInfo, Vectors
from seealso.embed.bulk import Bulk
from seealso.embed.client import Client, shortened
from seealso.embed.failures import FailedError, RefusedError
from seealso.embed.http import LET_GO, LoopThread
from seealso.embed.identity import source_of
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind
    from seealso.embed.endpoint import Host
    from seealso.embed.serving import Served
    from seealso.settings import EmbeddingSettings

PRIORITY = -10
ANSWER_S = 3.0
"""A hover without the meaning of an unsaved passage is better than none for longer."""
IDENTIFY_S = 1.5
"""What a question waits for a server that nobody has asked yet."""
COMPARE_S = 60.0
"""For so long a server is trusted to have the same model: somebody may start it anew with another one of that name."""
AWAY_S, LONGEST_AWAY_S = 1.0, 30.0
"""Questions go without a server that failed them for so long: at first, and at most."""
SHORT = 200
"""Characters of a question that any model embeds in a moment."""
UNTIL = "Words alone have to do until it answers again."


class OpenAIEmbedder:
    """Embed through a server; safe to call from several threads at once."""

    calls = 3
    call_s = 1.0
    """Each call ends with a moment in which it has nothing under way; see `pace.ALONE_S` for what that costs."""

    def __init__(self, host: Host, settings: EmbeddingSettings) -> None:
        """Use the server that `host` finds."""
        self._host = host
        self._settings = settings
        self.source = source_of(host.place, settings)
        self._lock = threading.Lock()
        self._running: tuple[LoopThread, _Lanes] | None = None
        self._closed = False

    @property
    def known(self) -> ModelInfo | None:
        running = self._running
        return running[1].client.known if running is not None else None

    @property
    def doubts(self) -> tuple[str, ...]:
        running = self._running
        return running[1].client.doubts if running is not None else ()

    @property
    def activity(self) -> str:
        running = self._running
        return self._host.activity or (running[1].bulk.trouble if running is not None else "")

    def warm(self) -> None:
        thread, lanes = self._run()
        thread.run(lanes.client.attend())

    def identify(self) -> ModelInfo:
        self._host.used()
        thread, lanes = self._run()
        return thread.run(lanes.bulk.identify()).info

    def embed(self, texts: Sequence[str], kind: EmbedKind, lane: Lane = Lane.INTERACTIVE) -> Vectors:
        self._host.used()
        thread, lanes = self._run()
        return thread.run(lanes.now(texts, kind) if lane is Lane.INTERACTIVE else lanes.bulk.embed(texts, kind))

    def close(self) -> None:
        with self._lock:
            running, self._running = self._running, None
            self._closed = True  # for good: who still holds it must not send text to where it shall not go any more
        try:
            if running is not None:
                thread, lanes = running
                thread.stop(lanes.client.close())
        finally:
            self._host.release()  # not before nobody can call its `connect` any more

    def _run(self) -> tuple[LoopThread, _Lanes]:
        with self._lock:
            if self._closed:
                raise EmbeddingError(LET_GO)
            if self._running is None:
                self._running = LoopThread("seealso-http"), _Lanes(self._host, self._settings)
            return self._running


class _Lanes:
    """Both lanes of one server; lives on the loop."""

    def __init__(self, host: Host, settings: EmbeddingSettings) -> None:
        self.client = Client(host, settings)
        self.bulk = Bulk(self.client, settings.concurrency)
        self._questions = 0
        self._away_until = 0.0
        self._away_from: Served | None = None
        self._away_s = AWAY_S
        self._why = ""

    async def now(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Embed at once or not at all."""
        # Whoever has found out anew what is there has found it answering.
        if time.monotonic() < self._away_until and self.client.served is self._away_from:
            raise EmbeddingError(self._why, hint=UNTIL)
        with self._asked():
            try:
                async with asyncio.timeout(IDENTIFY_S):
                    served = await self.client.serving()
                crowded, started = self.bulk.active > 0, time.monotonic()
                # What takes its time by itself says nothing of the requests before it.
                short = len(texts) == 1 and len(texts[0]) <= SHORT and self._questions == 1
                async with asyncio.timeout(ANSWER_S):
                    rows = await self._compared(served, [served.prefixes[kind] + text for text in texts])
                if short:
                    self.client.pace.asked(time.monotonic() - started, crowded=crowded)
            except TimeoutError:
                raise self._stay_away(self.bulk.trouble or "The embedding server is not ready, or too busy.") from None
            except FailedError as failure:
                raise self._stay_away(str(failure)) from failure
            except RefusedError as refusal:
                raise EmbeddingError(f"The embedding server refuses the text: {refusal}") from refusal
            except EmbeddingError as error:
                if error.passing:  # another model: until an update has found out which
                    self._stay_away(str(error))
                raise
        self._away_s = AWAY_S
        return rows

    async def _compared(self, served: Served, texts: list[str]) -> Vectors:
        """Embed texts, and now and then the probe with them."""
        if time.monotonic() - self.client.compared < COMPARE_S:
            return await self._send(served, texts)
        rows = await self._send(served, [*texts, served.probe])
        self.client.compare(served, rows[-1])
        return rows[:-1]

    async def _send(self, served: Served, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), served.info.dimension), np.float32)
        waiting = deque(range(len(texts)))
        while waiting:
            positions = self.client.pace.take(waiting, texts)
            rows[positions] = await self._send_part(served, [texts[position] for position in positions])
        return rows

    async def _send_part(self, served: Served, texts: list[str]) -> Vectors:
        try:
            return await self._send_twice(served, texts)
        except RefusedError as refusal:
            if not refusal.too_long:
                raise
        if len(texts) > 1:
            return np.concatenate([await self._send_part(served, [text]) for text in texts])
        return await shortened(texts[0], served.info.max_tokens, lambda part: self._send_twice(served, part))

    async def _send_twice(self, served: Served, texts: list[str]) -> Vectors:
        try:
            return await self.client.send(served, texts, PRIORITY)
        except FailedError as failure:
            if failure.away or failure.busy:
                raise
            # A server closes idle connections when it likes; that is found out by using one.
            return await self.client.send(await self.client.serving(served.info), texts, PRIORITY)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """While somebody waits for an answer, no more bulk requests are sent."""
        self._questions += 1
        self.bulk.pause()
        try:
            yield
        finally:
            self._questions -= 1
            if not self._questions:
                self.bulk.resume()

    def _stay_away(self, reason: str) -> EmbeddingError:
        """Answer at once for a while, rather than make everybody wait for a server that does not answer."""
        self._why = reason
        self._away_from = self.client.served
        self._away_until = time.monotonic() + self._away_s
        self._away_s = min(2 * self._away_s, LONGEST_AWAY_S)
        return EmbeddingError(reason, hint=UNTIL)
