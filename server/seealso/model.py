"""The nouns every layer shares: frozen values without behaviour that needs I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b

HASH_BYTES = 16


def content_hash(text: str) -> bytes:
    """Return the BLAKE2b digest (16 bytes) that identifies a clean text.

    Lone surrogates are hashed as they are, so that no text is without an identity.
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()


class PassageKind(StrEnum):
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    QUOTE = "quote"
    FOOTNOTE = "footnote"


class DuplicateKind(StrEnum):
    """How two passages repeat each other, strongest first."""

    EXACT = "exact"
    """The same clean text."""
    EDITED = "edited"
    """The same statement in mostly the same words."""
    REWORDED = "reworded"
    """The same meaning in other words."""
    PARALLEL = "parallel"
    """The same frame around another subject; not a duplicate."""


REPEATS = (DuplicateKind.EXACT, DuplicateKind.EDITED, DuplicateKind.REWORDED)
"""The kinds that are duplicates, strongest first."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title, where it stands, and how to link to it."""

    title: str
    level: int
    """1 is the document's title level."""
    line: int
    """0-based line of the title."""
    anchor: str
    """Fragment a renderer gives this heading, unique in the document."""
    label: str = ""
    """Explicit link target (reStructuredText label), or empty."""


@dataclass(frozen=True)
class Passage:
    """A block of prose, about a paragraph, with its place in the document.

    Byte offsets count the UTF-8 form of the document (equal to the file's own bytes when it is UTF-8).
    """

    start_byte: int
    end_byte: int
    """Exclusive."""
    start_line: int
    """0-based."""
    end_line: int
    """0-based, inclusive."""
    kind: PassageKind
    text: str
    """Clean prose: no markup, roles or link targets; white space collapsed."""
    headings: tuple[Heading, ...] = ()
    """Path from the document's title to the section the passage stands in."""
    language: str = "und"
    """ISO 639-1 code guessed from the script, or `und`."""
    links: tuple[str, ...] = ()
    """Targets the passage links to, as written; those of wiki links keep their brackets: `[[Page]]`."""
    ignored: bool = False
    """Preceded by a `seealso-ignore` comment, or a quotation that names its source: no duplicate warnings."""

    @cached_property
    def hash(self) -> bytes:
        return content_hash(self.text)


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One document, read: its passages in order and its headings in order."""

    passages: tuple[Passage, ...]
    headings: tuple[Heading, ...]

    @property
    def title(self) -> str:
        return self.headings[0].title if self.headings else ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in a workspace, with what a reader needs to recognise it."""

    path: str
    """Relative to the workspace root, with `/`."""
    start_line: int
    """0-based."""
    end_line: int
    """0-based, inclusive."""
    kind: PassageKind
    text: str
    headings: tuple[Heading, ...] = ()
    language: str = "und"

    @property
    def hash(self) -> bytes:
        return content_hash(self.text)


@dataclass(frozen=True, slots=True)
class Match:
    """A place that answers a query, with why it was chosen."""

    place: Place
    score: float
    """Fused, 0 to 1; comparable inside one answer."""
    dense: float | None
    """Cosine of the embeddings, or None while the passage has no vector."""
    lexical: float
    """BM25 relative to the best hit, 0 to 1."""
    terms: tuple[str, ...] = ()
    """Salient terms shared with the query, rarest first."""
    relation: DuplicateKind | None = None
    """Set when the place repeats the query passage."""
    same_document: bool = False
    linked: bool = False
    """The query passage already links to the place's document."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Matches, best first, and whether all passages could take part by meaning."""

    matches: tuple[Match, ...]
    complete: bool
    """False while some passages have no vector yet (or the model is unavailable)."""


@dataclass(frozen=True, slots=True)
class Related:
    """What the workspace says about one passage of one document."""

    passage: Passage
    duplicates: tuple[Match, ...]
    """Places that repeat the passage (relation exact, edited or reworded), strongest first."""
    matches: tuple[Match, ...]
    """Other related places, parallel ones included, best first."""
    complete: bool


@dataclass(frozen=True, slots=True)
class DocumentMatch:
    """A document that is related to another one as a whole."""

    path: str
    """Relative to the workspace root, with `/`."""
    title: str
    """Its first heading, or empty."""
    score: float
    """0 to 1; 0 is as far away as most documents are."""
    cosine: float
    linked: bool = False
    """The document asked about links to it already."""


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Places that repeat one another."""

    kind: DuplicateKind
    """The weakest relation that holds the group together."""
    score: float
    """0 to 1; 1 is the same text."""
    places: tuple[Place, ...]
    """At least two, ordered by path and line."""
    boilerplate: bool = False
    """The text stands in so many files that it is a template, not a copy."""


@dataclass(frozen=True, slots=True)
class DuplicateFinding:
    """One passage of an open document and every other place that repeats it."""

    passage: Passage
    kind: DuplicateKind
    score: float
    others: tuple[Place, ...]
    boilerplate: bool = False


class Phase(StrEnum):
    SCAN = "scan"
    READ = "read"
    MODEL = "model"
    """The model is being started or looked for."""
    EMBED = "embed"
    COMPARE = "compare"
    DOCUMENTS = "documents"
    """Whole documents are embedded."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update has come."""

    phase: Phase
    done: int
    total: int
    """0 while unknown."""
    rate: float = 0.0
    """Items a second in this phase."""
    remaining_s: float | None = None
    detail: str = ""
    """What is being waited for, if anything."""


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update of the index did."""

    documents: int
    """Documents in the index afterwards."""
    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    embedded: int = 0
    """Texts that had to be embedded now."""
    pending: int = 0
    """Texts still without a vector (cancelled, or the model failed)."""
    cancelled: bool = False
    doubts: tuple[str, ...] = ()
    """What looks wrong with the model's vectors, for the user."""

    def after(self, before: UpdateReport) -> UpdateReport:
        """Return this report with what an earlier part of the same update did."""
        return replace(
            self,
            added=self.added + before.added,
            changed=self.changed + before.changed,
            moved=self.moved + before.moved,
            removed=self.removed + before.removed,
        )


@dataclass(frozen=True, slots=True)
class DocumentProblem:
    """A document that is not in the index, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What is known about the index of a workspace, without opening the model."""

    root: str
    directory: str
    documents: int
    passages: int
    embedded: int
    """Passages whose text has a vector."""
    pending: int
    """Passages whose text has none yet, except those that the model refuses."""
    errors: tuple[DocumentProblem, ...]
    model: str
    """Name of the vector space that is in use, or of the model that will be."""
    index_bytes: int
    state: str
    """`empty`, `building` (another process, or this one, is writing), `partial` or `ready`."""
    updated_at: float | None = None
    """Unix time in seconds of the last finished update."""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a link in some document should lead to."""

    path: str
    """Relative to the linking document's folder, with `/`."""
    title: str
    heading: Heading | None = None
