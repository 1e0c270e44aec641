from __future__ import annotations

from pathlib import PurePath

import pytest

from seealso.model import LinkTarget, PassageKind
from seealso.settings import IndexSettings
from seealso.text.base import Format
from seealso.text.registry import FORMATS, extensions, format_for


@pytest.mark.parametrize(
    ("path", "language_id", "name"),
    [
        pytest.param("a/b.md", None, "markdown", id="extension"),
        pytest.param(PurePath("B.MD"), None, "markdown", id="capitals"),
        pytest.param("a.rst", None, "rst", id="rst"),
        pytest.param("a.adoc", None, "asciidoc", id="AsciiDoc"),
        pytest.param("a.tex", None, "latex", id="LaTeX"),
        pytest.param("a.org", None, "org", id="Org"),
        pytest.param("a.txt", None, "plain", id="text"),
        pytest.param("a.HTM", None, "html", id="HTML"),
        pytest.param("a.ipynb", "json", "jupyter", id="notebook"),
        pytest.param("a.qmd", None, "markdown", id="Quarto"),
        pytest.param("a", "markdown", "markdown", id="language id"),
        pytest.param("a.txt", "restructuredtext", "rst", id="language id before extension"),
        pytest.param("a.rst", "plaintext", "rst", id="extension before plain text"),
        pytest.param("untitled", "plaintext", "plain", id="plain text without an extension"),
        pytest.param("a.md", "unheard", "markdown", id="unknown language id"),
        pytest.param("a.TSX", "typescriptreact", "javascript", id="source"),
        pytest.param("a.pdf", None, None, id="unknown extension"),
        pytest.param("README", None, None, id="no extension"),
        pytest.param(".md", None, None, id="hidden file"),
    ],
)
def test_format_for(path: str | PurePath, language_id: str | None, name: str | None) -> None:
    found = format_for(path, language_id)
    assert (found.name if found else None) == name


def test_formats_do_not_overlap() -> None:
    assert extensions() == frozenset().union(*(known.extensions for known in FORMATS))
    assert len(extensions()) == sum(len(known.extensions) for known in FORMATS)
    identifiers = [identifier for known in FORMATS for identifier in known.language_ids]
    assert len(identifiers) == len(set(identifiers))
    assert extensions(IndexSettings(html=True, source_comments=True)) == extensions()
    assert not extensions(IndexSettings()) & {".html", ".py"}
    assert extensions(IndexSettings(html=True)) & {".html", ".py"} == {".html"}
    assert all(extension.startswith(".") and extension == extension.lower() for extension in extensions())


@pytest.mark.parametrize("known", [pytest.param(known, id=known.name) for known in FORMATS])
def test_every_format_reads_what_it_writes(known: Format) -> None:
    comment = known.comment("seealso-ignore")
    source = document(
        known, comment, "One paragraph of a few words.", known.quote("A quotation of a few words.", "source")
    )
    found = known.segmenter().segment(source).passages
    assert [(passage.kind, passage.ignored) for passage in found[:2]] == [
        (PassageKind.PARAGRAPH, True),
        (PassageKind.QUOTE, False),
    ]
    assert "A quotation of a few words." in found[1].text


def document(syntax: Format, *blocks: str) -> bytes:
    """Return a document of some blocks; a notebook has them in a cell, a program in comments."""
    if syntax.name == "jupyter":
        source = "\\n\\n".join(blocks)
        return f'{{"cells": [{{"cell_type": "markdown", "source": "{source}"}}]}}'.encode()
    if syntax.opt_in == "source_comments":
        mark = syntax.comment("")
        blocks = tuple(block if block.startswith(mark) else f"{mark}{block}" for block in blocks)
    return "".join(f"{block}\n\n" for block in blocks).encode()


@pytest.mark.parametrize(
    "path", ["a.adoc", "a.go", "a.html", "a.ipynb", "a.md", "a.org", "a.py", "a.rst", "a.tex", "a.txt"]
)
def test_a_quotation_that_names_its_source_is_meant(path: str) -> None:
    syntax = format_for(path)
    assert syntax is not None
    source = syntax.link(LinkTarget(f"guide/{path}", "By hand", None))
    text = "Stop the service before you restore a backup. Copy the data folder to its old place."
    quoted = syntax.quote(text, source)
    for quotation, meant in ((quoted, True), (quoted.replace(source, "somebody"), False)):
        passages = syntax.segmenter().segment(document(syntax, "Some words of text before it.", quotation)).passages
        assert [passage.ignored for passage in passages] == [False, meant]
