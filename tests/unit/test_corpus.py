from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from seealso.corpus import CACHE_VARIABLE, MAX_IGNORE_FILE_BYTES, Corpus, cache_directory, index_directory
from seealso.errors import SettingsError
from seealso.settings import IndexSettings

ALL = ("a.md", "drafts/a.md", "x/a.md")


def tree(root: Path, *paths: str, **contents: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("text")
    return root


def ignore(root: Path, path: str, *lines: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("\n".join(lines), "utf-8")


def listed(root: Path, **settings: object) -> list[str]:
    corpus = Corpus(root, IndexSettings(**settings))  # type: ignore[arg-type]
    found = sorted(entry.path for entry in corpus.scan())
    for path in found:
        assert corpus.contains(path)
    for file in root.rglob("*"):
        path = file.relative_to(root).as_posix()
        if path not in found and file.is_file() and not file.is_symlink():
            assert not corpus.contains(path), path
    return found


def test_formats_that_are_switched_on(tmp_path: Path) -> None:
    root = tree(tmp_path, "a.md", "b.html", "c/d.HTM", "e.ipynb", "f.py", "g.ts")
    assert listed(root) == ["a.md", "e.ipynb"]
    assert listed(root, html=True) == ["a.md", "b.html", "c/d.HTM", "e.ipynb"]
    assert listed(root, source_comments=True) == ["a.md", "e.ipynb", "f.py", "g.ts"]


def test_documents_of_known_formats_in_all_folders(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "b/c.rst", "b/d/e.TXT", "b/x.py", "noextension")
    assert listed(tmp_path) == ["a.md", "b/c.rst", "b/d/e.TXT"]


def test_hidden_foreign_and_secret_files_are_left_out(tmp_path: Path) -> None:
    tree(
        tmp_path,
        ".git/a.md",
        ".hidden.md",
        "node_modules/x/README.md",
        "venv/lib/a.txt",
        "secrets.txt",
        "id_rsa.txt",
        "Passwords.txt",
        "ID_RSA.txt",
        "Node_Modules/x/README.md",
    )
    assert listed(tmp_path) == []
    assert listed(tmp_path, use_ignore_files=False) == []


def test_manual_about_secrets_is_no_secret(tmp_path: Path) -> None:
    tree(tmp_path, "credentials.rst", "secrets.md")
    assert listed(tmp_path) == ["credentials.rst", "secrets.md"]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        pytest.param({".gitignore": ["build/"]}, ["a.md", "docs/a.md", "docs/keep.md"], id="folder"),
        pytest.param({".gitignore": ["/a.md"]}, ["build/a.md", "docs/a.md", "docs/keep.md"], id="anchored"),
        pytest.param({".gitignore": ["*.md", "!keep.md"]}, ["docs/keep.md"], id="negated"),
        pytest.param({".gitignore": ["*.md"], "docs/.gitignore": ["!a.md"]}, ["docs/a.md"], id="deeper folder wins"),
        pytest.param(
            {".gitignore": ["*.md"], ".seealsoignore": ["!a.md"]},
            ["a.md", "build/a.md", "docs/a.md"],
            id="own file wins",
        ),
        pytest.param({"docs/.gitignore": ["/a.md"]}, ["a.md", "build/a.md", "docs/keep.md"], id="anchored deeper"),
        pytest.param(
            {".gitignore": ["build/", "!build/a.md"]}, ["a.md", "docs/a.md", "docs/keep.md"], id="parent stays ignored"
        ),
        pytest.param(
            {".gitignore": ["# a.md", "", "\\", "[z-a]"]},
            ["a.md", "build/a.md", "docs/a.md", "docs/keep.md"],
            id="junk",
        ),
        pytest.param(
            {".gitignore": ["\ufeff/a.md", "build/"]}, ["docs/a.md", "docs/keep.md"], id="a byte order mark, as git"
        ),
    ],
)
def test_ignore_files(tmp_path: Path, rules: dict[str, list[str]], kept: list[str]) -> None:
    tree(tmp_path, "a.md", "build/a.md", "docs/a.md", "docs/keep.md")
    for path, lines in rules.items():
        ignore(tmp_path, path, *lines)
    assert listed(tmp_path) == kept


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        pytest.param({".gitignore": ["drafts/"]}, ["a.md", "x/a.md"], id="anywhere"),
        pytest.param({".gitignore": ["/manual/docs/a.md", "/a.md"]}, ["drafts/a.md", "x/a.md"], id="anchored"),
        pytest.param({"manual/.gitignore": ["/docs/x", "x.md"]}, ["a.md", "drafts/a.md"], id="between"),
        pytest.param({".seealsoignore": ["drafts/"]}, ["a.md", "x/a.md"], id="own file"),
        pytest.param({".gitignore": ["*.md"], "manual/.gitignore": ["!a.md"]}, [*ALL], id="deeper folder wins"),
        pytest.param({".gitignore": ["x/"], "manual/docs/.gitignore": ["!x/"]}, [*ALL], id="the folder's own win"),
        pytest.param({".gitignore": ["docs/", "x/"]}, ["a.md", "drafts/a.md"], id="the folder itself was asked for"),
        pytest.param({".gitignore": ["*"]}, [*ALL], id="a repository of nothing"),
        pytest.param({".gitignore": ["/manual/docs/*", "!/manual/docs/a.md"]}, ["a.md"], id="all but"),
        pytest.param({"../.gitignore": ["x/"]}, [*ALL], id="above the repository"),
    ],
)
@pytest.mark.parametrize("worktree", [False, True], ids=["repository", "worktree"])
def test_a_folder_obeys_the_repository_it_lies_in(
    tmp_path: Path, rules: dict[str, list[str]], kept: list[str], worktree: bool
) -> None:
    repository = tmp_path / "repository"
    folder = tree(repository / "manual" / "docs", *ALL)
    if worktree:
        (repository / ".git").write_text("gitdir: elsewhere")
    else:
        (repository / ".git").mkdir()
    for path, lines in rules.items():
        ignore(repository, path, *lines)
    assert listed(folder) == kept
    assert listed(folder, use_ignore_files=False) == [*ALL]


