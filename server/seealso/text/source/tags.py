"""The lines of a comment as the prose they are: without what speaks to tools, tags of documentation as list items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seealso.text.excerpt import Part

_TO_TOOLS = re.compile(
    rb"""\s*+(?:
          !(?=/|\#)|-\*-|vim:|Local\ Variables:|noqa\b|type:|pylint:|fmt:|isort:|mypy:|ruff:|pyright:|pragma\b
        | coding[:=]|eslint|jshint|jslint|tslint|istanbul\b|c8\b|v8\b|prettier-|@ts-|@flow\b|@jsx|biome-
        | \#(?:end)?region\b
        | go:\w|\+build\b|NOLINT|clang-format|<reference\b|sourceMappingURL|cbindgen:|line\ \d
        )""",
    re.VERBOSE,
)
"""Lines for linters, compilers and editors."""

_TAG = re.compile(
    rb"(?P<lead>\s*+)[@\\](?P<tag>[A-Za-z][\w-]{0,40}+)(?P<colon>:?)(?P<options>\[[^\]\n]{0,40}\])?[ \t]*+"
)
_TYPE = re.compile(rb"\{[^\n]{0,200}?\}(?=[ \t\n]|\Z)[ \t]*+")
_NAME = re.compile(rb"\[?(?P<name>[\w.$]{1,80}+)(?:=[^\]\n]{0,80})?\]?(?:\.\.\.)?[ \t]*+(?:-[ \t]++)?")
_INLINE = re.compile(rb"\{@\w{1,20}[ \t]++([^{}\n|]{1,200}?)(?:[ \t|][^{}\n]{0,200})?\}")

_OF_A_NAME = frozenset({b"arg", b"argument", b"param", b"prop", b"property", b"template", b"tparam", b"typeparam"})
_OF_TEXT = frozenset(
    {b"brief", b"desc", b"description", b"details", b"note", b"remark", b"remarks", b"short", b"summary"}
)
_OF_A_RESULT = frozenset(
    {
        *(b"attention", b"deprecated", b"exception", b"post", b"pre", b"result", b"retval", b"return", b"returns"),
        *(b"throw", b"throws", b"todo", b"warning", b"yield", b"yields"),
    }
)


def plain_parts(source: bytes, lines: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """Yield the lines of a comment, given as ranges; what speaks to tools is a blank line."""
    for start, end in lines:
        yield (
            Part(source[start:end], start)
            if not _TO_TOOLS.match(source, start, end)
            else Part(b"\n", start, end - start)
        )


def tagged_parts(source: bytes, lines: Iterable[tuple[int, int]]) -> Iterator[Part]:
    """Yield the lines of a comment that has tags of Javadoc, JSDoc, Doxygen or kernel-doc.

    A parameter becomes an item `name: text` of a list of Markdown, a result `returns: text`; other tags and their text
    are left out.
    """
    dropping = False
    for start, end in lines:
        tag = _TAG.match(source, start, end)
        if _TO_TOOLS.match(source, start, end):
            yield Part(b"\n", start, end - start)
            continue
        if tag is None:
            if not source[start:end].strip():
                dropping = False
            if not dropping:
                yield from _inline(source, start, end)
            continue
        name, at = tag["tag"], tag.end()
        lead = Part(b"- ", tag.end("lead"), at - tag.end("lead"))
        dropping = False
        if name in _OF_TEXT and not tag["colon"]:
            yield Part(b"\n", start, tag.end("lead") - start + 1)
            yield from _inline(source, at, end)
        elif tag["colon"]:  # a parameter, in kernel-doc
            yield lead
            yield Part(source[tag.start("tag") : tag.end("colon")] + b" ", tag.start("tag"), at - tag.start("tag"))
            yield from _inline(source, at, end)
        elif name in _OF_A_NAME:
            yield lead
            at = _behind_type(source, at, end)
            if named := _NAME.match(source, at, end):
                yield Part(named["name"] + b": ", at, named.end() - at)
                at = named.end()
            yield from _inline(source, _behind_type(source, at, end), end)
        elif name in _OF_A_RESULT:
            yield lead
            yield Part(name + b": ", tag.start("tag"), at - tag.start("tag"))
            yield from _inline(source, _behind_type(source, at, end), end)
        else:
            dropping = True
            yield Part(b"\n", start, end - start)


def _behind_type(source: bytes, at: int, end: int) -> int:
    found = _TYPE.match(source, at, end)
    return found.end() if found else at


def _inline(source: bytes, at: int, end: int) -> Iterator[Part]:
    """Yield a line with what its inline tags, such as links, show."""
    for found in _INLINE.finditer(source, at, end):
        yield Part(source[at : found.start()], at)
        yield Part(found[1], found.start(), found.end() - found.start())
        at = found.end()
    yield Part(source[at:end], at)
