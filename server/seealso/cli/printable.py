"""Text of documents made fit for a terminal: nothing a document says may move the cursor or forge a line.

Documents and file names are data. Escape sequences, other control characters and characters that reorder what stands
beside them are replaced before anything is printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from seealso.occurrences import occurrences

_DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]")
# JSON escapes what lies below the space by itself; the rest is legal in JSON and still not for terminals.
_JSON_DANGEROUS = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?:;]['\"”»)]*\s+|[。！？；]")


def printable(text: str) -> str:
    """Return one line of a text: white space collapsed, dangerous characters replaced by U+FFFD."""
    return _DANGEROUS.sub("\ufffd", " ".join(text.split()))


def printable_name(name: str) -> str:
    """Return a file name with its spaces as they are and dangerous characters replaced."""
    return _DANGEROUS.sub("\ufffd", name)


def printable_lines(text: str) -> str:
    """Return a message whose line breaks are kept, without any other control character."""
    return "\n".join(_DANGEROUS.sub("\ufffd", line.expandtabs()) for line in text.splitlines())


def json_line(value: Mapping[str, object]) -> str:
    """Return a JSON object in one line without its line break, readable in any script, inert in a terminal."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _JSON_DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def excerpt(text: str, terms: Sequence[str], characters: int) -> str:
    """Return the part of a text worth showing in about `characters`, with an ellipsis where it was cut.

    The beginning, unless the first of the terms (they come rarest first) stands only further on: then the sentence
    that holds it. The end is not cut: who prints knows how much room there is.
    """
    line = printable(text)
    if len(line) <= characters:
        return line
    for term in terms:
        hit = next(occurrences(line, (term,)), None)
        if hit is not None:
            start = _start(line, hit[0], characters)
            return ("… " + line[start:]) if start else line
    return line


def _start(line: str, hit: int, characters: int) -> int:
    """Return where an excerpt that holds the word at `hit` should begin."""
    if hit < characters * 3 // 4:
        return 0
    start = max((end.end() for end in _SENTENCE_END.finditer(line, 0, hit)), default=0)
    if hit - start > characters // 2:
        start = _word_at(line, hit - characters // 3, hit)
    # What is left should fill the room: a last sentence alone says too little.
    return min(start, _word_at(line, len(line) - characters, hit))


def _word_at(line: str, start: int, end: int) -> int:
    """Return where the first word after `start` begins, or `start` itself when there is none before `end`."""
    space = line.find(" ", start, end)
    return space + 1 if space >= 0 else start