def test_a_repository_of_its_own_obeys_nobody_above(tmp_path: Path) -> None:
    tree(tmp_path, "docs/a.md", "docs/.git/x", ".git/x")
    ignore(tmp_path, ".gitignore", "*.md")
    assert listed(tmp_path / "docs") == ["a.md"]


def test_ignore_files_outside_a_repository_hold_for_their_folder_alone(tmp_path: Path) -> None:
    tree(tmp_path, "docs/a.md")
    ignore(tmp_path, ".gitignore", "*.md")
    assert listed(tmp_path / "docs") == ["a.md"]


def test_ignore_files_can_be_ignored(tmp_path: Path) -> None:
    tree(tmp_path, "a.md")
    ignore(tmp_path, ".gitignore", "*.md")
    assert listed(tmp_path, use_ignore_files=False) == ["a.md"]


def linked_to(outside: Path) -> Callable[[Path], None]:
    return lambda file: file.symlink_to(outside)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(linked_to(Path("rules.txt")), id="link"),
        pytest.param(linked_to(Path("/dev/zero")), id="link to what never ends"),
        pytest.param(lambda file: os.mkfifo(file), id="pipe nobody writes to"),
        pytest.param(lambda file: file.write_text("*.md\n".ljust(MAX_IGNORE_FILE_BYTES + 1)), id="huge"),
    ],
)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_ignore_files_are_ordinary_files(
    make: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_: "*.md")  # of what is read, everything would be ignored
    tree(tmp_path, "a.md", "rules.txt")
    make(tmp_path / ".gitignore")
    assert listed(tmp_path) == ["a.md", "rules.txt"]
    assert ".gitignore is not read" in caplog.text


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        pytest.param({"exclude": ("drafts/",)}, ["a.md", "b.rst"], id="exclude"),
        pytest.param({"include": ("*.md",)}, ["a.md", "drafts/c.md"], id="include"),
        pytest.param({"include": ("*.md",), "exclude": ("drafts/",)}, ["a.md"], id="both"),
    ],
)
def test_settings_patterns(tmp_path: Path, settings: dict[str, tuple[str, ...]], kept: list[str]) -> None:
    tree(tmp_path, "a.md", "b.rst", "drafts/c.md")
    assert listed(tmp_path, **settings) == kept


def test_symbolic_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    tree(outside, "secret.md")
    tree(root, "a.md")
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    assert listed(root) == ["a.md"]


def test_unreadable_pattern_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"seealso\.index\.exclude"):
        Corpus(tmp_path, IndexSettings(exclude=("!",)))


def test_names_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    tree(tmp_path, "a.md")
    try:
        (tmp_path / "b\udcff.md").write_text("text")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert listed(tmp_path) == ["a.md"]


def test_index_lies_outside_the_workspace_and_differs_by_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    first, second = index_directory(tmp_path / "a" / "docs"), index_directory(tmp_path / "b" / "docs")
    assert first != second
    assert first.is_relative_to(tmp_path / "cache")
    monkeypatch.delenv(CACHE_VARIABLE)
    assert cache_directory().name == "seealso"
