"""The models of `backends.models` as GGUF files for llama.cpp, made in the cache folder."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Literal

from backends import cache, install
from backends.cache import MakeError

SCRIPT = Path(__file__).with_name("llama_env") / "write_gguf.py"


def gguf(model: Path, kind: Literal["F32", "F16", "Q8_0"] = "F32") -> Path:
    """Return a model of `backends.models` as one file; needs the environment `llama`.

    Raises `MakeError`.
    """
    name = f"{model.name}-{kind}"
    environment = install.installed("llama")
    if environment is None:
        raise MakeError(install.hint("llama"))
    interpreter = str(environment / install.PYTHON)

    def make(folder: Path) -> None:
        command = [interpreter, "-I", str(SCRIPT), str(model), str(folder / f"{name}.gguf"), kind]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MakeError(f"{model.name} cannot be written as {kind}:\n{done.stderr}")

    made_by = json.loads((model / cache.MARKER).read_text("utf-8"))
    recipe = {"model": made_by, "script": cache.sha256(SCRIPT)}
    return cache.made(f"gguf/{name}", recipe, make) / f"{name}.gguf"
