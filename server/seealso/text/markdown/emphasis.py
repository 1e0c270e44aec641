"""Which runs of asterisks, underscores, tildes and equals signs are emphasis, as CommonMark and GFM have it."""

from __future__ import annotations

from unicodedata import category

_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class Delimiter:
    """A run of emphasis characters that may open or close."""

    __slots__ = ("char", "closes", "count", "length", "opens", "part")

    def __init__(self, part: int, char: str, count: int, opens: bool, closes: bool) -> None:
        self.part = part
        self.char = char
        self.count = self.length = count
        self.opens = opens
        self.closes = closes


def flanking(before: str, after: str, char: str) -> tuple[bool, bool]:
    """Return whether a delimiter run may open and whether it may close emphasis, as CommonMark has it."""
    space_before, space_after = before.isspace(), after.isspace()
    mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
    left = not space_after and (not mark_after or space_before or mark_before)
    right = not space_before and (not mark_before or space_after or mark_after)
    if char in "_=":
        return left and (not right or mark_before), right and (not left or mark_after)
    return left, right


def _is_punctuation(char: str) -> bool:
    return char in _ASCII_PUNCTUATION if char < "\x80" else category(char)[0] in "PS"


def match_emphasis(delimiters: list[Delimiter]) -> None:
    """Take the characters that make emphasis off each run: the delimiter algorithm of CommonMark, on a stack."""
    stack: list[Delimiter] = []
    # Below these stack heights there is no opener for a closer of the same sort: keeps the search linear.
    bottoms: dict[tuple[str, bool, int], int] = {}
    for closer in delimiters:
        while closer.closes and closer.count:
            key = (closer.char, closer.opens, closer.length % 3)
            bottom = bottoms.get(key, 0)
            at = len(stack) - 1
            while at >= bottom and not _matches(stack[at], closer):
                at -= 1
            if at < bottom:
                bottoms[key] = len(stack)
                break
            opener = stack[at]
            used = closer.count if closer.char in "~=" else 2 if opener.count > 1 and closer.count > 1 else 1
            opener.count -= used
            closer.count -= used
            height = at + bool(opener.count)
            del stack[height:]
            for other, bottom in bottoms.items():
                bottoms[other] = min(bottom, height)
        if closer.count and closer.opens:
            stack.append(closer)


def _matches(opener: Delimiter, closer: Delimiter) -> bool:
    if opener.char != closer.char:
        return False
    if opener.char in "~=":
        return opener.count == closer.count
    if (opener.closes or closer.opens) and (opener.length + closer.length) % 3 == 0:
        return opener.length % 3 == 0 and closer.length % 3 == 0
    return True
