"""Guess the language of a text from the script it is written in."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

UNDETERMINED = "und"

SAMPLE = 64
"""Characters looked at; a longer text is sampled evenly."""

_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "ru"),
    (0x0531, 0x058F, "hy"),
    (0x0591, 0x05F4, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0750, 0x077F, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x0F00, 0x0FFF, "bo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1200, 0x139F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x1F00, 0x1FFF, "el"),
    (0x2E80, 0x2FDF, "zh"),
    (0x3005, 0x3007, "zh"),
    (0x3041, 0x30FF, "ja"),
    (0x3130, 0x318F, "ko"),
    (0x31F0, 0x31FF, "ja"),
    (0x3400, 0x4DBF, "zh"),
    (0x4E00, 0x9FFF, "zh"),
    (0xA960, 0xA97F, "ko"),
    (0xAC00, 0xD7FF, "ko"),
    (0xF900, 0xFAFF, "zh"),
    (0xFB50, 0xFDFF, "ar"),
    (0xFE70, 0xFEFC, "ar"),
    (0xFF66, 0xFF9F, "ja"),
    (0x20000, 0x3FFFF, "zh"),
)
_STARTS = [low for low, _, _ in _SCRIPTS]

# One of these characters says as much as about three letters of an alphabet.
_DENSE = frozenset({"zh", "ja", "ko"})
_MIN_SHARE = 0.4
"""Least weight of a script against the Latin letters beside it: technical prose is full of Latin names."""

_KANA = re.compile("[\u3041-\u30fa\u31f0-\u31ff\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u9fff]")
# Letters that tell apart languages sharing a script.
_REFINE: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "ru": ((re.compile("[іїєґІЇЄҐ]"), "uk"), (re.compile("[љњџћђЉЊЏЋЂ]"), "sr")),
    "ar": ((re.compile("[ٹڈڑے]"), "ur"), (re.compile("[پچژگ]"), "fa")),
}
# Punctuation and symbols between U+2000 and U+2BFF stand in Latin text too.
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufefc\uff66-\uffdc\U00020000-\U0003ffff]")


def guess_language(text: str) -> str:
    """Return the ISO 639-1 code that the script of a text suggests, or `und`.

    Latin script is `und`: too many languages share it for a guess by letters.
    """
    if text.isascii() or not _OTHER_SCRIPT.search(text):
        return UNDETERMINED
    sample = text if len(text) <= SAMPLE else text[:: len(text) // SAMPLE]
    scripts = list(map(_script, sample))
    latin = scripts.count("latin")
    # Han and kana are one writing system; which of the two languages it is, is decided below.
    scripts = ["zh" if script == "ja" else script for script in scripts if script and script != "latin"]
    code = max(set(scripts), key=scripts.count, default="")
    if scripts.count(code) * (3 if code in _DENSE else 1) < max(1.0, latin * _MIN_SHARE):
        return UNDETERMINED
    if code == "zh":
        # A Chinese text may quote a kana; a Japanese sentence cannot do without them.
        kana = len(_KANA.findall(text))
        return "ja" if kana and kana * 20 >= len(_HAN.findall(text)) else "zh"
    for pattern, refined in _REFINE.get(code, ()):
        if pattern.search(text):
            return refined
    return code


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    """Return the language a character's script stands for, `latin` for Latin letters, or an empty string."""
    code = ord(char)
    if code < 0x370:
        return "latin" if char.isalpha() else ""
    at = bisect_right(_STARTS, code) - 1
    return _SCRIPTS[at][2] if at >= 0 and code <= _SCRIPTS[at][1] else ""
