from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.command import Seealso


@pytest.fixture
def user(scratch: Seealso) -> Path:
    return scratch.cache.with_name("config.toml")


def test_what_holds_and_who_says_so(scratch: Seealso, user: Path) -> None:
    user.write_text('[hover]\nenabled = false\n[related]\nlimit = 3\n[embedding]\napiKey = "geheim"\n')
    (scratch.folder / "seealso.toml").write_text('[related]\nlimit = 7\nperDocument = "x"\n[vllm]\ncommand = "rm"\n')
    shown = scratch("settings", "docs", "--json", SEEALSO_CONFIG=str(user))
    assert shown.code == 0
    assert shown.objects == [
        {"setting": "embedding.apiKey", "value": "(set)", "from": str(user)},
        {"setting": "related.limit", "value": 7, "from": "docs/seealso.toml"},
        {"setting": "hover.enabled", "value": False, "from": str(user)},
    ]
    assert "geheim" not in shown.out + shown.err
    assert "`seealso.vllm`, which only your own settings may" in shown.err
    assert "`seealso.related.perDocument` must be a whole number" in shown.err
    assert scratch("settings", "docs", SEEALSO_CONFIG=str(user)).out.splitlines()[1] == (
        "related.limit = 7  (docs/seealso.toml)"
    )


def test_defaults(scratch: Seealso) -> None:
    shown = scratch("settings", "docs")
    assert (shown.code, shown.out) == (0, "")
    assert "--all" in shown.err
    everything = scratch("settings", "docs", "--all").out.splitlines()
    assert 'embedding.backend = "onnx"' in everything
    assert len(everything) > 40


def test_schema(scratch: Seealso) -> None:
    schema = json.loads(scratch("settings", "--schema").out)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["related"]["properties"]["limit"]["maximum"] == 50


def test_a_folder_that_is_not_there(scratch: Seealso) -> None:
    assert scratch("settings", "missing").code == 2
