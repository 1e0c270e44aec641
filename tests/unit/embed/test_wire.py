"""Requests and answers as bytes: what servers write, and what nobody should."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from seealso.embed import wire
from seealso.embed.wire import AnswerError, BadVectorsError, Encoding


def coded(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


def answered(data: Any, **more: Any) -> bytes:
    return json.dumps({"object": "list", "data": data, **more}).encode()


def item(index: Any, *numbers: float) -> dict[str, Any]:
    return {"index": index, "embedding": list(numbers)}


def test_request() -> None:
    body = json.loads(wire.request("m", ["one", "zwei ü"], Encoding.BASE64, dimensions=32, extra={"priority": -1}))
    assert body == {
        "model": "m",
        "input": ["one", "zwei ü"],
        "encoding_format": "base64",
        "dimensions": 32,
        "priority": -1,
    }
    assert json.loads(wire.request("", ["a"], Encoding.RAW)) == {
        "input": ["a"],
        "encoding_format": "bytes_only",
        "embed_dtype": "float16",
        "endianness": "little",
    }


def test_half_a_character_does_not_fail_a_request() -> None:
    assert json.loads(wire.request("m", ["a\ud800b"], Encoding.BASE64))["input"] == ["a?b"]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param([item(0, 1, 2), item(1, 3, 4)], [[1, 2], [3, 4]], id="in order"),
        pytest.param([item(1, 3, 4), item(0, 1, 2)], [[1, 2], [3, 4]], id="shuffled"),
        pytest.param([{"embedding": [1, 2]}, {"embedding": [3, 4]}], [[1, 2], [3, 4]], id="without index"),
        pytest.param([item(None, 1, 2), item(None, 3, 4)], [[1, 2], [3, 4]], id="index is null"),
        pytest.param(
            [{"index": 1, "embedding": coded(3, 4)}, {"index": 0, "embedding": coded(1, 2)}],
            [[1, 2], [3, 4]],
            id="base64",
        ),
        pytest.param([item(0, 1, 2), {"index": 1, "embedding": coded(3, 4)}], [[1, 2], [3, 4]], id="both"),
    ],
)
def test_vectors(data: Any, rows: Any) -> None:
    answer = wire.answer(answered(data, model="m", usage={"prompt_tokens": 7}), 2, Encoding.BASE64)
    assert (answer.vectors.tolist(), answer.model, answer.tokens) == (rows, "m", 7)
    assert answer.vectors.dtype == np.float32


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param([item(0, 1)], "1 vectors came back for 2 texts", id="fewer"),
        pytest.param([item(0, 1), item(1, 1), item(2, 1)], "3 vectors came back for 2", id="more"),
        pytest.param([], "0 vectors", id="none"),
        pytest.param([item(0, 1), item(0, 1)], "numbers its vectors", id="same index"),
        pytest.param([item(0, 1), item(2, 1)], "numbers its vectors", id="index out of range"),
        pytest.param([item(-1, 1), item(0, 1)], "numbers its vectors", id="negative index"),
        pytest.param([item(0, 1), item(None, 1)], "numbers its vectors", id="one without index"),
        pytest.param([item(0, 1), item(True, 1)], "numbers its vectors", id="true for an index"),
        pytest.param([item(0.0, 1), item(1.0, 1)], "numbers its vectors", id="fractions for an index"),
        pytest.param([item("0", 1), item("1", 1)], "numbers its vectors", id="text for an index"),
        pytest.param([item([0], 1), item({}, 1)], "numbers its vectors", id="anything for an index"),
        pytest.param([item(10**30, 1), item(0, 1)], "numbers its vectors", id="gigantic index"),
        pytest.param([item(0, 1), item(1, 1, 2)], "different lengths", id="ragged"),
        pytest.param([item(0), item(1)], "different lengths", id="dimension 0"),
        pytest.param([{"index": 0, "embedding": ""}, {"index": 1, "embedding": ""}], "different", id="empty base64"),
        pytest.param([{"index": 0}, {"index": 1}], "null", id="no vectors"),
        pytest.param([item(0, 1), {"index": 1, "embedding": "???"}], "not base64", id="not base64"),
        pytest.param([item(0, 1), {"index": 1, "embedding": "AAA="}], "not base64", id="not whole numbers"),
        pytest.param([item(0, 1), {"index": 1, "embedding": "ü"}], "not base64", id="not even ASCII"),
        pytest.param([item(0, 1), {"index": 1, "embedding": 5}], "is the address that of `/v1`", id="a number"),
        pytest.param([item(0, 1), {"index": 1, "embedding": [[1]]}], "is the address that of `/v1`", id="nested"),
        pytest.param([item(0, 1), {"index": 1, "embedding": [[1], 2]}], "not a list of numbers", id="half nested"),
        pytest.param([item(0, 1), {"index": 1, "embedding": ["x"]}], "not a list of numbers", id="words"),
        pytest.param([item(0, 1), {"index": 1, "embedding": {"a": 1}}], "not a list of numbers", id="object"),
        pytest.param([item(0, 1), item(1, 10**400)], "not a list of numbers", id="gigantic whole number"),
        pytest.param([1, 2], "no `data`", id="data of numbers"),
        pytest.param({"0": 1}, "no `data`", id="data is an object"),
        pytest.param(None, "no `data`", id="data is null"),
    ],
)
def test_answers_that_are_none(data: Any, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        wire.answer(answered(data), 2, Encoding.BASE64)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b'{"data": [', "not JSON", id="cut off"),
        pytest.param(b"<!doctype html><html></html>", "not JSON", id="HTML"),
        pytest.param(b"\xff\xfe\x00", "not JSON", id="no text"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="deep"),
        pytest.param(b'{"data":[{"index":0,"embedding":' + b"[" * 900 + b"]" * 900 + b"}]}", "a list of", id="deepish"),
        pytest.param(b"[]", "no `data`", id="a list"),
        pytest.param(b"null", "no `data`", id="null"),
        pytest.param(b'{"error": "out of memory"}', "out of memory", id="an error with 200"),
        pytest.param(b'{"data":[{"index":0,"embedding":[' + b"9" * 5000 + b"]}]}", "not JSON", id="endless number"),
    ],
)
def test_bodies_that_are_none(raw: bytes, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        wire.answer(raw, 1, Encoding.BASE64)


def test_raw() -> None:
    raw = np.array([[1, 2], [3, 4]], "<f2").tobytes()
    assert wire.answer(raw, 2, Encoding.RAW).vectors.tolist() == [[1, 2], [3, 4]]
    for broken in (raw[:-1], b"", raw[:-2]):
        with pytest.raises(AnswerError, match="not 2 vectors of equal length"):
            wire.answer(broken, 2, Encoding.RAW)


@pytest.mark.parametrize(
    "usage",
    [None, 3, {}, {"prompt_tokens": None}, {"prompt_tokens": True}, {"prompt_tokens": -1}, {"prompt_tokens": 1.5}],
    ids=str,
)
def test_tokens_that_nobody_counted(usage: Any) -> None:
    answer = wire.answer(answered([item(0, 1)], usage=usage, model=["m"]), 1, Encoding.BASE64)
    assert (answer.tokens, answer.model) == (0, "")


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        pytest.param("[NaN, 1]", "not a number", id="NaN"),
        pytest.param("[Infinity, 1]", "not a number", id="infinity"),
        pytest.param("[null, 1]", "not a number", id="null"),
        pytest.param("[1e400, 1]", "not a number", id="beyond double"),
        pytest.param("[1e300, 1]", "not a number", id="beyond float"),
        pytest.param("[0, 0.0]", "zero", id="zero"),
        pytest.param("[1e-60, 0]", "zero", id="below float"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_vectors_without_a_direction(numbers: str, says: str) -> None:
    raw = f'{{"data":[{{"index":0,"embedding":{numbers}}}]}}'.encode()
    with pytest.raises(BadVectorsError, match=says):
        wire.unit(wire.answer(raw, 1, Encoding.BASE64).vectors)


@pytest.mark.parametrize("size", [1e-30, 1e-3, 1.0, 1e30], ids=str)
@pytest.mark.filterwarnings("error")
def test_rows_of_any_length_become_unit_rows(size: float) -> None:
    rows = np.array([[3 * size, 4 * size]], np.float32)
    np.testing.assert_allclose(wire.unit(rows), [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param('{"error": "Unauthorized"}', "Unauthorized", id="string"),
        pytest.param('{"error": {"message": "Invalid key", "code": 401}}', "Invalid key", id="object"),
        pytest.param('{"error": {"error": {"message": "deep"}}}', "deep", id="error in error"),
        pytest.param('{"error": true, "message": "boom"}', "boom", id="error is a flag"),
        pytest.param('{"error": null, "message": "boom"}', "boom", id="error is null"),
        pytest.param('{"object": "error", "message": "old vLLM"}', "old vLLM", id="message"),
        pytest.param('{"detail": "Not Found"}', "Not Found", id="detail"),
        pytest.param('{"detail": [{"loc": ["body"], "msg": "field required"}]}', "field required", id="validation"),
        pytest.param("Not Found", "Not Found", id="plain"),
        pytest.param("two\nlines\x1b[31m\x07", "two lines [31m", id="control characters"),
        pytest.param("<html><body>Bad Gateway</body></html>", "", id="HTML"),
        pytest.param("", "", id="nothing"),
        pytest.param("{}", "", id="empty object"),
        pytest.param('{"code": 5}', '{"code": 5}', id="no message"),
        pytest.param("x" * 1000, "x" * 300 + "...", id="long"),
        pytest.param('{"x":' * 900 + "1" + "}" * 900, '{"x": ' * 50 + "...", id="deep"),
    ],
)
def test_error_messages(raw: str, message: str) -> None:
    assert wire.error_message(raw.encode()) == message


def test_endless_nesting_is_no_message() -> None:
    assert wire.error_message(b"[" * 30_000) == "[" * 300 + "..."
    assert wire.error_message(b"\xff\xfe") == "��"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("This model's maximum context length is 512 tokens.", True),
        ("request (600 tokens) exceeds the available context size (512 tokens)", True),
        ("input (600 tokens) is too large to process. increase the physical batch size", True),
        ("the input length exceeds the context length", True),
        ("`inputs` must have less than 512 tokens. Given: 600", True),
        ("there is nothing to embed", False),
        ("", False),
    ],
)
def test_refusals_for_length(message: str, expected: bool) -> None:
    assert wire.says_too_long(message) is expected
