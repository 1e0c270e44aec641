"""Take a second look at two texts whose vectors are close: do they repeat each other, and how.

Vectors say how near two texts are, not what parts them. So their words are aligned, and what differs decides: other
numbers, names, negations or subjects in the same frame make a parallel text, not a copy.
"""

from __future__ import annotations

from dataclasses import dataclass

from seealso.index.differences import Differences, compare, greatest_overlap
from seealso.index.reading import Reading, read_pair
from seealso.model import DuplicateKind

SAME_FRAME = 0.66
"""Least overlap of two texts that share a frame."""

MOSTLY_SAME = 0.8
"""From this overlap on two texts have mostly the same words, in whatever order."""

CONTAINED = 0.88
"""Least containment of a text that another one repeats and adds to."""

ALIGNED = 0.75
"""Least alignment of a text that is contained in another: the same words all over the place are no copy."""

MIN_OVERLAP = 0.42
"""Least overlap of two texts that share enough words to be told apart as parallel, or joined as one within another."""

DENIAL = 0.15
SHORTNESS = 0.25
"""Shares of the remaining distance by which a rewording must be closer if one text denies something, or is short."""

SHORT = 10.0
"""Size of a text, in content words, from which its vector can be told from those of its siblings."""

NEW_SKELETON = 0.48
"""Share of its function words that a rewording keeps in place at most; parallel texts keep nearly all."""

MAX_FRAME = 0.5
"""Share of a text that its rewording keeps in one piece at most; of parallel texts often one half is the same."""

MIN_BALANCE = 0.6
"""A rewording says as much as its original, in about as many words."""


QUALIFIER = 1.5
"""How much more than a synonym a word may move the vector that is put into a sentence without changing its subject."""

ASIDE = 0.06
"""Share of a sentence, in content words, that may be put into it without making it another statement."""

PARAGRAPH = 14.0
"""Size of a text from which a place outside its first sentence is a detail."""

DETAIL = 0.935
"""Least containment of a text whose details may even contradict those of the other."""

UNMOVED = 0.85
"""Share of the distance of a retold text by which the vectors must be closer if a template may have been filled in."""

PIECE = 0.4
"""Least share of a text that is kept in one piece when its details are told anew."""

SAME_SKELETON = 0.95
"""From this share of function words kept in place on nothing was told anew, but words were put into a template."""


@dataclass(frozen=True, slots=True)
class DuplicateProfile:
    """Cosines that mean something in one vector space."""

    background: float
    """Median cosine of two unrelated passages."""
    reworded: float
    """Least cosine of passages that say the same in other words altogether."""
    retold: float
    """Least cosine of passages that say the same and share two thirds of their words."""
    translated: float
    """Least cosine of a passage and its translation."""
    synonym_shift: float
    """Distance (1 - cosine) per share of words exchanged, up to which the new words mean the same as the old."""
    noise: float = 0.0
    """Distance of two vectors of one text, embedded in different company."""

    def at(self, background: float, scale: float) -> DuplicateProfile:
        """Return the profile of a space whose texts are `scale` times as far apart."""
        return DuplicateProfile(
            background=background,
            reworded=1 - (1 - self.reworded) * scale,
            retold=1 - (1 - self.retold) * scale,
            translated=1 - (1 - self.translated) * scale,
            synonym_shift=self.synonym_shift * scale,
            noise=self.noise * scale,
        )


E5_SMALL = DuplicateProfile(background=0.82, reworded=0.98, retold=0.957, translated=0.9, synonym_shift=0.04)
"""multilingual-e5-small in int8, measured on pairs written by hand, on rewordings of passages of a large manual and on
the nearest neighbours in it (`tests/quality/duplicates_kernel.py`)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two texts repeat each other."""

    kind: DuplicateKind | None
    score: float
    """0 to 1; 1 for the same text alone, 0 without a kind."""
    translated: bool = False
    """One text says in another language what the other says."""


UNRELATED = Verdict(None, 0.0)


def classify(a: str, b: str, cosine: float, profile: DuplicateProfile = E5_SMALL) -> Verdict:
    """Return how two clean texts with some cosine repeat each other.

    Meant for pairs that are near in vector space; where few words are shared, the cosine has to be high. Texts in
    different written languages (simplified and traditional Chinese too) are `REWORDED` when one translates the other,
    which the verdict says, else nothing.
    """
    if a == b:
        return Verdict(DuplicateKind.EXACT, 1.0)
    # Alignments are not symmetric, verdicts have to be.
    a, b = min(a, b), max(a, b)
    closeness = min(1.0, max(0.0, (cosine - profile.background) / (1 - profile.background)))
    first, second = read_pair(a, b)
    if first.language and second.language and first.language != second.language:
        # Vectors hardly see in which characters Chinese is written.
        one_language = first.language.partition("-")[0] == second.language.partition("-")[0]
        if cosine >= (profile.retold if one_language else profile.translated) and not contrary_names(first, second):
            return Verdict(DuplicateKind.REWORDED, _round(closeness), translated=True)
        return UNRELATED
    most = greatest_overlap(first, second)
    if most < MIN_OVERLAP and cosine < _least(most, profile):
        return UNRELATED
    differences = compare(first, second)
    kind = _kind(differences, cosine, profile, one_sentence=first.sentence and second.sentence)
    if kind is None:
        return UNRELATED
    words = 0.25 if kind is DuplicateKind.REWORDED else 0.5
    return Verdict(kind, _round(words * differences.overlap + (1 - words) * closeness))


