"""What differs between two texts: align their words and set the harmless differences aside.

Inflections, typing errors, hyphens, function words and changed order mean nothing; what is left over says whether two
texts speak of the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA, LCSseq

from seealso.index.reading import Reading, Word, WordKind
from seealso.index.wordlists import CONJUNCTIONS, OPPOSITES

LONG_INSERTION = 3.5
"""From this weight on, words that only one text has are an added statement, and may hold a negation of their own."""

SWAP_REACH = 3
"""Longest gap, in words, that can have exchanged its subject with another."""


@dataclass(slots=True)
class Gap:
    """A place where two texts part: what the first has there, and the second."""

    a: list[Word]
    b: list[Word]
    start: int
    """Word of the first text at which the gap begins."""
    short: bool
    lone_a: Word | None = None
    """The only meaningful word of its side, before anything was set aside."""
    lone_b: Word | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """What two texts share, and what is left of their differences when the harmless ones are set aside."""

    overlap: float
    """Weighted share of words both texts have (Dice), 0 to 1."""
    containment: float
    """Weighted share of the lighter text that the other has too, 0 to 1."""
    balance: float
    """Weight of the lighter text relative to the other, 0 to 1."""
    changed: float
    """Weighted share of words that differ at all, harmless or not, 0 to 1."""
    contradictions: tuple[tuple[str, str], ...]
    """Different numbers or names, or opposites in one place."""
    negations: tuple[tuple[str, str], ...]
    """Places where one text denies and the other does not."""
    slots: tuple[tuple[str, str], ...]
    """Other words with a meaning of their own in one place."""
    additions: float
    """Weight of words only one text has, with nothing in their place in the other."""
    skeleton: float
    """Share of function words that both texts have in the same order (Dice), 0 to 1."""


def compare(first: Reading, second: Reading) -> Differences:
    """Align two texts and return what is left of their differences."""
    matched, gaps = _align(first, second)
    skeleton = _skeleton(first, second, gaps)
    for gap in gaps:
        matched += _drop_variants(gap)
    tabular = first.tabular or second.tabular
    if not tabular:
        matched += _drop_moved(gaps, first)
    contradictions: dict[tuple[str, str], None] = {}
    negations: dict[tuple[str, str], None] = {}
    slots: dict[tuple[str, str], None] = {}
    additions = 0.0
    for gap in gaps:
        a, b = _meaningful(gap.a, gap.lone_a, gap.b), _meaningful(gap.b, gap.lone_b, gap.a)
        weight_a, weight_b = _weight(a), _weight(b)
        if min(weight_a, weight_b) >= LONG_INSERTION and not tabular:
            # Each text has a statement of its own there.
            additions += weight_a + weight_b
        elif _contradicted(gap, a, b):
            contradictions[_join(gap.a), _join(gap.b)] = None
        elif _denied(a, b):
            negations[_join(a), _join(b)] = None
        elif a and b:
            slots[_join(a), _join(b)] = None
        else:
            additions += weight_a + weight_b
    if first.exact - second.exact and second.exact - first.exact:
        contradictions[" ".join(sorted(first.exact - second.exact)), " ".join(sorted(second.exact - first.exact))] = (
            None
        )
    lighter, heavier = sorted((first.weight, second.weight))
    overlap = min(1.0, 2 * matched / (lighter + heavier)) if heavier else 0.0
    return Differences(
        overlap=overlap,
        containment=min(1.0, matched / lighter) if lighter else 0.0,
        balance=lighter / heavier if heavier else 1.0,
        changed=1 - overlap,
        contradictions=tuple(contradictions),
        negations=tuple(negations),
        slots=tuple(slots),
        additions=additions,
        skeleton=skeleton,
    )


def _align(first: Reading, second: Reading) -> tuple[float, list[Gap]]:
    """Return the weight of the longest common subsequence and the gaps in it."""
    matched, gaps = 0.0, list[Gap]()
    at_a = at_b = 0
    a, b = first.words, second.words
    for step in LCSseq.opcodes(first.keys, second.keys):
        if step.tag != "equal":
            continue
        start_a, end_a, start_b, end_b = step.src_start, step.src_end, step.dest_start, step.dest_end
        if start_a > at_a or start_b > at_b:
            gaps.append(_gap(a[at_a:start_a], b[at_b:start_b], at_a))
        for word in a[start_a:end_a]:
            matched += word.weight
        at_a, at_b = end_a, end_b
    if at_a < len(a) or at_b < len(b):
        gaps.append(_gap(a[at_a:], b[at_b:], at_a))
    return matched, gaps


def _skeleton(first: Reading, second: Reading, gaps: Sequence[Gap]) -> float:
    total = _function_words(first.words) + _function_words(second.words)
    apart = sum(_function_words(gap.a) + _function_words(gap.b) for gap in gaps)
    return 1 - apart / total if total else 1.0


def _function_words(words: Sequence[Word]) -> int:
    return sum(word.kind is WordKind.FUNCTION for word in words)


def _gap(a: Sequence[Word], b: Sequence[Word], start: int) -> Gap:
    short = max(len(a), len(b)) <= SWAP_REACH
    return Gap(list(a), list(b), start, short, _lone(a) if short else None, _lone(b) if short else None)


def _lone(words: Sequence[Word]) -> Word | None:
    meaningful = [word for word in words if word.kind is not WordKind.FUNCTION]
    return meaningful[0] if len(meaningful) == 1 else None


def _drop_variants(gap: Gap) -> float:
    """Take out words that are the same but for inflection, spelling or division; return their weight."""
    if not gap.a or not gap.b:
        return 0.0
    if _join(gap.a, "") == _join(gap.b, ""):
        weight = (_weight(gap.a) + _weight(gap.b)) / 2
        gap.a, gap.b = [], []
        return weight
    weight = _drop_compounds(gap.a, gap.b) + _drop_compounds(gap.b, gap.a)
    for word in list(gap.a):
        for other in gap.b:
            if word is other or variants(word, other):
                gap.a.remove(word)
                gap.b.remove(other)
                weight += (word.weight + other.weight) / 2
                break
    return weight


def _drop_compounds(divided: list[Word], joined: list[Word]) -> float:
    """Take out "work queue" against "workqueue"; return the weight."""
    weight, at = 0.0, 0
    while joined and at + 1 < len(divided):
        pair = divided[at].key + divided[at + 1].key
        whole = next((word for word in joined if word.key == pair or same_stem(pair, word.key)), None)
        if whole is None or len(pair) < 6:
            at += 1
        else:
            weight += (whole.weight + divided[at].weight + divided[at + 1].weight) / 2
            del divided[at : at + 2]
            joined.remove(whole)
    return weight


def _drop_moved(gaps: list[Gap], first: Reading) -> float:
    """Take out words that stand elsewhere in the other text; return their weight.

    Single characters move in pairs only: alone, they are everywhere. Two words that have changed places stay ("the
    width follows from the height"), unless a conjunction stands between them.
    """
    weight = 0.0
    targets: dict[str, list[Gap]] = {}
    for gap in gaps:
        for key in _movable(gap.b):
            targets.setdefault(key[:3], []).append(gap)
    if not targets:
        return 0.0
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
        weight += _drop_moved_function_words(gaps, weight)
    return weight


def _movable(words: list[Word]) -> list[str]:
    """Return the keys of words that may be found elsewhere, and neighbouring characters as pairs."""
    keys = [word.key for word in words if len(word.key) > 1 and word.kind is not WordKind.FUNCTION]
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
    for at, word in enumerate(words):
        if word.key == key or (word.kind is WordKind.CONTENT and len(word.key) > 3 and same_stem(word.key, key)):
            return at, 1, word.weight
    if len(key) == 2:
        for at in range(len(words) - 1):
            if words[at].key == key[0] and words[at + 1].key == key[1]:
                return at, 2, words[at].weight + words[at + 1].weight
    return -1, 0, 0.0


def _drop_moved_function_words(gaps: list[Gap], moved: float) -> float:
    """Return the weight of function words both sides have left, at most in proportion to the words that have moved."""
    left_a = [word for gap in gaps for word in gap.a if word.kind is WordKind.FUNCTION]
    left_b = [word for gap in gaps for word in gap.b if word.kind is WordKind.FUNCTION]
    weight = 0.0
    for word in left_a:
        if word in left_b:
            left_b.remove(word)
            weight += word.weight
    return min(weight, moved / 3)


def _swapped(gap: Gap, other: Gap, first: Reading) -> bool:
    """Tell whether two short gaps have exchanged their only words, with no conjunction between them."""
    if not (gap.lone_a and gap.lone_b and other.lone_a and other.lone_b):
        return False
    if not (_same(gap.lone_a, other.lone_b) and _same(gap.lone_b, other.lone_a)):
        return False
    start, end = sorted((gap.start, other.start))
    between = first.words[start:end]
    return len(between) > 2 * SWAP_REACH or not any(word.key in CONJUNCTIONS for word in between)


def _meaningful(side: list[Word], lone: Word | None, opposite: list[Word]) -> list[Word]:
    """Return what one side of a gap has to say.

    A word that has been found elsewhere still was exchanged, if the word in its place was not.
    """
    left = [word for word in side if word.kind is not WordKind.FUNCTION]
    if not left and lone is not None and any(word.kind is not WordKind.FUNCTION for word in opposite):
        return [lone]
    return left


def _denied(a: Sequence[Word], b: Sequence[Word]) -> bool:
    """Tell whether one side of a gap denies what the other says; a longer addition may deny something of its own."""
    if not (a and b) and _weight(a or b) >= LONG_INSERTION:
        return False
    return sum(word.kind is WordKind.NEGATION for word in (*a, *b)) % 2 == 1


def _contradicted(gap: Gap, a: Sequence[Word], b: Sequence[Word]) -> bool:
    if any(word.exact for word in a) and any(word.exact for word in b):
        return True
    if not gap.short:
        return False
    beside = {word.key for word in (*gap.b, *b)}
    return any(not beside.isdisjoint(OPPOSITES.get(word.key, ())) for word in (*gap.a, *a))


def _weight(words: Sequence[Word]) -> float:
    return sum(word.weight for word in words)


def _join(words: Sequence[Word], by: str = " ") -> str:
    return by.join(word.key for word in words)


def _same(first: Word, second: Word) -> bool:
    return first is second or variants(first, second)


def variants(first: Word, second: Word) -> bool:
    """Tell whether two different words are forms or spellings of one."""
    return first.kind is second.kind is WordKind.CONTENT and same_stem(first.key, second.key)


@lru_cache(maxsize=1 << 16)
def same_stem(first: str, second: str) -> bool:
    """Tell whether two content words share their stem, or one is a typing error of the other.

    A difference at the beginning always counts: there stand the prefixes that negate ("un", "dis", "ent", "не").
    """
    shorter, longer = sorted((len(first), len(second)))
    if shorter < 3 or first[0] != second[0] or second in OPPOSITES.get(first, ()):
        return False
    prefix = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    ending = longer - prefix
    if prefix == shorter and shorter > 3 and ending <= max(2, min(4, shorter // 2 + 1)):
        return True
    if prefix >= 4 and prefix > 0.75 * shorter and ending <= 4:
        return True
    if prefix == shorter == 3 and ending == 1:
        return True
    if longer < 5 or OSA.distance(first, second, score_cutoff=1) > 1:
        return False
    # A letter too many, too few or out of place. Another letter makes another word ("context", "content"), except in
    # long words and in the two spellings of "analyse".
    exchanged = shorter == longer and first[prefix + 1 :] == second[prefix + 1 :]
    return not exchanged or longer >= 10 or {first[prefix], second[prefix]} == {"s", "z"}
