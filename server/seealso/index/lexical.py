"""The lexical side of an index: BM25 over the words of passages, through SQLite's FTS5."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from seealso.index.schema import HEADING_WEIGHT
from seealso.index.words import lexical_terms
from seealso.model import Heading

MAX_QUERY_TERMS = 12
"""Rarer terms come first: what they leave out hardly moves BM25 but costs most of the time."""

MAX_POSTINGS = 8_000
"""Occurrences one query goes through: about 5 ms of BM25."""

COMMON_SHARE = 0.2
"""Terms that stand in a larger share of the passages are left out of a query that has rarer ones."""


MANY_PASSAGES = 200
"""From so many on, a word that stands in a fifth of them is hardly what a question is about."""

MIN_UNFINISHED = 3
"""Characters of an unfinished word that are looked for: SQLite reads every word that begins so, wherever it stands."""

MERGED_PAGES = 500
"""Pages of the words that are merged at once: some 50 ms."""

STALE_SHARE = 0.02
"""Term frequencies are counted again when the number of passages has changed by more than this share."""


class LexicalIndex:
    """Add, remove and find passages by their words; rows are passage ids.

    The FTS5 table keeps no text of its own (contentless): removal repeats the terms that were added.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._frequencies: dict[str, int] = {}
        self._passages = 0
        self._version = -1

    def add(self, passage_id: int, headings: Sequence[Heading], text: str) -> None:
        self._db.execute(
            "INSERT INTO lexical (rowid, headings, body) VALUES (?, ?, ?)", (passage_id, *_columns(headings, text))
        )

    def remove(self, passage_id: int, headings: Sequence[Heading], text: str) -> None:
        self._db.execute(
            "INSERT INTO lexical (lexical, rowid, headings, body) VALUES ('delete', ?, ?, ?)",
            (passage_id, *_columns(headings, text)),
        )

    def merge(self) -> bool:
        """Merge some of the parts that many commits have left, each of which is searched; tell whether there are more.

        Of one part, a search takes three quarters of the time that it takes of 24.
        """
        before = self._db.total_changes
        self._db.execute("INSERT INTO lexical (lexical, rank) VALUES ('merge', ?)", (-MERGED_PAGES,))
        return self._db.total_changes - before > 1  # one when nothing is left to do (documentation of FTS5)

    def search(self, terms: Iterable[str], limit: int) -> dict[int, float]:
        """Return passage ids with their BM25 score (higher is better) for passages with any of the terms.

        Rare terms decide; once they have `MAX_POSTINGS` occurrences, commoner ones are left out.
        """
        chosen: list[str] = []
        postings = 0
        for term in self.salient(terms, limit=None):
            postings += self.frequency(term)
            if chosen and postings > MAX_POSTINGS:
                break
            chosen.append(term)
        if not chosen:
            return {}
        query = " OR ".join(f'"{term}"' for term in chosen)
        rows = self._db.execute(
            "SELECT rowid, -bm25(lexical, ?, 1.0) AS score FROM lexical WHERE lexical MATCH ?"
            " ORDER BY score DESC LIMIT ?",
            (HEADING_WEIGHT, query, limit),
        )
        return dict(rows.fetchall())

    def phrase(self, terms: Sequence[str], limit: int, *, unfinished: bool) -> list[int]:
        """Return the ids of passages in whose text the terms stand one after another.

        The last may be unfinished; it is left out while it is too short to say much.
        """
        if unfinished and len(terms) > 1 and len(terms[-1]) < MIN_UNFINISHED:
            terms, unfinished = terms[:-1], False
        if not terms:
            return []
        query = f'body : "{" ".join(terms)}"{" *" if unfinished else ""}'
        rows = self._db.execute("SELECT rowid FROM lexical WHERE lexical MATCH ? LIMIT ?", (query, limit))
        return [row[0] for row in rows]

    def salient(
        self, terms: Iterable[str], limit: int | None = MAX_QUERY_TERMS, *, also: Collection[str] = frozenset()
    ) -> list[str]:
        """Return the distinct terms that the index or `also` has, rarest first.

        Common ones are left out unless there is nothing else: a question whose other words nobody has written is not
        answered by each passage with its "in" and "the". In a few passages a common word may be what they are about.
        """
        self._refresh()
        counted = [(self.frequency(term), term) for term in dict.fromkeys(terms)]
        known = sorted((frequency, term) for frequency, term in counted if frequency or term in also)
        common = max(COMMON_SHARE * self._passages, 3)
        rare = [term for frequency, term in known if frequency <= common]
        if rare or (len(known) < len(counted) and self._passages >= MANY_PASSAGES):
            return rare[:limit]
        return [term for _, term in known][:limit]

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term, natural logarithm, over passages."""
        return math.log1p((self._passages + 1) / (self.frequency(term) + 0.5))

    def frequency(self, term: str) -> int:
        """Return in how many passages a term stands, as of the last question."""
        frequency = self._frequencies.get(term)
        if frequency is None:
            row = self._db.execute("SELECT doc FROM lexical_terms WHERE term = ?", (term,)).fetchone()
            frequency = row[0] if row else 0
            if frequency:  # a word nobody has written may be written next
                self._frequencies[term] = frequency
        return frequency

    def _refresh(self) -> None:
        """Forget frequencies once the number of passages has moved enough to matter."""
        version = int(self._db.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version and self._passages:
            return
        self._version = version
        count = int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])
        if abs(count - self._passages) > STALE_SHARE * self._passages:
            self._passages = count
            self._frequencies.clear()


def _columns(headings: Sequence[Heading], text: str) -> tuple[str, str]:
    return (
        " ".join(term for heading in headings for term in lexical_terms(heading.title)),
        " ".join(lexical_terms(text)),
    )
