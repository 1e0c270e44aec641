"""A sentence as far as it is written, as clean prose: what other places are compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from seealso.lsp.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.model import Segmentation
    from seealso.text.base import Format

MIN_CHARACTERS = 12
"""Characters of a beginning that is looked for; those of Chinese, Japanese and Korean count twice."""

MIN_WORDS = 3
"""Words of it, the last may be unfinished; two characters of a script without spaces are a word."""

MAX_PARAGRAPH = 8_000
"""Characters of a paragraph that are read to find the sentence being written."""

_TYPED = re.compile(r"[\w'’-]*$")
_QUOTED = re.compile(r"^\s*(?:>\s?)+")
_OPEN_EMPHASIS = re.compile(r"(?<![^\W_])(?:[*_]{1,3}|~~|==)(?=[^\s*_~=])")
_SIGNS_AT_END = re.compile(r"[*_~=^|\\]+$")
_BACKTICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is written of a sentence before the cursor."""

    texts: tuple[str, ...]
    """How it may read, likeliest first: signs may be text or emphasis that is still open. With a space at the end where
    the cursor stands after one."""
    typed: str
    """The word right before the cursor, which may be unfinished; empty after a space."""
    raw: str
    """The paragraph as it is written, in one line, up to the cursor; a space at its end is kept."""

    @property
    def phrase(self) -> str:
        """What is looked for: words alone count there."""
        return self.texts[-1]

    @property
    def is_long_enough(self) -> bool:
        """Whether so much agrees with another sentence hardly ever by chance."""
        from seealso.text.prose import count_words

        text = self.phrase.strip()
        width = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
        return width >= MIN_CHARACTERS and count_words(text) >= MIN_WORDS


def beginning(paragraph: Sequence[str], syntax: Format) -> Beginning | None:
    """Return the sentence being written at the end of a paragraph given as lines, the last one up to the cursor.

    None when nothing is written of it yet, or where the cursor is inside code.
    """
    from seealso.text.prose import collapse

    if sum(map(len, paragraph)) > MAX_PARAGRAPH:
        return None
    first, *others = paragraph
    # One line: a second one that begins with dashes would be read as what makes a title of the first.
    raw = collapse("\n".join([first, *(_QUOTED.sub("", line) for line in others)]))
    written = sentences(prose(read(raw, syntax)))
    if not written or _in_code(raw):
        return None
    text = written[-1]
    # Signs at the end may be the first half of a name, whatever they are when nothing follows.
    signs = _SIGNS_AT_END.search(raw)
    texts = dict.fromkeys([text if signs is None or text.endswith(signs[0]) else text + signs[0], text, closed(text)])
    if apart := paragraph[-1][-1:].isspace() or not paragraph[-1]:
        # Chinese and Japanese write no space; one that follows from the end of a line stands for nothing there.
        texts = dict.fromkeys(alternative for text in texts for alternative in _with_space(text))
    typed = _TYPED.search(paragraph[-1])
    return Beginning(tuple(texts), typed[0] if typed else "", f"{raw} " if apart else raw)


def closed(text: str) -> str:
    """Return a clean text without the signs of emphasis that begins in it and has no end yet."""
    return _OPEN_EMPHASIS.sub("", text)


def read(line: str, syntax: Format) -> Segmentation:
    """Read one line as a document of its own."""
    return syntax.segmenter().segment(line.encode("utf-8", "replace"))


def prose(line: Segmentation) -> str:
    """Return the text of a line without its markup: as it is indexed, or of a title."""
    if line.passages:
        return line.passages[-1].text
    return line.headings[-1].title if line.headings else ""


def _with_space(text: str) -> tuple[str, ...]:
    return (f"{text} ", text) if east_asian_width(text[-1]) in "WF" else (f"{text} ",)


def _in_code(text: str) -> bool:
    """Tell whether a text ends between backticks: code, or a role that is not ours."""
    opened = 0
    for run in _BACKTICKS.findall(text):
        if not opened:
            opened = len(run)
        elif len(run) == opened:
            opened = 0
    return opened > 0
