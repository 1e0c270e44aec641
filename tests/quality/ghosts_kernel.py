"""Measure ghost text on the kernel's documentation: `PYTHONPATH=tests:server python -m quality.ghosts_kernel [CACHE]`.

Sentences of the index are typed again word by word, as if the paragraph they are from were not there. What is shown
is right when it is just the rest of the sentence.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter

from bench.kernel_docs import kernel_docs
from seealso.corpus import CACHE_VARIABLE
from seealso.lsp.beginning import beginning
from seealso.lsp.endings import MAX_PLACES, endings
from seealso.lsp.sentences import sentences
from seealso.model import PassageKind, Place
from seealso.text.registry import format_for
from seealso.workspace import Workspace

SENTENCES = 600
MAX_SHOWN = 10
"""More words than these are one line of the table."""


def main() -> None:
    """Type, and print a table by the number of words typed."""
    if len(sys.argv) > 1:
        os.environ[CACHE_VARIABLE] = sys.argv[1]
    workspace = Workspace.open(kernel_docs())
    if not workspace.status().passages:
        workspace.update()
    shown: Counter[tuple[int, bool]] = Counter()
    right: Counter[tuple[int, bool]] = Counter()
    typed: Counter[int] = Counter()
    for place, sentence in _sample(workspace):
        words = sentence.split(" ")
        for count in range(1, len(words)):
            rest = " ".join(words[count:])
            line = min(count, MAX_SHOWN)
            typed[line] += 1
            if (found := _shown(workspace, " ".join(words[:count]) + " ", place)) is not None:
                text, several = found
                shown[line, several] += 1
                right[line, several] += text.strip() == rest
    print("words   typed   one place: shown  right   several: shown  right")
    for line in sorted(typed):
        figures = [
            f"{shown[line, several]:6}  {_share(right[line, several], shown[line, several])}"
            for several in (False, True)
        ]
        print(f"{line:5}  {typed[line]:6}  " + "  ".join(figures))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:4.0%}" if whole else "   -"


def _sample(workspace: Workspace) -> list[tuple[Place, str]]:
    """Return sentences of paragraphs all over the workspace, with where they stand."""
    choice = random.Random(1)
    paths = sorted(path.relative_to(workspace.root).as_posix() for path in workspace.root.rglob("*.rst"))
    found: list[tuple[Place, str]] = []
    for path in choice.sample(paths, len(paths)):
        segmentation = workspace.segmentation(path)
        passages = [p for p in segmentation.passages if p.kind is PassageKind.PARAGRAPH] if segmentation else []
        if not passages:
            continue
        passage = choice.choice(passages)
        sentence = choice.choice(sentences(passage.text) or [""])
        if len(sentence.split()) > 3:
            found.append((Place(path, passage.start_line, passage.end_line, passage.kind, passage.text), sentence))
        if len(found) == SENTENCES:
            break
    return found


def _shown(workspace: Workspace, text: str, own: Place) -> tuple[str, bool] | None:
    """Return what is shown after a text, and whether several places say so."""
    syntax = format_for("draft.md")
    assert syntax is not None
    begun = beginning([text], syntax)
    if begun is None or not begun.is_long_enough:
        return None
    places = [
        place
        for place in workspace.with_phrase(begun.phrase, MAX_PLACES)
        if (place.path, place.start_line) != (own.path, own.start_line)
    ]
    ending = endings(begun, places).clear(begun)
    return (ending.text, ending.votes > 1) if ending is not None else None


if __name__ == "__main__":
    main()
