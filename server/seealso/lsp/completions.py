"""What can be completed at a place in a document, and what with. Pure: texts and matches in, proposals out."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Literal

from seealso.lsp.sentences import MIN_OVERLAP, closest, rest_of, sentences
from seealso.model import LinkTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from seealso.lsp.endings import Endings
    from seealso.lsp.sentences import Written
    from seealso.lsp.titles import Named
    from seealso.model import Heading, Match, Place
    from seealso.text.base import Format

MAX_LINKS = 25
MAX_QUOTES = 3
MAX_CONTINUATIONS = 3
MIN_PARTIAL = 8
"""Characters of an unfinished sentence (or two words) before sentences that begin the same are offered."""

MIN_SUBJECT = 40
"""Characters of a paragraph that say what it is about."""

TITLE_LINES = 20
"""A heading of the first level stands this near to the top when it is the document's title."""

_OPENER = re.compile(r"(?<!\\)(!?)(\[\[?)([^\[\]`]{0,100})$")
_WORD = re.compile(r"(?<![\w'’-])[\w'’-]*$")
_TASK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]?$")
_NOT_IN_WIKI_LINKS = re.compile(r"[|#^\[\]]")
"""Obsidian takes no file names with these, and reads spaces for them in headings."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is being written at the cursor."""

    kind: Literal["link", "wiki", "any"]
    typed: str
    """Words typed so far: after the bracket, or the word before the cursor."""
    replaced: str
    """Text before the cursor that a completion replaces."""
    after: int = 0
    """Code points after the cursor that it replaces too: brackets the editor has closed by itself."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One completion, before it is dressed for a client."""

    kind: Literal["link", "quote", "continue"]
    label: str
    text: str
    """What is inserted, as plain text."""
    editable: str
    """The part of `text` the writer may want to change at once; empty for none."""
    place: Place | None
    """What the documentation shows; None for a heading without a passage."""
    path: str
    line: int
    detail: str


def context(prefix: str, suffix: str, *, markdown: bool) -> Context | None:
    """Return what is being written between two halves of a line, or None where nothing should be offered."""
    if prefix.count("`") % 2:
        return None  # code, or a role that is not ours
    opened = _OPENER.search(prefix)
    if opened is None:
        word = _WORD.search(prefix)
        typed = word[0] if word else ""
        return Context("any", typed, typed)
    image, bracket, typed = opened.groups()
    if not markdown and prefix[: opened.start()][-1:].isalnum():
        return None  # the text of a macro (`xref:a.adoc[`), the options of a command, an index
    after = len(suffix) - len(suffix.lstrip("]"))
    if image or suffix[after : after + 1] in ("(", "[") or (after == 0 and "](" in suffix):
        return None  # an image, or the text of a link that has its target
    if _TASK.match(prefix) and typed:
        return None  # `- [ ]`, `- [x]`
    wiki = bracket == "[[" and markdown
    return Context("wiki" if wiki else "link", typed, bracket + typed, min(after, len(bracket)))


def finished(paragraph: str, typed: str) -> str:
    """Return a paragraph without the word before the cursor, unless that is many: some scripts have no spaces."""
    from seealso.text.prose import count_words  # with the first question, not before `initialize`

    return paragraph.removesuffix(typed) if count_words(typed) <= 1 else paragraph


def subject(paragraph: str, previous: str) -> str:
    """Return what is being written about: the paragraph, or while it says little the one before it and it."""
    paragraph = " ".join(paragraph.split())
    return paragraph if len(paragraph) >= MIN_SUBJECT else f"{previous} {paragraph}".strip()


def links_as_wikis_do(links: Iterable[str]) -> bool | None:
    """Tell whether most links between documents are wiki links; None when there are none to tell by."""
    inner = [link for link in links if link.startswith("[[") or ("://" not in link and link[:1] != "#")]
    return sum(link.startswith("[[") for link in inner) * 2 >= len(inner) if inner else None


def link_proposals(
    document: str,
    syntax: Format,
    matches: Iterable[Match],
    named: Iterable[Named],
    *,
    near: Iterable[Match],
    wiki: bool,
) -> list[Proposal]:
    """Return links to sections: first those whose title has the typed words, then those of the matches.

    Of the named ones those come first whose documents are among `near`, what the paragraph is about.
    """
    related = [match.place for match in matches]
    rank = {match.place.path: index for index, match in reversed(list(enumerate(near)))}
    best = nsmallest(
        MAX_LINKS,
        named,
        key=lambda found: (
            found.path not in rank,
            not found.begins,
            rank.get(found.path, 0),
            found.path != document,
            len(found.heading.title),
        ),
    )
    targets: dict[tuple[str, str], tuple[str, Heading | None, Place | None]] = {}
    for _, path, heading in best:
        targets.setdefault((path, heading.anchor), (path, heading, None))
    for place in related:
        section = place.headings[-1] if place.headings else None
        key = (place.path, "" if section is None else section.anchor)
        if key not in targets or targets[key][2] is None:
            targets[key] = (place.path, section, place)
    return [
        _link(document, syntax, path, heading, place, wiki=wiki)
        for path, heading, place in list(targets.values())[:MAX_LINKS]
    ]


