from __future__ import annotations

import io
import json
import logging
import sys
from collections import namedtuple

import pytest

from seealso.lsp.masking import MaskingFormatter, masked

KEY = "sk-very'secret/0"
OBJECT = namedtuple("OBJECT", "apiKey backend")  # noqa: PYI024 - what pygls makes of settings
WIRE = {"embedding": {"apiKey": KEY, "backend": "openai"}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(WIRE), id="JSON"),
        pytest.param(json.dumps(WIRE, indent=2), id="JSON on lines"),
        pytest.param(json.dumps({"body": json.dumps(WIRE)}), id="JSON within JSON"),
        pytest.param(json.dumps([json.dumps({"body": json.dumps(WIRE)})]), id="JSON within JSON within JSON"),
        pytest.param(repr(WIRE), id="dict"),
        pytest.param(repr(json.dumps(WIRE)), id="JSON within repr"),
        pytest.param(repr(json.dumps(WIRE).encode()), id="bytes"),
        pytest.param(repr(OBJECT(KEY, "openai")), id="named tuple"),
        pytest.param(f"options(api_key={KEY!r}, backend='openai')", id="dataclass"),
        pytest.param("{'apiKey': 1234, 'backend': 'openai'}", id="a number"),
        pytest.param("embedding.apiKey = sk-1234 backend = openai", id="bare"),
        pytest.param(f'{{"apiKey": "{KEY}"', id="cut off"),
    ],
)
def test_a_key_is_not_shown(text: str) -> None:
    shown = masked(text)
    assert "secret" not in shown
    assert "1234" not in shown
    assert "..." in shown
    assert ("openai" in shown) == ("openai" in text), "nothing else is lost"


@pytest.mark.parametrize("text", ["", "the apiKey of the server", "apiKey:", '{"apiKey": null}', "apiKey=''"])
def test_what_is_no_key_does_no_harm(text: str) -> None:
    assert masked(text).startswith(text[:6])


def test_tracebacks_are_masked_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    try:
        raise ValueError(json.dumps(WIRE))
    except ValueError:
        record = logging.makeLogRecord({"msg": "Bug in %s", "args": (str(WIRE),), "exc_info": sys.exc_info()})
    handler.handle(record)
    assert "Traceback" in stream.getvalue()
    assert "secret" not in stream.getvalue()
