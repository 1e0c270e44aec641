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
