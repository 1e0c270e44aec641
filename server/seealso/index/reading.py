"""Read a text for the second look: its words, what kind of word each is, and the written language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import accumulate

from rapidfuzz.distance import OSA

from seealso.index.wordlists import (
    COMPOUND_ENDINGS,
    FUNCTION_CHARACTERS,
    FUNCTION_WORDS,
    NEGATIONS,
    NUMERALS,
    OPPOSITES,
)
from seealso.index.words import UNSPACED, marks, normalise
from seealso.text.language import UNDETERMINED, guess_language

MAX_WORDS = 600
"""Words of a text that are looked at; a passage has fewer, a single character of Han counting as one."""

MIN_LANGUAGE_WORDS = 3
"""Different function words that must speak for a language before a text in Latin script is taken to be in it."""


TABULAR_SHARE = 0.4
"""From this share of numbers and names on, a text is rather a table than prose, and its order matters."""


PROSE_SHARE = 0.25
"""Least share of function words in sentences of an alphabetic language; lists of properties have fewer."""


class WordKind(IntEnum):
    FUNCTION = 0
    CONTENT = 1
    NEGATION = 2
    NUMBER = 3
    NAME = 4
    """A code name, an abbreviation, a version: the same only if spelled the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word as the comparison sees it; one object a key and kind."""

    key: str
    kind: WordKind
    weight: float
    """Share in the meaning: 1 for a content word, less for function words and for single characters."""
    meaningful: bool
    """Not a function word."""
    exact: bool
    """A number or a name."""
    inflects: bool
    """May have other forms and spellings."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text, read for comparison."""

    words: tuple[Word, ...]
    keys: tuple[str, ...]
    sums: tuple[float, ...]
    """Weight of the words before each word, and of all."""
    stems: dict[str, float]
    """Weight of meaningful words by their first letters."""
    functions: int
    """Number of function words."""
    exact: frozenset[str]
    """Numbers and names."""
    quoted: frozenset[str]
    """What little stands between straight quotation marks, as written: literals."""
    tabular: bool
    """Rather a table of numbers and names than prose."""
    prose: bool
    """Has as many function words as sentences have."""
    topic: int
    """Number of words in the first sentence, which says what the text is about."""
    language: str
    """`en`, `ja`, `zh-Hans`, ...; empty when the text does not tell."""

    @property
    def weight(self) -> float:
        return self.sums[-1]

    @property
    def sentence(self) -> bool:
        """Whether the text is no more than one sentence."""
        return self.topic == len(self.words)


