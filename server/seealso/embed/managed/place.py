"""The folder in which a keeper and its clients meet: nobody else may read it, a key lies there."""

from __future__ import annotations

import json
import os
import platform
import re
import stat
import tempfile
import warnings
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from seealso.embed.managed.processes import Process
from seealso.errors import EmbeddingError

Status = Literal["starting", "ready", "stopping", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class State:
    """What a keeper tells its clients."""

    run: str
    """Names one keeper's life."""
    status: Status
    since: float
    """When what goes on now began, in seconds since the epoch."""
    keeper: int = 0
    """Its process; nobody acts on the number, which may be another's by now."""
    port: int = 0
    key: str = field(default="", repr=False)
    group: int = 0
    """The process group of the server; 0: none."""
    members: tuple[Process, ...] = ()
    """The processes of the group when it was last looked at."""
    activity: str = ""
    """What the server is doing, for people."""
    again: bool = False
    """The server has been ready before."""
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    folder: Path

    @property
    def lock(self) -> Path:
        """Held by the keeper."""
        return self.folder / "keeper.lock"

    @property
    def leases(self) -> Path:
        """Shared by the clients."""
        return self.folder / "leases.lock"

    @property
    def launch(self) -> Path:
        """What the keeper starts."""
        return self.folder / "launch.json"

    @property
    def state(self) -> Path:
        """What the keeper tells."""
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        """What vLLM prints."""
        return self.folder / "vllm.log"

    @property
    def sockets(self) -> Path:
        """Where the processes of vLLM meet; it leaves its sockets behind, however it ends."""
        return self.folder / "ipc"  # short: so are the paths of sockets

    @property
    def earlier_log(self) -> Path:
        """What the vLLM before this one printed."""
        return self.folder / "vllm.earlier.log"

    @property
    def keeper_log(self) -> Path:
        """What the keeper prints, which is nothing unless it has a bug."""
        return self.folder / "keeper.log"

    def read(self) -> State | None:
        """Return what the keeper told last; None when there is nothing, or nothing that can be read."""
        try:
            document: dict[str, Any] = json.loads(self.state.read_text("utf-8"))
            members = tuple(Process(**member) for member in document.pop("members"))
            return replace(State(**document), members=members)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, state: State) -> None:
        """Tell the clients. Raises `OSError`."""
        self.put(self.state, json.dumps(asdict(state)))

    def put(self, path: Path, text: str) -> None:
        """Write a file at once or not at all, for its owner only. Raises `OSError`."""
        file, beside = tempfile.mkstemp(prefix=f"{path.name}.", dir=self.folder)  # mode 0600
        with os.fdopen(file, "w", encoding="utf-8") as writer:
            writer.write(text)
        Path(beside).replace(path)


def place_for(digest: str, runtime: Path | None = None) -> Place:
    """Return the folder of a launch, made if need be.

    `runtime` None: the user's runtime folder, else the cache. Raises `EmbeddingError` when neither can be used.
    """
    problem: OSError | None = None
    for base, foreign in ((runtime, False),) if runtime is not None else _bases():
        folder = base / f"vllm-{digest}"
        try:
            _make_private(folder)
            if foreign and not _is_guarded(folder):
                raise PermissionError(f"{folder} can be replaced by others")
            return Place(folder)
        except OSError as error:
            problem = error
    raise EmbeddingError(
        f"No folder can be made for vLLM's state ({problem}).",
        hint="Free some space or mend the permissions of the user's cache folder.",
    ) from problem


def _bases() -> list[tuple[Path, bool]]:
    """Return where the folder may be, best first, and whether it lies where others may have made something."""
    from platformdirs import user_cache_path, user_runtime_path

    # Homes may be shared by several machines, servers are not.
    machine = re.sub(r"[^\w.-]", "-", platform.node()) or "machine"
    with warnings.catch_warnings():
        # In the absence of a real one the runtime folder is one in /tmp; nobody has to be told.
        warnings.simplefilter("ignore")
        runtime = user_runtime_path("seealso", appauthor=False)
    return [
        (runtime, True),
        (user_cache_path("seealso", appauthor=False) / "run" / machine, False),
    ]


def _is_guarded(folder: Path) -> bool:
    """Tell whether only the user and root can put another folder in this one's place. Raises `OSError`."""
    for parent in folder.parents:
        found = parent.lstat()
        others_write = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
        if found.st_uid not in (0, os.getuid()) or others_write or stat.S_ISLNK(found.st_mode):
            return False
    return True


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
