"""The bodies of answers as real servers write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_server.personality import ListedModel, Personality


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """The request is answered with an error, and rightly."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body.decode())
        self.reply = reply


def as_json(value: Any, status: int = 200) -> Reply:
    """Return the value as a body; NaN and Infinity are written as Python does, which is not JSON."""
    return Reply(status, json.dumps(value).encode())


def refused(status: int, kind: str, message: str, **members: Any) -> RefusedError:
    """Return an error whose body says what was wrong."""
    return RefusedError(as_json({"error": {"message": message, "type": kind, "code": status} | members}, status))


def bad_request(message: str, param: str | None = None) -> RefusedError:
    """Return vLLM's error for a request it cannot serve."""
    return refused(400, "BadRequestError", message, param=param)


def unauthorized(personality: Personality) -> RefusedError:
    """Return what a missing or wrong key is answered with."""
    if personality.unauthorized == "string":
        return RefusedError(as_json({"error": "Unauthorized"}, 401))
    return refused(401, "authentication_error", "Invalid API Key")


def too_long(personality: Personality, tokens: int, limit: int) -> RefusedError:
    """Return what a batch with a text of so many tokens is answered with."""
    if personality.too_long == "llama.cpp":
        message = f"request ({tokens} tokens) exceeds the available context size ({limit} tokens), try increasing it"
        return refused(400, "exceed_context_size_error", message, n_prompt_tokens=tokens, n_ctx=limit)
    if personality.too_long == "server_error":
        message = f"input ({tokens} tokens) is too large to process. increase the physical batch size"
        return refused(500, "server_error", f"{message} (current batch size: {limit})")
    return bad_request(
        f"This model's maximum context length is {limit} tokens. However, you requested 0 output tokens and your "
        f"prompt contains {tokens} input tokens, for a total of {tokens} tokens. Please reduce the length of the "
        "input prompt or the number of requested output tokens.",
        "input_tokens",
    )


def models(personality: Personality) -> Reply:
    """Return the list of models."""
    return as_json({"object": "list", "data": [_entry(model) for model in personality.models]})


def _entry(model: ListedModel) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": model.id, "object": "model", "created": 1_700_000_000}
    optional = {"owned_by": model.owned_by, "root": model.root, "max_model_len": model.max_model_len}
    return entry | {name: value for name, value in optional.items() if value is not None} | dict(model.extra)
