from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.command import Seealso

MATCH_FIELDS = [
    *("path", "line", "end_line", "heading", "text", "score", "lexical", "dense", "relation", "terms"),
    *("language", "same_document", "linked"),
]
GROUP_FIELDS = ["kind", "score", "boilerplate", "places"]
PLACE_FIELDS = ["path", "line", "end_line", "heading", "text"]


def line_of(folder: Path, path: str, words: str) -> int:
    """Return the 1-based line of a document on which some words stand."""
    lines = (folder / path).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def check_match(match: dict[str, Any], folder: Path) -> None:
    assert list(match) == MATCH_FIELDS
    assert 0 <= match["score"] <= 1
    assert 0 <= match["lexical"] <= 1
    assert match["dense"] is None or -1 <= match["dense"] <= 1.001  # stored in 16 bits
    lines = (folder / match["path"]).read_text("utf-8").splitlines()
    assert 1 <= match["line"] <= match["end_line"] <= len(lines)
    first_word = match["text"].split()[0].strip(",")
    assert first_word in " ".join(lines[match["line"] - 1 : match["end_line"]])


@pytest.mark.parametrize(
    ("query", "path"),
    [
        pytest.param("recovery key", "guide/", id="words"),
        pytest.param("how do I get back a file I deleted by mistake", "", id="sentence"),
        pytest.param("Wie installiere ich den Server unter Linux?", "install/linux.md", id="other-language"),
        pytest.param("金庫", "ja/restore.md", id="two-characters"),
        pytest.param("metrics_port", "reference/settings.rst", id="code-name"),
    ],
)
def test_search(handbook: Seealso, query: str, path: str) -> None:
    result = handbook("search", query, "--path", "handbook", "-k", "5", "--json")
    assert (result.code, result.err) == (0, "")
    matches = result.objects
    assert 1 <= len(matches) <= 5
    for match in matches:
        check_match(match, handbook.folder)
    assert [match["score"] for match in matches] == sorted((match["score"] for match in matches), reverse=True)
    assert any(match["path"].startswith(path) for match in matches), [match["path"] for match in matches]


def test_search_by_words_only_needs_no_model(handbook: Seealso) -> None:
    matches = handbook("search", "bandwidth", "--path", "handbook", "--words-only", "--json").objects
    assert matches
    assert all(match["dense"] is None for match in matches)
    assert matches[0]["path"] == "guide/schedule.rst"


def test_search_for_people(handbook: Seealso) -> None:
    result = handbook("search", "change the password", "--path", "handbook", "-k", "2")
    line = line_of(handbook.folder, "guide/encryption.md", "A new password takes effect")
    assert (result.code, result.err) == (0, "")
    assert f"handbook/guide/encryption.md:{line}  Encryption and keys > Changing the password" in result.out
    assert "A new password takes effect at once on every computer." in result.out


