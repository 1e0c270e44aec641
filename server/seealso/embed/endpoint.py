"""Where an embedding server is, and whether it may be talked to."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from seealso.errors import SettingsError

SETTING = "seealso.embedding.endpoint"
_VERSION = re.compile(r"/v\d+\w*(/|$)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks the embeddings interface of OpenAI."""

    url: str
    """Base address, without a slash at the end; `/embeddings` goes behind it."""
    key: str = field(default="", repr=False)
    priorities: bool = False
    """It is known to serve requests with a lower `priority` first."""
    model: str = ""
    """The name this server knows its model by; empty: the one in the settings, or its only one."""

    def __post_init__(self) -> None:
        """Refuse a key that no header can carry: what HTTP libraries say of it would show it."""
        if not (self.key.isascii() and self.key.isprintable()) or self.key != self.key.strip():
            raise SettingsError(
                "The API key of the embedding server has spaces around it, or characters that no key has.",
                hint="Look at the environment variable SEEALSO_API_KEY, or `seealso.embedding.apiKey`.",
            )


class Host(Protocol):
    """Whoever knows where a server is, and may have to start it first; called from several threads."""

    @property
    def place(self) -> str:
        """Tell servers apart, also those that are not running."""
        ...

    @property
    def activity(self) -> str:
        """Say what `connect` is waiting for; empty when it is not."""
        ...

    def connect(self) -> tuple[Endpoint, ...]:
        """Return where the server may be, the likeliest address first; may block.

        Raises `EmbeddingError` when there can be none.
        """
        ...

    def used(self) -> None:
        """Take note that somebody uses the server."""
        ...

    def release(self) -> None:
        """End the wait of `connect`, and give the server back."""
        ...


class Standing:
    """A server that is there without our doing."""

    activity = ""

    def __init__(self, *endpoints: Endpoint) -> None:
        """Take the addresses it may have, the likeliest first."""
        self._endpoints = endpoints
        self.place = endpoints[0].url

    def connect(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    def used(self) -> None:
        pass

    def release(self) -> None:
        pass


def base_urls(address: str, *, allow_insecure: bool) -> tuple[str, ...]:
    """Return the base addresses that a configured address may mean, the likeliest first.

    People write them with `/v1`, without, and with `/embeddings` at the end. Raises `SettingsError` for what is no
    address of a server, or one that text would travel to without encryption.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host = parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
    except ValueError:  # brackets without an address in them, a port that is no number
        host = None
    # Shown to nobody: it may hold a password.
    # `http//localhost`, without the colon, would be a machine called http.
    if (
        not host
        or host in ("http", "https")
        or parts.query
        or parts.fragment
        or not parts.netloc.isprintable()
        or " " in parts.netloc
    ):
        raise SettingsError(
            f"`{SETTING}` is not the address of a server.", hint="Write it like http://127.0.0.1:8000/v1."
        )
    if parts.username is not None or parts.password is not None:
        raise SettingsError(
            f"`{SETTING}` holds a user name or a password.",
            hint="Put the key into `seealso.embedding.apiKey` or the environment variable SEEALSO_API_KEY.",
        )
    if parts.scheme == "http" and not allow_insecure and not is_loopback(host):
        raise SettingsError(
            f"`{SETTING}` would send your text to {host} without encryption.",
            hint="Use https:, or set `seealso.embedding.allowInsecure` if you trust the network in between.",
        )
    path = re.sub(r"/+$", "", parts.path)
    path = path.removesuffix("/embeddings").removesuffix("/models")
    given = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    return (given,) if _VERSION.search(path) else (f"{given}/v1", given)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine and cannot be anything else."""
    if host.casefold() == "localhost":  # names below it are asked of name servers by some systems
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
