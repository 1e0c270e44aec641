"""Words of a text, for the lexical index and for the second look at duplicates.

Scripts written with spaces give words; scripts written without (Han, kana, Thai, Lao, Khmer, Myanmar) and Hangul, whose
words take endings, give overlapping pairs of characters, so that two-character words are found wherever they stand.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

FTS5_TOKENIZE = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
"""`tokenize=` option of an FTS5 table that holds `lexical_terms` joined by spaces.

All but the space counts as part of a token, so SQLite splits exactly where we do, whatever its Unicode version.
"""

MAX_TERM_CHARACTERS = 64
"""Longer terms are cut: hashes and base64 lines are no words, but their beginnings still find them."""

UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"  # radicals, iteration marks, numerals
    "\u3040-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u312f\u3130-\u318f\u31a0-\u31bf\u31f0-\u31ff"  # kana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U0001b000-\U0001b16f\U00020000-\U000323af"  # historic kana, Han extensions
)
"""Inside of a regex class: characters whose script does not separate words by spaces."""

# Invisible joiners inside words: soft hyphen, zero-width (non-)joiner, word joiner, BOM, variation selectors. The
# dotted capital I is here because its folded form would carry a combining dot.
_INVISIBLE: dict[int, str | None] = {
    **dict.fromkeys((0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10))),
    0x130: "I",
}
_LAST_MARK = 0x1E94A  # beyond it only variation selectors are marks
_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_ASCII_CASED_WORD = re.compile(r"[A-Za-z0-9_]+")
_COMPOUND = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}|_")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})|_+")


def lexical_terms(text: str) -> list[str]:
    """Return the index terms of a text in order, case-folded and normalised (NFKC).

    A compound name gives itself and then its parts: `kmalloc_node` is `kmalloc_node`, `kmalloc`, `node`; parts of one
    character are left out. A run of unspaced script gives its character pairs, a single character itself. Terms hold
    neither spaces nor quotes: joined by spaces they are read back unchanged by FTS5 (`FTS5_TOKENIZE`).
    """
    if text.isascii():
        if not _COMPOUND.search(text):
            terms = _ASCII_WORD.findall(text.lower())
        else:
            terms = []
            for word in _ASCII_CASED_WORD.findall(text):
                _add_word(word, terms)
    else:
        terms = []
        for match in _mixed_pattern().finditer(normalise(text)):
            run = match[0]
            if match.lastindex is None:
                _add_word(run, terms)
            elif len(run) == 1:
                terms.append(run)
            else:
                terms.extend(map(str.__add__, run, run[1:]))
    if len(text) > MAX_TERM_CHARACTERS:
        return [term if len(term) <= MAX_TERM_CHARACTERS else term[:MAX_TERM_CHARACTERS] for term in terms]
    return terms


def beginning_terms(text: str) -> tuple[list[str], bool]:
    """Return the index terms of a text that may stop anywhere, and whether the last of them may be unfinished.

    An unfinished name gives itself alone: what its parts will be is not known yet.
    """
    text = normalise(text)
    last = None
    for match in _mixed_pattern().finditer(text):
        last = match
    if last is None or last.end() < len(text) or (last.lastindex is not None and len(last[0]) > 1):
        return lexical_terms(text), False
    return [*lexical_terms(text[: last.start()]), last[0].casefold()[:MAX_TERM_CHARACTERS]], True


def normalise(text: str) -> str:
    """Return a text in NFKC without invisible joiners; case is kept."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


@cache
def marks() -> str:
    """Return the inside of a regex class that holds the combining marks of spaced scripts.

    The classes of `re` leave them out, and would tear Hindi, Tamil or pointed Arabic words apart.
    """
    unspaced = re.compile(f"[{UNSPACED}]")
    spans: list[list[int]] = []
    for code in range(0x300, min(_LAST_MARK, sys.maxunicode) + 1):
        character = chr(code)
        if unicodedata.category(character)[0] != "M" or unspaced.match(character):
            continue
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


@cache
def _mixed_pattern() -> re.Pattern[str]:
    letter = rf"[^\W{UNSPACED}]"
    return re.compile(rf"{letter}+(?:[{marks()}]+{letter}*)*|([{UNSPACED}]+)")


def _add_word(word: str, terms: list[str]) -> None:
    terms.append(word.casefold())
    if not (word[1:].islower() and "_" not in word) and _COMPOUND.search(word):  # most are seen to be none at once
        parts = [part for part in _CAMEL.split(word) if len(part) > 1]
        if parts != [word]:
            terms.extend(part.casefold() for part in parts)
