from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seealso.lsp.features import watching
from seealso.settings import IndexSettings, Settings


@pytest.mark.parametrize(
    ("name", "index", "updates"),
    [
        pytest.param("a.md", IndexSettings(), 1, id="document"),
        pytest.param("folder", IndexSettings(), 1, id="folder"),
        pytest.param("a.HTML", IndexSettings(), 0, id="switched off"),
        pytest.param("a.html", IndexSettings(html=True), 1, id="switched on"),
    ],
)
def test_files_that_are_not_read_start_no_update(name: str, index: IndexSettings, updates: int) -> None:
    started: list[object] = []
    folder = SimpleNamespace(uri="file:///docs", settings=Settings(index=index), refresh=None)
    session: Any = SimpleNamespace(
        folder_of=lambda _path: folder, debouncer=SimpleNamespace(soon=lambda *what: started.append(what))
    )
    watching.touched(session, Path("/docs", name).as_uri())
    assert len(started) == updates
