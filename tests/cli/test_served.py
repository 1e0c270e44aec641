"""The model on a server: settings from the user's file, and what is said when it does not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.command import Result, Seealso
from fault_server import FaultServer
from seealso.embed.identity import PROBES

ROSES = "Roses are pruned in early spring, before the buds open, with clean and very sharp scissors."
DOCUMENTS = {
    "roses.md": f"# Roses\n\n{ROSES}\n\nSee [tulips](tulips.md).\n",
    "again.md": f"# [Again](x) `and` again\n\n{ROSES.replace('clean', 'both clean')}\n",
    "tulips.md": "# Tulips\n\nTulip bulbs are planted in late autumn, as deep as three bulbs are high.\n",
    "stone.txt": "Granite is found below the meadow, and nobody has ever asked for it.\n",
}

Run = Callable[..., Result]


@pytest.fixture
def run(scratch: Seealso, tmp_path: Path, fault_server: FaultServer) -> Run:
    """Run a command with a file of settings that names the server; `settings` are more lines of it."""
    fault_server.personality.api_key = "sk-right"
    for name, text in DOCUMENTS.items():
        (scratch.folder / name).write_text(text)

    def run(*arguments: str, settings: str = 'apiKey = "sk-right"', key: str = "") -> Result:
        config = tmp_path / "config.toml"
        config.write_text(f'[embedding]\nbackend = "openai"\nendpoint = "{fault_server.url}"\n{settings}\n')
        return scratch(*arguments, SEEALSO_CONFIG=str(config), SEEALSO_API_KEY=key)

    return run


def test_a_cycle(run: Run, fault_server: FaultServer) -> None:
    result = run("index", "docs", "--json")
    assert (result.code, result.err) == (0, "")
    assert [result.objects[0][key] for key in ("documents", "embedded", "pending")] == [4, 5, 0]
    assert {record.authorization for record in fault_server.requests} == {"Bearer sk-right"}
    assert len([text for text in fault_server.texts if text not in PROBES]) == 5
    (status,) = run("status", "docs", "--json").objects
    assert (status["model"], status["state"]) == ("bag-of-words/64", "ready")
    result = run("search", "when are tulips planted", "--path", "docs", "--json")
    assert (result.code, result.err) == (0, "")
    assert result.objects[0]["path"] == "tulips.md"
    assert result.objects[0]["dense"] > 0.2
    # As a whole.
    result = run("related", "docs/roses.md", "--documents", "--json")
    assert (result.code, result.err) == (0, "")
    assert list(result.objects[0]) == ["path", "title", "score", "cosine", "linked"]
    assert {item["path"]: item["linked"] for item in result.objects} == {
        "again.md": False,
        "tulips.md": True,
        "stone.txt": False,
    }
    assert result.objects[0]["title"] == "Again and again"
    result = run("related", "docs/roses.md:3", "--documents", "-k", "1")
    assert (result.code, result.err) == (0, "")
    assert "docs/again.md" in result.out
    assert "tulips" not in result.out
    # Without the server, words have to do, and what has a vector.
    fault_server.down()
    result = run("search", "when are tulips planted", "--path", "docs", "--json")
    assert result.code == 0
    assert result.objects[0]["path"] == "tulips.md"
    assert fault_server.url in result.err
    assert "Answering by words alone." in result.err
    related = run("related", "docs/roses.md:3", "--json")
    assert [item["relation"] for item in related.objects][:1] == ["edited"]
    assert run("related", "docs/roses.md", "--documents", "--json").objects


def test_vectors_that_say_nothing_are_doubted(run: Run, fault_server: FaultServer) -> None:
    fault_server.personality.pooling = "first"
    result = run("index", "docs")
    assert result.code == 0
    assert "seealso: The model finds unrelated texts closer" in result.err
    assert result.err.count("unrelated texts") == 1
    assert run("search", "tulips", "--path", "docs").err.count("unrelated texts") == 1
    (found,) = run("update", "docs", "--json").objects
    (doubt,) = found["doubts"]
    assert "does not pool its tokens" in doubt
    fault_server.personality.pooling = "mean"
    result = run("index", "docs", "--json")
    assert (result.err, result.objects[0]["doubts"]) == ("", [])


@pytest.mark.parametrize(
    ("settings", "key", "code", "err"),
    [
        pytest.param("", "", 2, "refuses the API key", id="no key"),
        pytest.param('apiKey = "sk-wrong"', "", 2, "refuses the API key", id="wrong key"),
        pytest.param("", "sk-right", 0, "", id="key in the environment"),
        pytest.param('model = "other"', "sk-right", 2, "has no such model", id="wrong model"),
        pytest.param(
            'apiKey = "sk-right"\nmodle = "x"',
            "",
            0,
            "config.toml': `seealso.embedding.modle` is not a setting of seealso (did you mean `model`?); it is ign",
            id="unknown setting",
        ),
        pytest.param('apiKey = "sk-right', "", 2, "is not valid TOML", id="no TOML"),
    ],
)
def test_settings_that_do_not_work(run: Run, settings: str, key: str, code: int, err: str) -> None:
    result = run("index", "docs", "--json", settings=settings, key=key)
    assert result.code == code
    assert result.err.count("seealso: ") == (1 if err else 0)
    assert err in result.err
    assert bool(err) == bool(result.err)
    assert "Traceback" not in result.err
    assert "sk-" not in result.err
    assert bool(result.out) == (code == 0)


def test_documents_cannot_name_a_server(run: Run, scratch: Seealso, fault_server: FaultServer) -> None:
    with FaultServer() as other:
        (scratch.folder / "seealso.toml").write_text(f'[embedding]\nbackend = "openai"\nendpoint = "{other.url}"\n')
        result = run("index", "docs", "--json")
        assert result.code == 0
        assert "sets `seealso.embedding`, which only your own settings may" in result.err
        assert other.requests == []
        assert fault_server.embeddings
    assert json.loads(result.out)["pending"] == 0


def test_a_file_of_settings_that_is_not_there(scratch: Seealso) -> None:
    result = scratch("index", "docs", SEEALSO_CONFIG="missing.toml")
    assert (result.code, result.out) == (2, "")
    assert "'missing.toml' does not exist. " in result.err.replace("\n  ", " ")


def test_a_document_that_is_not_in_the_index(handbook: Seealso) -> None:
    for location in ("handbook/drafts", "handbook/.seealsoignore", "handbook/missing.md"):
        result = handbook("related", location, "--documents")
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("seealso: ")
