"""seealso as its users run it: the command, and a file with their settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backends.servers import Running
from cli.command import Result, Seealso

Sections = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with settings of their own."""

    seealso: Seealso
    variables: dict[str, str]

    def __call__(self, *arguments: str | Path) -> Result:
        return self.seealso(*arguments, variables=self.variables)

    def answers(self, *arguments: str | Path) -> list[dict[str, object]]:
        """Return what a command that succeeds answers."""
        result = self(*arguments, "--json")
        assert (result.code, result.err) == (0, ""), result
        return result.objects

    def answer(self, *arguments: str | Path) -> dict[str, object]:
        (only,) = self.answers(*arguments)
        return only


def user(seealso: Seealso, sections: Sections, **variables: str) -> User:
    """Return a user with some settings, in the words of the settings file."""
    folder = seealso.folder.parent / "settings"
    folder.mkdir(exist_ok=True)
    file = folder / f"{len(list(folder.iterdir()))}.toml"
    lines = []
    for name, section in sections.items():
        lines.append(f"[{name}]")
        # Strings, numbers and lists are written in TOML as in JSON.
        lines += [f"{key} = {json.dumps(value)}" for key, value in section.items()]
    file.write_text("\n".join(lines), "utf-8")
    return User(seealso, {"SEEALSO_CONFIG": str(file), **variables})


def user_of(server: Running, seealso: Seealso, **embedding: object) -> User:
    """Return a user of a server, with its key in the environment."""
    settings = {"backend": "openai", "endpoint": server.url, "model": server.model, **embedding}
    return user(seealso, {"embedding": settings}, SEEALSO_API_KEY=server.key)
