"""A paragraph that keeps its subject is repeated, though it parts from the other in a detail."""

from __future__ import annotations

import pytest

from seealso.index.reading import read
from seealso.index.second_look import classify
from seealso.model import DuplicateKind

TOPIC = "The collector removes snapshots of closed projects from the primary storage."
DETAILS = (
    " It runs every night after the backup has finished, unless an administrator has paused it, and it writes what was"
    " removed to the audit journal."
)
NUMBER = " At most 500 snapshots are removed in one run."
LONG = TOPIC + DETAILS + NUMBER
SENTENCE = (
    "The collector removes snapshots of closed projects from the primary storage of the server every night after the"
    " {}backup of the archive has finished"
)


@pytest.mark.parametrize(
    ("a", "b", "cosine", "kind"),
    [
        pytest.param(LONG, LONG.replace("audit", "event"), 0.996, DuplicateKind.EDITED, id="another-word-in-a-detail"),
        pytest.param(LONG, LONG.replace("audit", "event"), 0.985, DuplicateKind.PARALLEL, id="a-template-filled-in"),
        pytest.param(
            LONG,
            TOPIC + DETAILS.replace("unless an administrator has paused it", "if it was not paused by hand") + NUMBER,
            0.970,
            DuplicateKind.EDITED,
            id="a-detail-told-anew",
        ),
        pytest.param(
            LONG,
            TOPIC.replace("snapshots", "attachments") + DETAILS + NUMBER,
            0.996,
            DuplicateKind.PARALLEL,
            id="another-subject",
        ),
        pytest.param(LONG, LONG.replace("500", "800"), 0.996, DuplicateKind.EDITED, id="another-number-in-a-detail"),
        pytest.param(LONG, LONG.replace("500", "800"), 0.985, DuplicateKind.PARALLEL, id="a-number-that-moves"),
        pytest.param(
            TOPIC + NUMBER,
            TOPIC + NUMBER.replace("500", "800"),
            0.996,
            DuplicateKind.PARALLEL,
            id="a-number-is-no-detail-of-a-short-text",
        ),
        pytest.param(
            LONG, LONG.replace("closed", "not closed"), 0.999, DuplicateKind.PARALLEL, id="the-subject-is-denied"
        ),
        pytest.param(
            SENTENCE.format("") + " without errors.",
            SENTENCE.format("regular ") + " without errors.",
            0.985,
            DuplicateKind.EDITED,
            id="an-aside-in-a-long-sentence",
        ),
    ],
)
def test_verdict(a: str, b: str, cosine: float, kind: DuplicateKind) -> None:
    assert classify(a, b, cosine).kind is kind
    assert classify(b, a, cosine).kind is kind


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param("One sentence alone", 3, id="one-sentence"),
        pytest.param("The first one. The second one.", 3, id="two-sentences"),
        pytest.param("Is version 3.8 meant? It is.", 4, id="a-point-in-a-number"),
        pytest.param("先关闭盖子。再打开电源。", 5, id="chinese"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_topic(text: str, topic: int) -> None:
    reading = read(text)
    assert reading.topic == topic
    assert reading.sentence is (topic == len(reading.words))
