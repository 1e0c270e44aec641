"""How fast documents become passages, beside a bare parse of the same files in the same run.

`PYTHONPATH=tests python -m bench.parse` reads the kernel documentation, as it is and turned into Markdown; `--files N`
reads a part of it.
"""

from __future__ import annotations

import argparse
import gc
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_markdown
import tree_sitter_rst
from tree_sitter import Language, Parser

from bench.fetching import FetchError
from bench.kernel_docs import kernel_docs
from seealso.text.base import Segmenter
from seealso.text.markdown import MarkdownSegmenter
from seealso.text.rst import RstSegmenter

EDITED_BYTES = 68_000
EDITS = 40


@dataclass(frozen=True, slots=True)
class Reader:
    """A format, its grammar and our reading of it."""

    name: str
    grammar: object
    segmenter: Callable[[], Segmenter]


RST = Reader("reStructuredText", tree_sitter_rst.language(), RstSegmenter)
MARKDOWN = Reader("Markdown", tree_sitter_markdown.language(), MarkdownSegmenter)


@dataclass(frozen=True, slots=True)
class Speed:
    """Wall-clock seconds for reading all documents once."""

    bare_s: float
    segmenter_s: float
    megabytes: float
    passages: int

    @property
    def ratio(self) -> float:
        """Time of our segmenter over that of the bare parse."""
        return self.segmenter_s / self.bare_s


def measure(reader: Reader, documents: list[bytes], rounds: int) -> Speed:
    """Read all documents by turns with a bare tree-sitter parser and with ours; the faster round of each counts."""
    parser = Parser(Language(reader.grammar))
    passages = 0

    def bare() -> None:
        for document in documents:
            parser.parse(document)

    def ours() -> None:
        nonlocal passages
        passages = sum(len(reader.segmenter().segment(document).passages) for document in documents)

    times = [(_time(bare), _time(ours)) for _ in range(rounds)]
    megabytes = sum(map(len, documents)) / 1e6
    return Speed(min(bare for bare, _ in times), min(ours for _, ours in times), megabytes, passages)


def edit_times(reader: Reader, document: bytes) -> list[float]:
    """Return the seconds that each of some one-character edits all over a document takes, the best of three tries."""
    segmenter = reader.segmenter()
    times = []
    for number in range(1, EDITS + 1):
        at = len(document) * number // (EDITS + 1)
        while document[at] & 0xC0 == 0x80:
            at += 1
        edited = document[:at] + b"x" + document[at:]
        tries = []
        for _ in range(3):
            segmenter.segment(document)
            start = time.perf_counter()
            segmenter.segment(edited)
            tries.append(time.perf_counter() - start)
        times.append(min(tries))
    return times


def _time(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


_ADORNMENT = re.compile(r"^([=\-~^*#+.\"'`])\1{2,}[ \t]*$")
_INLINE = (
    (re.compile(r"``([^`\n]+)``"), r"`\1`"),
    (re.compile(r":[\w:]+:`([^`<\n]+?)\s*<([^>\s]+)>`"), r"[\1](\2)"),
    (re.compile(r":[\w:]+:`([^`\n]+)`"), r"`\1`"),
    (re.compile(r"`([^`<\n]+?)\s*<([^>\s]+)>`__?"), r"[\1](\2)"),
)


def as_markdown(source: str) -> str:
    """Return a reStructuredText document as Markdown of about the same size: titles, code, links, lists."""
    lines: list[str] = []
    levels: list[str] = []
    fenced = False
    for line in source.splitlines():
        if fenced and line and not line[0].isspace():
            lines.append("```\n")
            fenced = False
        adornment = None if fenced else _ADORNMENT.match(line)
        if adornment:
            if lines and lines[-1].strip() and not lines[-1][0].isspace():
                if adornment[1] not in levels:
                    levels.append(adornment[1])
                lines[-1] = "#" * min(6, levels.index(adornment[1]) + 1) + " " + lines[-1]
        elif not fenced and line.startswith(".. "):
            lines += [f"<!-- {line[3:].replace('--', '')} -->", "```"]
            fenced = True
        elif not fenced and line.endswith("::") and not line[0].isspace():
            lines += [line[:-1], "", "```"]
            fenced = True
        else:
            lines.append(line)
    text = "\n".join([*lines, "```"] if fenced else lines) + "\n"
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text


def show(reader: Reader, documents: list[bytes], rounds: int) -> None:
    """Measure one format and print its figures."""
    speed = measure(reader, documents, rounds)
    print(f"{reader.name}: {len(documents):,} documents, {speed.megabytes:.1f} MB, {speed.passages:,} passages")
    print(f"  bare tree-sitter parse  {speed.megabytes / speed.bare_s:>8.2f}   MB/s")
    print(f"  our segmenter           {speed.megabytes / speed.segmenter_s:>8.2f}   MB/s")
    print(f"  time over bare parse    {speed.ratio:>8.2f}   (at most 1.5)")
    document = min(documents, key=lambda document: abs(len(document) - EDITED_BYTES))
    cold_s = min(_time(lambda: reader.segmenter().segment(document)) for _ in range(5))
    times = edit_times(reader, document)
    print(f"  one document, cold      {cold_s * 1e3:>8.1f}   ms ({len(document):,} bytes)")
    print(f"  one edit, median        {statistics.median(times) * 1e3:>8.1f}   ms")
    print(f"  one edit, slowest       {max(times) * 1e3:>8.1f}   ms")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--files", type=int, help="read every nth document only, so that about this many are read")
    arguments.add_argument("--rounds", type=int, default=2)
    options = arguments.parse_args()
    files: list[Path] = sorted(kernel_docs().rglob("*.rst"))
    if options.files:
        files = files[:: max(1, len(files) // options.files)]
    documents = [file.read_bytes() for file in files]
    show(RST, documents, options.rounds)
    show(
        MARKDOWN, [as_markdown(document.decode("utf-8", "replace")).encode() for document in documents], options.rounds
    )


if __name__ == "__main__":
    try:
        main()
    except FetchError as error:
        sys.exit(str(error))
