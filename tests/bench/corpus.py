"""What the benches of language servers do to the documents of a tree: the same for every server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from seealso.model import Passage, PassageKind
from seealso.text.decode import decode
from seealso.text.registry import format_for

MIN_WORDS = 25
"""Words of a paragraph that is pasted or typed; shorter ones are no duplicates for anybody."""

LANGUAGE_IDS = {"markdown": "markdown", "rst": "restructuredtext"}
MAX_BYTES = 100_000
"""Larger documents are not worked on: they measure their own size."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document, and what is done with it."""

    path: Path
    language_id: str
    text: str
    line: int
    """A line of prose to point at, 0-based."""
    foreign: str
    """A paragraph of another document, as it is written there."""
    beginning: str
    """The first half of another one."""
    query: str
    """Words of a heading somewhere."""


class Corpus:
    """The documents of a tree, and a sample of them."""

    def __init__(self, root: Path, count: int, random: Random) -> None:
        self.root = root
        paths = sorted(path for path in root.rglob("*") if format_for(path.name) is not None and path.is_file())
        self.files = len(paths)
        self.bytes = sum(path.stat().st_size for path in paths)
        some = [path for path in random.sample(paths, len(paths)) if path.stat().st_size < MAX_BYTES]
        read = [found for path in some[: 2 * count] if (found := _read(path)) is not None]
        pasted, typed, named = (random.sample(read, len(read)) for _ in range(3))
        self.sample = [
            Sheet(
                path,
                language_id,
                text,
                random.choice(passages).start_line,
                _source(random.choice(foreign.passages), foreign.text),
                _half(_source(random.choice(source.passages), source.text)),
                random.choice(titles.passages).headings[-1].title,
            )
            for (path, language_id, text, passages), foreign, source, titles in zip(
                ((one.path, one.language_id, one.text, one.passages) for one in read), pasted, typed, named, strict=True
            )
            if foreign.path != path
        ][:count]


@dataclass(frozen=True, slots=True)
class _Read:
    path: Path
    language_id: str
    text: str
    passages: list[Passage]
    """Paragraphs under a heading that begin at the margin."""


def _read(path: Path) -> _Read | None:
    """Return a document that has a paragraph to work with; None otherwise."""
    fmt = format_for(path.name)
    assert fmt is not None
    source, _ = decode(path.read_bytes())
    text = source.decode()
    lines = text.split("\n")
    passages = [
        passage
        for passage in fmt.segmenter().segment(source).passages
        if passage.kind is PassageKind.PARAGRAPH
        and passage.headings
        and len(passage.text.split()) >= MIN_WORDS
        and lines[passage.start_line][:1].strip()
    ]
    return _Read(path, LANGUAGE_IDS.get(fmt.name, "plaintext"), text, passages) if passages else None


def _source(passage: Passage, text: str) -> str:
    return text.encode()[passage.start_byte : passage.end_byte].decode().rstrip()


def _half(text: str) -> str:
    words = text.split()
    return " ".join(words[: len(words) // 2])