def test_nothing_found(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text("# Only a title\n")
    assert scratch("index", "docs").code == 0
    assert scratch("search", "anything", "--path", "docs").out == "Nothing found.\n"
    result = scratch("search", "anything", "--path", "docs", "--json")
    assert (result.code, result.out) == (0, "")


def test_what_answers_nothing_is_not_found(handbook: Seealso) -> None:
    asked = ("search", "chocolate cake recipe", "--path", "handbook")
    result = handbook(*asked)
    assert (result.code, result.out) == (0, "Nothing found.\n")
    result = handbook(*asked, "--json")
    assert (result.code, result.out) == (0, "")


def test_what_has_nothing_in_common_is_not_related(scratch: Seealso) -> None:
    (scratch.folder / "one.md").write_text("The tapir sleeps in the river while the sun stands high.\n")
    (scratch.folder / "two.md").write_text("Set `retries` to 3 unless your proxy answers every request by itself.\n")
    assert scratch("index", "docs").code == 0
    result = scratch("related", "docs/one.md:1")
    assert (result.code, result.out.splitlines()[-1]) == (0, "Nothing related has been written yet.")
    result = scratch("related", "docs/one.md:1", "--json")
    assert (result.code, result.out) == (0, "")


def test_related_names_repeats_first(handbook: Seealso) -> None:
    line = line_of(handbook.folder, "faq.md", "By default each client makes a backup every four hours")
    result = handbook("related", f"handbook/faq.md:{line}", "-k", "4", "--json")
    assert (result.code, result.err) == (0, "")
    matches = result.objects
    assert 1 < len(matches) <= 4
    for match in matches:
        check_match(match, handbook.folder)
    assert (matches[0]["path"], matches[0]["relation"]) == ("guide/schedule.rst", "exact")
    assert all(match["line"] != line or match["path"] != "faq.md" for match in matches), "not the passage itself"


def test_related_crosses_languages(handbook: Seealso) -> None:
    line = line_of(handbook.folder, "guide/restore.md", "Restored files never overwrite")
    matches = handbook("related", f"handbook/guide/restore.md:{line}", "-k", "40", "--json").objects
    translations = {"de/wiederherstellen.md", "fr/restaurer.md", "es/restaurar.md", "ja/restore.md", "zh/restore.md"}
    assert translations <= {match["path"] for match in matches}


def test_related_for_people(handbook: Seealso) -> None:
    line = line_of(handbook.folder, "faq.md", "By default each client makes a backup every four hours")
    out = handbook("related", f"handbook/faq.md:{line}:3").out
    assert out.startswith(f"handbook/faq.md:{line}  ")
    written, _, related = out.partition("\nRelated\n")
    assert "\nWritten before\n" in written
    assert "handbook/guide/schedule.rst:" in written
    assert "[the same text]" in written
    assert related


def test_related_reads_the_file_as_it_is_now(handbook: Seealso, tmp_path: Path) -> None:
    mine = Seealso(tmp_path / "cache", tmp_path / "handbook")
    shutil.copytree(handbook.folder, mine.folder)
    assert mine("index", "handbook").code == 0
    document = mine.folder / "faq.md"
    document.write_text(
        "# New\n\nPrint the recovery key and keep it in a safe elsewhere.\n\n" + document.read_text("utf-8"), "utf-8"
    )
    matches = mine("related", "handbook/faq.md:3", "--json").objects
    assert "guide/encryption.md" in {match["path"] for match in matches[:3]}


def test_related_from_inside_the_folder(handbook: Seealso) -> None:
    result = handbook("related", "restore.md:5", "--json", cwd=handbook.folder / "guide")
    assert result.code == 0
    shown = handbook("related", "restore.md:5", cwd=handbook.folder / "guide")
    assert shown.out.startswith("restore.md:5  ")


def groups(handbook: Seealso, *arguments: str) -> list[dict[str, Any]]:
    result = handbook("duplicates", "handbook", "--json", *arguments)
    assert (result.code, result.err) == (0, "")
    found = result.objects
    for group in found:
        assert list(group) == GROUP_FIELDS
        assert 0 < group["score"] <= 1
        assert len(group["places"]) >= 2
        assert all(list(place) == PLACE_FIELDS for place in group["places"])
    return found


def test_duplicates(handbook: Seealso) -> None:
    found = groups(handbook)
    by_kind: dict[str, list[set[str]]] = {}
    for group in found:
        by_kind.setdefault(group["kind"], []).append({place["path"] for place in group["places"]})
    assert {"faq.md", "guide/schedule.rst"} in by_kind["exact"]
    assert {"install/windows.md", "support/troubleshooting.rst"} in by_kind["exact"]
    assert {"support/escalation.txt", "support/on-call.txt"} in by_kind["edited"]
    assert {"install/linux.md", "install/macos.md", "support/troubleshooting.rst"} in by_kind["edited"]
    assert {"faq.md", "guide/schedule.rst"} in by_kind["reworded"]
    assert set(by_kind) <= {"exact", "edited", "reworded"}, "parallel ones only when asked for"
    boilerplate = [group for group in found if group["boilerplate"]]
    assert len(boilerplate) == 1
    assert len(boilerplate[0]["places"]) >= 8
    assert found[-1] == boilerplate[0]
    paths = {place["path"] for group in found for place in group["places"]}
    assert "drafts/restore-old.md" not in paths
    assert not any("stolen" in place["text"] for group in found for place in group["places"]), "marked as intended"


@pytest.mark.parametrize("kind", ["exact", "edited", "reworded", "parallel"])
def test_kinds_are_filters(handbook: Seealso, kind: str) -> None:
    found = groups(handbook, "--kinds", kind)
    assert found
    assert {group["kind"] for group in found} == {kind}


def test_translations_are_listed_when_asked_for(handbook: Seealso) -> None:
    paths = {place["path"] for group in groups(handbook, "--across-languages") for place in group["places"]}
    assert {"es/restaurar.md", "fr/restaurer.md", "de/wiederherstellen.md"} <= paths
    usual = {place["path"] for group in groups(handbook) for place in group["places"]}
    assert not any(path.startswith(("es/", "fr/", "de/")) for path in usual)


def test_duplicates_of_a_part(handbook: Seealso) -> None:
    result = handbook("duplicates", "handbook/support", "--json")
    assert result.objects
    assert all(any(place["path"].startswith("support/") for place in group["places"]) for group in result.objects)
    assert len(result.objects) < len(groups(handbook))


def test_limit_and_min_words(handbook: Seealso) -> None:
    found = groups(handbook)
    assert groups(handbook, "--limit", "2") == found[:2]
    long = groups(handbook, "--min-words", "35")
    assert 0 < len(long) < len(found)
    assert all(len(place["text"].split()) >= 35 for group in long for place in group["places"])


def test_duplicates_for_people(handbook: Seealso) -> None:
    result = handbook("duplicates", "handbook", "--kinds", "exact")
    assert (result.code, result.err) == (0, "")
    assert "the same text  (exact, 2 places, score 1.00)" in result.out
    line = line_of(handbook.folder, "faq.md", "By default each client makes a backup every four hours")
    assert f"handbook/faq.md:{line}  " in result.out
    assert "boilerplate" in result.out
    assert "and 5 more (--json lists all)" in result.out


SAME = "When copies cannot be read, the ticket is a priority one. Call the engineer on duty at once, at any hour.\n"
ONE = "Restore a folder of your choice on the first Monday of each quarter, and compare it with the original.\n"
OTHER = "On the first Monday of each quarter restore a folder of your choice, and compare it to the original.\n"
BOILERPLATE = "This page belongs to the handbook, edition four; each correction is read by the team within a week.\n"


@pytest.fixture(scope="module")
def repeating(tmp_path_factory: pytest.TempPathFactory) -> Seealso:
    """One folder for each way to repeat oneself."""
    base = tmp_path_factory.mktemp("repeating")
    seealso = Seealso(base / "cache", base / "docs")
    folders = {
        "alone": ["Only this paragraph says that the cat sleeps on the warm printer in the second office.\n"],
        "copied": [SAME, SAME],
        "edited": [ONE, OTHER],
        "boilerplate": [BOILERPLATE] * 8,
    }
    for name, texts in folders.items():
        (seealso.folder / name).mkdir(parents=True)
        for number, text in enumerate(texts):
            (seealso.folder / name / f"{number}.md").write_text(text)
    assert seealso("index", "docs").code == 0
    return seealso


@pytest.mark.parametrize(
    ("folder", "fail_on", "code"),
    [
        pytest.param("alone", "reworded", 0, id="nothing"),
        pytest.param("copied", "exact", 1, id="exact"),
        pytest.param("copied", "reworded", 1, id="stronger-than-asked"),
        pytest.param("edited", "exact", 0, id="weaker-than-asked"),
        pytest.param("edited", "edited", 1, id="edited"),
        pytest.param("boilerplate", "reworded", 0, id="boilerplate"),
    ],
)
def test_fail_on(repeating: Seealso, folder: str, fail_on: str, code: int) -> None:
    result = repeating("duplicates", f"docs/{folder}", "--fail-on", fail_on, "--json")
    assert result.code == code
    assert bool(result.objects) == (folder != "alone")
    assert ("--fail-on" in result.err) == (code == 1)
