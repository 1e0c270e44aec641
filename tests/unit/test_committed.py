"""The file of pairs that a team commits."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.committed import FILE_NAME, MAX_BYTES, Committed, Entry, entry_of, parse, read, render, write
from seealso.errors import SettingsError
from seealso.model import content_hash

A, B = "a" * 32, "b" * 32
GOOD = f'[[pair]]\nhashes = ["{A}", "{B}"]\n'


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_is_written_is_read_again(pairs: list[tuple[str, str]]) -> None:
    entries = [entry_of(*pair) for pair in pairs]
    text = render(entries)
    assert text == render(reversed(entries)), "the order does not matter"
    found = parse(text)
    assert {entry.pair for entry in found} == {frozenset(map(content_hash, pair)) for pair in pairs}
    assert render(found) == text


@given(st.text(st.characters(exclude_categories=[])), st.text())
def test_a_text_cannot_leave_its_string(first: str, second: str) -> None:
    wire = tomllib.loads(render([entry_of(first, second)]).encode("utf-8").decode())
    assert set(wire) == {"pair"}
    assert len(wire["pair"]) == 1


def test_an_entry_shows_how_both_texts_begin() -> None:
    entry = entry_of("one \u202eone\n" * 30, "two")
    assert sorted(map(len, entry.texts)) == [3, 72]
    assert all(text.endswith("…") or text == "two" for text in entry.texts)
    assert "\u202e" not in "".join(entry.texts)
    assert entry == entry_of("two", "one \u202eone\n" * 30)


def test_new_entries_leave_the_others_as_they_are() -> None:
    texts = [f"text {number}" for number in range(20)]
    before = render(entry_of(text, text) for text in texts[::2])
    after = render(entry_of(text, text) for text in texts)
    assert set(before.splitlines()) <= set(after.splitlines())
    tables = before.split("[[pair]]")[1:]
    assert all(table.strip() in after for table in tables)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("<<<<<<< ours\n", "Invalid", id="marks of a merge"),
        pytest.param('endpoint = "http://x"\n', "it holds 'endpoint'", id="a setting"),
        pytest.param("pair = 3\n", "`pair` must be an array of tables", id="no array"),
        pytest.param("pair = [3]\n", "entry 1 must be a table", id="no table"),
        pytest.param(f'{GOOD}\n[[pair]]\nhashes = ["{A}"]\n', "entry 2 needs `hashes`", id="one hash"),
        pytest.param(GOOD.replace(A, A.upper()), "32 hexadecimal digits", id="capitals"),
        pytest.param(GOOD.replace(A, A[:-1]), "32 hexadecimal digits", id="too short"),
        pytest.param(f'{GOOD}command = "rm"\n', "entry 1 holds 'command'", id="unknown key"),
        pytest.param(f"{GOOD}texts = [1, 2]\n", "`texts` of entry 1 must be two strings", id="texts that are none"),
        pytest.param("x = " + "[" * 5000, "cannot be used", id="a tower"),
    ],
)
def test_a_file_that_holds_anything_else_is_refused_as_a_whole(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(SettingsError) as raised:
        read(tmp_path)
    assert message in str(raised.value)
    assert FILE_NAME in str(raised.value)
    assert raised.value.hint


def test_files_that_are_none(tmp_path: Path) -> None:
    assert read(tmp_path) == ()
    (tmp_path / FILE_NAME).write_bytes(b"\xff")
    with pytest.raises(SettingsError):
        read(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(SettingsError, match="too large"):
        read(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    os.mkfifo(tmp_path / FILE_NAME)
    with pytest.raises(SettingsError, match="not a file"):
        read(tmp_path)
    with pytest.raises(SettingsError, match="cannot be written"):
        write(tmp_path / "missing", [])


def test_writing_the_same_touches_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path, [entry_of("one", "two")])
    path = tmp_path / FILE_NAME
    path.chmod(0o640)
    before = path.stat()
    write(tmp_path, [entry_of("two", "one")])
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write(tmp_path, [entry_of("two", "one"), entry_of("three", "three")])
    assert path.stat().st_ino != before.st_ino
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]


def test_a_change_of_the_file_counts_at_once_and_a_broken_one_hides_nothing(tmp_path: Path) -> None:
    committed = Committed(tmp_path)
    assert (committed.pairs(), committed.problem()) == (frozenset(), None)
    write(tmp_path, [entry_of("one", "two")])
    pair = frozenset((content_hash("one"), content_hash("two")))
    assert committed.pairs() == {pair}
    (tmp_path / FILE_NAME).write_text("<<<<<<<")
    assert committed.pairs() == frozenset()
    problem = committed.problem()
    assert isinstance(problem, SettingsError)
    assert "merge" in problem.hint
    (tmp_path / FILE_NAME).unlink()
    assert (committed.pairs(), committed.problem()) == (frozenset(), None)


def test_of_two_entries_for_one_pair_the_one_with_texts_is_kept() -> None:
    full = entry_of("one", "two")
    assert parse(render([Entry(full.first, full.second), full])) == (full,)


@pytest.mark.parametrize("hostile", ["a." * 500_000 + "a = 1\n", "[" + "a." * 500_000 + "a]\n"])
def test_a_hostile_file_costs_nothing(tmp_path: Path, hostile: str) -> None:
    (tmp_path / FILE_NAME).write_text(hostile)
    with pytest.raises(SettingsError, match="dots"):  # the library would take hours
        read(tmp_path)


def test_a_long_key_is_not_shown_whole(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("a" * 1_000_000 + " = 1\n")
    with pytest.raises(SettingsError) as raised:
        read(tmp_path)
    assert len(str(raised.value)) < 1_000
