"""What hovers and documentation look like: Markdown, or plain text for clients without.

Everything a document says is shown as text. Nothing in it can become a link, an image, HTML or a heading here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import category

from seealso.model import DuplicateKind
from seealso.occurrences import occurrences
from seealso.worth import worthwhile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from seealso.model import DocumentMatch, Heading, IndexStatus, Match, Place, Related

    LinkOf = Callable[[Place], str]
    """URI of a place. Without one, titles are no links: the path beside them says where they are."""

SNIPPET = 160
"""Characters of a snippet at most; one line in most hovers."""

_SPECIAL = re.compile(
    r"[\\`*\[\]<>|~$]|(?<=\])\(|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])|(?<=:)/(?=/)|(?i:(?<=www))\.|(?<=[\w.+:-])@(?=[\w.-])"
)
r"""What Markdown (CommonMark, GFM, and `$` mathematics) would read as markup inside a line. `_` between letters or
digits is a letter. `marked`, which VS Code renders hovers with, takes the backslashes of brackets inside a link's text
away before it reads it: there only `]\(x)` is no link. It finds `www.` anywhere, in any case."""

_JOINER = "\u034f"
"""Invisible. cmark-gfm looks for e-mail addresses when backslashes are gone already: only another character helps."""

_LINE_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+=](?=\s|=|-|$))|^(\s*\d{1,9})([.)])(?=\s|$)")
"""What Markdown would read as the beginning of a block."""

HOVER_DUPLICATES = 3
"""Places that repeat the passage, at most; an editor shows few lines of a hover, and all places beside a diagnostic."""

_WORDS = {
    DuplicateKind.EXACT: "the same text",
    DuplicateKind.EDITED: "nearly the same",
    DuplicateKind.REWORDED: "the same in other words",
    DuplicateKind.PARALLEL: "same frame, another subject",
}

CLOSE = 0.45
"""Score from which a match is called close."""

_BANDS = ((0.7, "very close"), (CLOSE, "close"))
"""Lowest fused score of each word; scores are scaled by the model's own background, so that no model needs its own."""


def escape(text: str) -> str:
    """Return a line of Markdown that shows a text as it is, its white space collapsed."""
    return _escape_start(_escape_inline(" ".join(text.split())))


def _escape_inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text.replace("\0", "\ufffd")).replace(r"\@", rf"\@{_JOINER}")


def _escape_start(line: str) -> str:
    return _LINE_START.sub(lambda found: rf"{found[1]}\{found[2]}" if found[2] else rf"{found[3]}\{found[4]}", line)


def closeness(match: Match) -> str:
    """Return how close a match is, in words."""
    if match.relation is not None:
        return _WORDS[match.relation]
    return next((word for low, word in _BANDS if match.score >= low), "related")


def title(path: str, headings: Sequence[Heading]) -> str:
    """Return the heading path of a place, or its file name when there are no headings."""
    return " › ".join(heading.title for heading in headings) or path.rpartition("/")[2]


