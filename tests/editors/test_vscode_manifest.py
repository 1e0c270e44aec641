"""What `clients/vscode/package.json` says of the server is what the server says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readme import SCHEMA
from seealso import __version__
from seealso.configuration import WIDENING
from seealso.settings import user_only_sections, wire_name
from seealso.text.registry import FORMATS

EXTENSION = Path(__file__).parents[2] / "clients" / "vscode"
OURS = {"seealso.path", "seealso.trace.server"}
"""Settings of the extension, which the server never sees."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return dict(json.loads((EXTENSION / "package.json").read_text("utf-8")))


def options() -> dict[str, dict[str, Any]]:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return {
        f"seealso.{section}.{key}": option
        for section, part in schema["properties"].items()
        for key, option in part["properties"].items()
    }


def test_settings(manifest: dict[str, Any]) -> None:
    properties = manifest["contributes"]["configuration"]["properties"]
    words = json.loads((EXTENSION / "package.nls.json").read_text("utf-8"))
    assert set(properties) >= OURS
    said = {
        name: {
            **{key: value for key, value in option.items() if key not in ("scope", "markdownDescription")},
            "description": words[option["markdownDescription"].strip("%")],
        }
        for name, option in properties.items()
        if name not in OURS
    }
    assert said == options(), "run `npm run manifest` in clients/vscode"


def test_a_folder_that_is_not_trusted_names_no_server_key_or_program(manifest: dict[str, Any]) -> None:
    wanted = {
        name
        for name in options()
        if name.split(".")[1] in user_only_sections() or name in {f"seealso.index.{key}" for key in WIDENING}
    }
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert set(restricted) == wanted | {"seealso.path"}
    properties = manifest["contributes"]["configuration"]["properties"]
    assert {properties[name]["scope"] for name in restricted} == {"machine-overridable"}


def test_languages(manifest: dict[str, Any]) -> None:
    started = {event.removeprefix("onLanguage:") for event in manifest["activationEvents"]}
    known = {identifier for known in FORMATS if not known.opt_in for identifier in known.language_ids}
    assert started <= known
    of_other_editors = {"adoc", "org-mode", "telekasten", "text", "vimwiki.markdown", "xhtml"}
    assert known - started == of_other_editors - {"xhtml"}
    switched: dict[str, set[str]] = {}
    for one in FORMATS:
        if one.opt_in:
            switched.setdefault(f"index.{wire_name(one.opt_in)}", set()).update(one.language_ids - of_other_editors)
    assert manifest["optionalLanguages"] == {setting: sorted(names) for setting, names in switched.items()}


def test_version(manifest: dict[str, Any]) -> None:
    assert manifest["version"] == __version__
