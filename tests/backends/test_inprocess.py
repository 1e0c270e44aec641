"""vLLM as a library: the vectors of a server with the same model."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seealso
from backends import install, models, plain
from backends.servers import Running
from backends.test_embedder import bare, mixed, sentence, unit
from seealso.embed.base import Vectors

SCRIPT = """
import json, sys
import numpy
from seealso.embed.base import Lane
from seealso.embed.choice import embedder_for
from seealso.errors import SeeAlsoError
from seealso.settings import resolve

wire, texts, file = json.loads(sys.argv[1]), json.load(open(sys.argv[2])), sys.argv[3]
settings, problems = resolve(wire)
assert not problems
embedder = embedder_for(settings)
try:
    assert embedder.known is None
    info = embedder.identify()
    assert embedder.known == info
    numpy.save(file, embedder.embed(texts, "passage", Lane.BULK))
    assert embedder.embed([], "query").shape == (0, info.dimension)
    embedder.close()
    print(info.id, info.max_tokens)
except SeeAlsoError as error:
    print(error.message, error.hint, sep="\\n")
"""


class Inside:
    """Embeds in the interpreter of vLLM."""

    def __init__(self, environment: Path, overlay: Path, folder: Path) -> None:
        self.python = str(environment / install.PYTHON)
        self.paths = f"{Path(seealso.__file__).parents[1]}:{overlay}"
        self.folder = folder

    def __call__(self, texts: list[str], model: Path, *arguments: str, **embedding: Any) -> tuple[list[str], Vectors]:
        """Return what was printed, and the vectors."""
        listed, written = self.folder / "texts.json", self.folder / "vectors.npy"
        listed.write_text(json.dumps(texts), "ascii")
        wire = {
            "embedding": {"backend": "vllm-inprocess", "model": str(model), **embedding},
            "vllm": {"arguments": ["--dtype", "float32", "--enforce-eager", *arguments]},
        }
        command = [self.python, "-c", SCRIPT, json.dumps(wire), str(listed), str(written)]
        ended = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": self.paths}, check=False
        )
        assert not ended.returncode, ended.stderr
        return ended.stdout.splitlines(), np.load(written) if written.exists() else np.zeros((0, 0), np.float32)


@pytest.fixture
def inside(vllm_here: Path, vllm_seealso: Path, tmp_path: Path) -> Inside:
    return Inside(vllm_here, vllm_seealso, tmp_path)


def test_vectors_are_those_of_a_server(inside: Inside, vllm_qwen: Running) -> None:
    texts = [*mixed(), sentence(9000, 1)]
    model = models.qwen3_tiny(positions=8192)
    said, rows = inside(texts, model, dimensions=64)
    assert said == [f"{model.name}/64 8192"]
    long = plain.embed(vllm_qwen, texts[-1:], truncate_prompt_tokens=8192)
    expected = unit(np.concatenate([bare(vllm_qwen, texts[:-1]), long])[:, :64])
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, expected, atol=1e-3)


@pytest.mark.parametrize(
    ("missing", "arguments", "message"),
    [
        pytest.param(True, (), "vLLM cannot load ", id="no folder"),
        pytest.param(False, ("--no-such", "3"), "`seealso.vllm.arguments` holds something", id="unknown argument"),
    ],
)
def test_failures_are_sentences(inside: Inside, missing: bool, arguments: tuple[str, ...], message: str) -> None:
    model = inside.folder / "nowhere" if missing else models.qwen3_tiny()
    said, rows = inside(["text"], model, *arguments)
    assert not rows.size
    assert said[0].startswith(message)
    assert len(said) == 2
