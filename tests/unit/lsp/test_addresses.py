"""Addresses of documents that only the server has."""

from __future__ import annotations

import time
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.errors import SeeAlsoError
from seealso.lsp.addresses import Address, Duplicates, Search, addresses, format_address, parse_address, within

FOLDER = "file:///home/ada/My%20notes"


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        pytest.param(Search("backup"), "seealso:search/backup.md", id="a word"),
        pytest.param(
            Search("restore a backup", FOLDER),
            "seealso:search/restore%20a%20backup.md?folder=file%3A%2F%2F%2Fhome%2Fada%2FMy%2520notes",
            id="in a folder",
        ),
        pytest.param(Search("a/b?c#d%e"), "seealso:search/a%2Fb%3Fc%23d%25e.md", id="what URIs are made of"),
        pytest.param(Search("../../etc/passwd"), "seealso:search/..%2F..%2Fetc%2Fpasswd.md", id="a path is a query"),
        pytest.param(Search("復元 👩‍💻"), f"seealso:search/{quote('復元 👩‍💻')}.md", id="CJK and a joined emoji"),
        pytest.param(Search("readme.md"), "seealso:search/readme.md.md", id="the name of a file"),
        pytest.param(Search("x](command:y)"), "seealso:search/x%5D%28command%3Ay%29.md", id="Markdown"),
        pytest.param(Duplicates(), "seealso:duplicates.md", id="duplicates"),
        pytest.param(Duplicates("file:///a"), "seealso:duplicates.md?folder=file%3A%2F%2F%2Fa", id="of a folder"),
    ],
)
def test_there_and_back(address: Address, uri: str) -> None:
    assert format_address(address) == uri
    assert parse_address(uri) == address


QUERIES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=60).filter(
    str.strip
)
FOLDERS = st.none() | QUERIES.map(lambda name: f"file:///{quote(name)}")


@given(QUERIES, FOLDERS)
def test_any_query_comes_back(query: str, folder: str | None) -> None:
    assert parse_address(format_address(Search(query, folder))) == Search(query, folder)


@given(QUERIES, FOLDERS)
def test_as_vs_code_writes_it(query: str, folder: str | None) -> None:
    """It decodes each part, and encodes it again without regard for what `=` and `/` mean."""
    parts = urlsplit(format_address(Search(query, folder)))
    uri = f"{parts.scheme}:{quote(unquote(parts.path))}"
    if parts.query:
        uri += f"?{quote(unquote(parts.query), safe='')}"
    assert parse_address(uri) == Search(query, folder)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "seealso:",
        "seealso:search",
        "seealso:search/",
        "seealso:search/.md",
        "seealso:search/%20.md",
        "seealso:search/x",
        "seealso:search/x.html",
        "seealso:search?query=x",
        "seealso:passage.md",
        "seealso:duplicates",
        "seealso:duplicates.md.md",
        "seealso:duplicates.md?folders=x",
        "seealso:duplicates.md#L3",
        "seealso://host/duplicates.md",
        "seealso://[/duplicates.md",
        "file:///duplicates.md",
        "command:seealso.search",
        "seealso:search/a%0Ab.md",
        "seealso:search/a\nb.md",
        "seealso:search/a%00.md",
        "seealso:search/%E2%80%AEtxt.md",
        "seealso:search/%FF.md",
        "seealso:search/\ud800.md",
        f"seealso:search/{'x' * 401}.md",
    ],
)
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(SeeAlsoError, match="is no address of seealso") as raised:
        parse_address(uri)
    assert "seealso:search/QUERY.md" in raised.value.hint
    assert len(raised.value.message) < 1000


def test_a_slash_at_the_front_and_capitals_are_forgiven() -> None:
    assert parse_address("seealso:/search/x.md") == parse_address("SEEALSO:search/x.md") == Search("x")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("[x](seealso:search/a%20b.md)", ["seealso:search/a%20b.md"], id="Markdown"),
        pytest.param("<seealso:duplicates.md>", ["seealso:duplicates.md"], id="in angle brackets"),
        pytest.param("`x <seealso:search/a.md>`_", ["seealso:search/a.md"], id="reStructuredText"),
        pytest.param("see seealso:search/a.md.", ["seealso:search/a.md"], id="at the end of a sentence"),
        pytest.param("詳細はseealso:search/復元.md。", ["seealso:search/復元.md"], id="CJK before it"),
        pytest.param("「seealso:search/復元.md」を", ["seealso:search/復元.md"], id="CJK"),
        pytest.param("seealso:search/復元.mdを見よ", ["seealso:search/復元.md"], id="CJK after it"),
        pytest.param(
            "seealso:search/a.md, seealso:duplicates.md?folder=file%3A%2F%2F%2Fx",
            ["seealso:search/a.md", "seealso:duplicates.md?folder=file%3A%2F%2F%2Fx"],
            id="two",
        ),
        pytest.param("seealso:search/a b.md", [], id="a space"),
        pytest.param("seealso:duplicates.mdx", [], id="another ending"),
        pytest.param("unseealso:duplicates.md x.seealso:duplicates.md", [], id="another scheme"),
        pytest.param("seealso:search/%0A.md", [], id="a line end"),
        pytest.param("seealso:search/seealso:duplicates.md", ["seealso:duplicates.md"], id="one inside"),
        pytest.param("seealso:open/etc/passwd.md", [], id="another kind"),
    ],
)
def test_addresses_in_a_line(line: str, found: list[str]) -> None:
    assert [line[start:end] for start, end, _ in addresses(line)] == found
    assert [address for _, _, address in addresses(line)] == [parse_address(uri) for uri in found]


@pytest.mark.parametrize(
    "piece", ["seealso:search/", "seealso:search/a.md?folder=", "seealso:search/.md.md.md", "seealso:"]
)
def test_hostile_lines_take_no_time(piece: str) -> None:
    line = piece * (200_000 // len(piece))
    began = time.process_time()
    for _ in addresses(line):
        pass
    assert time.process_time() - began < 5.0


def test_a_folder_of_its_own_stays() -> None:
    assert within(Search("x"), "file:///a") == Search("x", "file:///a")
    assert within(Duplicates("file:///b"), "file:///a") == Duplicates("file:///b")
