"""What belongs to a workspace: the walk, the ignore rules, and where the index is kept."""

from __future__ import annotations

import logging
import os
import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pathspec import GitIgnoreSpec

from seealso.errors import SeeAlsoError, SettingsError
from seealso.settings import IndexSettings
from seealso.text.registry import extensions

IGNORE_FILES = (".gitignore", ".ignore", ".seealsoignore")
"""Later ones win, as do those of deeper folders."""

MAX_IGNORE_FILE_BYTES = 1_000_000

NEVER = GitIgnoreSpec.from_lines(
    (
        *("node_modules/", "__pycache__/", "site-packages/", "venv/"),
        *(".env*", "*.pem", "*.key", "*.kdbx", "*.sqlite*", "id_rsa*", "id_ed25519*"),
        *("credentials.txt", "passwords.txt", "secrets.txt"),
    )
)
"""Other people's text, and secrets, whatever the ignore files say. A manual's chapter on credentials is neither.
In any case: `Passwords.txt` is a secret as well."""

CACHE_VARIABLE = "SEEALSO_CACHE_DIR"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that belongs to the workspace."""

    path: str
    """Relative to the root, with `/`."""
    size: int
    """Bytes."""
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class _Rules:
    """The ignore rules of one folder and everything below it."""

    prefix: str
    """Relative path of the folder with a final `/`, empty for the root and folders above it."""
    spec: GitIgnoreSpec
    way: str = ""
    """For a folder above the root, the path from it to the root, with a final `/`."""

    def verdict(self, path: str) -> bool | None:
        """Return True for ignored, False for explicitly kept, None for not mentioned."""
        return self.spec.check_file(self.way + path.removeprefix(self.prefix)).include


class Corpus:
    """The documents of one folder, under the user's index settings.

    Hidden files and folders are left out, and symbolic links are never followed: what they lead to is indexed where it
    stands, or lies outside the workspace.
    """

    def __init__(self, root: Path, settings: IndexSettings) -> None:
        self.root = root
        self._settings = settings
        self._extensions = extensions(settings)
        self._include = _patterns(settings.include, "seealso.index.include") if settings.include else None
        self._exclude = _patterns(settings.exclude, "seealso.index.exclude")
        self.unlisted: list[str] = []
        """Folders (relative, with a final `/`) the last scan could not look into."""

    def scan(self) -> Iterator[FileEntry]:
        """Yield every document, folders in no particular order.

        Raises `SeeAlsoError` when the root cannot be listed; other folders that cannot are noted in `unlisted`.
        """
        self.unlisted = []
        pending: list[tuple[str, tuple[_Rules, ...]]] = [("", self._enclosing_rules())]
        while pending:
            prefix, inherited = pending.pop()
            try:
                entries = list(os.scandir(self.root / prefix))
            except OSError as error:
                if not prefix:
                    raise SeeAlsoError(
                        f"{self.root} cannot be listed: {error.strerror or error}.",
                        hint="Check that it is there (a drive may be missing) and may be read; the index is kept.",
                    ) from error
                self.unlisted.append(prefix)
                continue
            rules = self._rules(prefix, inherited, {entry.name for entry in entries})
            for entry in entries:
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not self._is_ignored(path + "/", rules):
                        pending.append((path + "/", rules))
                elif self._is_document(path) and not self._is_ignored(path, rules):
                    try:
                        if not entry.is_file(follow_symlinks=False):
                            continue
                        found = entry.stat(follow_symlinks=False)
                    except OSError:
                        continue
                    yield FileEntry(path, found.st_size, found.st_mtime_ns)

    def contains(self, path: str) -> bool:
        """Tell whether a document at this relative path would be indexed."""
        if not self._is_document(path):
            return False
        rules = self._enclosing_rules()
        prefix = ""
        for part in path.split("/")[:-1]:
            rules = self._rules(prefix, rules, None)
            prefix += part + "/"
            if self._is_ignored(prefix, rules):
                return False
        return not self._is_ignored(path, self._rules(prefix, rules, None))

    def _is_document(self, path: str) -> bool:
        return posixpath.splitext(path)[1].lower() in self._extensions and _is_unicode(path)

    def _rules(self, prefix: str, inherited: tuple[_Rules, ...], names: set[str] | None) -> tuple[_Rules, ...]:
        if not self._settings.use_ignore_files:
            return inherited
        for name in IGNORE_FILES:
            if names is None or name in names:
                lines = _ignore_lines(self.root / prefix / name)
                if lines:
                    inherited = (*inherited, _Rules(prefix, _lenient(lines)))
        return inherited

    def _enclosing_rules(self) -> tuple[_Rules, ...]:
        """Return the rules of the git repository the root lies in, as far as they stand above the root."""
        if not self._settings.use_ignore_files:
            return ()
        root = self.root.resolve()
        above: list[Path] = []
        for folder in (root, *root.parents):
            if (folder / ".git").exists():
                break
            above.append(folder.parent)
        else:
            return ()
        rules: list[_Rules] = []
        for folder in reversed(above):
            way = root.relative_to(folder).as_posix() + "/"
            for name in IGNORE_FILES:
                lines = _ignore_lines(folder / name)
                if lines:
                    rules.append(_Rules("", _sparing(_lenient(lines), way), way))
        return tuple(rules)

    def _is_ignored(self, path: str, rules: tuple[_Rules, ...]) -> bool:
        name = path.rstrip("/").rpartition("/")[2]
        if name.startswith(".") or NEVER.match_file(path.casefold()) or self._exclude.match_file(path):
            return True
        if self._include is not None and not path.endswith("/") and not self._include.match_file(path):
            return True
        for rule in reversed(rules):
            verdict = rule.verdict(path)
            if verdict is not None:
                return verdict
        return False


def _is_unicode(path: str) -> bool:
    """Tell whether a name can be written in a URI, a database and a message; others are bytes without a meaning."""
    return path.isascii() or not any("\ud800" <= character <= "\udfff" for character in path)


def index_directory(root: Path) -> Path:
    """Return the folder that holds the index of a workspace: outside of it, where nothing syncs or commits it."""
    digest = blake2b(os.fsencode(root), digest_size=8).hexdigest()
    name = re.sub(r"[^\w.-]+", "-", root.name)[:40] or "root"
    return cache_directory() / "workspaces" / f"{name}-{digest}"


def cache_directory() -> Path:
    """Return where indexes are kept: `SEEALSO_CACHE_DIR`, else the user's cache folder."""
    configured = os.environ.get(CACHE_VARIABLE)
    if configured:
        return Path(configured)
    from platformdirs import user_cache_path

    return user_cache_path("seealso", appauthor=False)


