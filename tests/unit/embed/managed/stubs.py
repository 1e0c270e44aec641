"""Managed servers on a stub that is started by the real keeper."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seealso.embed.managed.client import ManagedVllm
from seealso.embed.managed.launch import Launch, Timing
from seealso.embed.managed.locks import is_held
from seealso.embed.managed.place import Place, State
from seealso.embed.managed.processes import members

STUB = Path(__file__).with_name("stub_vllm.py")
PATIENCE_S = 30.0
QUICK = Timing(
    poll_s=0.03, grace_s=0.5, unclaimed_s=0.5, health_s=0.1, restarts=2, window_s=60.0, backoff_s=0.1, retry_s=0.5
)


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Wait for a condition to give something true, and return that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"in vain: {what or condition}"
        time.sleep(0.02)
    return found


def stub_launch(*arguments: str, idle_s: float = 0.3, model: str = "of-a-test") -> Launch:
    """A launch of the stub, with what it shall do."""
    return Launch((sys.executable, str(STUB)), model, None, None, arguments, idle_s)


@dataclass
class Stubs:
    """Makes managed servers that have one folder."""

    runtime: Path
    made: list[ManagedVllm] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)

    def vllm(self, *arguments: str, idle_s: float = 0.3, timing: Timing = QUICK) -> ManagedVllm:
        return self.of(stub_launch(*arguments, idle_s=idle_s), timing)

    def of(self, launch: Launch, timing: Timing = QUICK) -> ManagedVllm:
        self.launches.append(launch)
        self.made.append(ManagedVllm(launch, self.runtime, timing=timing))
        return self.made[-1]

    @property
    def place(self) -> Place:
        """The folder of the last launch."""
        return Place(self.runtime / f"vllm-{self.launches[-1].digest()}")

    def starts(self) -> list[dict[str, Any]]:
        """What the stubs told of themselves."""
        try:
            lines = (self.place.folder / "starts.jsonl").read_text("utf-8").splitlines(keepends=True)
        except OSError:
            return []
        return [json.loads(line) for line in lines if line.endswith("\n")]  # the last may be half written

    def state(self) -> State:
        state = self.place.read()
        assert state is not None
        return state

    def gone(self) -> bool:
        """Tell whether there is neither a keeper nor anything it started."""
        groups = [start["pid"] for start in self.starts()]
        return not is_held(self.place.lock) and not any(members(group) for group in groups)
