"""A sentence as far as it is written, as clean prose: what other places are compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from seealso.lsp.paragraphs import in_one_line, without_marks
from seealso.lsp.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.model import Segmentation
    from seealso.text.base import Format

MIN_CHARACTERS = 12
"""Characters of a beginning that is looked for; those of Chinese, Japanese and Korean count twice."""

MIN_WORDS = 3
"""Words of it; two characters of a script without spaces are one."""

MIN_UNFINISHED = 3
"""Characters from which on an unfinished word counts as a word."""

MAX_PARAGRAPH = 4_000
"""Characters of a paragraph that are read to find the sentence being written."""

_TYPED = re.compile(r"(?<![\w'’-])[\w'’-]*$")
_OPEN_EMPHASIS = re.compile(r"(?<![^\W_])(?:[*_]{1,3}|~~|==)(?=[^\s*_~=])")
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
        return _width(self.phrase.strip()) >= MIN_CHARACTERS and self.words >= MIN_WORDS

    @property
    def words(self) -> int:
        """How many words are written, without one that has hardly begun."""
        from seealso.text.prose import count_words

        text = self.phrase.strip()
        return count_words(text if _width(self.typed) >= MIN_UNFINISHED else text.removesuffix(self.typed))


def beginning(paragraph: Sequence[str], syntax: Format) -> Beginning | None:
    """Return the sentence being written at the end of a paragraph given as lines, the last one up to the cursor.

    None when nothing is written of it yet, or where the cursor is inside code.
    """
    if sum(map(len, paragraph)) > MAX_PARAGRAPH:
        return None
    # One line: a second one that begins with dashes would be read as what makes a title of the first.
    raw = in_one_line(paragraph)
    if _in_code(raw):
        return None
    # As it stands first: what is markup where nothing follows may be the first half of a name, or of a dash.
    clean = _last_sentence(prose(read(raw, syntax)))
    texts = list(dict.fromkeys(filter(None, (_last_sentence(without_marks([raw])), clean, closed(clean)))))
    if not texts:
        return None
    if apart := paragraph[-1][-1:].isspace() or not paragraph[-1]:
        # Chinese and Japanese write no space; one that follows from the end of a line stands for nothing there.
        texts = [alternative for text in texts for alternative in _with_space(text)]
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


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _last_sentence(text: str) -> str:
    return next(reversed(sentences(text)), "")


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
