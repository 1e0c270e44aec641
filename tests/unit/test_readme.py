"""README.md stays true: its commands are marked for CI, its settings and JSON fields are those of the code."""

from __future__ import annotations

import pytest

import readme
from seealso import cli, report
from seealso.model import DuplicateGroup, DuplicateKind, IndexStatus, Match, PassageKind, Place

TEXT = readme.README.read_text("utf-8")


def test_length() -> None:
    assert len(TEXT.splitlines()) < 400


@pytest.mark.parametrize("name", ["run", "test"])
def test_commands_are_one_line_to_paste(name: str) -> None:
    command = readme.commands()[name]
    assert len(command.splitlines()) == 1
    assert command.startswith("python3 -m venv .venv && ")


def test_settings_table() -> None:
    assert readme.with_settings(TEXT) == TEXT, "run `python tests/readme.py --write`"


def json_fields() -> set[str]:
    place = Place("a.md", 0, 0, PassageKind.PARAGRAPH, "text")
    status = IndexStatus("", "", 0, 0, 0, 0, (), "", 0, "ready")
    return {
        *report.match_json(Match(place, 1.0, None, 1.0)),
        *report.group_json(DuplicateGroup(DuplicateKind.EXACT, 1.0, (place, place))),
        *report.status_json(status),
    }


@pytest.mark.parametrize("field", sorted(json_fields()))
def test_json_fields_are_documented(field: str) -> None:
    assert f"`{field}`" in TEXT


@pytest.mark.parametrize("name", sorted(name for name in vars(cli) if name.startswith("EXIT_")))
def test_exit_codes_are_documented(name: str) -> None:
    assert f"\n| {getattr(cli, name)} | " in TEXT
