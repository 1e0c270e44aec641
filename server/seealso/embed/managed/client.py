"""What those who need a vLLM see of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.embed.endpoint import Endpoint
from seealso.embed.managed.health import HOST, health
from seealso.embed.managed.launch import Timing, to_json
from seealso.embed.managed.locks import Flock, is_held
from seealso.embed.managed.place import place_for
from seealso.errors import CancelledError, EmbeddingError
from seealso.units import time_left

if TYPE_CHECKING:
    from seealso.embed.managed.launch import Launch
    from seealso.embed.managed.place import Place, State

KEEPERS = 5
"""So often a keeper that vanishes is replaced before its client gives up."""

_LOOK_S = 0.1
_PATIENCE_S = 60.0
_ROOT = Path(__file__).resolve().parents[3]


class ManagedVllm:
    """A server that is shared with all who want the same one; safe to use from several threads."""

    def __init__(self, launch: Launch, runtime: Path | None = None, *, timing: Timing | None = None) -> None:
        """Start nothing yet; `runtime` None: a folder of the system's."""
        self._launch = launch.resolved()
        self._runtime = runtime
        self._timing = timing or Timing()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._place: Place | None = None
        self._lease: Flock | None = None
        self._activity = ""
        self._failed: tuple[str, float] | None = None
        """The keeper whose failure is known already, and until when it is not tried again."""

    @property
    def activity(self) -> str:
        """What `endpoint` waits for just now, as `starting vLLM: loading the model (34 s)`; empty: for nothing."""
        return self._activity

    def endpoint(self) -> Endpoint:
        """Return where the server is, when it is healthy; start it if need be.

        Ask again when it cannot be reached: it may have died and be somewhere else now. Raises `EmbeddingError` when
        it cannot be had, `CancelledError` when `close` is called meanwhile; works again after that.
        """
        self._launch.check()
        closing = self._closing
        try:
            place = self._join(closing)
            return self._wait(place, closing)
        except OSError as error:
            raise EmbeddingError(
                f"vLLM cannot be looked after ({error}).",
                hint="Free some space or mend the permissions of that folder.",
            ) from error
        finally:
            self._activity = ""

    def close(self) -> None:
        """Give the server back; without other users it ends after a while. A blocked `endpoint` ends at once."""
        with self._lock:
            self._closing.set()
            self._closing = threading.Event()
            if self._lease is not None:
                self._lease.release()
                self._lease = None

    def _join(self, closing: threading.Event) -> Place:
        """Take a lease, before anything is read: from then on a server that is ready stays."""
        while True:
            with self._lock:
                _check(closing)
                if self._place is not None and self._lease is not None and self._lease.holds():
                    return self._place
                place = place_for(self._launch.digest(), self._runtime)
                lease = Flock(place.leases)
                # A keeper that looks for leases has the lock for a moment.
                if lease.try_shared():
                    if self._lease is not None:
                        self._lease.release()
                    self._forgive(place.read())
                    self._place, self._lease = place, lease
                    return place
            closing.wait(_LOOK_S / 10)

    def _wait(self, place: Place, closing: threading.Event) -> Endpoint:
        keepers = 0
        while True:
            _check(closing)
            kept = is_held(place.lock)
            state = place.read()
            if state is not None and state.status == "failed":
                self._raise_failure(state)
            if not kept:
                keepers += 1
                if keepers > KEEPERS:
                    raise EmbeddingError(
                        "The process that looks after vLLM ends again and again.",
                        hint=f"Something kills it, or {place.keeper_log} tells more.",
                    )
                self._activity = "starting vLLM"
                self._start_keeper(place)
                continue
            self._activity = _activity(state)
            if state is not None and state.status == "ready" and health(state.port) in ("up", "busy"):
                return Endpoint(
                    f"http://{HOST}:{state.port}/v1", state.key, self._launch.priorities(), self._launch.model
                )
            closing.wait(_LOOK_S)

    def _forgive(self, state: State | None) -> None:
        """Let what went wrong for others before us be tried again; it may have been put right."""
        if state is not None and state.status == "failed" and (self._failed is None or self._failed[0] != state.run):
            self._failed = state.run, 0.0

    def _raise_failure(self, state: State) -> None:
        """Raise what a keeper ended with, unless it is to be tried again."""
        now = time.monotonic()
        with self._lock:
            if self._failed is None or self._failed[0] != state.run:
                self._failed = state.run, now + self._timing.retry_s
            elif now >= self._failed[1]:
                return
        raise EmbeddingError(state.message, hint=state.hint)

    def _start_keeper(self, place: Place) -> None:
        place.put(place.launch, to_json(self._launch, self._timing))
        # `-P`: a folder somebody works in is not where modules come from; ours are where this one is.
        paths = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(_ROOT)]
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "seealso.embed.managed.keeper", str(place.folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                cwd=place.folder,
                start_new_session=True,
                timeout=_PATIENCE_S,
                check=False,
            )
            words = done.stderr.decode("utf-8", "replace").strip()
        except subprocess.TimeoutExpired as error:
            raise EmbeddingError("The process that looks after vLLM does not start.", hint="Try again.") from error
        if done.returncode != 0:
            last = words.splitlines()[-1] if words else f"status {done.returncode}"
            raise EmbeddingError(
                f"The process that looks after vLLM did not start ({last}).", hint="Install seealso again."
            )


def _check(closing: threading.Event) -> None:
    if closing.is_set():
        raise CancelledError("vLLM is not waited for any more.")


def _activity(state: State | None) -> str:
    if state is None:
        return "starting vLLM"
    if state.status == "ready":
        return "waiting for vLLM to answer"
    if state.status in ("stopping", "stopped"):
        return "waiting for an earlier vLLM to end"
    doing = f": {state.activity}" if state.activity else ""
    # Whole seconds: each other sentence is one more message to the editor.
    waited = time_left(max(0.0, time.time() - state.since))
    return f"starting vLLM{' again' if state.again else ''}{doing} ({waited})"
