"""URIs as real clients spell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seealso.lsp.uris import to_path, to_uri


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        pytest.param("file:///home/me/a.md", "/home/me/a.md", id="plain"),
        pytest.param("file:///home/me/a%20b%23c.md", "/home/me/a b#c.md", id="encoded"),
        pytest.param("file:///home/me/a;b.md", "/home/me/a;b.md", id="a semicolon is part of the name"),
        pytest.param("file:///home/me/%C3%BC.md", "/home/me/ü.md", id="UTF-8"),
        pytest.param("file:///home/me/a.md#L3", "/home/me/a.md", id="fragment"),
        pytest.param("untitled:Untitled-1", None, id="untitled"),
        pytest.param("untitled://[New]/x", None, id="brackets that hold no address"),
        pytest.param("git://[x", None, id="a bracket alone"),
        pytest.param("file:", None, id="no path"),
        pytest.param("file:///a%00b", None, id="NUL"),
    ],
)
def test_paths_of_uris(uri: str, path: str | None) -> None:
    assert to_path(uri) == (None if path is None else Path(path))


@pytest.mark.parametrize("name", ["a b.md", "ü#?%.md", "(x)[y].md", "a;b.md", "\udcff.md"])
def test_a_path_comes_back(name: str) -> None:
    assert to_path(to_uri(Path("/root") / name)) == Path("/root") / name


def test_a_line_is_a_fragment() -> None:
    assert to_uri(Path("/r/a.md"), 11) == "file:///r/a.md#L12"
