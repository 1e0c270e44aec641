"""What answers look like as JSON: one shape for the command line, the language server and later front ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seealso.model import DocumentMatch, DuplicateGroup, IndexStatus, Match, Place, UpdateReport

Json = dict[str, object]

DIGITS = 6
"""Decimals of scores; more would be noise of the arithmetic."""


def heading_path(place: Place) -> str:
    """Return the titles above a place, from the document's title down, joined by ` > `."""
    return " > ".join(heading.title for heading in place.headings)


def place_json(place: Place) -> Json:
    """Return `path`, `line` and `end_line` (1-based, inclusive), `heading` and `text`."""
    return {
        "path": place.path,
        "line": place.start_line + 1,
        "end_line": place.end_line + 1,
        "heading": heading_path(place),
        "text": place.text,
    }


def match_json(match: Match) -> Json:
    """Return a place with how well it answers, why, and how it stands to the passage that was asked about."""
    return {
        **place_json(match.place),
        "score": round(match.score, DIGITS),
        "lexical": round(match.lexical, DIGITS),
        "dense": None if match.dense is None else round(min(match.dense, 1.0), DIGITS),
        "relation": None if match.relation is None else match.relation.value,
        "terms": list(match.terms),
        "language": match.place.language,
        "same_document": match.same_document,
        "linked": match.linked,
    }


def group_json(group: DuplicateGroup) -> Json:
    """Return `kind`, `score`, `boilerplate` and `places`."""
    return {
        "kind": group.kind.value,
        "score": round(group.score, DIGITS),
        "boilerplate": group.boilerplate,
        "places": [place_json(place) for place in group.places],
    }


def document_json(match: DocumentMatch) -> Json:
    """Return where a related document is and how near."""
    return {
        "path": match.path,
        "title": match.title,
        "score": round(match.score, DIGITS),
        "cosine": round(match.cosine, DIGITS),
        "linked": match.linked,
    }


def status_json(status: IndexStatus) -> Json:
    """Return the counts, problems, model, size and state of an index."""
    return {
        "documents": status.documents,
        "passages": status.passages,
        "embedded": status.embedded,
        "pending": status.pending,
        "errors": [{"path": problem.path, "reason": problem.reason} for problem in status.errors],
        "model": status.model,
        "index_bytes": status.index_bytes,
        "state": status.state,
        "updated_at": status.updated_at,
    }


def update_json(report: UpdateReport) -> Json:
    """Return what an update did, field by field."""
    return {
        "documents": report.documents,
        "added": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "removed": report.removed,
        "embedded": report.embedded,
        "pending": report.pending,
        "cancelled": report.cancelled,
        "doubts": list(report.doubts),
    }
