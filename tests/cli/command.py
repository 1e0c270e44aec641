"""The command as a process, and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prefork import seealso

HANDBOOK = Path(__file__).parents[1] / "data" / "handbook"
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Seealso:
    """Runs `seealso` with a cache of its own."""

    cache: Path
    folder: Path
    """What is indexed, or to be indexed."""
    python: str = sys.executable

    def command(self, *arguments: str | Path) -> list[str]:
        return seealso(*map(str, arguments), python=self.python)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "FORCE_COLOR", "NO_COLOR")}
        return {**kept, "SEEALSO_CACHE_DIR": str(self.cache), **more}

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
        **environment: str,
    ) -> Result:
        ended = subprocess.run(
            self.command(*arguments),
            input=stdin,
            capture_output=True,
            cwd=cwd or self.folder.parent,
            env=self.environment(**variables, **environment),
            timeout=TIMEOUT_S,
            check=False,
        )
        return Result(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
