"""Texts that ask too much of a reader, for every format."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from unit.text.reading import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seealso.text.base import Segmenter

_ANYWHERE = {
    "ever deeper text": b"".join(b" " * depth + b"x\n" for depth in range(2000)),
    "10,000 levels of indentation": b"".join(b" " * depth + b"- x\n" for depth in range(9_999, 0, -30)),
    "one line of 2 MB": b"word and `x` *y* _z_ " * 100_000,
    "one word of 10 MB": b"a" * 10_000_000,
    "no text": b"\0" * 1_000_000,
}


def hostile(characters: Iterable[str], tokens: Iterable[str], lines: Iterable[str]) -> dict[str, bytes]:
    """Return long repetitions of what means something in a format, by what they are called."""
    return {
        **{f"1 MB of {text!r}": _times(text, 1_000_000) for text in characters},
        **{f"300 kB of {text!r}": _times(text, 300_000) for text in tokens},
        **{f"200 kB of lines {text!r}": _times(f"{text}\n", 200_000) for text in lines},
        **_ANYWHERE,
    }


def read_in_linear_time(segmenter: Callable[[], Segmenter], source: bytes) -> None:
    """Check that a text is read, and in no more than linear time."""
    # A quadratic step over these sizes takes minutes; the bound leaves room for a slow machine.
    limit_s = 10 + 5 * len(source) / 1_000_000
    start = time.process_time()
    segmentation = segmenter().segment(source)
    assert time.process_time() - start < limit_s
    check(source, segmentation)


def _times(text: str, size: int) -> bytes:
    return (text * (size // len(text.encode()) + 1)).encode()[:size].decode("utf-8", "ignore").encode()
