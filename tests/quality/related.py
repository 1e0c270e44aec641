"""How much of what is related to a passage is of its section, its document or its folder, and how titles find theirs.

Asked of the workspace as editors ask it, on parts of the Linux kernel documentation. That passages of one section or
document belong together is a stand-in for what a reader would call related. For it, any number of places of one
document may be shown; for the folder, those of the passage's own document are left out, and two of each other one
are shown, as in editors. What the workspace shows apart, as repeating the passage, is left out for every method.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

import numpy as np

from quality.corpora import kernel_parts
from quality.figures import Figure
from quality.rankings import Fusion, Texts, by_meaning, by_words
from seealso.index.words import lexical_terms
from seealso.model import Heading, Passage, Related, Segmentation
from seealso.settings import RelatedSettings, Settings
from seealso.text.prose import count_words
from seealso.workspace import Workspace

PARTS = ("core-api", "filesystems", "trace")
SEED = 1
QUESTIONS = 500
SHOWN = 5
MIN_WORDS = 12
"""Shorter passages are not asked about."""
MIN_OTHERS = 5
"""Other texts that a document or section must have: a full answer can be right."""
MOST_OF_FOLDER = 25
"""Documents of a folder that may have one subject."""
PER_DOCUMENT = RelatedSettings().per_document
MOST = 50
"""Places the workspace is asked for, so that enough are left when those of a document are taken out."""
ANSWERS = 10
"""Places that are looked at for a title."""
GAIN = 1.05
"""Times the better of words and meaning that both together should reach."""


@dataclass(frozen=True)
class Asked:
    """A passage that is asked about."""

    path: str
    passage: Passage


@dataclass(frozen=True)
class Library:
    """Documents by path, and which texts stand where."""

    documents: dict[str, Segmentation]

    @cached_property
    def of_document(self) -> dict[str, set[str]]:
        """The texts of each document."""
        return {path: {one.text for one in read.passages} for path, read in self.documents.items()}

    @cached_property
    def of_section(self) -> dict[tuple[str, Heading | None], set[str]]:
        """The texts directly below each heading."""
        texts = defaultdict(set)
        for path, read in self.documents.items():
            for passage in read.passages:
                texts[path, _section(passage)].add(passage.text)
        return dict(texts)

    @cached_property
    def of_folder(self) -> dict[PurePosixPath, set[str]]:
        """The texts of each folder whose documents may have a subject in common: a few of them, not many."""
        documents = defaultdict(list)
        for path in self.documents:
            documents[PurePosixPath(path).parent].append(path)
        return {
            folder: set().union(*(self.of_document[path] for path in paths))
            for folder, paths in documents.items()
            if 2 < len(paths) <= MOST_OF_FOLDER
        }

    @cached_property
    def documents_of(self) -> dict[str, set[str]]:
        """The documents each text stands in."""
        paths = defaultdict(set)
        for path, texts in self.of_document.items():
            for text in texts:
                paths[text].add(path)
        return dict(paths)

    def passages(self) -> list[Asked]:
        """Return the passages that can be asked about, by a line on which no other one stands before them."""
        found = []
        for path, read in sorted(self.documents.items()):
            reached = -1
            for passage in read.passages:
                alone = passage.start_line > reached
                reached = max(reached, passage.end_line)
                if alone and len(self.of_document[path]) > MIN_OTHERS and count_words(passage.text) >= MIN_WORDS:
                    found.append(Asked(path, passage))
        return found

    def titles(self) -> dict[str, set[str]]:
        """Return titles of several words that stand in one place, with the texts anywhere below them."""
        found: dict[str, list[set[str]]] = defaultdict(list)
        for read in self.documents.values():
            below: dict[Heading, set[str]] = {heading: set() for heading in read.headings}
            for passage in read.passages:
                for heading in passage.headings:
                    below[heading].add(passage.text)
            for heading, texts in below.items():
                found[heading.title].append(texts)
        return {
            title: texts[0] for title, texts in found.items() if len(texts) == 1 and texts[0] and len(title.split()) > 1
        }


def precision(shown: Sequence[str], right: Collection[str]) -> float:
    """Return which share of a full answer is right; what is missing is wrong."""
    return sum(text in right for text in shown[:SHOWN]) / SHOWN


def elsewhere(library: Library, path: str, ranked: Sequence[str]) -> list[str]:
    """Return what is shown of the texts that do not stand in a document, at most `PER_DOCUMENT` of each other one."""
    taken: Counter[str] = Counter()
    shown = []
    for text in ranked:
        home = min(library.documents_of[text])
        if path not in library.documents_of[text] and taken[home] < PER_DOCUMENT:
            taken[home] += 1
            shown.append(text)
    return shown[:SHOWN]


T = TypeVar("T")

Method = Callable[[Asked], list[str]]
"""Returns the texts that are related to a passage, best first."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Means of precision at 5 over the questions, each with how many were asked."""

    section: tuple[float, int]
    document: tuple[float, int]