def contrary_names(first: Reading, second: Reading) -> bool:
    """Tell whether each text has numbers or names that the other has not."""
    return bool(first.exact - second.exact) and bool(second.exact - first.exact)


def same_meaning(differences: Differences, cosine: float, profile: DuplicateProfile, lenience: float = 1.0) -> bool:
    """Tell whether the vectors are so close that the words exchanged must be synonyms.

    The distance per share of words exchanged hardly depends on the length of the texts. Where few of many words differ,
    it drowns in the noise, and the answer is no.
    """
    expected = lenience * profile.synonym_shift * differences.changed
    return 2 * expected >= profile.noise and 1 - cosine - profile.noise <= expected


def _kind(
    differences: Differences, cosine: float, profile: DuplicateProfile, *, one_sentence: bool
) -> DuplicateKind | None:
    overlap = differences.overlap
    parallel = DuplicateKind.PARALLEL if overlap >= MIN_OVERLAP else None
    if _differs_in_details(differences, cosine, profile):
        return DuplicateKind.REWORDED if _told_anew(differences) else DuplicateKind.EDITED
    if differences.contradictions:
        return parallel
    contained = differences.containment >= CONTAINED and differences.alignment >= ALIGNED and overlap >= MIN_OVERLAP
    # What is put into the midst of a single sentence makes it another statement; in a paragraph it is an edit.
    qualified = (
        one_sentence
        and differences.insertions > ASIDE * differences.size
        and not same_meaning(differences, cosine, profile, QUALIFIER)
    )
    exchanged = bool(differences.slots or differences.negations or qualified)
    if not exchanged or (not differences.negations and same_meaning(differences, cosine, profile)):
        if contained or overlap >= MOSTLY_SAME:
            return DuplicateKind.EDITED
        # Each text has something of its own to say as well: then the rest has to be close.
        if overlap >= SAME_FRAME and cosine >= profile.retold:
            return DuplicateKind.REWORDED if _told_anew(differences) else DuplicateKind.EDITED
    if _told_anew(differences) and cosine >= _needed(differences, profile):
        return DuplicateKind.REWORDED
    return parallel if exchanged or overlap >= SAME_FRAME else None


def _differs_in_details(differences: Differences, cosine: float, profile: DuplicateProfile) -> bool:
    """Tell whether two paragraphs say the same of the same subject, and part only in what follows from it.

    The first sentence names the subject. Where it is kept, other words further on are details, and even another name or
    number is one if nearly all the rest is kept. But templates are filled in far from their beginning as well ("each
    instance will only see its own session cookie"): then the function words are the same, and the vectors move.
    """
    if (
        differences.topical
        or differences.size < PARAGRAPH
        or differences.overlap < MIN_OVERLAP
        or cosine < profile.retold
    ):
        return False
    contrary = differences.contradictions or differences.negations
    if not (contrary or differences.slots) or differences.containment < (DETAIL if contrary else SAME_FRAME):
        return False
    told_anew = differences.skeleton < SAME_SKELETON and differences.frame >= PIECE
    return told_anew or cosine >= profile.retold + (1 - profile.retold) * UNMOVED


def _told_anew(differences: Differences) -> bool:
    """Tell whether the sentences are built anew: function words and order have changed, not the subjects alone."""
    return (
        differences.skeleton <= NEW_SKELETON and differences.balance >= MIN_BALANCE and differences.frame <= MAX_FRAME
    )


def _needed(differences: Differences, profile: DuplicateProfile) -> float:
    """Return the cosine that makes a rewording: the fewer words are shared, the more the vectors must agree.

    Short sentences about one thing are close whatever they say, and a negation on one side alone may be another way to
    say the same, but often is not: then the remaining distance has to be smaller.
    """
    needed = _least(differences.overlap, profile)
    if differences.negations:
        needed += (1 - needed) * DENIAL
    if differences.size < SHORT:
        needed += (1 - needed) * SHORTNESS
    return needed


def _least(overlap: float, profile: DuplicateProfile) -> float:
    share = min(1.0, max(0.0, overlap / SAME_FRAME))
    return profile.reworded + (profile.retold - profile.reworded) * share


def _round(score: float) -> float:
    # Only the same text is as good as the same text.
    return min(0.999, round(score, 4))
