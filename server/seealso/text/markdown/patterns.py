"""What tags, link targets and link labels look like: the longer regular expressions of inline markup.

They run over hostile text: their repetitions are possessive, so that none is ever tried again at another length.
"""

from __future__ import annotations

import re


def _many(alternatives: str) -> str:
    """Return a pattern for any number of them, without a way back.

    Not `(?:...)*+`, which matches nothing on Python 3.11.2 when an alternative looks ahead.
    """
    return f"(?>(?:{alternatives})*)"


AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}:[^\s<>]*+|[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253})>")
_BRACED = r"\{[^{}]*+\}"
_VALUE = rf"""(?>(?:\s*+=\s*+(?:[^\s"'=<>`{{]++|"[^"]*+"|'[^']*+'|{_BRACED}))?)"""
_ATTRIBUTE = rf"(?:[A-Za-z_:@#][\w.:@-]*+{_VALUE}|{_BRACED})"
# A placeholder such as <file_name> is no tag; <Tabs.Item> is one to MDX.
_NAME = r"[A-Z][A-Za-z0-9]*+(?>(?:\.[A-Z][A-Za-z0-9]*+)+)|[A-Za-z][A-Za-z0-9-]*+"
TAG = re.compile(rf"<(?:/({_NAME})|({_NAME})((?>(?:\s++{_ATTRIBUTE})*))\s*+/?)\s*+>")
DECLARATION = re.compile(r"<(?:\?|![A-Za-z]|!\[CDATA\[)[^>]{0,500}+>")
HREF = re.compile(r"""\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)

PHRASING = frozenset(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr
    """.split()  # noqa: SIM905 - a list of thirty strings is longer than all else here
)
"""Tags that stand inside a line; any other tag separates words."""

# A destination may hold balanced parentheses; two levels of them are more than any real link has.
_PLAIN = r"[^\s()\\]|\\."
_INNER = rf"\({_many(_PLAIN)}\)"
_OUTER = rf"\({_many(f'{_PLAIN}|{_INNER}')}\)"
_QUOTED = "|".join(
    (
        '"' + _many(r'[^"\\]|\\.') + '"',
        "'" + _many(r"[^'\\]|\\.") + "'",
        r"\(" + _many(r"[^()\\]|\\.") + r"\)",
    )
)
DESTINATION = re.compile(
    rf"""\(\s*+
        (?: <([^<>\n]*+)> | ((?!<){_many(f"{_PLAIN}|{_OUTER}")}) )
        (?>(?:\s++(?:{_QUOTED}))?)
        \s*+\)""",
    re.VERBOSE | re.DOTALL,
)
LABEL = re.compile(r"\[((?>(?:[^\[\]\\]|\\.){0,999}))\]", re.DOTALL)
