"""Where the entries of a list lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from seealso.linked import Linked
from seealso.lsp import related_lists
from seealso.workspace import Workspace


@pytest.mark.parametrize(
    ("entry", "targets"),
    [
        pytest.param("[A *b*](a/b%20c.md#d) and more", ["a/b%20c.md#d"], id="Markdown"),
        pytest.param("[A](<a.md>)", ["a.md"], id="in angle brackets"),
        pytest.param("[[notes/A#b]]", ["[[notes/A#b]]"], id="wiki"),
        pytest.param("`A <a.rst#b>`__", ["a.rst#b"], id="rst"),
        pytest.param(":doc:`A <../a>` or :doc:`b`", ["../a", "b"], id="rst documents"),
        pytest.param("A (notes/a.txt)", ["notes/a.txt"], id="plain text"),
        pytest.param("the librarian (on the second floor)", [], id="no link"),
    ],
)
def test_targets_of_every_format(entry: str, targets: list[str]) -> None:
    assert related_lists._targets(entry) == targets


@pytest.mark.parametrize(
    ("entry", "gone"),
    [
        pytest.param("[A](a.md#b)", False, id="there"),
        pytest.param("[A](../guide/a.md)", False, id="there, the long way"),
        pytest.param("[A](/guide/a.md)", False, id="there, from the root"),
        pytest.param("[B](b.md)", True, id="not there"),
        pytest.param(":doc:`A <a>`", False, id="without its extension"),
        pytest.param(":doc:`B <b>`", True, id="without its extension, not there"),
        pytest.param(":ref:`B <b>`", False, id="a label cannot be told"),
        pytest.param("[B](../../b.md)", False, id="outside cannot be told"),
        pytest.param("[B](b.png)", False, id="no document"),
        pytest.param("[B](https://example.org/b.md)", False, id="elsewhere"),
        pytest.param("[[B]]", False, id="a wiki finds it anywhere"),
        pytest.param("the librarian", False, id="no link"),
    ],
)
def test_only_what_certainly_is_gone_is_gone(tmp_path: Path, entry: str, gone: bool) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/a.md").write_text("# A\n")
    assert related_lists._is_gone(Workspace.open(tmp_path), "guide/x.md", entry) is gone


@pytest.mark.parametrize(
    ("entry", "link", "linked"),
    [
        pytest.param("[A](a.md#b)", "a.md", True, id="the same document"),
        pytest.param("[A](../guide/a.md)", "a.md#c", True, id="another way"),
        pytest.param(":doc:`A <a>`", "a.rst", True, id="without its extension"),
        pytest.param("[[A]]", "[[a#b]]", True, id="wiki"),
        pytest.param("[A](a.md)", "b.md", False, id="another document"),
        pytest.param("[A](https://example.org/guide/a.md)", "a.md", False, id="elsewhere"),
        pytest.param("the librarian", "a.md", False, id="no link"),
    ],
)
def test_what_the_section_links_anyway(entry: str, link: str, linked: bool) -> None:
    assert related_lists._leads_into("guide/x.md", entry, Linked("guide/x.md", [link])) is linked