def snippet(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Return one line of a text around most of the terms, in pieces, each with whether it is one of the terms."""
    text = " ".join(text.split())
    found = list(occurrences(text, [term for term in terms if not _has_sign_at_end(term)]))
    start, end = _window(text, found)
    pieces: list[tuple[str, bool]] = [("…", False)] if start > 0 else []
    at = start
    for low, high in found:
        if start <= low and high <= end:
            pieces += [(text[at:low], False), (text[low:high], True)]
            at = high
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [piece for piece in pieces if piece[0]]


def hover_markdown(related: Related, link: LinkOf | None, footer: str) -> str:
    """Return a hover: places that repeat the passage, then what else is related to it."""
    parts = [f"*{escape(footer)}*"] if footer else []
    for heading, matches, more in _lists(related):
        items = [item_markdown(match, link) for match in matches]
        parts.append(f"**{heading}**\n\n" + "\n".join(items + ([f"- {more}"] if more else [])))
    return "\n\n".join(parts)


def hover_plain(related: Related, footer: str) -> str:
    """Return the same hover for a client that shows no Markdown."""
    parts = [footer] if footer else []
    for heading, matches, more in _lists(related):
        items = [_item_plain(match) for match in matches]
        parts.append(f"{heading}\n" + "\n".join(items + ([f"- {more}"] if more else [])))
    return "\n\n".join(parts)


def documents_markdown(matches: Sequence[DocumentMatch], link: Callable[[str], str] | None) -> str:
    """Return the hover of a document's title: the documents related to it as a whole."""
    items = [
        f"- {_linked_title(match.title or match.path.rpartition('/')[2], link and link(match.path))}"
        f" · {_nearness(match)} · {escape(match.path)}"
        for match in worthwhile(matches)
    ]
    return "**Related documents**\n\n" + "\n".join(items) if items else ""


def documents_plain(matches: Sequence[DocumentMatch]) -> str:
    """Return the same hover for a client that shows no Markdown."""
    items = [
        f"- {match.title or match.path.rpartition('/')[2]} · {_nearness(match)} · {match.path}"
        for match in worthwhile(matches)
    ]
    return "Related documents\n" + "\n".join(items) if items else ""


def _nearness(match: DocumentMatch) -> str:
    words = next((word for low, word in _BANDS if match.score >= low), "related")
    return f"{words}, already linked" if match.linked else words


def _lists(related: Related) -> Iterator[tuple[str, Sequence[Match], str]]:
    """Yield what a hover lists: a heading, the matches under it, and how many more there are, in words."""
    if related.duplicates:
        more = len(related.duplicates) - HOVER_DUPLICATES
        words = f"and {more} more {'place' if more == 1 else 'places'}" if more > 0 else ""
        yield "Written before", related.duplicates[:HOVER_DUPLICATES], words
    if matches := worthwhile(related.matches):
        yield "See also", matches, ""


def footer(complete: bool, status: IndexStatus | None) -> str:
    """Return what the reader has to know about the answer, or nothing."""
    if complete or status is None:
        return ""
    if status.passages and not status.pending:
        return ""
    if not status.passages:
        return "Index is still being built." if status.state == "building" else "Nothing is indexed yet."
    what = "still being built" if status.state == "building" else "incomplete"
    counts = f"{status.embedded:,} of {status.passages:,} passages"
    return f"Index is {what}: {counts} are found by meaning so far, the others by words."


def place_markdown(place: Place, link: LinkOf | None) -> str:
    """Return a whole passage with where it stands, for the documentation of a completion."""
    head = _linked_title(title(place.path, place.headings), link and link(place))
    return f"{head} — {escape(place.path)}\n\n{_quoted(place.text)}"


def place_plain(place: Place) -> str:
    """Return the same as plain text."""
    return f"{title(place.path, place.headings)} — {place.path}:{place.start_line + 1}\n\n{place.text}"


def _quoted(text: str) -> str:
    return f"> {escape(text)}"


def item_markdown(match: Match, link: LinkOf | None) -> str:
    """Return one line of a list of matches, and a line of its text."""
    place = match.place
    marks = "".join(f" · {escape(mark)}" for mark in (closeness(match), _where(match), *_linked(match)))
    head = f"- {_linked_title(title(place.path, place.headings), link and link(place))}{marks}"
    if match.relation is DuplicateKind.EXACT:
        return head  # the reader is looking at the text
    line = _escape_start(
        "".join(
            f"**{_escape_inline(piece)}**" if is_term else _escape_inline(piece)
            for piece, is_term in snippet(place.text, match.terms)
        )
    )
    return f"{head}  \n  {line}"


def _item_plain(match: Match) -> str:
    place = match.place
    marks = ", ".join((closeness(match), _where(match), *_linked(match)))
    head = f"- {title(place.path, place.headings)} ({marks})"
    if match.relation is DuplicateKind.EXACT:
        return head
    return f"{head}\n  " + "".join(piece for piece, _ in snippet(place.text, match.terms))


def _linked_title(text: str, uri: str | None) -> str:
    return f"[{escape(text)}]({uri})" if uri else escape(text)


def _where(match: Match) -> str:
    line = match.place.start_line + 1
    return f"line {line}" if match.same_document else f"{match.place.path}:{line}"


def _linked(match: Match) -> tuple[str, ...]:
    return ("already linked",) if match.linked else ()


def _has_sign_at_end(term: str) -> bool:
    """Tell whether Markdown could not make a term bold wherever it stands: stars bind to letters, not to signs."""
    return any(category(character)[0] in "PS" for character in (term[:1], term[-1:]) if character)


def _window(text: str, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the slice of at most `SNIPPET` characters with the most occurrences, cut between words."""
    if len(text) <= SNIPPET:
        return 0, len(text)
    best, most = 0, -1
    for low, _ in found or [(0, 0)]:
        count = sum(low <= other and high <= low + SNIPPET for other, high in found)
        if count > most:
            best, most = low, count
    start = max(0, min(best - SNIPPET // 6, len(text) - SNIPPET))
    if start > 0 and (space := text.find(" ", start, best + 1)) >= 0:
        start = space + 1
    end = min(len(text), start + SNIPPET)
    if end < len(text) and (space := text.rfind(" ", start + SNIPPET // 2, end)) > 0:
        end = space
    return start, end
