"""Tasks travel to the client and back; what comes back may be anything."""

from __future__ import annotations

from typing import Any

import pytest

from seealso.lsp.actions import Named, named, where
from seealso.lsp.tasks import Other, Task, What, task_of
from seealso.lsp.writing import RefusedChangeError
from seealso.model import DuplicateKind, Heading, PassageKind, Place

TASK = Task(What.LINK, "file:///a.md", 3, 4, 5, "ab", Other("b.md", 6, "cd"))


@pytest.mark.parametrize("task", [TASK, Task(What.LISTS, "file:///a.md", 1, 0)])
def test_a_task_comes_back_as_it_went(task: Task) -> None:
    assert task_of(task.wire()) == task


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        "link",
        {},
        {**TASK.wire(), "what": "format"},
        {**TASK.wire(), "version": "3"},
        {**TASK.wire(), "uri": None},
        {**TASK.wire(), "other": 3},
        {**TASK.wire(), "other": {"path": "b.md"}},
        {**TASK.wire(), "line": 1.5},
    ],
)
def test_what_is_no_task_is_refused(wire: Any) -> None:
    with pytest.raises(RefusedChangeError):
        task_of(wire)


DATA = {"kind": "exact", "hash": "ab", "places": [{"path": "b.md", "line": 7, "hash": "cd", "uri": "file:///b.md"}]}


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        pytest.param(DATA, Named("ab", DuplicateKind.EXACT, (Other("b.md", 6, "cd"),)), id="ours"),
        pytest.param({**DATA, "places": [3, {"path": "b.md"}]}, Named("ab", DuplicateKind.EXACT), id="no places"),
        pytest.param({**DATA, "kind": "same"}, Named(), id="unknown kind"),
        pytest.param({**DATA, "places": "b.md"}, Named(), id="no list"),
        pytest.param({**DATA, "hash": None}, Named(), id="no hash"),
        pytest.param(None, Named(), id="nothing"),
    ],
)
def test_what_a_diagnostic_says(wire: object, expected: Named) -> None:
    assert named(wire) == expected


def test_a_title_is_one_line_of_bounded_length() -> None:
    heading = Heading("A\ntitle " + "x" * 500, 1, 0, "a")
    text = where(Place("a\n b.md", 4, 4, PassageKind.PARAGRAPH, "text", (heading,)))
    assert text.startswith("a b.md:5 (A title xxx")
    assert len(text) < 120
    assert "\n" not in text
