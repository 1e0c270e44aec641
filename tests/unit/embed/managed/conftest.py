"""Managed servers, and the proof that nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.embed.managed.stubs import Stubs, until


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    made = Stubs(tmp_path)
    yield made
    for managed in made.made:
        managed.close()
    for launch in made.launches:
        made.launches.append(launch)
        if made.place.folder.exists():
            until(made.gone, "the end of the stubs")
        made.launches.pop()
