from __future__ import annotations

from cli.command import Seealso

FIRST = "If copies cannot be read, call the engineer on duty at once and do not try repairs on the only copy left.\n"
SECOND = FIRST.replace("do not try repairs", "please do not try any repairs")


def test_marked_pair_is_reported_no_more_and_can_be_carried_elsewhere(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text(FIRST)
    (scratch.folder / "two.md").write_text(f"# Two\n\n{SECOND}")
    scratch("index", "docs")
    assert len(scratch("duplicates", "docs", "--json").objects) == 1
    assert scratch("ignore", "docs/one.md:1", "docs/two.md:3").code == 0
    assert scratch("duplicates", "docs", "--json").objects == []
    exported = scratch("ignore", "--path", "docs", "--json")
    assert {frozenset(pair.values()) for pair in exported.objects} == {frozenset((FIRST.strip(), SECOND.strip()))}

    undone = scratch("ignore", "--undo", "docs/two.md:3", "docs/one.md:1")
    assert (undone.code, undone.out.splitlines()[0]) == (0, "Reported again")
    undone = scratch("ignore", "--undo", "docs/two.md:3", "docs/one.md:1")
    assert (undone.code, undone.out.splitlines()[0]) == (0, "Not marked before")
    listed = scratch("ignore", "--path", "docs")
    assert (listed.code, listed.out, listed.err) == (0, "", "seealso: no pair is marked in this index.\n")
    assert len(scratch("duplicates", "docs", "--json").objects) == 1

    elsewhere = Seealso(scratch.cache.with_name("other-cache"), scratch.folder)
    elsewhere("index", "docs")
    assert len(elsewhere("duplicates", "docs", "--json").objects) == 1
    assert elsewhere("ignore", "--path", "docs", "--import", stdin=exported.out.encode()).code == 0
    assert elsewhere("duplicates", "docs", "--json").objects == []


def test_lines_are_those_of_the_files_as_they_are_now_and_what_was_marked_is_shown(scratch: Seealso) -> None:
    added = "A paragraph that was written after the index was built, about the coffee machine on the second floor.\n"
    (scratch.folder / "one.md").write_text(FIRST)
    (scratch.folder / "two.md").write_text(SECOND)
    scratch("index", "docs")
    (scratch.folder / "one.md").write_text(f"{added}\n{FIRST}")
    marked = scratch("ignore", "docs/one.md:3", "docs/two.md:1")
    assert (marked.code, marked.err) == (0, "")
    title, first, *_ = marked.out.splitlines()
    assert (title, first) == ("Marked as intended", "docs/one.md:3")
    exported = scratch("ignore", "--path", "docs", "--json")
    assert {frozenset(pair.values()) for pair in exported.objects} == {frozenset((FIRST.strip(), SECOND.strip()))}
    again = scratch("ignore", "docs/one.md:1", "docs/two.md:1", "--json")
    assert again.objects == [{"first": added.strip(), "second": SECOND.strip()}]


def test_what_is_no_pair_is_refused_and_nothing_is_marked(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text(FIRST)
    scratch("index", "docs")
    for arguments, stdin in (
        (["docs/one.md:1"], b""),
        (["--undo", "--path", "docs"], b""),
        (["docs/one.md:1", "docs/none.md:1"], b""),
        (["docs/one.md:1", "docs/one.md:9"], b""),
        (["--path", "docs", "--import"], b'{"first": "a", "second": "b"}\n{"first": 1}\n'),
    ):
        refused = scratch("ignore", *arguments, stdin=stdin)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith("seealso: ")
    assert scratch("ignore", "--path", "docs", "--json").objects == []


def test_pairs_are_shared_in_a_file_that_holds_for_whoever_has_it(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text(FIRST)
    (scratch.folder / "two.md").write_text(f"# Two\n\n{SECOND}")
    scratch("index", "docs")
    shared = scratch("ignore", "--share", "docs/one.md:1", "docs/two.md:3")
    assert shared.code == 0
    assert shared.err == "seealso: 1 pair in seealso.ignore.toml.\n"
    file = scratch.folder / "seealso.ignore.toml"
    assert FIRST[:60] in file.read_text()
    before = file.read_text()
    assert scratch("ignore", "--share", "--path", "docs").code == 0
    assert file.read_text() == before

    elsewhere = Seealso(scratch.cache.with_name("other-cache"), scratch.folder)
    elsewhere("index", "docs")
    assert elsewhere("duplicates", "docs", "--json").objects == []
    moved = scratch.folder / "moved.md"
    (scratch.folder / "two.md").rename(moved)
    moved.write_text(f"# Moved\n\n*{SECOND.strip()}*\n")
    elsewhere("index", "docs")
    assert elsewhere("duplicates", "docs", "--json").objects == []

    undone = elsewhere("ignore", "--undo", "docs/one.md:1", "docs/moved.md:3")
    assert undone.out.splitlines()[0] == "Still marked as intended"
    assert "holds this pair" in undone.err
    assert elsewhere("duplicates", "docs", "--json").objects == []
    undone = elsewhere("ignore", "--undo", "--share", "docs/one.md:1", "docs/moved.md:3")
    assert undone.err == "seealso: 0 pairs in seealso.ignore.toml.\n"
    assert len(elsewhere("duplicates", "docs", "--json").objects) == 1


def test_a_broken_file_of_pairs_is_named_hides_nothing_and_is_not_replaced(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text(FIRST)
    (scratch.folder / "two.md").write_text(SECOND)
    scratch("index", "docs")
    scratch("ignore", "docs/one.md:1", "docs/two.md:1", "--share")
    scratch("ignore", "--undo", "docs/one.md:1", "docs/two.md:1")
    file = scratch.folder / "seealso.ignore.toml"
    file.write_text(broken := f"<<<<<<< ours\n{file.read_text()}")
    found = scratch("duplicates", "docs", "--json")
    assert (found.code, len(found.objects)) == (0, 1)
    assert "seealso.ignore.toml' cannot be used" in found.err
    assert scratch("ignore", "--share", "--path", "docs").code == 2
    refused = scratch("ignore", "--share", "docs/one.md:1", "docs/two.md:1")
    assert (refused.code, refused.out) == (2, "")
    assert scratch("ignore", "--path", "docs", "--json").objects == [], "what cannot be shared is not marked"
    assert file.read_text() == broken
