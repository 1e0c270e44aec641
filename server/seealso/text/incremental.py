"""What changed between two versions of a document."""

from __future__ import annotations

from dataclasses import dataclass

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement that makes the new version of the old one: old[start:old_end] became new[start:new_end]."""

    start: int
    old_end: int
    new_end: int


def edit_between(old: bytes, new: bytes) -> Edit | None:
    """Return the smallest single replacement between two UTF-8 texts, widened to whole characters; None if equal."""
    if old == new:
        return None
    shorter = min(len(old), len(new))
    start = _common_prefix(old, new, shorter)
    while start and _continues(old, new, start):
        start -= 1
    suffix = _common_suffix(old, new, shorter - start)
    while suffix and _continues(old, new, -suffix):
        suffix -= 1
    return Edit(start, len(old) - suffix, len(new) - suffix)


def _continues(old: bytes, new: bytes, at: int) -> bool:
    """Tell whether the byte at an offset continues a UTF-8 character in either text."""
    return any(at < len(text) and text[at] & 0xC0 == 0x80 for text in (old, new))


def _common_prefix(old: bytes, new: bytes, limit: int) -> int:
    # Whole chunks first, then halving inside the one that differs: every comparison is a memcmp.
    at = 0
    while at < limit and old[at : at + _CHUNK] == new[at : at + _CHUNK]:
        at += _CHUNK
    low, high = min(at, limit), min(at + _CHUNK, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(old: bytes, new: bytes, limit: int) -> int:
    at = 0
    while at < limit and _tail(old, at, at + _CHUNK) == _tail(new, at, at + _CHUNK):
        at += _CHUNK
    low, high = min(at, limit), min(at + _CHUNK, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if _tail(old, low, middle) == _tail(new, low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _tail(text: bytes, near: int, far: int) -> bytes:
    """Return text[-far:-near], where 0 means the end."""
    return text[max(0, len(text) - far) : len(text) - near]