_CONTRACTION = re.compile(r"n['\u2019]t\b")
_CANNOT = re.compile(r"\bcannot\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s+\S|[\u3002\uff01\uff1f]\s*\S")
_QUOTED = re.compile(r"\"([^\"]{1,30})\"")
# Capitals that stand alone name something, except for two English words.
_LETTERS = frozenset("BCDEFGHJKLMNOPQRSTUVWXYZ")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_NAME = re.compile(r"^[<>=!&|?+%^~]|[+#]$|_|[/@]|[^\W\d_]\d|\d[^\W\d_]|[a-z][A-Z]|^[A-Z]{2,}s?$|^[A-Z]{2,}[a-z]+[A-Z]")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a word is, without and with addresses and paths, which are slow to look for."""
    letter = rf"[^\W{UNSPACED}]"
    word = rf"{letter}+(?:[{marks()}]+{letter}*)*"
    words = (
        rf"{word}(?:[-\u2010\u2011]{word})*"
        "|[\u30a1-\u30fa\u30fc]{2,}|[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]+"
        # The commonest negative endings of Japanese verbs.
        "|ません|ない|なく|なけれ|なかっ"
        rf"|[{UNSPACED}]"
    )
    numbers = r"\d+(?:[.,:]\d+)+(?!\w)|"
    addresses = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[a-z]+://[^\s<>\"]+|/?[\w.~-]+(?:/[\w.~-]+){2,}|"
    return re.compile(numbers + words), re.compile(addresses + _OPERATORS + numbers + words)


_OPERATORS = r"(?<![^\s(])(?:[<>=!&|?+%^~]{1,3}|[A-Za-z](?:\+\+|#))(?![^\s).,;:])|"
"""Operators that stand alone, and names of languages like C++: the only signs that say something."""

_OPERATOR = re.compile(_OPERATORS[:-1])
_ASCII = r"\d+(?:[.,:]\d+)+(?!\w)|\w+(?:-\w+)*"
_ASCII_WORD = re.compile(_ASCII, re.ASCII)
_ASCII_WORD_OR_OPERATOR = re.compile(_OPERATORS + _ASCII, re.ASCII)


def _pattern(text: str) -> re.Pattern[str]:
    if "/" in text or "@" in text:
        return _patterns()[1]
    if not text.isascii():
        return _patterns()[0]
    return _ASCII_WORD_OR_OPERATOR if _OPERATOR.search(text) else _ASCII_WORD


def read_pair(first: str, second: str) -> tuple[Reading, Reading]:
    """Read two texts; one that does not tell its language is read in that of the other."""
    a, b = read(first), read(second)
    if a.language == b.language or (a.language and b.language):
        return a, b
    return read(first, b.language) if b.language else a, read(second, a.language) if a.language else b


@lru_cache(maxsize=1 << 12)
def read(text: str, language: str = "") -> Reading:
    """Return the words of a clean text with what the comparison has to know of them.

    The language is guessed if it is not given.
    """
    if not text.isascii():
        text = normalise(text)
    if "n't" in text or "n\u2019t" in text:
        text = _CONTRACTION.sub(" not", text)
    if "annot" in text or "ANNOT" in text:
        text = _CANNOT.sub("can not", text)
    tokens = _pattern(text).findall(text)[:MAX_WORDS]
    language = language or written_language(text, frozenset(map(str.casefold, tokens)))
    words = tuple([_word(token, language) for token in tokens])
    stems: dict[str, float] = {}
    for word in words:
        if word.meaningful:
            stem = word.key[:3]
            stems[stem] = stems.get(stem, 0.0) + word.weight
    exact = [word.key for word in words if word.exact]
    functions = sum([not word.meaningful for word in words])
    return Reading(
        words,
        tuple([word.key for word in words]),
        (0.0, *accumulate([word.weight for word in words])),
        stems,
        functions,
        frozenset(exact),
        frozenset(_QUOTED.findall(text)),
        len(exact) >= TABULAR_SHARE * len(words),
        language not in FUNCTION_WORDS or functions >= PROSE_SHARE * len(words),
        _topic(text, len(tokens)),
        language,
    )


def _topic(text: str, words: int) -> int:
    """Return the number of words in the first sentence of a text that has so many in all."""
    end = _SENTENCE_END.search(text)
    return min(words, len(_pattern(text).findall(text[: end.start() + 1]))) if end else words


def language_of(text: str) -> str:
    """Return the language of a clean text, or nothing when it does not tell; the same as `read` finds."""
    if not text.isascii():
        text = normalise(text)
    return written_language(text, frozenset(map(str.casefold, _pattern(text).findall(text)[:MAX_WORDS])))


def written_language(text: str, words: frozenset[str]) -> str:
    """Guess the language from script and function words; empty when they do not tell.

    Chinese is `zh-Hans` or `zh-Hant`.
    """
    language = guess_language(text)
    if language == "zh":
        return _han_form(text)
    if language != UNDETERMINED:
        return language
    votes = sorted(((len(words & listed), code) for code, listed in FUNCTION_WORDS.items()), reverse=True)
    (most, best), (second, _) = votes[:2]
    return best if most >= MIN_LANGUAGE_WORDS and most > 1.2 * second else ""


def _han_form(text: str) -> str:
    """Tell simplified from traditional Chinese: which of two national character sets has what the other lacks."""
    forms = sum(map(_char_form, set(text)))
    return "zh-Hans" if forms > 0 else "zh-Hant" if forms < 0 else ""


@lru_cache(maxsize=1 << 14)
def _char_form(char: str) -> int:
    if not "\u4e00" <= char <= "\u9fff":
        return 0
    return len(char.encode("gb2312", "ignore")) - len(char.encode("big5", "ignore"))


@lru_cache(maxsize=1 << 15)
def _word(token: str, language: str) -> Word:
    # Words tied by a hyphen are one word, and the same with the hyphen as without.
    key = token.casefold().translate(_NO_HYPHENS)
    key = NUMERALS.get(key, key)
    first = key[0]
    if key in NEGATIONS:
        return _shared(key, WordKind.NEGATION, 1.0)
    if first.isdecimal() and key.translate(_NO_POINTS).isdecimal():
        return _shared(key.replace(",", "") if _GROUPED.fullmatch(key) else key, WordKind.NUMBER, 1.0)
    if len(key) == 1 and first >= "\u2e80":
        if "\u3040" <= first <= "\u309f" or first in FUNCTION_CHARACTERS:
            return _shared(key, WordKind.FUNCTION, 0.15)
        return _shared(key, WordKind.CONTENT, 0.55)
    if len(key) == 1 and "\u0e00" <= first <= "\u17ff":
        return _shared(key, WordKind.CONTENT, 0.3)
    if _NAME.search(token) or token in _LETTERS:
        return _shared(key, WordKind.NAME, 1.0)
    listed = FUNCTION_WORDS.get(language)
    if (key in listed if listed is not None else any(key in words for words in FUNCTION_WORDS.values())) or (
        len(key) == 1 and key.isascii()
    ):
        return _shared(key, WordKind.FUNCTION, 0.25)
    return _shared(key, WordKind.CONTENT, 1.0)


_NO_HYPHENS = str.maketrans("", "", "-\u2010\u2011")
_NO_POINTS = str.maketrans("", "", ".,:")


@lru_cache(maxsize=1 << 15)
def _shared(key: str, kind: WordKind, weight: float) -> Word:
    return Word(
        key,
        kind,
        weight,
        meaningful=kind is not WordKind.FUNCTION,
        exact=kind is WordKind.NUMBER or kind is WordKind.NAME,
        inflects=kind is WordKind.CONTENT and len(key) > 2,
    )


@lru_cache(maxsize=1 << 15)
def same_stem(first: str, second: str) -> bool:
    """Tell whether two content words share their stem, or one is a typing error of the other.

    A difference at the beginning always counts: there stand the prefixes that negate ("un", "dis", "ent", "не").
    """
    shorter, longer = sorted((len(first), len(second)))
    if shorter < 3 or first[0] != second[0] or second in OPPOSITES.get(first, ()):
        return False
    prefix = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    ending = longer - prefix
    if prefix == shorter and ending <= (1 if shorter == 3 else 3):
        return max(first, second, key=len)[prefix:] not in COMPOUND_ENDINGS
    if prefix >= 4 and prefix > 0.75 * shorter and ending <= 4:
        return True
    if longer < 5 or OSA.distance(first, second, score_cutoff=1) > 1:
        return False
    # A letter too many, too few or out of place. Another letter makes another word ("context", "content"), except in
    # long words and in the two spellings of "analyse".
    exchanged = shorter == longer and first[prefix + 1 :] == second[prefix + 1 :]
    return not exchanged or longer >= 10 or {first[prefix], second[prefix]} == {"s", "z"}
