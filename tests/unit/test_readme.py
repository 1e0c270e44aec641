"""README.md stays true: its commands are marked for CI, its settings and JSON fields are those of the code."""

from __future__ import annotations

import inspect
import re
import tomllib

import pytest
import yaml

import readme
from seealso import cli, report
from seealso.cli import questions
from seealso.embed.managed.launch import Launch
from seealso.model import DocumentMatch, DuplicateGroup, DuplicateKind, IndexStatus, Match, PassageKind, Place
from seealso.settings import resolve
from seealso.worth import MIN_SCORE_ASKED

TEXT = readme.README.read_text("utf-8")


def test_length() -> None:
    assert len(TEXT.splitlines()) < 400


@pytest.mark.parametrize("name", ["run", "test"])
def test_commands_are_one_line_to_paste(name: str) -> None:
    command = readme.commands()[name]
    assert len(command.splitlines()) == 1
    assert command.startswith("python3 -m venv .venv && ")


def test_the_least_score_is_the_one_that_holds() -> None:
    least = f"below {MIN_SCORE_ASKED}"
    assert least in TEXT
    assert inspect.getsource(questions).count(least) == 2, "in the help of both commands"


def test_settings_table() -> None:
    text = readme.SETTINGS.read_text("utf-8")
    assert readme.with_settings(text) == text, "run `python tests/readme.py --write`"


def test_settings_schema() -> None:
    assert readme.SCHEMA.read_text("utf-8") == readme.schema(), "run `python tests/readme.py --write`"


def json_fields() -> set[str]:
    place = Place("a.md", 0, 0, PassageKind.PARAGRAPH, "text")
    status = IndexStatus("", "", 0, 0, 0, 0, (), "", 0, "ready")
    return {
        *report.match_json(Match(place, 1.0, None, 1.0)),
        *report.group_json(DuplicateGroup(DuplicateKind.EXACT, 1.0, (place, place))),
        *report.status_json(status),
        *report.document_json(DocumentMatch("a.md", "A", 1.0, 1.0)),
    }


@pytest.mark.parametrize("field", sorted(json_fields()))
def test_json_fields_are_documented(field: str) -> None:
    assert f"`{field}`" in TEXT


@pytest.mark.parametrize("name", sorted(name for name in vars(cli) if name.startswith("EXIT_")))
def test_exit_codes_are_documented(name: str) -> None:
    assert f"\n| {getattr(cli, name)} | " in TEXT


SNIPPETS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_settings_files_can_be_used(number: int) -> None:
    wire = tomllib.loads(SNIPPETS[number])
    if "language-server" not in wire:  # that of Helix
        assert resolve(wire)[1] == ()


def test_compose_file_starts_vllm_as_we_do() -> None:
    (text,) = re.findall(r"<!-- compose -->\n```yaml\n(.*?)```", TEXT, re.DOTALL)
    (service,) = yaml.safe_load(text)["services"].values()
    ours = " ".join(Launch(("vllm",), "m", None, None, (), 0.0).argv(1))
    for words in ("--runner pooling", "--scheduling-policy priority"):
        assert words in service["command"]
        assert words in ours
    assert service["ports"] == ["127.0.0.1:8000:8000"], "not to be reached from outside without being asked"
    assert service["environment"]["VLLM_API_KEY"].startswith("${SEEALSO_API_KEY:?")
    assert text.count("capabilities: [gpu]") == 1
