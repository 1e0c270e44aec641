from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.errors import DocumentError
from seealso.model import LinkTarget, PassageKind
from seealso.text.lines import LineTable
from seealso.text.markdown import MarkdownSegmenter
from seealso.text.notebook import FORMAT, NotebookSegmenter
from unit.text.reading import Read, check, read

P, L = PassageKind.PARAGRAPH, PassageKind.LIST


def notebook(*cells: str | tuple[str, object], indent: int | None = 1) -> str:
    """Return a notebook as Jupyter writes it: of Markdown, or of (type, source) where that is said."""
    made = [("markdown", cell.splitlines(keepends=True)) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps(
        {
            "cells": [
                {"attachments": {}, "cell_type": kind, "metadata": {"source": "no"}, "source": source}
                for kind, source in made
            ],
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        indent=indent,
        ensure_ascii=False,
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(notebook("One.\n\nTwo."), [(P, "One.", "One.", ()), (P, "Two.", "Two.", ())], id="list of lines"),
        pytest.param(
            notebook(("markdown", "One.\n\nTwo.")), [(P, "One.", "One.", ()), (P, "Two.", "Two.", ())], id="string"
        ),
        pytest.param(
            notebook(("markdown", 'A "b"\nc.')), [(P, 'A \\"b\\"\\nc.', 'A "b" c.', ())], id="escapes inside a passage"
        ),
        pytest.param(
            '{"cells": [{"source": "\\u00dcber \\ud83d\\ude00 \\ud800.", "cell_type": "markdown"}]}',
            [(P, "\\u00dcber \\ud83d\\ude00 \\ud800.", "Über 😀 ?.", ())],
            id="escaped characters, the type after the text",
        ),
        pytest.param(
            notebook("One\ntwo."), [(P, 'One\\n",\n    "two.', "One two.", ())], id="paragraph of several strings"
        ),
        pytest.param(
            notebook("# Title\n\nOne.", ("code", ["# Not a title\n"]), "Two.", "## Part\n", "Three.", "# Other"),
            [
                (P, "One.", "One.", ("Title",)),
                (P, "Two.", "Two.", ("Title",)),
                (P, "Three.", "Three.", ("Title", "Part")),
            ],
            id="headings hold for the cells below",
        ),
        pytest.param(
            notebook("```\ncode", "- a", "- b", ("raw", "c")),
            [(L, "- a", "a", ()), (L, "- b", "b", ())],
            id="no block crosses the edge of a cell",
        ),
        pytest.param(notebook(("markdown", None), ("markdown", [1, "a"])), [(P, "a", "a", ())], id="not all is text"),
        pytest.param('{"cells": [1, [], {"source": "a"}, {"cell_type": "markdown"}, {}]}', [], id="odd cells"),
        pytest.param("\ufeff" + notebook("Über."), [(P, "Über.", "Über.", ())], id="byte order mark"),
        pytest.param('{"cells": []}', [], id="no cells"),
    ],
)
def test_cells(source: str, expected: list[Read]) -> None:
    assert read(NotebookSegmenter(), source) == expected
    check(source.encode(), NotebookSegmenter().segment(source.encode()))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("", "broken in line 1", id="empty"),
        pytest.param('{\n"cells": [\n<<<<<<< HEAD\n', "broken in line 3", id="conflict"),
        pytest.param('{"cells": []} x', "more in it than one", id="more"),
        pytest.param("[]", "no list of cells", id="other JSON"),
        pytest.param('{"worksheets": [{"cells": []}]}', "before 2015", id="format 3"),
        pytest.param('{"cells": ' + "[" * 100_000, "broken", id="tower of brackets"),
        pytest.param('{"cells": [{"source": "a\nb"}]}', "broken in line 1", id="line end in a string"),
    ],
)
def test_what_is_no_notebook(source: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        NotebookSegmenter().segment(source.encode())


def test_headings_stand_on_their_lines_with_the_anchors_of_jupyter() -> None:
    source = notebook("# What is it?", "text\n\n## What is it?\n").encode()
    found = NotebookSegmenter().segment(source)
    assert [(heading.title, heading.level, heading.anchor) for heading in found.headings] == [
        ("What is it?", 1, "What-is-it?"),
        ("What is it?", 2, "What-is-it?-1"),
    ]
    lines = LineTable(source)
    assert [lines.line(heading.line).strip() for heading in found.headings] == [
        b'"# What is it?"',
        b'"## What is it?\\n"',
    ]


@pytest.mark.parametrize(
    ("cells", "ignored"),
    [
        pytest.param(["<!-- seealso-ignore -->\n\nOne.\n\nTwo."], [True, False], id="next passage"),
        pytest.param(["One.", "<!-- seealso-ignore-file -->", "Two."], [True, True], id="file"),
    ],
)
def test_ignore_comments(cells: list[str], ignored: list[bool]) -> None:
    found = NotebookSegmenter().segment(notebook(*cells).encode())
    assert [passage.ignored for passage in found.passages] == ignored


def test_what_is_written_stays_json() -> None:
    link = FORMAT.link(LinkTarget("a/b.ipynb", 'The "b"'))
    assert link == '[The \\"b\\"](a/b.ipynb)'
    quoted = FORMAT.quote('He said "no".\nShe too.', link)
    text = f"{FORMAT.comment('seealso-ignore')}\\n\\n{quoted}"
    source = f'{{"cells": [{{"cell_type": "markdown", "source": "{text}"}}]}}'
    (passage,) = NotebookSegmenter().segment(source.encode()).passages
    assert passage.text == 'He said "no". She too. — The "b"'
    assert passage.links == ("a/b.ipynb",)
    assert passage.ignored


FRAGMENTS = [
    "# T\n",
    "a ",
    "\n",
    "\n\n",
    "- b\n",
    '"',
    "\\",
    "é",
    "😀",
    "\x00",
    "\u2028",
    "```\n",
    "<!--",
    "\ud800",
    "[c](d) ",
]
CELLS = st.tuples(
    st.sampled_from(["markdown", "markdown", "code", "raw"]),
    st.lists(st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join), max_size=5)
    | st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
)


