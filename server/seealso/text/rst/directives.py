"""Directives of reStructuredText: which of them hold prose, and where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seealso.text.rst import tables
from seealso.text.rst.inline import words
from seealso.text.rst.nodes import BLANK, Node, Sign, Title

if TYPE_CHECKING:
    from seealso.text.rst.blocks import BlockReader

_ADMONITIONS = words(
    """
    attention caution danger error hint important note seealso tip todo warning
    availability compound epigraph highlights impl-detail legacy line-block pull-quote
    """
)
"""The text on the directive's own line is prose already."""

_VERSIONS = {
    **dict.fromkeys(("versionadded", "versionchanged", "versionremoved", "soft-deprecated", "deprecated"), 1),
    **dict.fromkeys(("version-added", "version-changed", "version-removed"), 1),
    "deprecated-removed": 2,
}
"""Words before the prose on the directive's line."""

_SECTIONS = frozenset({"container", "ifconfig", "only", "tab", "tab-item", "div", "rst-class", "class"})
"""Their body may hold section titles."""

_TABLES = {
    "csv-table": tables.csv_directive,
    "list-table": tables.list_directive,
    "flat-table": tables.list_directive,
    "table": tables.table_directive,
}

_CODE = words(
    """
    code code-block code-cell doctest ipython ipython3 literalinclude parsed-literal plot productionlist prompt
    console sourcecode tabularcolumns testcleanup testcode testoutput testsetup
    aafig blockdiag digraph graph graphviz inheritance-diagram kernel-render mermaid plantuml seqdiag uml
    math raw highlight
    autosummary
    kernel-abi kernel-doc kernel-feat maintainers-include
    bibliography contents cssclass currentmodule date default-domain default-role footer header image index meta
    module replace role sectionauthor codeauthor moduleauthor sectnum target-notes title toctree unicode
    audit-event audit-event-table include kernel-include
    """
)
"""Nothing in them is prose."""

_BODIES = words(
    """
    admonition card centered details dropdown figure glossary grid grid-item grid-item-card hlist kernel-figure
    opcode sidebar tab-set tabs topic rubric
    attribute classmethod cmdoption confval data decorator decoratormethod describe directive enum enumerator envvar
    autoattribute autoclass autodata autodecorator autoexception autofunction automethod automodule autoproperty
    autotype exception function macro member method object option program property staticmethod struct type union var
    """
)
"""Known to have an argument (a title, a path, a signature) and prose below it."""

_OPTION = re.compile(rb":(?![: ])[^:]{1,80}:(?:[ \t]|\Z)")
_CODE_LINE = re.compile(
    rb"[;{}]\Z|\A(?:[$#%>]|//|/\*|import |from \S+ import |def |class |return\b|</?\w"
    rb"|[\w.]+ ?(?:=|:=|\+=) ?\S|\w+\([^)]*\)\Z)"
)
_CODE_SHARE = 0.4
_SENTENCE_WORDS = 6


def read(reader: BlockReader, at: int, end: int, base: int, name: str, offset: int, nodes: list[Node]) -> None:
    """Read a directive whose argument starts at a byte of its first line; `end` is the line after its block."""
    if name in _CODE:
        nodes.append(Sign.BREAK)
    elif table := _TABLES.get(name):
        nodes.append(Sign.BREAK)
        table(reader, at, end, offset, _content(reader, at, end), nodes)
    elif name in _ADMONITIONS:
        _admonition(reader, at, end, base, offset, nodes)
    elif name in _VERSIONS:
        _admonition(reader, at, end, base, _behind_words(reader.lines[at], offset, _VERSIONS[name]), nodes)
    else:
        nodes.append(Sign.BREAK)
        # A signature may start below the directive's line.
        content = _content(reader, at, end, takes_none=":" not in name)
        known = name in _BODIES or name in _SECTIONS or ":" in name
        if not known and content >= end and _is_sentence(reader, at, offset, end):
            _admonition(reader, at, end, base, offset, nodes)
        elif content < end and (known or not is_code(reader, content, end)):
            body = reader.read(content, end, reader.margin(content, end))
            nodes += body if name in _SECTIONS else _without_titles(body)
            nodes.append(Sign.BREAK)


def _admonition(reader: BlockReader, at: int, end: int, base: int, offset: int, nodes: list[Node]) -> None:
    """Read prose that may start on the directive's line; options stand in its first paragraph."""
    blank = _next_blank(reader, at, end)
    options = at + 1
    while options < blank and not _OPTION.match(reader.line(options)):
        options += 1
    nodes.append(Sign.BREAK)
    if options == blank:
        nodes += _without_titles(reader.body(at, end, base, offset))
    else:
        nodes += _without_titles(reader.body(at, options, base, offset))
        if blank < end:
            nodes += _without_titles(reader.read(blank, end, reader.margin(blank, end)))
    nodes.append(Sign.BREAK)


def _content(reader: BlockReader, at: int, end: int, *, takes_none: bool = True) -> int:
    """Return the first line of a directive's content, behind its argument, its options and a blank line."""
    if at + 1 < end and takes_none and reader.line(at).endswith(b"::") and not _OPTION.match(reader.line(at + 1)):
        return at + 1  # neither argument nor options
    return _next_blank(reader, at, end)


def _next_blank(reader: BlockReader, at: int, end: int) -> int:
    while at < end and reader.indents[at] != BLANK:
        at += 1
    return at


def _behind_words(line: bytes, offset: int, count: int) -> int:
    parts = line[offset:].split(None, count)
    return line.rindex(parts[count]) if len(parts) > count else len(line)


def _without_titles(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if not isinstance(node, Title)]


def _is_sentence(reader: BlockReader, at: int, offset: int, end: int) -> bool:
    text = b" ".join([reader.lines[at][offset:], *map(reader.line, range(at + 1, end))]).split()
    return len(text) >= _SENTENCE_WORDS and text[-1].endswith((b".", b"!", b"?", b":"))


def is_code(reader: BlockReader, first: int, end: int) -> bool:
    """Tell whether lines look like code rather than prose."""
    lines = [reader.line(at) for at in range(first, end) if reader.indents[at] != BLANK]
    code = sum(_CODE_LINE.search(line[:400]) is not None for line in lines)
    return code >= _CODE_SHARE * len(lines)
