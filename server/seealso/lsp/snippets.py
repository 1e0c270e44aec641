"""LSP snippet syntax: text with tab stops."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\$}]")


def escape(text: str) -> str:
    r"""Return snippet syntax for a text as it is: `\`, `$` and `}` are escaped."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def with_stop(text: str, editable: str) -> str:
    """Return a snippet that selects the first occurrence of a part of a text, and ends after the text."""
    before, found, after = text.partition(editable) if editable else (text, "", "")
    if not found:
        return f"{escape(text)}$0"
    return f"{escape(before)}${{1:{escape(found)}}}{escape(after)}$0"
