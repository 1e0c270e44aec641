from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.command import HANDBOOK, Seealso

STATUS_FIELDS: dict[str, type | tuple[type, ...]] = {
    "documents": int,
    "passages": int,
    "embedded": int,
    "pending": int,
    "errors": list,
    "model": str,
    "index_bytes": int,
    "state": str,
    "updated_at": (float, type(None)),
}
SUMMARY_FIELDS: dict[str, type | tuple[type, ...]] = {
    "documents": int,
    "added": int,
    "changed": int,
    "moved": int,
    "removed": int,
    "embedded": int,
    "pending": int,
    "cancelled": bool,
    "doubts": list,
    "passages": int,
    "errors": list,
    "seconds": float,
}

FIRST = "The duty phone is handed over on Monday at nine, together with a list of every open ticket.\n"
SECOND = "Removed versions give their space back only after the weekly cleaning on Sunday night.\n"


def check_fields(value: dict[str, object], fields: dict[str, type | tuple[type, ...]]) -> None:
    assert list(value) == list(fields)
    assert all(isinstance(value[name], kind) for name, kind in fields.items()), value


def test_status(handbook: Seealso) -> None:
    result = handbook("status", "handbook", "--json")
    (status,) = result.objects
    check_fields(status, STATUS_FIELDS)
    documents = [path for path in HANDBOOK.rglob("*") if path.suffix in (".md", ".rst", ".txt")]
    assert (result.code, result.err) == (0, "")
    assert status["documents"] == len(documents) - 1, "the draft is ignored"
    assert status["passages"] == status["embedded"] > 60
    assert (status["pending"], status["errors"], status["state"]) == (0, [], "ready")
    assert status["index_bytes"] > 0


def test_status_of_a_folder_inside_answers_for_the_whole(handbook: Seealso) -> None:
    assert handbook("status", "handbook/guide", "--json").objects == handbook("status", "handbook", "--json").objects


def test_status_for_people(handbook: Seealso) -> None:
    result = handbook("status", "handbook")
    assert result.code == 0
    for word in (str(handbook.folder), "ready", "documents", "passages", "model", str(handbook.cache), "updated"):
        assert word in result.out


def test_status_without_index(scratch: Seealso) -> None:
    (status,) = scratch("status", scratch.folder, "--json").objects
    assert (status["documents"], status["state"]) == (0, "empty")


def test_changes_are_counted_and_known_texts_not_embedded_again(scratch: Seealso) -> None:
    one, two = scratch.folder / "one.md", scratch.folder / "two.md"
    one.write_text(FIRST)
    two.write_text(SECOND)

    def run(*arguments: str) -> dict[str, object]:
        result = scratch(*arguments, "docs", "--json")
        assert (result.code, result.err) == (0, ""), result
        (summary,) = result.objects
        check_fields(summary, SUMMARY_FIELDS)
        return {name: summary[name] for name in ("documents", "added", "changed", "moved", "removed", "embedded")}

    def counts(documents: int, **others: int) -> dict[str, int]:
        nothing = {"added": 0, "changed": 0, "moved": 0, "removed": 0, "embedded": 0}
        return {"documents": documents} | nothing | others

    assert run("index") == counts(2, added=2, embedded=2)
    one.rename(scratch.folder / "renamed.md")
    assert run("update") == counts(2, moved=1)
    two.write_text(SECOND + "\nA paragraph that nobody has read before, about retention.\n")
    assert run("update") == counts(2, changed=1, embedded=1)
    two.unlink()
    assert run("index") == counts(1, removed=1)
    assert run("index", "--rebuild")["embedded"] == 0


def test_summary_for_people(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text(FIRST)
    result = scratch("index", "docs")
    assert (result.code, result.err) == (0, "")
    assert f"Indexed {scratch.folder}" in result.out
    assert "1  (1 added)" in result.out
    assert "1  (1 embedded, 1 text now)" in result.out


@pytest.mark.parametrize(
    ("options", "documents"),
    [
        pytest.param([], 3, id="default"),
        pytest.param(["--no-ignore"], 4, id="no-ignore"),
        pytest.param(["--exclude", "*.txt", "--exclude", "*.rst"], 1, id="exclude"),
        pytest.param(["--include", "*.txt"], 1, id="include"),
    ],
)
def test_what_belongs_to_the_index(scratch: Seealso, options: list[str], documents: int) -> None:
    for name in ("guide/a.md", "guide/b.txt", "guide/c.rst", "drafts/d.md"):
        path = scratch.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("# Only a title\n")
    (scratch.folder / ".seealsoignore").write_text("drafts/\n")
    (summary,) = scratch("index", "docs", *options, "--json").objects
    assert summary["documents"] == documents


def test_a_document_that_cannot_be_read_is_a_problem_not_the_end(scratch: Seealso) -> None:
    (scratch.folder / "good.md").write_text(FIRST)
    (scratch.folder / "large.md").write_bytes(b"word " * 2_100_000)
    result = scratch("index", "docs", "--json")
    (summary,) = result.objects
    assert (result.code, summary["passages"]) == (0, 1)
    assert [problem["path"] for problem in summary["errors"]] == ["large.md"]
    shown = scratch("status", "docs").out
    assert "large.md: " in shown


def test_a_folder_of_what_is_switched_off_says_how_to_read_it(scratch: Seealso) -> None:
    (scratch.folder / "a.html").write_text(f"<p>{FIRST}</p>")
    result = scratch("index", "docs")
    assert result.code == 0
    assert "with the setting `seealso.index.html` it reads .htm, .html, .xhtml as well" in result.err
    (scratch.folder / "seealso.toml").write_text("[index]\nhtml = true\n")
    (summary,) = scratch("index", "docs", "--json").objects
    assert summary["passages"] == 1


def test_names_in_other_scripts(scratch: Seealso) -> None:
    name = "Bericht – 報告 №1.md"
    (scratch.folder / name).write_text(FIRST)
    assert scratch("index", "docs").code == 0
    assert f"docs/{name}:1" in scratch("search", "phone", "--path", "docs").out.replace("\\", "/")


def test_a_copy_of_the_folder_has_no_index(handbook: Seealso, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(handbook.folder, copy)
    result = handbook("search", "backup", "--path", copy)
    assert (result.code, result.out) == (2, "")
    assert "seealso index" in result.err