def _patterns(lines: tuple[str, ...], setting: str) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error) as error:
        raise SettingsError(f"`{setting}` holds a pattern that cannot be read: {error}.") from error


def _ignore_lines(file: Path) -> list[str]:
    """Return the lines of an ignore file; none of a link, which may lead anywhere, a device, a pipe or a huge file."""
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_IGNORE_FILE_BYTES:
            log.warning("%s is not read: it is no ordinary file of at most %d bytes", file, MAX_IGNORE_FILE_BYTES)
            return []
        return file.read_text("utf-8-sig", "replace").splitlines()
    except OSError:
        return []


def _lenient(lines: list[str]) -> GitIgnoreSpec:
    """Read an ignore file as git does: a line that cannot be read ignores nothing."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):  # a range the wrong way round only shows when it is compiled
        readable = []
        for line in lines:
            try:
                GitIgnoreSpec.from_lines([line])
            except (ValueError, re.error):
                continue
            readable.append(line)
        return GitIgnoreSpec.from_lines(readable)


def _sparing(spec: GitIgnoreSpec, folder: str) -> GitIgnoreSpec:
    """Return rules without those that ignore a folder itself: whoever indexes it by name wants what is in it."""
    if not spec.match_file(folder):
        return spec
    return GitIgnoreSpec([pattern for pattern in spec.patterns if not (pattern.include and pattern.match_file(folder))])
