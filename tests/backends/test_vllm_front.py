"""A vLLM of our own and vLLM as a library behind the command line: one vector space, one server, nothing left over."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import seealso
from backends import install, models
from backends.front import User, user
from backends.waiting import until
from cli.command import HANDBOOK, Seealso
from seealso.embed.managed.locks import is_held
from seealso.embed.managed.place import Place, State
from seealso.embed.managed.processes import members

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where only Linux has them")

ARGUMENTS = ["--dtype", "float32", "--enforce-eager"]
IDLE_S = 6.0


class Home:
    """What one of our vLLMs leaves in the user's runtime folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def place(self) -> Place:
        (found,) = self.folder.glob("seealso/vllm-*")
        return Place(found)

    def state(self) -> State:
        state = self.place.read()
        assert state is not None
        return state

    def empty(self) -> bool:
        """Tell whether nothing runs any more."""
        for folder in self.folder.glob("seealso/vllm-*"):
            state = Place(folder).read()
            if is_held(Place(folder).lock) or (state is not None and state.group and members(state.group)):
                return False
        return True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    made = Home(folder)
    yield made
    until(made.empty, "the end of vLLM")


@pytest.fixture
def owner(tmp_path: Path, vllm_here: Path, home: Home) -> Callable[..., User]:
    """A user of vLLM with the sample handbook."""
    shutil.copytree(HANDBOOK, tmp_path / "handbook")

    def make(model: Path) -> User:
        sections: dict[str, dict[str, object]] = {
            "embedding": {"backend": "vllm", "model": str(model)},
            "vllm": {"command": str(vllm_here), "arguments": ARGUMENTS, "idleMinutes": IDLE_S / 60},
        }
        return user(Seealso(tmp_path / "cache", tmp_path / "handbook"), sections)

    return make


def in_vllm(us: User, folder: Path) -> User:
    """Return the same user, who runs seealso in the interpreter of vLLM."""
    environment = install.installed("vllm")
    assert environment is not None
    ours = Path(seealso.__file__).parents[1]
    return replace(
        us,
        seealso=replace(us.seealso, python=str(environment / install.PYTHON)),
        variables={**us.variables, "PYTHONPATH": f"{ours}:{folder}"},
    )


def test_in_process_then_a_server_of_our_own(owner: Callable[..., User], home: Home, vllm_seealso: Path) -> None:
    model = models.qwen3_tiny()
    us = owner(model)
    inside = in_vllm(us, vllm_seealso)

    result = inside("index", "handbook", "--backend", "vllm-inprocess", "--json")
    assert result.code == 0, result
    (first,) = result.objects
    assert first["embedded"]
    assert first["pending"] == 0
    again = inside("index", "handbook", "--backend", "vllm-inprocess", "--json")
    assert [answer["embedded"] for answer in again.objects] == [0]
    assert not list(home.folder.iterdir())

    # The same model by other means: what it embedded is there before a server is.
    status = us.answer("status", "handbook")
    assert (status["model"], status["state"]) == (f"{model.name}/128", "ready")
    assert status["embedded"] == status["passages"]
    assert not list(home.folder.iterdir())

    matches = us.answers("search", "somebody deleted a file by mistake", "--path", "handbook")
    assert all(isinstance(match["dense"], float) for match in matches)
    server = home.state()
    assert (server.status, bool(server.port)) == ("ready", True)
    assert us.answer("update", "handbook")["embedded"] == 0
    (us.seealso.folder / "new.md").write_text("# New\n\nThe key of the archive hangs behind the door of the office.\n")
    assert us.answer("update", "handbook")["embedded"] == 1
    assert (home.state().port, home.state().run) == (server.port, server.run)
    assert us.answer("status", "handbook")["model"] == status["model"]

    until(home.empty, "the end of vLLM")
    assert home.state().status == "stopped"


def test_a_failing_start_names_the_log(owner: Callable[..., User], home: Home, tmp_path: Path) -> None:
    us = owner(tmp_path / "nowhere")
    result = us("index", "handbook", "--json")
    assert (result.code, result.out) == (2, "")
    message, hint = result.err.splitlines()
    assert message == f"seealso: There is no model {tmp_path / 'nowhere'}." or "no model" in message, result.err
    assert str(home.place.log) in hint
    assert us.answer("status", "handbook")["passages"]
