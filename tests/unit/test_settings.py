"""Settings as a client sends them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seealso.corpus import Corpus
from seealso.settings import Settings, resolve


@pytest.mark.parametrize(
    ("wire", "problems"),
    [
        pytest.param([], (), id="everything"),
        pytest.param({"index": [], "hover": []}, (), id="sections"),
        pytest.param({"index": [1]}, ("`seealso.index` must be an object, not a list; it is ignored.",), id="a list"),
    ],
)
def test_an_empty_list_is_an_empty_section(wire: object, problems: tuple[str, ...]) -> None:
    assert resolve(wire) == (Settings(), problems)


@pytest.mark.parametrize(
    ("patterns", "kept", "bad"),
    [
        pytest.param(["*.rst", "drafts/", "!drafts/keep.md"], ("*.rst", "drafts/", "!drafts/keep.md"), [], id="good"),
        pytest.param(["*.rst", "!", "drafts/"], ("*.rst", "drafts/"), ["'!'"], id="a lone exclamation mark"),
        pytest.param(["!", "[z-a]"], (), ["'!'", "'[z-a]'"], id="each is named"),
        pytest.param(["!", "!"], (), ["'!'"], id="once"),
        pytest.param([], (), [], id="none"),
    ],
)
@pytest.mark.parametrize("key", ["include", "exclude"])
def test_patterns_that_can_be_read_are_kept(
    key: str, patterns: list[str], kept: tuple[str, ...], bad: list[str], tmp_path: Path
) -> None:
    settings, problems = resolve({"index": {key: patterns}})
    assert getattr(settings.index, key) == kept
    assert list(problems) == [
        f"`seealso.index.{key}` holds {pattern}, which is not a pattern in gitignore syntax; it is left out."
        for pattern in bad
    ]
    Corpus(tmp_path, settings.index)  # raises for a pattern it cannot read


def test_reading_patterns_costs_nothing_without_any() -> None:
    code = (
        "import sys; from seealso.settings import resolve; resolve({'index': {'include': []}}); "
        "print('pathspec' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "False"


def test_what_clients_keep_in_our_section_is_no_problem() -> None:
    settings, problems = resolve({"trace": {"server": "off"}, "hover": {"enabled": False}})
    assert not settings.hover.enabled
    assert problems == ()
