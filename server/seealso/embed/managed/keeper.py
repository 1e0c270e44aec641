"""The process that looks after a vLLM, so that it outlives none of those who need it and ends after the last.

`python -m seealso.embed.managed.keeper FOLDER` goes into the background, and ends at once if there is a keeper.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

from seealso.embed.managed.explain import died_often, explain, not_embedding, port_taken
from seealso.embed.managed.health import embeds, health, is_ours
from seealso.embed.managed.launch import from_json
from seealso.embed.managed.locks import Flock, nobody_else
from seealso.embed.managed.phases import phase
from seealso.embed.managed.place import Place, State
from seealso.embed.managed.processes import end_group, members
from seealso.embed.managed.server import Server
from seealso.errors import EmbeddingError
from seealso.units import duration

if TYPE_CHECKING:
    from seealso.embed.managed.launch import Launch, Timing

PORTS = 5
"""So many ports are tried when others keep taking them."""
ATTEMPTS = 5
"""So often a server that is healthy may fail to embed one word."""
PHASE_BYTES = 16 * 1024

_LOCK_S = 2.0
"""Somebody may be looking whether there is a keeper, which takes the lock for a moment."""


class _OverError(Exception):
    """Nobody needs the server any more."""


class _DiedError(Exception):
    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class Keeper:
    """Start a server, start it again when it dies, end it when nobody has wanted it for a while."""

    def __init__(self, place: Place, launch: Launch, timing: Timing) -> None:
        self._place = place
        self._launch = launch
        self._timing = timing
        self._state = State(secrets.token_hex(8), "starting", time.time(), keeper=os.getpid())
        self._wanted = time.monotonic()
        self._told_to_end = False

    def run(self) -> None:
        """Work until the server is not needed or cannot be had."""
        try:
            self._end_orphans()
            self._keep()
        except _OverError:
            self._tell(status="stopped")
        except EmbeddingError as error:
            self._tell(status="failed", message=error.message, hint=error.hint)
        except Exception as error:  # a border: a client waits for a word
            hint = f"Please report it with what {self._place.keeper_log} says."
            self._tell(status="failed", message=f"seealso cannot look after vLLM ({error}).", hint=hint)
            raise

    def end(self) -> None:
        """End soon; for a signal handler, which may interrupt anything."""
        self._told_to_end = True

    def _keep(self) -> None:
        deaths: list[float] = []
        ports = 1
        while True:
            server = Server(self._launch, self._place, self._timing.grace_s)
            code = self._serve(server)
            tail = server.log_tail()
            if port_taken(tail) and self._state.status == "starting" and ports < PORTS:
                ports += 1
                continue
            error = explain(tail, self._launch, self._place.log, code)
            if not self._state.again:
                raise error
            now = time.monotonic()
            deaths = [*(death for death in deaths if now - death < self._timing.window_s), now]
            if len(deaths) > self._timing.restarts:
                raise died_often(len(deaths), duration(self._timing.window_s), error)
            self._tell(status="starting", activity="it ended by itself, waiting a moment")
            resume = time.monotonic() + self._timing.backoff_s * 2 ** (len(deaths) - 1)
            while time.monotonic() < resume:
                self._breathe()

    def _serve(self, server: Server) -> int | None:
        """Return the exit code of a server that died; None: it was ill."""
        try:
            server.start()
            self._tell(server, status="starting", activity="")
            self._wait_until_ready(server)
            self._tell(server, status="ready", activity="", again=True)
            self._watch(server)
        except _DiedError as death:
            return death.code
        finally:
            if not server.end():
                left = ", ".join(str(process.pid) for process in server.members())
                raise EmbeddingError(
                    f"Processes of vLLM cannot be ended ({left}).",
                    hint="The GPU's driver may hang; restart the machine.",
                )

    def _wait_until_ready(self, server: Server) -> None:
        failures = 0
        while True:
            self._breathe(server)
            activity = phase(server.log_tail(PHASE_BYTES)) or self._state.activity
            if activity != self._state.activity:
                self._tell(server, status="starting", activity=activity)
            if health(server.port) != "up" or not is_ours(server.port):
                continue
            try:
                status, answer = embeds(server.port, server.key)
            except OSError as error:
                status, answer = 503, str(error)
            if status == 200:
                return
            # 501 is how it says that the model is of another kind.
            if status not in (500, 502, 503):
                raise not_embedding(answer, self._launch, self._place.log)
            failures += 1
            if failures >= ATTEMPTS:
                raise explain(server.log_tail(), self._launch, self._place.log)

    def _watch(self, server: Server) -> Never:
        look = time.monotonic() + self._timing.health_s
        while True:
            self._breathe(server)
            if time.monotonic() < look:
                continue
            look = time.monotonic() + self._timing.health_s
            if not self._place.state.exists():
                # Whoever comes now finds no keeper and starts another one.
                raise _OverError
            server.shorten_log()
            if health(server.port) == "ill":
                raise _DiedError(server.exit_code())

    def _breathe(self, server: Server | None = None) -> None:
        """Wait a moment; raises `_OverError` or `_DiedError` when there is nothing to wait for."""
        time.sleep(self._timing.poll_s)
        if self._told_to_end:
            self._tell(status="stopping")
            raise _OverError
        with nobody_else(self._place.leases) as alone:
            now = time.monotonic()
            if not alone:
                self._wanted = now
            elif now - self._wanted > (self._launch.idle_s if self._state.again else self._timing.unclaimed_s):
                # Told while nobody can take a lease: who has one knows that the server will not go.
                self._tell(status="stopping")
                raise _OverError
        if server is not None and (code := server.exit_code()) is not None:
            raise _DiedError(code)

    def _end_orphans(self) -> None:
        """End the server of a keeper that was killed together with its guard."""
        earlier = self._place.read()
        if earlier is not None and earlier.group and set(earlier.members) & set(members(earlier.group)):
            # Nobody shall take it for a server that stays, and the next keeper may have to go on with this.
            activity = "ending an earlier vLLM"
            self._tell(status="starting", activity=activity, group=earlier.group, members=earlier.members)
            end_group(earlier.group, self._timing.grace_s)

    def _tell(self, server: Server | None = None, **changes: Any) -> None:
        if server is not None:
            changes |= {"port": server.port, "key": server.key, "group": server.group, "members": server.members()}
        elif changes["status"] != "stopping":
            changes = {"port": 0, "key": "", "group": 0, "members": (), **changes}
        if changes["status"] != self._state.status:
            changes["since"] = time.time()
        self._state = replace(self._state, **changes)
        self._place.write(self._state)


def main(folder: str) -> int:
    """Go into the background and keep the server of a folder; return 0 as soon as it is kept by somebody."""
    place = Place(Path(folder))
    launch, timing = from_json(place.launch.read_text("utf-8"))
    log = os.open(place.keeper_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    waiting, done = os.pipe()
    if os.fork():
        os.close(done)
        os.read(waiting, 1)  # nothing comes, but its end
        return 0
    os.close(waiting)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for number in (1, 2):
        os.dup2(log, number)
    os.close(log)
    lock = Flock(place.lock)
    patience = time.monotonic() + _LOCK_S
    while not lock.try_alone():
        if time.monotonic() > patience:
            return 0
        time.sleep(0.05)
    os.close(done)
    keeper = Keeper(place, launch, timing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: keeper.end())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keeper.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
