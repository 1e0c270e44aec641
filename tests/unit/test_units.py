from __future__ import annotations

import pytest

from seealso.units import count, duration, size, time_left


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7_800, "2 h 10 min"),
    ],
)
def test_duration(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59.4, "59 s"), (61, "1 min"), (150, "2 min"), (3_599, "1 h 0 min"), (9_000, "2 h 30 min")],
)
def test_time_left(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


@pytest.mark.parametrize(
    ("byte_count", "expected"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (96_400_000, "96.4 MB"),
        (999_600, "1.0 MB"),
        (123_456_789, "123 MB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_size(byte_count: int, expected: str) -> None:
    assert size(byte_count) == expected


@pytest.mark.parametrize(("number", "expected"), [(0, "0 passages"), (1, "1 passage"), (1_200, "1,200 passages")])
def test_count(number: int, expected: str) -> None:
    assert count(number, "passage") == expected
