"""Tell prose from code that somebody has commented out."""

from __future__ import annotations

import re

from seealso.text.prose import count_words

MIN_WORDS = 5
"""Shorter comments name what stands below; nobody looks for them."""

MAX_CODE_SHARE = 0.4
"""Share of the lines that may look like code: prose quotes it."""

_CODE = re.compile(
    r"""
      [;{}]\s*+\Z | \A\s*+[}\])]+[;,]?\s*+\Z                                            # ends like a statement
    | \A\s*+(?:\#\s*+(?:if|ifdef|ifndef|else|endif|define|include|undef|pragma)\b|import\ \S+\Z|from\ \S+\ import\b
        |(?:const|let|var|static|extern|unsigned)\ [\w*]+[ ;=\[]|(?:def|class|func|fn)\ \w+\s*[(:<{]
        |(?:if|while|for|switch|elif)\s*\(.*\)\s*\{?\s*\Z|for\ \w+(?:,\ ?\w+)*\ in\ \S+:\s*\Z
        |(?:if|elif|while|with|except)\ (?:not\ )?\S+(?:\ (?:in|is|and|or|as|not|[<>=!]=?)\ \S+)*:\s*\Z
        |return\b[^.]*[;()\]]\s*\Z|@\w+\(|>>>\ |\$\ )
    | \A\s*+[\w.\[\]"'*>-]+\s*+(?:[-+*/|&^%]|<<|>>|:)?=(?!=)\s*+\S                       # assigns
    | \A\s*+[\w.:>-]+\([^()]*+\)\s*+[;,]?\s*+\Z                                         # calls
    | (?:==|!=|&&|\|\||->\w+\(|::\w+\(|=>|\+=|\)\s*\{)
    """,
    re.VERBOSE,
)


def is_code(raw: str) -> bool:
    """Tell whether the lines of a comment, without its marks, are code rather than prose."""
    lines = [line for line in raw.splitlines() if line.strip()]
    found = sum(_CODE.search(line[:200]) is not None for line in lines)
    return found > MAX_CODE_SHARE * len(lines)


def says_enough(text: str) -> bool:
    """Tell whether a clean text has words enough, of which most are words of a language."""
    return count_words(text) >= MIN_WORDS and sum(map(str.isalpha, text)) >= 0.6 * len(text.replace(" ", ""))
