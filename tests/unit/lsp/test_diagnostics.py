"""What diagnostics say."""

from __future__ import annotations

from pathlib import Path

import pytest

from seealso.lsp.capabilities import Client
from seealso.lsp.diagnostics import diagnostics
from seealso.lsp.positions import Text
from seealso.model import DuplicateFinding, DuplicateKind, Heading, Passage, PassageKind, Place
from seealso.settings import resolve

TEXT = Text.of("# T\n\nOne two three.\n\nFour five six.\n", "utf-16")
FIRST = Passage(5, 20, 2, 2, PassageKind.PARAGRAPH, "One two three.")
SECOND = Passage(21, 36, 4, 4, PassageKind.PARAGRAPH, "Four five six.")
ROOT = Path("/r")


def place(path: str, text: str = "One two three.") -> Place:
    return Place(path, 6, 7, PassageKind.PARAGRAPH, text, (Heading("Guide", 1, 0, "guide"), Heading("A", 2, 4, "a")))


def finding(
    kind: DuplicateKind, *others: Place, passage: Passage = FIRST, boilerplate: bool = False
) -> DuplicateFinding:
    return DuplicateFinding(passage, kind, 0.9, others, boilerplate)


@pytest.mark.parametrize(
    ("found", "related", "message"),
    [
        pytest.param(
            finding(DuplicateKind.EXACT, place("a.md")),
            True,
            "This passage also stands in a.md:7 (Guide › A).",
            id="one place",
        ),
        pytest.param(
            finding(DuplicateKind.EXACT, *(place(f"{number}.md") for number in range(5))),
            True,
            "This passage also stands in 0.md:7 (Guide › A) and 4 more places.",
            id="many places, which the client shows itself",
        ),
        pytest.param(
            finding(DuplicateKind.EXACT, *(place(f"{number}.md") for number in range(4))),
            False,
            "This passage also stands in 0.md:7 (Guide › A), 1.md:7 (Guide › A), 2.md:7 (Guide › A) and 1 more place.",
            id="many places in the message",
        ),
        pytest.param(
            finding(DuplicateKind.EXACT, place("a.md"), place("b.md", "One, two, three.")),
            True,
            "This passage also stands in a.md:7 (Guide › A). It is similar in b.md:7 (Guide › A).",
            id="a copy and a near copy",
        ),
        pytest.param(
            finding(DuplicateKind.EDITED, place("b.md", "One, two, three.")),
            True,
            "This passage stands in nearly the same words in b.md:7 (Guide › A).",
            id="edited",
        ),
        pytest.param(
            finding(DuplicateKind.REWORDED, place("b.md", "1 2 3")),
            True,
            "The same is said in other words in b.md:7 (Guide › A).",
            id="reworded",
        ),
    ],
)
def test_messages(found: DuplicateFinding, related: bool, message: str) -> None:
    (diagnostic,) = diagnostics([found], TEXT, ROOT, resolve(None)[0], Client(diagnostic_related=related))
    assert diagnostic.message == message


def test_parallel_passages_are_reported_only_when_asked_for() -> None:
    found = [finding(DuplicateKind.PARALLEL, place("a.md"))]
    assert diagnostics(found, TEXT, ROOT, resolve(None)[0], Client()) == []
    settings, problems = resolve({"diagnostics": {"parallel": "warning"}})
    assert problems == ()
    (diagnostic,) = diagnostics(found, TEXT, ROOT, settings, Client())
    assert (diagnostic.code, diagnostic.severity) == ("parallel-passage", 2)


def test_boilerplate_is_one_hint_for_all_of_it_and_off_with_its_kind() -> None:
    found = [
        finding(DuplicateKind.EXACT, place("a.md"), passage=passage, boilerplate=True) for passage in (FIRST, SECOND)
    ]
    (diagnostic,) = diagnostics(found, TEXT, ROOT, resolve(None)[0], Client())
    assert (diagnostic.code, diagnostic.severity, diagnostic.range.start.line) == ("boilerplate-passage", 4, 2)
    settings, _ = resolve({"diagnostics": {"exact": "off"}})
    assert diagnostics(found, TEXT, ROOT, settings, Client()) == []


def test_nothing_the_client_cannot_read() -> None:
    found = [finding(DuplicateKind.EXACT, place("a.md"))]
    (plain,) = diagnostics(found, TEXT, ROOT, resolve(None)[0], Client())
    assert (plain.related_information, plain.data, plain.code_description) == (None, None, None)
    (full,) = diagnostics(found, TEXT, ROOT, resolve(None)[0], Client(diagnostic_related=True, diagnostic_data=True))
    assert full.related_information is not None
    assert full.related_information[0].location.uri == "file:///r/a.md"
    assert full.code_description is None
    (described,) = diagnostics(found, TEXT, ROOT, resolve(None)[0], Client(diagnostic_descriptions=True))
    assert described.code_description is not None
    path, _, line = described.code_description.href.removeprefix("file://").partition("#L")
    assert Path(path).read_text("utf-8").splitlines()[int(line) - 1] == f"## {described.code}"
    assert full.data is not None
    assert full.data["places"][0]["line"] == 7