def measure(library: Library, asked: Sequence[Asked], method: Method) -> Precision:
    """Return how much of what a method shows is of the passage's section and of its document."""
    section, document = [], []
    for one in asked:
        ranked = method(one)
        document.append(precision(ranked, library.of_document[one.path]))
        own = library.of_section[one.path, _section(one.passage)]
        if len(own) > MIN_OTHERS:
            section.append(precision(ranked, own))
    return Precision(_mean(section), _mean(document))


def measure_elsewhere(library: Library, asked: Sequence[Asked], method: Method) -> tuple[float, int]:
    """Return how much of what a method shows of other documents is of the same folder."""
    return _mean(
        [
            precision(elsewhere(library, one.path, method(one)), library.of_folder[PurePosixPath(one.path).parent])
            for one in asked
        ]
    )


def _mean(values: Sequence[float]) -> tuple[float, int]:
    return (float(np.mean(values)) if values else 0.0), len(values)


def _section(passage: Passage) -> Heading | None:
    return passage.headings[-1] if passage.headings else None


@dataclass(frozen=True, slots=True)
class Methods:
    """Ways to find what is related, all leaving out what the workspace shows apart as repeating a passage."""

    workspace: Workspace
    texts: Texts
    known: dict[int, str]
    """Each text by its id."""
    answers: dict[Asked, Related]
    """What the workspace says, each asked once."""

    @classmethod
    def of(cls, workspace: Workspace) -> Methods:
        texts = Texts.of(workspace.directory)
        return cls(workspace, texts, texts.store.texts.read(texts.ids.tolist()), {})

    def product(self, asked: Asked) -> list[str]:
        """Return what the workspace shows."""
        return [match.place.text for match in self._answer(asked).matches]

    def fused(self, fusion: Fusion) -> Method:
        """Return a method that asks with the text of the passage alone."""

        def method(asked: Asked) -> list[str]:
            ids = self.texts.store.texts.ids([asked.passage.hash])
            vector = self.texts.vector(ids[asked.passage.hash])
            hits = self.texts.hits(lexical_terms(asked.passage.text), vector)
            hidden = self.hidden(asked)
            return [text for text_id in fusion(hits) if (text := self.known[text_id]) not in hidden]

        return method

    def hidden(self, asked: Asked) -> set[str]:
        """Return the texts that no method shows: the passage itself and what repeats it."""
        return {asked.passage.text, *(match.place.text for match in self._answer(asked).duplicates)}

    def _answer(self, asked: Asked) -> Related:
        if asked not in self.answers:
            answer = self.workspace.related(asked.path, asked.passage.start_line, MOST)
            assert answer is not None
            self.answers[asked] = answer
        return self.answers[asked]


def figures() -> Iterator[Figure]:
    """Yield precision at 5 of the workspace, and of meaning and words alone; then how well titles find their passages.

    Raises `FetchError` when the documents cannot be had.
    """
    with closing(opened()) as workspace:
        library = library_of(workspace)
        methods = Methods.of(workspace)
        ways = {"": methods.product, ", by meaning": methods.fused(by_meaning), ", by words": methods.fused(by_words)}
        asked = sample(library.passages())
        found = {name: measure(library, asked, method) for name, method in ways.items()}
        target = GAIN * max(one.document[0] for name, one in found.items() if name)
        for name, one in found.items():
            yield Figure("related", f"P@5 same document{name}", *one.document, None if name else round(target, 3))
        for name, one in found.items():
            yield Figure("related", f"P@5 same section{name}", *one.section)
        few = [one for one in library.passages() if PurePosixPath(one.path).parent in library.of_folder]
        for name, method in ways.items():
            yield Figure("related", f"P@5 same folder{name}", *measure_elsewhere(library, sample(few), method))
        ranks = [
            rank_of(right, [match.place.text for match in workspace.search(title, ANSWERS).matches])
            for title, right in sample(sorted(library.titles().items()))
        ]
        yield Figure("related", "MRR@10 title to passage", reciprocal_rank(ranks), len(ranks))


def opened() -> Workspace:
    """Return the workspace that is asked, up to date, which shows any number of places of one document."""
    settings = replace(Settings(), related=RelatedSettings(per_document=MOST))
    workspace = Workspace.open(kernel_parts("related", PARTS), settings)
    workspace.update()
    return workspace


def library_of(workspace: Workspace) -> Library:
    paths, _ = workspace.headings({})
    read = {path: workspace.segmentation(path) for path in paths}
    return Library({path: one for path, one in read.items() if one is not None})


def sample(known: Sequence[T]) -> list[T]:
    """Return some of the questions, the same ones each time."""
    return random.Random(SEED).sample(known, min(QUESTIONS, len(known)))


def rank_of(right: Collection[str], shown: Sequence[str]) -> int:
    """Return at which place, from 1, the first right text is shown; 0 where none is."""
    return next((rank for rank, text in enumerate(shown, 1) if text in right), 0)


def reciprocal_rank(ranks: Sequence[int]) -> float:
    return sum(1 / rank for rank in ranks if rank) / len(ranks)
