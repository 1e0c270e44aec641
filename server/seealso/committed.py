"""`seealso.ignore.toml`: pairs of passages that a team means to repeat each other, kept in its repository.

Each entry holds the hashes of both clean texts, so that moves and markup do not matter, and the beginnings of the texts
for people who review it. The file may come from anybody: all it can do is hide a pair.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard
from uuid import uuid4

from seealso import toml
from seealso.errors import SettingsError
from seealso.model import HASH_BYTES, content_hash

FILE_NAME = "seealso.ignore.toml"
MAX_BYTES = 5_000_000

SHOWN = 72
"""Characters of a text that an entry shows."""

_HEAD = """\
# Passages that are meant to repeat each other: seealso does not report them as duplicates of each other.
# Written by `seealso ignore --share`. To have a pair reported again, take its entry out.
"""
_HASH = re.compile(rf"[0-9a-f]{{{2 * HASH_BYTES}}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Also what makes text run backwards: a reviewer has to see what is there."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One pair; `first` <= `second`."""

    first: str
    """Hash of the clean text, 32 hexadecimal digits."""
    second: str
    texts: tuple[str, str] = ("", "")
    """How both texts begin; for people only."""

    @property
    def pair(self) -> frozenset[bytes]:
        """The hashes as duplicates are judged by them."""
        return frozenset((bytes.fromhex(self.first), bytes.fromhex(self.second)))


def entry_of(first_text: str, second_text: str) -> Entry:
    """Return the entry of two clean texts."""
    (first, first_text), (second, second_text) = sorted(
        (content_hash(text).hex(), text) for text in (first_text, second_text)
    )
    return Entry(first, second, (_beginning(first_text), _beginning(second_text)))


def read(root: Path) -> tuple[Entry, ...]:
    """Return the entries of a workspace's file, none without one.

    Raises `SettingsError` for a file that cannot be read, or holds anything but entries: nothing of it counts then.
    """
    path = root / FILE_NAME
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise SettingsError(f"'{path}' cannot be read: it is not a file.", hint="Remove it.")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise SettingsError(
            f"'{path}' cannot be read: {error.strerror or error}.", hint="Mend its permissions."
        ) from error
    if len(raw) > MAX_BYTES:
        raise SettingsError(f"'{path}' is too large.", hint="Take entries out that nobody needs any more.")
    try:
        return parse(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a tower of brackets, or no entries
        raise SettingsError(
            f"'{path}' cannot be used: {error}.",
            hint="Mend it (a merge may have left its marks there); until then, none of its pairs are hidden.",
        ) from error


def parse(text: str) -> tuple[Entry, ...]:
    """Return the entries of a file's text, sorted; raises `ValueError` with what is wrong."""
    wire = toml.loads(text)
    if unknown := sorted(set(wire) - {"pair"}):
        raise ValueError(f"it holds {unknown[0][:SHOWN]!r}, but only `[[pair]]` belongs there")
    pairs = wire.get("pair", [])
    if not isinstance(pairs, list):
        raise ValueError("`pair` must be an array of tables, `[[pair]]`")
    return tuple(sorted({_entry(pair, number) for number, pair in enumerate(pairs, 1)}))


def _entry(wire: object, number: int) -> Entry:
    if not isinstance(wire, Mapping):
        raise ValueError(f"entry {number} must be a table, `[[pair]]`")
    if unknown := sorted(set(wire) - {"hashes", "texts"}):
        raise ValueError(f"entry {number} holds {unknown[0][:SHOWN]!r}, but only `hashes` and `texts` belong there")
    hashes, texts = wire.get("hashes"), wire.get("texts", ["", ""])
    if not _are_two(hashes) or not all(_HASH.fullmatch(value) for value in hashes):
        raise ValueError(f"entry {number} needs `hashes`, two strings of {2 * HASH_BYTES} hexadecimal digits")
    if not _are_two(texts):
        raise ValueError(f"`texts` of entry {number} must be two strings")
    (first, first_text), (second, second_text) = sorted(zip(hashes, texts, strict=True))
    return Entry(first, second, (_beginning(first_text), _beginning(second_text)))


def _are_two(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value)


def render(entries: Iterable[Entry]) -> str:
    """Return the text of a file: one table a pair, sorted, so that two branches that add pairs merge."""
    kept: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, reverse=True):  # of two for one pair, the one that shows its texts
        kept.setdefault((entry.first, entry.second), entry)
    tables = [
        f'\n[[pair]]\nhashes = ["{entry.first}", "{entry.second}"]\n'
        f"texts = [\n  {_quoted(entry.texts[0])},\n  {_quoted(entry.texts[1])},\n]\n"
        for entry in reversed(kept.values())
    ]
    return _HEAD + "".join(tables)


def write(root: Path, entries: Iterable[Entry]) -> None:
    """Replace a workspace's file as a whole, unless it says the same already.

    Raises `SettingsError` when it cannot be written.
    """
    path, content = root / FILE_NAME, render(entries).encode()
    temporary = root / f".{FILE_NAME}.{uuid4().hex}"
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        try:
            # Beside it, so that it can be moved over it.
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if path.is_file():
                temporary.chmod(path.stat().st_mode & 0o777)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"'{path}' cannot be written: {error.strerror or error}.", hint="Check free space and permissions."
        ) from error


def _beginning(text: str) -> str:
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"


def _quoted(text: str) -> str:
    """Return a basic string of TOML; the text has no control characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Committed:
    """The pairs of one workspace's file, read again when the file is another one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: tuple[object, frozenset[frozenset[bytes]], SettingsError | None] = (None, frozenset(), None)

    def pairs(self) -> frozenset[frozenset[bytes]]:
        """Return the pairs that are hidden; none while the file cannot be used."""
        return self._now()[1]

    def problem(self) -> SettingsError | None:
        """Return what is wrong with the file, if anything."""
        return self._now()[2]

    def _now(self) -> tuple[object, frozenset[frozenset[bytes]], SettingsError | None]:
        state = self._look()
        if state != self._known[0]:
            try:
                # Replaced as a whole: any thread may ask.
                self._known = state, frozenset(entry.pair for entry in read(self._root)), None
            except SettingsError as error:
                self._known = state, frozenset(), error
        return self._known

    def _look(self) -> object:
        try:
            stat = (self._root / FILE_NAME).stat()
        except OSError as error:
            return error.errno
        return stat.st_ino, stat.st_size, stat.st_mtime_ns
