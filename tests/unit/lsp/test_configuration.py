from __future__ import annotations

import pytest

from seealso.configuration import merged
from seealso.lsp.configuration import pushed_section, section


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param((None, None), None, id="nothing"),
        pytest.param(({"a": 1}, None, {}), {"a": 1}, id="null and empty say nothing"),
        pytest.param(
            ({"a": {"x": 1, "y": 1}}, {"a": {"y": 2}}, {"b": 3}), {"a": {"x": 1, "y": 2}, "b": 3}, id="by section"
        ),
        pytest.param(({"a": 1}, {"a": None}), {"a": 1}, id="a null key says nothing"),
        pytest.param(({"a": {"x": 1}}, {"a": False}), {"a": False}, id="the last wins, even when it is wrong"),
        pytest.param(({"a": 1}, "wrong"), "wrong", id="what is wrong is kept to be reported"),
        pytest.param(({"a": [1]}, {"a": [2]}), {"a": [2]}, id="lists are replaced"),
    ],
)
def test_layers(layers: tuple[object, ...], expected: object) -> None:
    assert merged(*layers) == expected


def test_our_section_may_be_wrapped() -> None:
    assert section({"seealso": {"hover": {}}}) == {"hover": {}}
    assert section({"hover": {}}) == {"hover": {}}
    assert section(None) is None
    assert pushed_section({"seealso": {"hover": {}}, "other": {}}) == {"hover": {}}
    assert pushed_section({"other": {}}) is None
    assert pushed_section(None) is None
