from __future__ import annotations

import pytest

from seealso.errors import SettingsError
from seealso.lsp.arguments import Arguments
from seealso.model import DuplicateKind


def test_arguments_are_one_object() -> None:
    arguments = Arguments(
        "c", [{"query": "x", "limit": 3, "kinds": ["exact"], "position": {"line": 2, "character": 5}}]
    )
    assert arguments.text("query") == "x"
    assert arguments.integer("limit", 10, 1, 50) == 3
    assert arguments.choices("kinds", DuplicateKind) == (DuplicateKind.EXACT,)
    assert arguments.position("position") == (2, 5)
    assert arguments.optional_text("uri") is None
    arguments.finish()


@pytest.mark.parametrize("arguments", [None, [], [{}]])
def test_none_are_an_empty_object(arguments: object) -> None:
    empty = Arguments("c", arguments)
    assert empty.integer("limit", 7, 1, 50) == 7
    empty.finish()


@pytest.mark.parametrize(
    "arguments", [pytest.param([{}, {}], id="two"), pytest.param([3], id="a number"), pytest.param({"a": 1}, id="bare")]
)
def test_anything_else_is_refused(arguments: object) -> None:
    with pytest.raises(SettingsError, match="takes one object"):
        Arguments("c", arguments)


@pytest.mark.parametrize(
    "position",
    [
        pytest.param(None, id="none"),
        pytest.param({"character": 1}, id="no line"),
        pytest.param({"line": True}, id="a truth value"),
        pytest.param({"line": -1}, id="negative"),
        pytest.param({"line": 1.5}, id="a fraction"),
    ],
)
def test_positions_are_checked(position: object) -> None:
    with pytest.raises(SettingsError, match="`c` needs `position`"):
        Arguments("c", [{"position": position}]).position("position")