@settings(max_examples=300)
@given(st.lists(CELLS, max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_a_notebook_says_what_its_cells_say_where_they_say_it(
    cells: list[tuple[str, str | list[str]]], indent: int | None, ascii_only: bool
) -> None:
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    text = json.dumps({"cells": made}, indent=indent, ensure_ascii=ascii_only)
    source = text.encode("utf-8", "replace")
    found = NotebookSegmenter().segment(source)
    check(source, found)
    texts = [
        passage.text
        for cell in json.loads(source)["cells"]
        if cell["cell_type"] == "markdown"
        for passage in MarkdownSegmenter().segment("".join(cell["source"]).encode("utf-8", "replace")).passages
    ]
    assert [passage.text for passage in found.passages] == texts


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, max_size=4), min_size=2, max_size=4))
def test_an_edited_notebook_reads_like_a_new_one(versions: list[list[tuple[str, object]]]) -> None:
    warm = NotebookSegmenter()
    for cells in versions:
        made = [{"cell_type": kind, "source": source} for kind, source in cells]
        source = json.dumps({"cells": made}).encode()
        assert warm.segment(source) == NotebookSegmenter().segment(source)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from([*'{}[]",:\\', '"cells"', '"source"', '"cell_type"', '"markdown"', "1", " ", "\ufeff"]))
)
def test_anything_else_is_refused(parts: list[str]) -> None:
    source = "".join(parts).encode()
    try:
        found = NotebookSegmenter().segment(source)
    except DocumentError:
        return
    check(source, found)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("\\n", id="escapes"),
        pytest.param("a\\n\\n", id="paragraphs"),
        pytest.param('", "', id="strings"),
        pytest.param('a\\n\\n"]}, {"cell_type": "markdown", "source": ["', id="cells"),
    ],
)
def test_hostile_notebooks_take_linear_time(cell: str) -> None:
    def seconds(size: int) -> float:
        body = cell * (size // len(cell))
        source = ('{"cells": [{"cell_type": "markdown", "source": ["' + body + '"]}]}').encode()
        start = time.process_time()
        NotebookSegmenter().segment(source)
        return time.process_time() - start

    seconds(1_000)
    small = min(seconds(20_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < 10 * max(small, 0.01)
