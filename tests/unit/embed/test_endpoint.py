"""Addresses as people write them, and those that text must not go to."""

from __future__ import annotations

import pytest

from seealso.embed.endpoint import Endpoint, base_urls, is_loopback
from seealso.errors import SettingsError


@pytest.mark.parametrize(
    ("address", "urls"),
    [
        ("http://127.0.0.1:8000/v1", ("http://127.0.0.1:8000/v1",)),
        ("http://127.0.0.1:8000/v1/", ("http://127.0.0.1:8000/v1",)),
        ("http://127.0.0.1:8000", ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000")),
        ("http://127.0.0.1:8000//", ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000")),
        ("http://127.0.0.1:8000/v1/embeddings", ("http://127.0.0.1:8000/v1",)),
        ("http://127.0.0.1:8000/v1/embeddings/", ("http://127.0.0.1:8000/v1",)),
        ("http://127.0.0.1:8000/embeddings", ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000")),
        ("http://127.0.0.1:8000/v1/models", ("http://127.0.0.1:8000/v1",)),
        ("127.0.0.1:8000", ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000")),
        ("localhost:11434/v1", ("http://localhost:11434/v1",)),
        (" http://localhost:8000/v1\n", ("http://localhost:8000/v1",)),
        ("HTTP://LOCALHOST:8000/v1", ("http://LOCALHOST:8000/v1",)),
        ("http://[::1]:8000/v1", ("http://[::1]:8000/v1",)),
        ("[::1]:8000", ("http://[::1]:8000/v1", "http://[::1]:8000")),
        ("https://api.example.org/v1", ("https://api.example.org/v1",)),
        ("https://example.org/api", ("https://example.org/api/v1", "https://example.org/api")),
        ("https://example.org/openai/v1beta", ("https://example.org/openai/v1beta",)),
        ("https://example.org/v1/team/a", ("https://example.org/v1/team/a",)),
        ("https://example.org/v1.vectors", ("https://example.org/v1.vectors/v1", "https://example.org/v1.vectors")),
    ],
)
def test_base_urls(address: str, urls: tuple[str, ...]) -> None:
    assert base_urls(address, allow_insecure=False) == urls


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "http://",
        "http:///v1",
        "ftp://127.0.0.1/v1",
        "file:///etc/passwd",
        "http://127.0.0.1:port/v1",
        "http://127.0.0.1:99999/v1",
        "http://127.0.0.1:0/v1",
        "http://[::1/v1",
        "http://[localhost]/v1",
        "http://127.0.0.1/v1?key=secret",
        "http://127.0.0.1/v1#there",
        "http://evil.example#@127.0.0.1/",
        "http://127.0.0.1 .example.org/v1",
        "http://user:secret@[::1/v1",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(SettingsError, match="not the address of a server") as caught:
        base_urls(address, allow_insecure=True)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["http://user:secret@127.0.0.1/v1", "https://secret@example.org", "user:secret@127.0.0.1:8000", "http://@[::1]/"],
)
def test_credentials_do_not_belong_into_an_address(address: str) -> None:
    with pytest.raises(SettingsError, match="user name or a password") as caught:
        base_urls(address, allow_insecure=True)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/v1",
        "http://192.168.1.5:8000/v1",
        "http://[fe80::1]:8000/v1",
        "http://0.0.0.0:8000/v1",
        "http://127.0.0.1.example.org/v1",
        "http://localhost.example.org/v1",
        "example.org:8000",
    ],
)
def test_text_goes_to_another_machine_unencrypted_only_when_that_was_allowed(address: str) -> None:
    with pytest.raises(SettingsError, match="without encryption"):
        base_urls(address, allow_insecure=False)
    assert base_urls(address, allow_insecure=True)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LocalHost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("0:0:0:0:0:0:0:1", True),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("128.0.0.1", False),
        ("127.0.0.1.example.org", False),
        ("notlocalhost", False),
        ("a.localhost", False),
        ("2130706433", False),
        ("0x7f.1", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("key", ["sécret", "secret\n", "se\r\ncret: x", " secret", "sec\x00ret"], ids=ascii)
def test_keys_that_no_header_can_carry(key: str) -> None:
    with pytest.raises(SettingsError, match="characters that no key has") as caught:
        Endpoint("http://127.0.0.1/v1", key)
    assert "cret" not in str(caught.value)
    assert "cret" not in repr(caught.value)


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(Endpoint("http://127.0.0.1/v1", "secret"))
