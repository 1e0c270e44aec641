"""The JSON that scripts read: field names, 1-based lines, plain values."""

from __future__ import annotations

import json

from seealso.model import (
    DocumentProblem,
    DuplicateGroup,
    DuplicateKind,
    Heading,
    IndexStatus,
    Match,
    PassageKind,
    Place,
    UpdateReport,
)
from seealso.report import group_json, match_json, status_json, update_json

PLACE = Place(
    "guide/a.md", 4, 6, PassageKind.PARAGRAPH, "Prose.", (Heading("Guide", 1, 0, "guide"), Heading("A", 2, 3, "a"))
)
PLACE_JSON = {"path": "guide/a.md", "line": 5, "end_line": 7, "heading": "Guide > A", "text": "Prose."}


def test_a_match_has_the_documented_fields() -> None:
    match = Match(PLACE, 0.81234567, None, 0.5, ("prose",), DuplicateKind.EDITED, linked=True)
    assert match_json(match) == {
        **PLACE_JSON,
        "score": 0.812346,
        "lexical": 0.5,
        "dense": None,
        "relation": "edited",
        "terms": ["prose"],
        "language": "und",
        "same_document": False,
        "linked": True,
    }


def test_a_group_lists_its_places() -> None:
    group = DuplicateGroup(DuplicateKind.EXACT, 1.0, (PLACE, PLACE))
    assert group_json(group) == {"kind": "exact", "score": 1.0, "boilerplate": False, "places": [PLACE_JSON] * 2}


def test_a_status_is_plain_json() -> None:
    status = IndexStatus("/r", "/d", 1, 2, 1, 1, (DocumentProblem("b.md", "too large"),), "m", 10, "partial", 1.5)
    assert json.loads(json.dumps(status_json(status))) == {
        "documents": 1,
        "passages": 2,
        "embedded": 1,
        "pending": 1,
        "errors": [{"path": "b.md", "reason": "too large"}],
        "model": "m",
        "index_bytes": 10,
        "state": "partial",
        "updated_at": 1.5,
    }


def test_an_update_names_every_field() -> None:
    report = UpdateReport(7, added=1, changed=2, moved=3, removed=4, embedded=5, pending=6, cancelled=True)
    assert update_json(report) == {
        "documents": 7,
        "added": 1,
        "changed": 2,
        "moved": 3,
        "removed": 4,
        "embedded": 5,
        "pending": 6,
        "cancelled": True,
        "doubts": [],
    }
