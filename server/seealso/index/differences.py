"""What differs between two texts: align their words and set the harmless differences aside.

Inflections, typing errors, hyphens, function words and changed order mean nothing; what is left over says whether two
texts speak of the same thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from seealso.index.reading import Reading, Word, WordKind, same_stem
from seealso.index.wordlists import CONJUNCTIONS, NEGATING_PREFIXES, OPPOSITES

LONG_INSERTION = 3.5
"""From this weight on, words that only one text has are an added statement, and may hold a negation of their own."""

SHORT_GAP = 3
"""Longest gap, in words, that can have exchanged its subject with another."""


FACING_REACH = 2
"""Words between two gaps, at most, that may still be one exchange."""

_FACING = {("a", "b"), ("b", "a")}


@dataclass(frozen=True, slots=True)
class Differences:
    """What two texts share, and what is left of their differences when the harmless ones are set aside."""

    overlap: float
    """Weighted share of words both texts have (Dice), 0 to 1."""
    containment: float
    """Weighted share of the lighter text that the other has too, 0 to 1."""
    alignment: float
    """Weighted share of the lighter text that the other has in the same order, letter for letter, 0 to 1."""
    frame: float
    """Weighted share of the lighter text that the other has in one piece, letter for letter, 0 to 1."""
    balance: float
    """Weight of the lighter text relative to the other, 0 to 1."""
    size: float
    """Weight of the lighter text, about the number of its content words."""
    skeleton: float
    """Share of function words that both texts have in the same order (Dice), 0 to 1; 1 where there are few."""
    contradictions: tuple[tuple[str, str], ...] = ()
    """Different numbers or names, or opposites in one place."""
    negations: tuple[tuple[str, str], ...] = ()
    """Places where one text denies and the other does not."""
    slots: tuple[tuple[str, str], ...] = ()
    """Other words with a meaning of their own in one place."""
    additions: float = 0.0
    """Weight of words only one text has, with nothing in their place in the other."""
    insertions: float = 0.0
    """Part of the additions that neither begins nor ends a text."""
    topical: bool = False
    """The first sentence, which says what a text is about, has such a place too."""

    @property
    def changed(self) -> float:
        """Return the weighted share of words that differ, 0 to 1."""
        return 1 - self.overlap


@dataclass(slots=True, eq=False)
class Gap:
    """A place where two texts part: the meaningful words each has there, and the function words."""

    start: int
    """Word of the first text at which the gap begins."""
    end: int
    """Word of the first text that follows the gap."""
    other_start: int
    """Word of the second text at which the gap begins."""
    short: bool
    a: list[Word]
    b: list[Word]
    function_a: list[Word]
    function_b: list[Word]
    lone_a: Word | None = field(init=False)
    """The only meaningful word of its side, before anything is set aside."""
    lone_b: Word | None = field(init=False)

    def __post_init__(self) -> None:
        self.lone_a = self.a[0] if self.short and len(self.a) == 1 else None
        self.lone_b = self.b[0] if self.short and len(self.b) == 1 else None

    @property
    def one_sided(self) -> str:
        """Return the side that has words left when the other has not, else nothing."""
        return "a" if self.a and not self.b else "b" if self.b and not self.a else ""


def compare(first: Reading, second: Reading) -> Differences:
    """Align two texts and return what is left of their differences."""
    matched, longest, gaps = _align(first, second)
    aligned = matched
    apart = sum(len(gap.function_a) + len(gap.function_b) for gap in gaps)
    for gap in gaps:
        if gap.a and gap.b:
            matched += _drop_variants(gap)
    tabular = first.tabular or second.tabular
    if not tabular:
        matched += _drop_moved(gaps, first)
    rest = _sort_out(gaps, first, second, tabular=tabular)
    for only_first, only_second in (
        (first.exact - second.exact, second.exact - first.exact),
        (first.quoted - second.quoted, second.quoted - first.quoted),
    ):
        if only_first and only_second:
            rest.contradictions[" ".join(sorted(only_first)), " ".join(sorted(only_second))] = None
    lighter, heavier = sorted((first.weight, second.weight))
    functions = first.functions + second.functions
    return Differences(
        overlap=min(1.0, 2 * matched / (lighter + heavier)) if heavier else 0.0,
        containment=min(1.0, matched / lighter) if lighter else 0.0,
        alignment=aligned / lighter if lighter else 0.0,
        frame=longest / lighter if lighter else 0.0,
        balance=lighter / heavier if heavier else 1.0,
        size=lighter,
        skeleton=1 - apart / functions if functions and first.prose and second.prose else 1.0,
        contradictions=tuple(rest.contradictions),
        negations=tuple(rest.negations),
        slots=tuple(rest.slots),
        additions=rest.additions,
        insertions=rest.insertions,
        topical=rest.topical,
    )


def greatest_overlap(first: Reading, second: Reading) -> float:
    """Return a bound of `Differences.overlap` that is much cheaper to find."""
    stems, others = first.stems, second.stems
    if len(others) < len(stems):
        stems, others = others, stems
    shared = min(first.functions, second.functions) * 0.25
    for stem, weight in stems.items():
        other = others.get(stem)
        if other is not None:
            shared += weight if weight < other else other
    total = first.weight + second.weight
    return 2 * shared / total if total else 0.0


def _align(first: Reading, second: Reading) -> tuple[float, float, list[Gap]]:
    """Return the weight of the longest common subsequence and of its longest piece, and the gaps in it."""
    matched = longest = 0.0
    gaps: list[Gap] = []
    at_a = at_b = 0
    a, b = first.words, second.words
    for start_a, start_b, length in LCSseq.opcodes(first.keys, second.keys).as_matching_blocks():
        if start_a > at_a or start_b > at_b:
            gaps.append(_gap(a[at_a:start_a], b[at_b:start_b], at_a, at_b))
        at_a, at_b = start_a + length, start_b + length
        piece = first.sums[at_a] - first.sums[start_a]
        matched += piece
        longest = max(longest, piece)
    return matched, longest, gaps


def _gap(a: Sequence[Word], b: Sequence[Word], start: int, other_start: int) -> Gap:
    return Gap(
        start,
        start + len(a),
        other_start,
        len(a) <= SHORT_GAP and len(b) <= SHORT_GAP,
        [word for word in a if word.meaningful],
        [word for word in b if word.meaningful],
        [word for word in a if not word.meaningful],
        [word for word in b if not word.meaningful],
    )


def _drop_variants(gap: Gap) -> float:
    """Take out words that are the same but for inflection, spelling or division; return their weight."""
    weight = 0.0
    if len(gap.a) != len(gap.b):
        weight += _drop_compounds(gap.a, gap.b) + _drop_compounds(gap.b, gap.a)
    for word in list(gap.a):
        for other in gap.b:
            if _same(word, other):
                gap.a.remove(word)
                gap.b.remove(other)
                weight += (word.weight + other.weight) / 2
                break
    return weight


def _drop_compounds(divided: list[Word], joined: list[Word]) -> float:
    """Take out "work queue" against "workqueue"; return the weight."""
    weight, at = 0.0, 0
    while joined and at + 1 < len(divided):
        head, tail = divided[at], divided[at + 1]
        whole = next((word for word in joined if _composed(head, tail, word)), None)
        if whole is None:
            at += 1
        else:
            weight += (whole.weight + head.weight + tail.weight) / 2
            del divided[at : at + 2]
            joined.remove(whole)
    return weight


def _composed(head: Word, tail: Word, whole: Word) -> bool:
    """Tell whether a word is made of two others; all of the second has to be in it but for an ending."""
    if not (head.inflects and tail.inflects and whole.inflects and whole.key.startswith(head.key)):
        return False
    rest = whole.key[len(head.key) :]
    return rest == tail.key or (len(rest) > 2 and same_stem(rest, tail.key))


def _drop_moved(gaps: list[Gap], first: Reading) -> float:
    """Take out words that stand elsewhere in the other text; return their weight.

    Single characters move in pairs only: alone, they are everywhere. Two words that have changed places stay ("the
    width follows from the height"), unless a conjunction stands between them.
    """
    targets: dict[str, list[Gap]] = {}
    for gap in gaps:
        for key in _movable(gap.b):
            targets.setdefault(key[:3], []).append(gap)
    if not targets:
        return 0.0
    weight = 0.0
    for gap in gaps:
        for key in _movable(gap.a):
            for other in targets.get(key[:3], ()):
                if other is gap or _swapped(gap, other, first):
                    continue
                moved = _move(key, gap.a, other.b)
                if moved:
                    weight += moved
                    break
    if weight:
        # The function words around moved words have moved with them, though not all that happen to be left over.
        left_a = Counter([word.key for gap in gaps for word in gap.function_a])
        left_b = Counter([word.key for gap in gaps for word in gap.function_b])
        both = sum([min(count, left_b[key]) for key, count in left_a.items() if key in left_b])
        weight += min(both * 0.25, weight / 3)
    return weight


def _movable(words: list[Word]) -> list[str]:
    """Return the keys of words that may be found elsewhere, and neighbouring characters as pairs."""
    keys = [word.key for word in words if len(word.key) > 1]
    if len(keys) < len(words):
        for word, after in pairwise(words):
            if len(word.key) == len(after.key) == 1 and word.key >= "\u2e80" and after.key >= "\u2e80":
                keys.append(word.key + after.key)
    return keys


def _move(key: str, source: list[Word], target: list[Word]) -> float:
    at_source, length, weight = _find(key, source)
    if at_source < 0:
        return 0.0
    at_target, length_target, weight_target = _find(key, target)
    if at_target < 0:
        return 0.0
    del source[at_source : at_source + length]
    del target[at_target : at_target + length_target]
    return (weight + weight_target) / 2


def _find(key: str, words: list[Word]) -> tuple[int, int, float]:
    """Return position, length in words and weight of a word, one of its forms, or a pair of characters."""
    initial = key[0]
    for at, word in enumerate(words):
        if word.key == key or (word.inflects and word.key[0] == initial and same_stem(word.key, key)):
            return at, 1, word.weight
    if len(key) == 2:
        for at in range(len(words) - 1):
            if words[at].key == initial and words[at + 1].key == key[1]:
                return at, 2, words[at].weight + words[at + 1].weight
    return -1, 0, 0.0


def _swapped(gap: Gap, other: Gap, first: Reading) -> bool:
    """Tell whether two short gaps have exchanged their only words, with no conjunction between them."""
    if not (gap.lone_a and gap.lone_b and other.lone_a and other.lone_b):
        return False
    if not (_same(gap.lone_a, other.lone_b) and _same(gap.lone_b, other.lone_a)):
        return False
    start, end = sorted((gap.start, other.start))
    between = first.words[start:end]
    return len(between) > 2 * SHORT_GAP or not any(word.key in CONJUNCTIONS for word in between)


Places = dict[tuple[str, str], None]


@dataclass(slots=True)
class _Rest:
    """What is left of the gaps."""

    contradictions: Places = field(default_factory=dict)
    negations: Places = field(default_factory=dict)
    slots: Places = field(default_factory=dict)
    additions: float = 0.0
    insertions: float = 0.0
    topical: bool = False


def _sort_out(gaps: Sequence[Gap], first: Reading, second: Reading, *, tabular: bool) -> _Rest:
    """Return the places where the texts differ, and the weight of words only one of them has."""
    rest = _Rest()
    for gap in _facing(gaps):
        a, b = _left(gap.a, gap.lone_a, gap.b), _left(gap.b, gap.lone_b, gap.a)
        weight_a, weight_b = _weight(a), _weight(b)
        if min(weight_a, weight_b) >= LONG_INSERTION and not tabular:
            # Each text has a statement of its own there.
            rest.additions += weight_a + weight_b
        elif _contradicted(gap, a, b):
            rest.contradictions[_join((*a, *gap.function_a)), _join((*b, *gap.function_b))] = None
        elif _denied(a, b):
            rest.negations[_join(a), _join(b)] = None
        elif a and b:
            place = _join(a), _join(b)
            # Vectors hardly see that two words have changed places.
            (rest.contradictions if place[::-1] in rest.slots else rest.slots)[place] = None
        else:
            rest.additions += weight_a + weight_b
            if gap.start > 0 and gap.end < len(first.words):
                rest.insertions += weight_a + weight_b
            continue
        rest.topical |= gap.start < first.topic or gap.other_start < second.topic
    return rest


def _facing(gaps: Sequence[Gap]) -> Iterator[Gap]:
    """Join gaps that face each other around a word or two: "the core ALSA module", "the soc core module"."""
    last: Gap | None = None
    for gap in gaps:
        if not (gap.a or gap.b):
            # Function words alone, which may still be opposites.
            yield gap
            continue
        if last is not None and gap.start - last.end <= FACING_REACH and (last.one_sided, gap.one_sided) in _FACING:
            last = Gap(
                last.start,
                gap.end,
                last.other_start,
                last.short and gap.short,
                last.a + gap.a,
                last.b + gap.b,
                last.function_a,
                gap.function_b,
            )
            continue
        if last is not None:
            yield last
        last = gap
    if last is not None:
        yield last


def _left(side: list[Word], lone: Word | None, opposite: list[Word]) -> list[Word]:
    """Return what one side of a gap has to say.

    A word that has been found elsewhere still was exchanged, if the word in its place was not.
    """
    return [lone] if not side and lone is not None and opposite else side


def _contradicted(gap: Gap, a: Sequence[Word], b: Sequence[Word]) -> bool:
    if a and b and any(word.exact for word in a) and any(word.exact for word in b):
        return True
    if not gap.short:
        return False
    if gap.lone_a and gap.lone_b and (gap.lone_a.exact is not gap.lone_b.exact or _negated(gap.lone_a, gap.lone_b)):
        return True
    for word in (*a, *gap.function_a):
        contrary = OPPOSITES.get(word.key)
        if contrary and any(other.key in contrary for other in (*b, *gap.function_b)):
            return True
    return False


def _negated(first: Word, second: Word) -> bool:
    """Tell whether one word is the other with a negating prefix: "signed" and "unsigned"."""
    shorter, longer = sorted((first.key, second.key), key=len)
    return len(shorter) > 3 and longer.endswith(shorter) and longer.removesuffix(shorter) in NEGATING_PREFIXES


def _denied(a: Sequence[Word], b: Sequence[Word]) -> bool:
    """Tell whether one side of a gap denies what the other says; a longer addition may deny something of its own."""
    if not (a and b) and _weight(a or b) >= LONG_INSERTION:
        return False
    return sum([word.kind is WordKind.NEGATION for word in (*a, *b)]) % 2 == 1


def _weight(words: Sequence[Word]) -> float:
    return sum([word.weight for word in words])


def _join(words: Sequence[Word]) -> str:
    return " ".join([word.key for word in words])


def _same(first: Word, second: Word) -> bool:
    """Tell whether two words are the same, or forms or spellings of one."""
    return first is second or (
        first.inflects and second.inflects and first.key[0] == second.key[0] and same_stem(first.key, second.key)
    )
