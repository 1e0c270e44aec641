"""Where an embedding server is, and how to be let in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks OpenAI's embeddings API."""

    url: str
    """Base URL, ending in `/v1`."""
    key: str = field(default="", repr=False)
    """Sent as bearer token; empty: the server asks for none."""
    priorities: bool = False
    """The server is known to honour `priority` in requests."""
    model: str = ""
    """The name this server knows its model by; empty: the one in the settings."""
