from __future__ import annotations

from pathlib import PurePath

import pytest

from seealso.model import LinkTarget, PassageKind
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
        pytest.param("a.qmd", None, "markdown", id="Quarto"),
        pytest.param("a", "markdown", "markdown", id="language id"),
        pytest.param("a.txt", "restructuredtext", "rst", id="language id before extension"),
        pytest.param("a.rst", "plaintext", "rst", id="extension before plain text"),
        pytest.param("untitled", "plaintext", "plain", id="plain text without an extension"),
        pytest.param("a.md", "unheard", "markdown", id="unknown language id"),
        pytest.param("a.py", None, None, id="unknown extension"),
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
    assert all(extension.startswith(".") and extension == extension.lower() for extension in extensions())


@pytest.mark.parametrize("known", [pytest.param(known, id=known.name) for known in FORMATS])
def test_every_format_reads_what_it_writes(known: object) -> None:
    from seealso.text.base import Format

    assert isinstance(known, Format)
    comment = known.comment("seealso-ignore")
    source = f"{comment}\n\nOne paragraph.\n\n{known.quote('A quotation.', 'source')}\n".encode()
    found = known.segmenter().segment(source).passages
    assert [(passage.kind, passage.ignored) for passage in found[:2]] == [
        (PassageKind.PARAGRAPH, True),
        (PassageKind.QUOTE, False),
    ]
    assert "A quotation." in found[1].text


@pytest.mark.parametrize("path", ["a.adoc", "a.md", "a.org", "a.rst", "a.tex", "a.txt"])
def test_a_quotation_that_names_its_source_is_meant(path: str) -> None:
    syntax = format_for(path)
    assert syntax is not None
    source = syntax.link(LinkTarget(f"guide/{path}", "By hand", None))
    text = "Stop the service before you restore a backup. Copy the data folder to its old place."
    quoted = syntax.quote(text, source)
    for quotation, meant in ((quoted, True), (quoted.replace(source, "somebody"), False)):
        passages = syntax.segmenter().segment(f"Before.\n\n{quotation}\n".encode()).passages
        assert [passage.ignored for passage in passages] == [False, meant]
