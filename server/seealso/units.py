"""Numbers as people read them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return seconds as `0.4 s`, `12 s`, `3 min 05 s` or `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def time_left(seconds: float) -> str:
    """Return an estimate as a person would say it: `40 s`, `3 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(byte_count: int) -> str:
    """Return bytes in decimal units, as `96.4 MB`."""
    amount = float(byte_count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 999.5 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if amount >= 99.5 or unit == "bytes" else f"{amount:.1f} {unit}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 passage` or `1,200 passages`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
