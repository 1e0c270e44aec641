"""What our regular expressions may not use."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import seealso

NAMES = sorted(
    module.name for module in pkgutil.walk_packages(seealso.__path__, "seealso.") if not module.name.endswith("_main__")
)
ONE_CHARACTER = {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.CATEGORY}


def repeated_without_a_way_back(tree: Iterable[tuple[Any, Any]]) -> Iterator[Any]:
    """Yield what a parsed pattern repeats possessively, however deep it stands."""
    for code, argument in tree:
        if code is codes.POSSESSIVE_REPEAT:
            yield argument[2]
        for part in parts(argument):
            yield from repeated_without_a_way_back(part)


def parts(argument: object) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for part in argument:
            yield from parts(part)


@pytest.mark.parametrize("name", NAMES)
def test_groups_are_not_repeated_possessively(name: str) -> None:
    # Debian 12 has Python 3.11.2, where such a group matches nothing if there is a look ahead in it.
    module = importlib.import_module(name)
    for pattern in [value for value in vars(module).values() if isinstance(value, re.Pattern)]:
        flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
        for repeated in repeated_without_a_way_back(parser.parse(pattern.pattern, flags)):
            assert len(repeated) == 1, pattern.pattern
            assert repeated[0][0] in ONE_CHARACTER, pattern.pattern