def _link(
    document: str, syntax: Format, path: str, heading: Heading | None, place: Place | None, *, wiki: bool
) -> Proposal:
    name = posixpath.splitext(posixpath.basename(path))[0]
    title = heading.title if heading is not None else name
    if wiki and not _NOT_IN_WIKI_LINKS.search(path):
        section = "" if heading is None or _is_title(heading) else _NOT_IN_WIKI_LINKS.sub(" ", heading.title)
        fragment = f"#{' '.join(section.split())}" if section.strip() else ""
        text = f"[[{posixpath.splitext(path)[0]}{fragment}]]"
        editable = ""
    else:
        text = syntax.link(target(document, path, title, heading))
        editable = title
    return Proposal("link", title, text, editable, place, path, heading.line if heading is not None else 0, path)


def target(document: str, path: str, title: str, heading: Heading | None) -> LinkTarget:
    """Return the target of a link from one document to a section of another."""
    relative = posixpath.relpath(path, posixpath.dirname(document) or ".")
    section = None if heading is not None and _is_title(heading) and not heading.label else heading
    return LinkTarget(path=relative, title=title, heading=section)


def _is_title(heading: Heading) -> bool:
    """Tell whether a heading titles its whole document, so that a link needs no fragment."""
    return heading.level == 1 and heading.line < TITLE_LINES


def quote_proposals(document: str, syntax: Format, matches: Iterable[Match], *, on_own_line: bool) -> list[Proposal]:
    """Return quotations of related passages, each with a link to where it is from."""
    proposals: list[Proposal] = []
    for match in matches:
        place = match.place
        if len(proposals) == MAX_QUOTES:
            break
        heading = place.headings[-1] if place.headings else None
        title = heading.title if heading is not None else posixpath.splitext(posixpath.basename(place.path))[0]
        source = syntax.link(target(document, place.path, title, heading))
        text = syntax.quote(place.text, source)
        proposals.append(
            Proposal(
                kind="quote",
                label=_shortened(place.text),
                text=text if on_own_line else f"\n\n{text}",
                editable="",
                place=place,
                path=place.path,
                line=place.start_line,
                detail=f"quote from {title}",
            )
        )
    return proposals


def rests(found: Endings, typed: str) -> list[Proposal]:
    """Return what is missing of the sentence being written where it was written before, most frequent first.

    `typed` is the word before the cursor, which is replaced.
    """
    return [
        _continuation(ending.sentence, ending.with_word(typed), ending.text.strip(), ending.place)
        for ending in found.found[:MAX_CONTINUATIONS]
    ]


def continuations(
    so_far: Written, typed: str, gap: str, matches: Iterable[Match], following: Callable[[Place], Place | None]
) -> list[Proposal]:
    """Return the sentences that followed the closest earlier sentences, most alike first.

    In the middle of a sentence only those that begin as it does, and only what is missing of them. `typed` is the word
    before the cursor, which is replaced; `gap` what separates a new sentence from what stands before it.
    """
    last, partial = so_far
    found: list[tuple[float, str, Place]] = []
    for match in matches:
        theirs = sentences(match.place.text)
        at, alike = closest(last, theirs)
        if alike >= MIN_OVERLAP:
            # Among sentences equally alike, the one from the closer passage.
            weight = alike + match.score / 10
            found += [(weight, sentence, place) for sentence, place in _next(theirs, at, match.place, following)]
        if len(partial.split()) > 1 or len(partial) >= MIN_PARTIAL:
            found += [(match.score, sentence, match.place) for sentence in theirs]
    found.sort(key=lambda candidate: -candidate[0])
    proposals: dict[str, Proposal] = {}
    for _, sentence, place in found:
        rest = rest_of(sentence, partial)
        if rest and sentence != last and len(proposals) < MAX_CONTINUATIONS:
            # The space after the last word may be there already.
            rest = rest if typed or gap else rest.lstrip()
            text = typed + rest if partial else gap + sentence
            editable = rest.strip() if partial else sentence
            proposals.setdefault(text, _continuation(sentence, text, editable, place))
    return list(proposals.values())


def _continuation(sentence: str, text: str, editable: str, place: Place) -> Proposal:
    return Proposal(
        kind="continue",
        label=_shortened(sentence),
        text=text,
        editable=editable,
        place=place,
        path=place.path,
        line=place.start_line,
        detail=f"as in {place.path}",
    )


def _next(
    theirs: Sequence[str], at: int, place: Place, following: Callable[[Place], Place | None]
) -> list[tuple[str, Place]]:
    if at + 1 < len(theirs):
        return [(theirs[at + 1], place)]
    after = following(place)
    return [(first, after) for first in sentences(after.text)[:1]] if after is not None else []


def gap_after(before: str) -> str:
    """Return the space between what is written and a new sentence; Chinese and Japanese write none."""
    return " " if before and not before[-1].isspace() and before[-1] not in "。！？」』）" else ""


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
