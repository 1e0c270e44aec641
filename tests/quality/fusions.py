"""Compare ways to put words and meaning together: `PYTHONPATH=tests:server python -m quality.fusions` prints a table.

All but the workspace itself rank the same candidates, 60 texts of each side. With headings in the vectors, each passage
is embedded with the headings above it. With headings in the words, theirs are looked for beside the passage's own.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from bench.fetching import FetchError, cache
from quality import related
from quality.corpora import kept, kernel_parts
from quality.questions import KERNEL, QUESTIONS
from quality.rankings import Fusion, Ranking, Texts, by_meaning, by_words, convex, mmr, reciprocal
from quality.related import Methods, elsewhere, library_of, precision, sample
from quality.translated_manual import translated_manual
from seealso.candidates import Hit
from seealso.embed.onnx import OnnxEmbedder
from seealso.embed.profile import MULTILINGUAL_E5_SMALL
from seealso.index.lexical import MAX_QUERY_TERMS
from seealso.index.search import Scale
from seealso.index.words import lexical_terms
from seealso.model import Heading
from seealso.questions import TITLE_TERMS
from seealso.workspace import Workspace

if TYPE_CHECKING:
    from seealso.embed.base import Vectors

WEIGHTS = (0.9, 0.7, 0.5, 0.3)
TRANSLATED = ("de", "ja", "ru")
PARAGRAPHS = 100
"""Of each language, whose English originals are looked for."""

_PASSAGES = Scale(MULTILINGUAL_E5_SMALL.background_cosine, 1.0)
_QUERIES = Scale(MULTILINGUAL_E5_SMALL.query_background_cosine, MULTILINGUAL_E5_SMALL.query_top_cosine)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its candidates, found in one way or another."""

    hits: Mapping[str, Sequence[Hit]]
    """By how they were found: "text", and perhaps "headings in words" and "headings in vectors"."""
    product: Ranking
    """What the workspace answers."""
    score: Callable[[Ranking], float]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions of one kind, and what is in the column of their mean score."""

    name: str
    scale: Scale
    texts: Texts
    cases: list[Case] = field(default_factory=list)

    def mean(self, variant: str, fusion: Callable[[Task], Fusion]) -> float | None:
        """Return the mean score of a fusion; None where candidates are not found in that way."""
        if variant not in self.cases[0].hits:
            return None
        return float(np.mean([case.score(fusion(self)(case.hits[variant])) for case in self.cases]))


def ways() -> Iterator[tuple[str, str, Callable[[Task], Fusion]]]:
    """Yield a name, how the candidates are found, and the fusion of each row."""
    yield "words only", "text", lambda _: by_words
    yield "meaning only", "text", lambda _: by_meaning
    yield "reciprocal ranks, k = 60", "text", lambda _: reciprocal
    for weight in WEIGHTS:
        yield f"convex, meaning {weight}", "text", _convex(weight)
    yield "convex, meaning 0.7, then MMR", "text", _diverse
    yield "meaning only, headings in vectors", "headings in vectors", lambda _: by_meaning
    for variant in ("headings in vectors", "headings in words"):
        for weight in (0.7, 0.5):
            yield f"convex, meaning {weight}, {variant}", variant, _convex(weight)


def _convex(weight: float) -> Callable[[Task], Fusion]:
    return lambda task: convex(weight, task.scale)


def _diverse(task: Task) -> Fusion:
    fusion = convex(0.7, task.scale)
    return lambda hits: mmr(fusion(hits), task.texts)


def related_tasks() -> Iterator[Task]:
    """Yield what is related by document and by folder, and titles: passages of the kernel's documentation."""
    with closing(related.opened()) as workspace:
        library, methods = library_of(workspace), Methods.of(workspace)
        texts, known = methods.texts, methods.known
        ids = {text: text_id for text_id, text in known.items()}
        above = {one.text: one.headings for read in library.documents.values() for one in read.passages}
        contextual = replace(texts, vectors=_with_headings(known, above, texts))
        document, folder = Task("same document", _PASSAGES, texts), Task("same folder", _PASSAGES, texts)
        few = [one for one in library.passages() if PurePosixPath(one.path).parent in library.of_folder]
        for task, asked in ((document, library.passages()), (folder, few)):
            for one in sample(asked):
                text_id, terms = ids[one.passage.text], lexical_terms(one.passage.text)
                words = texts.store.lexical.salient(terms, MAX_QUERY_TERMS)
                hits = {
                    "text": texts.hits(words, texts.vector(text_id)),
                    "headings in words": texts.hits(
                        [*words, *_title_terms(texts, one.passage.headings)], texts.vector(text_id)
                    ),
                    "headings in vectors": contextual.hits(words, contextual.vector(text_id)),
                }
                hidden = methods.hidden(one)

                def shown(ranking: Ranking, hidden: set[str] = hidden) -> list[str]:
                    return [known[text_id] for text_id in ranking if known[text_id] not in hidden]

                def of_document(ranking: Ranking, path: str = one.path, shown: _Shown = shown) -> float:
                    return precision(shown(ranking), library.of_document[path])

                def of_folder(ranking: Ranking, path: str = one.path, shown: _Shown = shown) -> float:
                    return precision(
                        elsewhere(library, path, shown(ranking)), library.of_folder[PurePosixPath(path).parent]
                    )

                product = [ids[text] for text in methods.product(one)]
                task.cases.append(Case(hits, product, of_document if task is document else of_folder))
        titles = Task("title", _QUERIES, texts)
        chosen = sample(sorted(library.titles().items()))
        vectors = OnnxEmbedder().embed([title for title, _ in chosen], "query")
        for (title, right), vector in zip(chosen, vectors, strict=True):
            words = lexical_terms(title)
            hits = {"text": texts.hits(words, vector), "headings in vectors": contextual.hits(words, vector)}
            product = [ids[match.place.text] for match in workspace.search(title, related.ANSWERS).matches]
            titles.cases.append(Case(hits, product, _reciprocal_rank({ids[text] for text in right})))
        yield from (document, folder, titles)


