"""Which embedder the settings mean, as far as that can be told without one."""

from __future__ import annotations

from typing import Any

import pytest

from seealso.embed.choice import embedder_for
from seealso.settings import resolve


def source(**embedding: Any) -> str:
    settings, problems = resolve({"embedding": embedding})
    assert not problems
    return embedder_for(settings).source


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param({}, {}, True, id="nothing changed"),
        pytest.param({"backend": "vllm-inprocess"}, {}, True, id="as a library"),
        pytest.param({"endpoint": "http://127.0.0.1:8000"}, {}, False, id="a server elsewhere"),
        pytest.param({"model": "another"}, {}, False, id="another model"),
        pytest.param({"dimensions": 64}, {}, False, id="shorter vectors"),
        pytest.param({"passagePrefix": "text: "}, {}, False, id="another prefix"),
        pytest.param({"queryPrefix": "query: "}, {}, True, id="another prefix of queries"),
    ],
)
def test_sources_tell_models_apart(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    base = {"backend": "vllm", "model": "Qwen/Qwen3-Embedding-0.6B"}
    assert (source(**{**base, **one}) == source(**{**base, **other})) == same
