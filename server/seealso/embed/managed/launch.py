"""What is started: one command line, and how patient its keeper is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from seealso.errors import EmbeddingError

COMMAND_SETTING = "seealso.vllm.command"
ARGUMENTS_SETTING = "seealso.vllm.arguments"

_OURS = ("--host", "--port", "--api-key", "--uds", "--root-path", "--headless", "--grpc", "--ssl-")
"""Arguments that would hide the server from those who wait for it, or put its key where everybody can read it."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A vLLM to be started; equal ones share a server."""

    command: tuple[str, ...]
    """How `vllm` is called, from `find_command`."""
    model: str
    """A name on the model hub, or the path of a folder."""
    max_model_len: int | None
    """Tokens; None: what the model can."""
    gpu_memory_utilization: float | None
    """Share of the GPU's memory, 0 to 1; None: vLLM's own default."""
    arguments: tuple[str, ...]
    """The user's own arguments; they come last."""
    idle_s: float
    """The server ends when nobody has wanted it for so long; whoever starts it decides."""

    def digest(self) -> str:
        """Return what names the server that all equal launches share; how long it may idle is no part of it."""
        identity = [self.command, self.model, self.max_model_len, self.gpu_memory_utilization, self.arguments]
        return hashlib.blake2b(json.dumps(identity).encode(), digest_size=8).hexdigest()

    def resolved(self) -> Launch:
        """Return the launch with a model's folder by its full path: the server runs in another folder.

        A model that is not written as a path (`/`, `~`, `./` or `../` first) is one of the hub, whatever folders there
        are where somebody works.
        """
        if not is_path(self.model):
            return self
        return replace(self, model=str(Path(self.model).expanduser().resolve()))

    def check(self) -> None:
        """Raise `EmbeddingError` when the user's arguments name one that is not theirs to set."""
        for argument in self.arguments:
            if _flag(argument).startswith(_OURS):
                raise EmbeddingError(
                    f"seealso sets {_flag(argument)} of vLLM itself.",
                    hint=f"Remove it from `{ARGUMENTS_SETTING}`, or start vLLM yourself and set "
                    "`seealso.embedding.endpoint`.",
                )

    def priorities(self) -> bool:
        """Tell whether the server will schedule by priority; the user's arguments may say otherwise."""
        policy = "priority"
        for argument, following in pairwise((*self.arguments, "")):
            if _flag(argument) == "--scheduling-policy":
                policy = argument.partition("=")[2] or following
        return policy == "priority"

    def argv(self, port: int) -> list[str]:
        """Return the command line."""
        options: list[tuple[str, object]] = [
            ("--served-model-name", self.model),
            ("--runner", "pooling"),
            # Lets a query overtake the passages of an index that is being built.
            ("--scheduling-policy", "priority"),
            # One line a request would fill the log.
            ("--uvicorn-log-level", "warning"),
            ("--host", "127.0.0.1"),
            ("--port", port),
            ("--max-model-len", self.max_model_len),
            ("--gpu-memory-utilization", self.gpu_memory_utilization),
        ]
        words = [str(word) for flag, value in options if value is not None for word in (flag, value)]
        return [*self.command, "serve", self.model, *words, *self.arguments]


@dataclass(frozen=True, slots=True)
class Timing:
    """How often the keeper looks, and how long it waits; all but counts in seconds."""

    poll_s: float = 0.25
    grace_s: float = 10.0
    """Between asking a server to end and ending it."""
    unclaimed_s: float = 20.0
    """A first start goes on for so long after everybody who wanted it has gone."""
    health_s: float = 5.0
    """Between two looks at a server that is ready."""
    restarts: int = 3
    window_s: float = 600.0
    """A server that dies more than `restarts` times in so long stays down."""
    backoff_s: float = 1.0
    """Before the first restart; doubles with each."""
    retry_s: float = 600.0
    """A client that was told of a failure is told the same again for so long, whatever it asks for."""


def is_path(model: str) -> bool:
    """Tell whether a model is named by the path of its folder."""
    return model.startswith(("/", "~", "./", "../"))


def to_json(launch: Launch, timing: Timing) -> str:
    """Return what `from_json` reads."""
    return json.dumps({"launch": asdict(launch), "timing": asdict(timing)})


def from_json(text: str) -> tuple[Launch, Timing]:
    """Read what a client wrote for the keeper; raises `ValueError`, `KeyError` or `TypeError` on anything else."""
    document: dict[str, dict[str, Any]] = json.loads(text)
    launch = document["launch"]
    sequences = {name: tuple(launch[name]) for name in ("command", "arguments")}
    return Launch(**{**launch, **sequences}), Timing(**document["timing"])


def _flag(argument: str) -> str:
    """Return an argument's name as vLLM reads it: it takes underscores for hyphens."""
    return argument.partition("=")[0].replace("_", "-") if argument.startswith("--") else ""