_Shown = Callable[[Ranking], list[str]]


def question_task() -> Task:
    """Return questions written by hand about parts of the kernel's documentation."""
    with closing(Workspace.open(kernel_parts("questions", KERNEL))) as workspace:
        workspace.update()
        library, texts = library_of(workspace), Texts.of(workspace.directory)
        ids = {text: text_id for text_id, text in texts.store.texts.read(texts.ids.tolist()).items()}
        task = Task("questions", _QUERIES, texts)
        with QUESTIONS.open(encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["documents"] == "kernel"]
        vectors = OnnxEmbedder().embed([row["question"] for row in rows], "query")
        for row, vector in zip(rows, vectors, strict=True):
            wanted = tuple(row["answers"].split("|"))
            right = {
                ids[text] for path, found in library.of_document.items() if path.startswith(wanted) for text in found
            }
            hits = {"text": texts.hits(lexical_terms(row["question"]), vector)}
            product = [ids[match.place.text] for match in workspace.search(row["question"], related.ANSWERS).matches]
            task.cases.append(Case(hits, product, _reciprocal_rank(right)))
        return task


def crosslingual_task() -> Task:
    """Return paragraphs in three languages whose English originals are looked for among all of them."""
    manual = translated_manual()
    keys = sorted(manual["en"])

    def fill(folder: Path) -> None:
        for number, key in enumerate(keys):
            (folder / f"{number}.txt").write_text(manual["en"][key] + "\n", encoding="utf-8")

    with closing(Workspace.open(kept("fusions/english", fill))) as workspace:
        workspace.update()
        library, texts = library_of(workspace), Texts.of(workspace.directory)
        ids = {text: text_id for text_id, text in texts.store.texts.read(texts.ids.tolist()).items()}
        task = Task("cross-lingual", _PASSAGES, texts)
        asked = [
            (manual[language][key], f"{keys.index(key)}.txt")
            for language in TRANSLATED
            for key in sample(sorted(manual[language]))[:PARAGRAPHS]
        ]
        vectors = OnnxEmbedder().embed([text for text, _ in asked], "related")
        for (text, path), vector in zip(asked, vectors, strict=True):
            hits = {"text": texts.hits(texts.store.lexical.salient(lexical_terms(text)), vector)}
            product = [ids[match.place.text] for match in workspace.related_to_text(text, related.ANSWERS).matches]
            task.cases.append(Case(hits, product, _reciprocal_rank({ids[one] for one in library.of_document[path]})))
        return task


def _reciprocal_rank(right: set[int]) -> Callable[[Ranking], float]:
    def score(ranking: Ranking) -> float:
        rank = next((rank for rank, text_id in enumerate(ranking[: related.ANSWERS], 1) if text_id in right), 0)
        return 1 / rank if rank else 0.0

    return score


def _title_terms(texts: Texts, headings: Sequence[Heading]) -> list[str]:
    terms = [term for heading in headings for term in lexical_terms(heading.title)]
    return texts.store.lexical.salient(terms, TITLE_TERMS)


def _with_headings(known: Mapping[int, str], above: Mapping[str, Sequence[Heading]], texts: Texts) -> Vectors:
    """Return the vectors of all texts with the headings above them, embedded once and kept."""
    whole = [
        " > ".join([heading.title for heading in above.get(known[text_id], ())] + [""]) + known[text_id]
        for text_id in texts.ids.tolist()
    ]
    digest = blake2b("\0".join(whole).encode(), digest_size=8).hexdigest()
    file = cache() / "fusions" / f"headings-{digest}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, OnnxEmbedder().embed(whole, "passage").astype(np.float16))
    return np.asarray(np.load(file), np.float32)


def table(tasks: Sequence[Task]) -> str:
    """Return one row a way, in Markdown."""
    rows: list[tuple[str, list[float | None]]] = [
        (name, [task.mean(variant, fusion) for task in tasks]) for name, variant, fusion in ways()
    ]
    workspace = [float(np.mean([case.score(case.product) for case in task.cases])) for task in tasks]
    rows.append(("the workspace", [*workspace]))
    lines = [["", *(task.name for task in tasks)], ["---"] + ["---:"] * len(tasks)]
    lines += [[name, *("" if value is None else f"{value:.3f}" for value in values)] for name, values in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    try:
        print(table([*related_tasks(), question_task(), crosslingual_task()]))
    except FetchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
