"""Documents that only the server has, as Markdown: the results of a search, a report of duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.lsp import render
from seealso.model import DuplicateKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from seealso.lsp.render import LinkOf
    from seealso.model import DuplicateGroup, Match, Place

GROUPS = 200
"""Groups of duplicates on a page, at most; the command line lists all."""

PLACES = 10
"""Places of a group, at most."""

TEXT = 600
"""Characters of a passage, at most."""

_HEADINGS = {
    DuplicateKind.EXACT: "The same text",
    DuplicateKind.EDITED: "Nearly the same",
    DuplicateKind.REWORDED: "The same in other words",
    DuplicateKind.PARALLEL: "The same frame, another subject",
}

BOILERPLATE = "In so many documents that it is a template"


@dataclass(frozen=True, slots=True)
class Part:
    """What one folder has to say."""

    name: str
    link: LinkOf
    matches: Sequence[Match] = ()
    groups: Sequence[DuplicateGroup] = ()
    note: str = ""
    """What the reader has to know about it, or empty."""


def search_page(query: str, parts: Sequence[Part]) -> str:
    """Return the results of a search."""
    return _page(f"See also: {query}", parts, _matches)


def duplicates_page(parts: Sequence[Part]) -> str:
    """Return the groups of passages that repeat one another."""
    return _page("Duplicates", parts, _groups)


def _page(title: str, parts: Sequence[Part], body: Callable[[Part], Iterator[str]]) -> str:
    blocks = [f"# {render.escape(title)}"]
    for part in parts:
        blocks.append(f"In the folder {render.escape(part.name)}:")
        blocks += [f"*{render.escape(part.note)}*"] if part.note else []
        blocks += body(part)
    return "\n\n".join(blocks) + "\n"


def _matches(part: Part) -> Iterator[str]:
    if part.matches:
        yield "\n".join(render.item_markdown(match, part.link) for match in part.matches)
    else:
        yield "Nothing was found."


def _groups(part: Part) -> Iterator[str]:
    groups = part.groups[:GROUPS]
    if not groups:
        yield "Nothing is repeated."
    for kind, heading in _HEADINGS.items():
        yield from _section(heading, [group for group in groups if group.kind is kind and not group.boilerplate], part)
    yield from _section(BOILERPLATE, [group for group in groups if group.boilerplate], part)
    if (more := len(part.groups) - len(groups)) > 0:
        yield f"And {more:,} more groups: `seealso duplicates` lists them."


def _section(heading: str, groups: Sequence[DuplicateGroup], part: Part) -> Iterator[str]:
    if groups:
        yield f"## {heading}"
    for group in groups:
        yield f"### {len(group.places)} places"
        yield from _places(group.places, part.link)


def _places(places: Sequence[Place], link: LinkOf) -> Iterator[str]:
    """Yield the places of a group; a text that stands in several is shown below the last of them."""
    shown = places[:PLACES]
    texts: dict[str, list[Place]] = {}
    for place in shown:
        texts.setdefault(place.text, []).append(place)
    for text, at in texts.items():
        yield "\n".join(_place(place, link) for place in at)
        yield f"> {render.escape(text[:TEXT] + ('…' if len(text) > TEXT else ''))}"
    if (more := len(places) - len(shown)) > 0:
        yield f"and {more} more {'place' if more == 1 else 'places'}"


def _place(place: Place, link: LinkOf) -> str:
    title = render.escape(render.title(place.path, place.headings))
    return f"- [{title}]({link(place)}) · {render.escape(f'{place.path}:{place.start_line + 1}')}"
