"""Settings from files: which one wins, and what a workspace must not decide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from seealso.configuration import CONFIG_VARIABLE, MAX_BYTES, load, merged, user_file
from seealso.errors import SettingsError
from seealso.settings import Backend, Settings


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file, which says nothing yet."""
    path = tmp_path / "user" / "config.toml"
    path.parent.mkdir()
    path.touch()
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace's file, which does not exist yet."""
    path = tmp_path / "workspace" / "seealso.toml"
    path.parent.mkdir()
    return path


def test_no_files(workspace: Path) -> None:
    assert load(workspace.parent) == (Settings(), ())
    assert load(None) == (Settings(), ())
    assert load(workspace.parent / "nowhere", None, {}) == (Settings(), ())


def test_a_file_that_was_named_has_to_exist(user: Path) -> None:
    user.unlink()
    with pytest.raises(SettingsError, match="does not exist") as caught:
        load(None)
    assert CONFIG_VARIABLE in caught.value.hint


def test_the_last_one_wins(user: Path, workspace: Path) -> None:
    user.write_text("[related]\nlimit = 1\nperDocument = 1\n[hover]\nenabled = false\n", "utf-8")
    workspace.write_text("[related]\nlimit = 2\n[index]\nexclude = ['a', 'b']\n", "utf-8")
    settings, problems = load(workspace.parent)
    assert (settings.related.limit, settings.related.per_document) == (2, 1)
    assert (settings.hover.enabled, settings.index.exclude) == (False, ("a", "b"))
    settings, problems = load(
        workspace.parent, {"related": {"limit": 3}, "index": {"exclude": ["c"]}}, None, {"related": {"limit": 4}}
    )
    assert (settings.related.limit, settings.related.per_document) == (4, 1)
    assert settings.index.exclude == ("c",)
    assert problems == ()
    assert load(None)[0].related.limit == 1


@pytest.mark.parametrize(
    ("layers", "result"),
    [
        pytest.param([], None, id="none"),
        pytest.param([None, {"a": 1}, None], {"a": 1}, id="null says nothing"),
        pytest.param([{"a": {"b": 1}}, {"a": None}], {"a": {"b": 1}}, id="null for a section"),
        pytest.param([{"a": {"b": 1}}, []], {"a": {"b": 1}}, id="Lua's empty table"),
        pytest.param([{"a": {"b": 1}}, {"a": []}], {"a": {"b": 1}}, id="Lua's empty section"),
        pytest.param([[], {"a": 1}], {"a": 1}, id="Lua's empty table first"),
        pytest.param([{"a": [1]}, {"a": []}], {"a": []}, id="an empty list for a list"),
        pytest.param([{"a": 1}, {"b": 2}], {"a": 1, "b": 2}, id="side by side"),
        pytest.param([{"a": {"b": 1}}, {"a": 5}], {"a": 5}, id="what is wrong is kept to be named"),
    ],
)
def test_merged(layers: list[Any], result: Any) -> None:
    assert merged(*layers) == result


def test_the_user_may_set_everything(user: Path, workspace: Path) -> None:
    user.write_text(
        "[embedding]\nbackend = 'openai'\nendpoint = 'http://127.0.0.1:1/v1'\n[vllm]\ncommand = 'x'\n", "utf-8"
    )
    settings, problems = load(workspace.parent)
    assert (settings.embedding.backend, settings.embedding.endpoint) == (Backend.OPENAI, "http://127.0.0.1:1/v1")
    assert (settings.vllm.command, problems) == ("x", ())


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        pytest.param("[embedding]\nendpoint = 'http://evil.example'\n", ["embedding"], id="endpoint"),
        pytest.param("embedding.backend = 'openai'\n", ["embedding"], id="dotted"),
        pytest.param("embedding = 'no section'\n", ["embedding"], id="no section"),
        pytest.param("[embedding]\n", ["embedding"], id="empty"),
        pytest.param("[vllm]\ncommand = 'rm'\n[embedding]\napiKey = 'x'\n", ["embedding", "vllm"], id="both"),
        pytest.param('"embedding" = {allowInsecure = true}\n', ["embedding"], id="quoted"),
    ],
)
def test_a_workspace_decides_nothing_about_the_model(
    user: Path, workspace: Path, text: str, sections: list[str]
) -> None:
    user.write_text("[embedding]\nendpoint = 'http://mine'\nbackend = 'openai'\n", "utf-8")
    workspace.write_text(f"{text}[related]\nlimit = 9\n", "utf-8")
    settings, problems = load(workspace.parent)
    assert (settings.embedding.endpoint, settings.embedding.api_key) == ("http://mine", "")
    assert (settings.vllm.command, settings.related.limit) == ("", 9)
    assert len(problems) == len(sections)
    for problem, section in zip(problems, sections, strict=True):
        assert f"'{workspace}' sets `seealso.{section}`" in problem
        assert str(user) in problem


