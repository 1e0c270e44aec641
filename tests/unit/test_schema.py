"""The JSON schema of the settings allows what the settings take, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from seealso.schema import settings_schema
from seealso.settings import resolve

SCHEMA = settings_schema()
VALIDATOR = Draft202012Validator(SCHEMA)

OPTIONS = [
    (section, name, option)
    for section, content in SCHEMA["properties"].items()
    for name, option in content["properties"].items()
]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert len(OPTIONS) > 40


@pytest.mark.parametrize(("section", "name", "option"), OPTIONS, ids=[f"{one}.{two}" for one, two, _ in OPTIONS])
def test_each_option_is_explained_and_takes_its_default(section: str, name: str, option: dict[str, Any]) -> None:
    assert option["description"].endswith(".")
    wire = {section: {name: option["default"]}}
    assert VALIDATOR.is_valid(wire)
    assert resolve(wire)[1] == ()


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 100_000_001),
    st.floats(-1, 2, allow_nan=False),
    st.sampled_from(["", "off", "onnx", "warning", "x", "true"]),
    st.lists(st.sampled_from(["*.md", "a"]), max_size=2),
    st.just([1]),
    st.just({}),
)


@given(option=st.sampled_from(OPTIONS), value=values)
def test_it_agrees_with_what_is_taken(option: tuple[str, str, dict[str, Any]], value: object) -> None:
    section, name, _ = option
    wire = {section: {name: value}}
    _, problems = resolve(wire)
    mine = [problem for problem in problems if f"`seealso.{section}.{name}`" in problem and "not used" not in problem]
    if value is None:
        assert not mine, "clients send all their keys"
    elif not (isinstance(value, float) and value.is_integer()):  # which is a whole number in JSON, but not in TOML
        assert VALIDATOR.is_valid(wire) == (not mine)


@pytest.mark.parametrize("wire", [{"nothing": 1}, {"hover": {"nothing": True}}, {"hover": True}, []])
def test_what_is_no_setting_is_not_allowed(wire: object) -> None:
    assert not VALIDATOR.is_valid(wire)
