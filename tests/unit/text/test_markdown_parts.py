"""A large Markdown document is read in parts, and says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.model import Segmentation
from seealso.text.markdown import parts, segmenter
from seealso.text.markdown.segmenter import MarkdownSegmenter

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *(ROOT / "tests/data/handbook").rglob("*.md")])

BLOCKS = st.sampled_from(
    [
        "# Title\n",
        "A paragraph of plain words that goes on\nover two lines.\n",
        "Ähnliche Wörter stehen auch hier.\n",
        "- one\n- two\n\n  with more\n",
        "1. one\n\n   ```\n   code\n\n   Words in code.\n   ```\n",
        "```sh\nfirst\n\nWords in a fence.\n\n# no title\n```\n",
        "~~~~\n```\n\nWords\n~~~\n\nMore words\n~~~~\n",
        "````\n```\n\nInside\n\n```\n````\n",
        "<!-- a comment\n\nWords in a comment.\n\n# no title\n-->\n",
        "<pre>\n\nWords in pre.\n\n</pre>\n",
        "<div>\n\nWords in a div.\n\n</div>\n",
        "<?php\n\necho 1;\n\n?>\n",
        "> A quote\n>\n> ```\n> code\n",
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
        "    indented code\n\n    more of it\n",
        "Setext\n======\n",
        "[ref]: https://example.org\n",
        "A [link][ref] and `code` and ``` three.\n",
        "\tTab\n",
        "***\n",
        "# CRLF\r\n\r\nWords with other line ends.\r\n",
    ]
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 60)


def whole(source: bytes) -> Segmentation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenter, "LARGE", len(source) + 10)
        return MarkdownSegmenter().segment(source)


def in_parts(source: bytes, reader: MarkdownSegmenter | None = None) -> Segmentation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART", 60)
        patch.setattr(segmenter, "LARGE", 0)
        return (reader or MarkdownSegmenter()).segment(source)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_real_documents(path: Path) -> None:
    source = path.read_bytes()
    assert in_parts(source) == whole(source)


def test_they_are_cut_at_all() -> None:
    source = (ROOT / "README.md").read_bytes()
    found = parts.cuts(source)
    assert len(found) > 25
    assert all(source[:at].endswith(b"\n\n") for at in found)


@given(st.lists(BLOCKS, max_size=12))
@settings(max_examples=300)
def test_any_document(blocks: list[str]) -> None:
    source = "\n".join(blocks).encode()
    assert in_parts(source) == whole(source)


@given(st.lists(BLOCKS, min_size=2, max_size=10), st.data())
def test_any_edit(blocks: list[str], data: st.DataObject) -> None:
    reader = MarkdownSegmenter()
    in_parts("\n".join(blocks).encode(), reader)
    at = data.draw(st.integers(0, len(blocks) - 1))
    blocks[at] = data.draw(BLOCKS)
    source = "\n".join(blocks).encode()
    assert in_parts(source, reader) == in_parts(source) == whole(source)


@pytest.mark.parametrize("open_ended", ["```\n", "<!-- \n", "~~~~~\n\n~~~\n"])
def test_what_never_ends_is_one_part(open_ended: str) -> None:
    source = ("Words.\n\n" * 40 + open_ended + "\nWords.\n" * 4000).encode()
    assert 1 <= len(parts.cuts(source)) <= 6


def test_cutting_is_linear() -> None:
    import time

    def took(count: int) -> float:
        source = ("Words.\n\n```\n\nCode.\n\n" * count).encode()
        started = time.perf_counter()
        parts.cuts(source)
        return time.perf_counter() - started

    took(100)
    assert took(20_000) < 40 * took(2_000)
