"""Keep API keys out of the log: at its finest level, pygls logs the settings that clients send."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(
    r"""
    (api_?key[\\"']*\s*[:=]\s*)             # JSON, JSON within a string, and what Python shows of a dict or an object
    (?: (?P<quote>[\\"']*["']) .*? (?=(?P=quote)\s*(?:[,}\])]|$))   # a key may have quotes itself
      | [^\s,}\])"']+ )
    """,
    re.IGNORECASE | re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def masked(text: str) -> str:
    """Return a text with the values of `apiKey` and `api_key` replaced."""
    return _SECRET.sub(lambda found: f"{found[1]}{found['quote'] or ''}...", text)


class MaskingFormatter(logging.Formatter):
    """Format records, tracebacks included, without API keys."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
