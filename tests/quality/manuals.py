"""Manuals in some releases each, and the paragraphs that were changed between them.

A paragraph is changed when it stands in the same section of the same document as before, between the same neighbours,
and reads otherwise. No vector and no second look has a say in it, so that recall can be measured on what is found. Such
a paragraph may have become another statement altogether: what it is has to be judged by hand.

What is a list rather than a manual (release notes, announcements, plugins) is left out: it is made of templates.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from bench.fetching import FetchError, cache
from seealso.model import Passage
from seealso.text import rst
from seealso.text.prose import count_words

MIN_WORDS = 12
"""Shorter passages are never reported with default settings."""


@dataclass(frozen=True, slots=True)
class Manual:
    """The documentation in source distributions, in some releases."""

    name: str
    package: str
    releases: tuple[str, ...]
    """Oldest first."""
    folder: str
    """Where the documents are, from the root of the distribution."""
    left_out: tuple[str, ...] = ()
    """How the paths of those begin that are no prose about the subject."""


_PYTEST_LISTS = ("announce/", "changelog.rst", "reference/plugin_list.rst")

MANUALS = (
    Manual("SQLAlchemy", "sqlalchemy", ("1.0.19", "1.4.54", "2.0.36"), "doc/build", ("changelog/",)),
    Manual("Django", "django", ("1.8.19", "3.2.25", "5.2"), "docs", ("releases/", "internals/", "misc/")),
    Manual(
        "pytest",
        "pytest",
        ("3.10.1", "6.2.5", "8.3.4"),
        "doc/en",
        ("announce/", "changelog.rst", "reference/plugin_list.rst"),
    ),
    Manual("Ironic", "ironic", ("12.1.6", "21.4.4", "39.0.0"), "doc/source", ()),
    Manual("Sphinx", "sphinx", ("1.8.6", "4.5.0", "8.1.3"), "doc", ("changes",)),
)

MAX_REPLACED = 8
"""Paragraphs in a row that may have been replaced one for one; more are a section written anew."""

Documents = Mapping[str, Sequence[Passage]]
"""Passages by path of the document."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One paragraph in two releases."""

    path: str
    old: str
    new: str


def read(manual: Manual, release: str) -> dict[str, tuple[Passage, ...]]:
    """Return the passages of each document of a release.

    Raises `FetchError` when the release cannot be fetched, or is built in another way.
    """
    root = _folder(manual, release)
    # Django's documents are reStructuredText under another name.
    return {
        file.relative_to(root).as_posix(): rst.FORMAT.segmenter().segment(file.read_bytes()).passages
        for file in sorted((*root.rglob("*.rst"), *root.rglob("*.txt")))
        if not file.relative_to(root).as_posix().startswith(manual.left_out)
    }


def long_enough(documents: Documents) -> dict[str, tuple[str, ...]]:
    """Return which texts stand where, of those that may be reported."""
    places: dict[str, list[str]] = {}
    for path, passages in documents.items():
        for passage in passages:
            if count_words(passage.text) >= MIN_WORDS:
                places.setdefault(passage.text, []).append(path)
    return {text: tuple(paths) for text, paths in places.items()}


def all_changed(manual: Manual) -> Iterator[Changed]:
    """Yield what was changed from each release of a manual to the next.

    Raises `FetchError` when one cannot be fetched.
    """
    for old, new in pairwise(read(manual, release) for release in manual.releases):
        yield from changed(old, new)


def changed(old: Documents, new: Documents) -> list[Changed]:
    """Return the paragraphs that were replaced one for one, each once; both texts are long enough."""
    kept = {passage.text for passages in new.values() for passage in passages}
    found: dict[tuple[str, str], Changed] = {}
    for path, passages in old.items():
        sections, others = _sections(passages), _sections(new.get(path, ()))
        for titles, texts in sections.items():
            for first, second in _replaced(texts, others.get(titles, [])):
                # What still stands elsewhere in the new release was moved, not changed.
                if first not in kept and min(count_words(first), count_words(second)) >= MIN_WORDS:
                    found.setdefault((first, second), Changed(path, first, second))
    return list(found.values())


def word_overlap(first: str, second: str) -> float:
    """Return the share of words two texts share (Dice), 0 to 1, each as often as both have it."""
    a, b = (Counter(re.findall(r"\w+", text.casefold())) for text in (first, second))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _sections(passages: Sequence[Passage]) -> dict[tuple[str, ...], list[str]]:
    sections: dict[tuple[str, ...], list[str]] = {}
    for passage in passages:
        sections.setdefault(tuple(heading.title for heading in passage.headings), []).append(passage.text)
    return sections


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield paragraphs with those that took their place, between the same neighbours or ends of the section."""
    for what, start, end, other_start, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "replace" and end - start == other_end - other_start <= MAX_REPLACED:
            yield from zip(old[start:end], new[other_start:other_end], strict=True)


def _folder(manual: Manual, release: str) -> Path:
    """Return the folder with the documents of a release, fetched if it is not there."""
    root = cache() / "manuals" / f"{manual.package}-{release}"
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
            _unpack(manual, _download(manual.package, release, Path(temporary)), Path(temporary) / "documents")
            (Path(temporary) / "documents").replace(root)
    return root


def _download(package: str, release: str, to: Path) -> Path:
    """Return the archive of a source distribution, downloaded into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package]
    done = subprocess.run(
        [*command, "--dest", str(to), f"{package}=={release}"], capture_output=True, text=True, check=False
    )
    archive = next(to.glob("*.tar.gz"), None)
    if done.returncode != 0 or archive is None:
        raise FetchError(f"pip cannot download the sources of {package} {release}: {done.stderr.strip()[-500:]}")
    return archive


def _unpack(manual: Manual, archive: Path, to: Path) -> None:
    """Write the documents of an archive into a new folder."""
    with tarfile.open(archive) as sources:
        for member in sources:
            _, _, path = member.name.partition("/")
            if not (member.isfile() and path.startswith(manual.folder + "/") and path.endswith((".rst", ".txt"))):
                continue
            content = sources.extractfile(member)
            goal = to / path.removeprefix(manual.folder + "/")
            if content is None or ".." in goal.parts:
                continue
            goal.parent.mkdir(parents=True, exist_ok=True)
            with content, goal.open("wb") as sink:
                shutil.copyfileobj(content, sink)
    if not to.exists():
        raise FetchError(f"{archive.name} has no documents in {manual.folder}; has its layout changed?")
