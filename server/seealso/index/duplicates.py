"""From pairs of texts that repeat each other to groups of places, with templates told apart.

Pure: texts are ids, places are values; nothing is read or stored here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from seealso.meter import Cancelled, never, unless
from seealso.model import DuplicateGroup, DuplicateKind, Place
from seealso.text.prose import count_words

ENOUGH_LINKS = 3
"""Texts of a group that another one must repeat to join it, however large the group is.

Each text knows only its nearest neighbours, so members of a large family never know most of it.
"""

_KINDS = tuple(DuplicateKind)
STRENGTH = {kind: rank for rank, kind in enumerate(_KINDS)}
"""0 is the strongest."""


class RepeatedPair(Protocol):
    """Two texts, by id, and how they repeat each other."""

    @property
    def first(self) -> int: ...
    @property
    def second(self) -> int: ...
    @property
    def kind(self) -> DuplicateKind: ...
    @property
    def score(self) -> float: ...


_Edge = tuple[int, float, int, int]
"""Rank of the kind, negated score and two texts: the lesser edge ties more strongly."""

_Graph = dict[int, dict[int, _Edge]]
"""Likes of each text, the strongest link first."""


@dataclass(frozen=True, slots=True)
class _Family:
    """Texts that repeat one another, and the weakest link that was needed to hold them together."""

    texts: tuple[int, ...]
    rank: int
    score: float


def group(
    pairs: Iterable[RepeatedPair],
    places: Mapping[int, Sequence[Place]],
    *,
    kinds: Collection[DuplicateKind],
    boilerplate_files: int,
    min_words: int = 1,
    siblings: Mapping[int, Collection[str]] | None = None,
    cancelled: Cancelled = never,
) -> list[DuplicateGroup]:
    """Return the groups of places that repeat one another, strongest and longest first, boilerplate last.

    `places` maps a text id to the places where exactly that text stands. A text with several places is a group of exact
    copies, and every place of a text follows it into its group. A text joins a group only if it repeats more than half
    of it, or `ENOUGH_LINKS` of its texts: when A is like B and B is like C, but A is not like C, there are two groups.
    Parallel texts form groups of their own. A group in `boilerplate_files` documents or more is boilerplate; those of
    its `siblings` count, the paths where a parallel of each text stands: a notice that names the version it is of is
    one all the same. Raises `CancelledError` when nobody wants to know any more.
    """
    wanted = frozenset(kinds)
    words = _WordCounts(places)
    copies: list[_Edge] = []
    parallels: list[_Edge] = []
    for pair in unless(cancelled, pairs):
        first, second, kind = pair.first, pair.second, pair.kind
        if kind in wanted and first != second and words[first] >= min_words and words[second] >= min_words:
            edges = parallels if kind is DuplicateKind.PARALLEL else copies
            edges.append((STRENGTH[kind], -pair.score, min(first, second), max(first, second)))
    families = _families(copies, cancelled)
    if DuplicateKind.EXACT in wanted:
        known = {text for family in families for text in family.texts}
        families.extend(
            _Family((text,), STRENGTH[DuplicateKind.EXACT], 1.0)
            for text, standing in places.items()
            if len(standing) > 1 and text not in known and words[text] >= min_words
        )
    families.extend(_families(parallels, cancelled))
    groups = [
        (_group(family, places, siblings or {}, boilerplate_files), max([words[text] for text in family.texts]))
        for family in unless(cancelled, families)
    ]
    groups.sort(key=lambda item: _order(*item))
    return [found for found, _ in groups]


class _WordCounts(dict[int, int]):
    """Words of each text, counted when asked for; 0 for a text that stands nowhere."""

    def __init__(self, places: Mapping[int, Sequence[Place]]) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, text: int) -> int:
        standing = self._places.get(text)
        count = self[text] = count_words(standing[0].text) if standing else 0
        return count


def _families(edges: list[_Edge], cancelled: Cancelled) -> list[_Family]:
    """Cut the graph of some edges into families, grown from the strongest; each text is in one at least."""
    edges.sort()
    graph: _Graph = {}
    for edge in unless(cancelled, edges):
        _, _, first, second = edge
        graph.setdefault(first, {}).setdefault(second, edge)
        graph.setdefault(second, {}).setdefault(first, edge)
    taken: set[int] = set()
    families = [
        _grow(graph, first, second, taken)
        for _, _, first, second in unless(cancelled, edges)
        if first not in taken and second not in taken
    ]
    # Texts whose likes have all gone elsewhere: a family of their own with the best of them.
    left = (text for text in unless(cancelled, sorted(graph)) if text not in taken)
    families.extend(_grow(graph, text, next(iter(graph[text])), taken) for text in left)
    return families


def _grow(graph: _Graph, first: int, second: int, taken: set[int]) -> _Family:
    """Return the family around a pair, and take its texts; the second may be taken already."""
    weakest = graph[first][second]
    members = {first, second}
    # Who joins repeats two members at least, so the likes of a taken text, which may be many, need no visit.
    unvisited = graph[second] if second in taken else {}
    queue = deque([first] if unvisited else [first, second])
    taken |= members
    links: dict[int, int] = {}
    visited: set[int] = set()
    while queue:
        text = queue.popleft()
        if text in visited:
            continue
        if text not in members:
            if text in taken or links[text] < _needed(len(members)):
                continue
            weakest = max(weakest, min([edge for other, edge in graph[text].items() if other in members]))
            members.add(text)
            taken.add(text)
        visited.add(text)
        for other in graph[text]:
            if other not in taken:
                count = links.get(other, other in unvisited) + 1
                links[other] = count
                if count > 1:
                    queue.append(other)
    return _Family(tuple(sorted(members)), weakest[0], -weakest[1])


def _needed(size: int) -> int:
    return min(size // 2 + 1, ENOUGH_LINKS)


def _group(
    family: _Family,
    places: Mapping[int, Sequence[Place]],
    siblings: Mapping[int, Collection[str]],
    boilerplate_files: int,
) -> DuplicateGroup:
    standing = sorted(
        (place for text in family.texts for place in places[text]),
        key=lambda place: (place.path, place.start_line, place.end_line, place.text),
    )
    return DuplicateGroup(
        kind=_KINDS[family.rank],
        score=family.score,
        places=tuple(standing),
        boilerplate=_files(family, standing, siblings) >= boilerplate_files,
    )


def _files(family: _Family, standing: Sequence[Place], siblings: Mapping[int, Collection[str]]) -> int:
    """Return how many documents have a text of a family, or a parallel of the one that has most."""
    paths = {place.path for place in standing}
    return max(len(paths.union(siblings.get(text, ()))) for text in family.texts)


def _order(found: DuplicateGroup, words: int) -> tuple[bool, int, float, int, str, int]:
    first = found.places[0]
    return found.boilerplate, STRENGTH[found.kind], -found.score, -words, first.path, first.start_line
