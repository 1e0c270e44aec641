"""How a sentence went on where it was written before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from seealso.lsp.sentences import rest_of, sentences
from seealso.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seealso.lsp.beginning import Beginning
    from seealso.lsp.documents import Snapshot
    from seealso.model import Place
    from seealso.workspace import Workspace

MAX_PLACES = 50
"""Saved places that are compared. A beginning that stands in more says little about how it goes on."""

WORDS_FOR_ONE = 6
"""Words after which what a single place says is right more often than not, as `tests/quality/ghosts_kernel.py` shows:
14 % after three words, 53 % after six; where several places agree 73 % after three."""

_ITEM_END = re.compile(r"(?<=;) ")
_JOINED = (PassageKind.LIST, PassageKind.TABLE)
"""Passages whose parts are put together by semicolons."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One way a sentence went on."""

    text: str
    """What is missing; never empty."""
    sentence: str
    """The whole sentence as it was written there."""
    place: Place
    """The first place where it goes on so."""
    votes: int
    """The number of such places."""

    def with_word(self, typed: str) -> str:
        """Return what is missing after the word before the cursor, with that word as it is spelled there."""
        at = len(self.sentence) - len(self.text)
        return self.sentence[at - len(typed) :] if len(typed) <= at else typed + self.text


class Endings(NamedTuple):
    """All ways a sentence went on."""

    found: tuple[Ending, ...]
    """Those with most places first."""
    agreeing: int
    """Sentences that begin so; some may end there."""
    compared: int
    """Places that were looked at."""

    def clear(self, begun: Beginning) -> Ending | None:
        """Return the one that most places agree on; a single place says little until much of its sentence is written.

        Where not all places could be looked at, those few that begin so may not be what most would say.
        """
        sampled = self.compared >= MAX_PLACES and 2 * self.agreeing < self.compared
        if sampled or not self.found or 2 * self.found[0].votes <= self.agreeing:
            return None
        return self.found[0] if self.found[0].votes > 1 or begun.words >= WORDS_FOR_ONE else None


def places_elsewhere(workspace: Workspace, snapshot: Snapshot, line: int, begun: Beginning) -> list[Place]:
    """Return where the words of a beginning stand, but for the passage at the line that is being written."""
    return [
        place
        for place in workspace.with_phrase(begun.phrase, MAX_PLACES)
        if place.path != snapshot.path or not place.start_line <= line <= place.end_line
    ]


def endings(begun: Beginning, places: Iterable[Place]) -> Endings:
    """Return how sentences of some places go on that begin as the one being written does."""
    places = list(places)
    for text in begun.texts:
        found = _of(text, places)
        if found.agreeing:
            return found
    return Endings((), 0, len(places))


def _of(text: str, places: Sequence[Place]) -> Endings:
    found: dict[str, Ending] = {}
    agreeing = 0
    wanted = text.strip().casefold()
    for place in places:
        if wanted not in place.text.casefold():
            continue
        ways = {sentence[len(text) :].casefold(): sentence for sentence in _sentences(place) if _begins(sentence, text)}
        agreeing += len(ways)
        for way, sentence in ways.items():
            if way in found:
                found[way] = replace(found[way], votes=found[way].votes + 1)
            elif rest := rest_of(sentence, text):
                found[way] = Ending(rest, sentence, place, 1)
    return Endings(tuple(sorted(found.values(), key=lambda ending: -ending.votes)), agreeing, len(places))


def _begins(sentence: str, text: str) -> bool:
    """Tell whether a sentence begins with a text, or is all of it."""
    return rest_of(sentence, text) is not None or sentence.casefold() == text.strip().casefold()


def _sentences(place: Place) -> Iterator[str]:
    if place.kind not in _JOINED:
        yield from sentences(place.text)
        return
    for item in _ITEM_END.split(place.text):
        yield from sentences(item.removesuffix(";"))