@pytest.mark.parametrize("spelling", ["Embedding", "EMBEDDING", "seealso", "embedding "])
def test_nor_in_another_spelling(workspace: Path, spelling: str) -> None:
    workspace.write_text(
        f"['{spelling}'.embedding]\nendpoint = 'http://evil'\n['{spelling}']\nendpoint = 'x'\n", "utf-8"
    )
    settings, problems = load(workspace.parent)
    assert settings == Settings()
    assert f"`seealso.{spelling}` is not a setting" in problems[0]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"limit = ", "is not valid TOML", id="unfinished"),
        pytest.param(b"a = 1\na = 2\n", "is not valid TOML", id="twice"),
        pytest.param(b"a = '\xff'\n", "is not valid TOML", id="no UTF-8"),
        pytest.param(b"a = " + b"[" * 50_000, "is not valid TOML", id="deep"),
        pytest.param(b"a = " + b"{b = " * 20_000, "is not valid TOML", id="deep tables"),
        pytest.param(b"a = " + b"9" * 5000, "is not valid TOML", id="endless number"),
        pytest.param(b"#" * (MAX_BYTES + 1), "is too large", id="large"),
    ],
)
@pytest.mark.parametrize("whose", ["user", "workspace"])
def test_files_that_cannot_be_used(user: Path, workspace: Path, raw: bytes, says: str, whose: str) -> None:
    path = user if whose == "user" else workspace
    path.write_bytes(raw)
    with pytest.raises(SettingsError, match=says) as caught:
        load(workspace.parent)
    assert str(path) in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf[related]\nlimit = 3\n", b"[related]\r\nlimit = 3\r\n"], ids=ascii)
def test_files_that_editors_write(workspace: Path, raw: bytes) -> None:
    workspace.write_bytes(raw)
    settings, problems = load(workspace.parent)
    assert (settings.related.limit, problems) == (3 if raw else Settings().related.limit, ())


def test_a_folder_in_place_of_a_file(workspace: Path) -> None:
    workspace.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load(workspace.parent)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names exist on POSIX only")
def test_a_pipe_in_place_of_a_file(workspace: Path) -> None:
    os.mkfifo(workspace)
    with pytest.raises(SettingsError, match="cannot be read"):
        load(workspace.parent)


def test_values_of_other_kinds(workspace: Path) -> None:
    workspace.write_text("[related]\nlimit = 2026-01-01\nperDocument = nan\n[index]\nexclude = {a = 1}\n", "utf-8")
    settings, problems = load(workspace.parent)
    assert settings == Settings()
    assert len(problems) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[embedding]\napiKey = 12345\n", id="a number"),
        pytest.param("[embedding]\napiKey = ['12345']\n", id="a list"),
        pytest.param("[embedding]\napikey = '12345'\n", id="misspelt"),
        pytest.param("[embedding]\napi_key = '12345'\n", id="in snakes"),
    ],
)
def test_a_key_is_not_in_what_is_said_about_it(user: Path, text: str) -> None:
    user.write_text(text, "utf-8")
    settings, problems = load(None)
    assert len(problems) == 1
    assert "12345" not in f"{problems}{settings!r}"


def test_a_key_is_not_in_the_settings_as_text(user: Path) -> None:
    user.write_text("[embedding]\napiKey = 'the-secret'\n", "utf-8")
    settings, _ = load(None)
    assert settings.embedding.api_key == "the-secret"
    assert "the-secret" not in repr(settings)


def test_where_the_file_of_the_user_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(CONFIG_VARIABLE, "~/mine.toml")
    assert user_file() == tmp_path / "mine.toml"
    monkeypatch.delenv(CONFIG_VARIABLE)
    default = user_file()
    assert (default.name, default.parent.name) == ("config.toml", "seealso")
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    assert user_file() == default
