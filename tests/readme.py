"""What README.md and docs/ promise: commands, to be run, and settings, kept equal to `Settings` as table and schema.

`python tests/readme.py NAME` prints the command marked `<!-- command: NAME -->`; `--write` brings both up to date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "docs" / "settings.schema.json"
README = ROOT / "README.md"
SETTINGS = ROOT / "docs" / "settings.md"
_COMMAND = re.compile(r"<!-- command: (\w+) -->\s*```sh\n(.*?)\n```", re.DOTALL)
_TABLE = re.compile(r"(<!-- settings -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def commands() -> dict[str, str]:
    """Return the marked commands by name."""
    return dict(_COMMAND.findall(README.read_text("utf-8")))


def settings_table() -> str:
    """Return every setting with its default and meaning, as a Markdown table."""
    from dataclasses import fields, is_dataclass

    from seealso.settings import Settings, wire_name

    rows = ["| Setting | Default | Meaning |", "| --- | --- | --- |"]
    for section in fields(Settings):
        values = getattr(Settings(), section.name)
        assert is_dataclass(values), section.name
        for spec in fields(values):
            name = f"seealso.{wire_name(section.name)}.{wire_name(spec.name)}"
            default = json.dumps(getattr(values, spec.name))
            rows.append(f"| `{name}` | `{default}` | {spec.metadata['doc']} |")
    return "\n".join(rows)


def with_settings(text: str) -> str:
    """Return the page of settings with the table as it should be."""
    table = settings_table()
    written, count = _TABLE.subn(lambda found: f"{found[1]}{table}\n{found[2]}", text)
    assert count == 1, "docs/settings.md has lost the markers around its table"
    return written


def schema() -> str:
    """Return the text of the JSON schema of all settings as it should be."""
    from seealso.schema import settings_schema

    return json.dumps(settings_schema(), indent=2) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        SCHEMA.write_text(schema(), "utf-8")
        SETTINGS.write_text(with_settings(SETTINGS.read_text("utf-8")), "utf-8")
    else:
        print(commands()[sys.argv[1]])
