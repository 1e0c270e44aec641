"""Finding `vllm` without importing it, which takes seconds and gigabytes."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from seealso.embed.managed.launch import COMMAND_SETTING
from seealso.errors import EmbeddingError

INSTALL = (
    "Install vLLM in an environment of its own (`python -m venv ~/vllm && ~/vllm/bin/pip install vllm`) and set "
    f"`{COMMAND_SETTING}` to that folder, or set `seealso.embedding.endpoint` to a server that runs elsewhere."
)

_MODULE = ("-m", "vllm.entrypoints.cli.main")
_HAS_VLLM = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
_PATIENCE_S = 30.0


def find_command(configured: str) -> tuple[str, ...]:
    """Return how to call vLLM.

    `configured` names a vllm executable, a Python interpreter or the folder of an environment; empty: the `vllm` in
    the PATH, else the one of this interpreter. Raises `EmbeddingError` when there is none.
    """
    if sys.platform == "win32":
        raise EmbeddingError(
            "vLLM does not run on Windows.",
            hint="Run it in WSL or elsewhere and set `seealso.embedding.endpoint`.",
        )
    if configured:
        return _configured(configured)
    found = shutil.which("vllm")
    if found is not None:
        return (str(Path(found).absolute()),)
    if importlib.util.find_spec("vllm") is not None:
        return (sys.executable, *_MODULE)
    raise EmbeddingError("vLLM is not installed: there is no `vllm` in the PATH.", hint=INSTALL)


def _configured(name: str) -> tuple[str, ...]:
    if os.sep not in name:
        # Never from the folder somebody works in, which others may have filled.
        found = shutil.which(name)
        if found is None:
            raise EmbeddingError(f"`{COMMAND_SETTING}` is {name}, which is not in the PATH.", hint=INSTALL)
        name = found
    # Not resolved: an interpreter knows its environment by the path it is called with.
    path = Path(name).expanduser()
    if not path.is_absolute():
        raise EmbeddingError(
            f"`{COMMAND_SETTING}` is {name}, which means something else in every folder.",
            hint="Write the full path, or one that begins with `~`.",
        )
    if path.is_dir():
        return _environment(path)
    if not path.exists():
        raise EmbeddingError(f"`{COMMAND_SETTING}` names {path}, which does not exist.", hint=INSTALL)
    if not os.access(path, os.X_OK):
        raise EmbeddingError(
            f"`{COMMAND_SETTING}` names {path}, which is not executable.",
            hint="Name a vllm executable, a Python interpreter that has vLLM, or the folder of its environment.",
        )
    return _interpreter(path) if path.name.startswith(("python", "pypy")) else (str(path),)


def _environment(folder: Path) -> tuple[str, ...]:
    scripts = folder if folder.name == "bin" else folder / "bin"
    for name in ("vllm", "python", "python3"):
        path = scripts / name
        if os.access(path, os.X_OK):
            return (str(path),) if name == "vllm" else _interpreter(path)
    raise EmbeddingError(
        f"`{COMMAND_SETTING}` names the folder {folder}, which holds neither bin/vllm nor bin/python.", hint=INSTALL
    )


def _interpreter(path: Path) -> tuple[str, ...]:
    try:
        done = subprocess.run(
            [path, "-c", _HAS_VLLM],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
            cwd="/",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddingError(f"The interpreter {path} cannot be run ({error}).", hint=INSTALL) from error
    if done.returncode != 0:
        raise EmbeddingError(f"The interpreter {path} has no vLLM.", hint=f"Run `{path} -m pip install vllm`.")
    return (str(path), *_MODULE)
