"""From a LaTeX document to its passages, line by line.

Macros are not expanded and no other file is read: what stands between commands is taken at its word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate

from seealso.model import PassageKind, Segmentation
from seealso.text.assembly import Assembly, Run
from seealso.text.latex.inline import FOOTNOTE, Inline, clean
from seealso.text.prose import Slugs, join_cells, slugify

_LEVELS = {
    b"title": 1,
    b"part": 1,
    b"chapter": 1,
    b"section": 2,
    b"subsection": 3,
    b"subsubsection": 4,
    b"paragraph": 5,
}
_LEVELS |= {b"subparagraph": 6, b"frametitle": 3}
_TITLE = re.compile(
    rb"\\(title|part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|frametitle)\*?[ \t]*(?:\[[^\[\]]{0,500}\])?[ \t]*\{"
)
_LABEL = re.compile(rb"\s{0,80}\\label\{([^{}\r\n]{1,200})\}")
_BEGIN = re.compile(rb"\\begin[ \t]*\{([a-zA-Z@]{1,40})\*?\}")
_END = re.compile(rb"\\end[ \t]*\{([a-zA-Z@]{1,40})\*?\}")
_ITEM = re.compile(rb"\\item\b[ \t]*")
_TERM = re.compile(rb"\[([^\[\]\r\n]{0,300})\][ \t]*")
_CAPTION = re.compile(rb"\\caption\*?(?:\[[^\[\]]{0,500}\])?(?=\{)")
_ALONE = re.compile(
    rb"(?:\\(?:par|maketitle|tableofcontents|newpage|clearpage|centering|appendix|bigskip|medskip|noindent)\b)\Z"
)
_ROW_END = re.compile(rb"\\\\(?:\[[^\[\]]{0,20}\])?|\\tabularnewline")
_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot)\b")
_CELL = re.compile(r"(?<!\\)&")
_COLUMNS = re.compile(
    rb"(?:\[[^\[\]]{0,40}\])?(?:\{[^{}]{0,80}\})?(?:\{(?>[^{}]{0,300}(?:\{[^{}]{0,80}\}[^{}]{0,80}){0,20})\})?[ \t]*"
)

_LISTS = frozenset(b"compactenum compactitem description enumerate inparaenum itemize trivlist".split())
_QUOTES = frozenset(b"displayquote quotation quote verse".split())
_TABLES = frozenset(b"longtable tabular tabularx tabulary tabbing".split())
_SKIPPED = frozenset(
    b"""
    Verbatim align alignat algorithm algorithmic alltt array BVerbatim comment displaymath dmath eqnarray equation
    filecontents flalign gather lstlisting LTXexample macrocode math minted multline picture pspicture pgfpicture
    scope split tikzcd tikzpicture verbatim verbatimtab thebibliography
    """.split()
)
"""Environments that hold no prose: code, displayed math, drawings, references."""

_MAX_ARGUMENT = 2000


class LatexSegmenter:
    """Read the versions of one document; each is read afresh, which takes milliseconds."""

    __slots__ = ()

    def segment(self, source: bytes) -> Segmentation:
        """Return the passages and headings of a document given as UTF-8."""
        return _Reader(source).read()


class _Reader:
    def __init__(self, source: bytes) -> None:
        self.assembly = Assembly(source)
        raw = self.assembly.source.splitlines(keepends=True)
        self.starts = [0, *accumulate(map(len, raw))]
        """Byte at which each line starts."""
        whole = [line.rstrip() for line in raw]
        self.lines = [line.lstrip() for line in whole]
        self.indents = [len(line) - len(body) for line, body in zip(whole, self.lines, strict=True)]
        self.containers: list[bytes] = []
        """Lists and quotations that are open, outermost first."""
        self.slugs = Slugs()

    def read(self) -> Segmentation:
        at = self._preamble()
        while at < len(self.lines):
            line = self.lines[at]
            if line.startswith(b"\\end{document}"):
                break
            at = self._step(at, line) if line else at + 1
        return self.assembly.segmentation()

    def _preamble(self) -> int:
        """Read what stands before the document, and return its first line."""
        begin = next((at for at, line in enumerate(self.lines) if line.startswith(b"\\begin{document}")), None)
        if begin is None:
            return 0  # a part of a document
        for at, line in enumerate(self.lines[:begin]):
            if line[:1] == b"%":
                self._comment(line)
            elif line.startswith(b"\\title") and (title := _TITLE.match(line)):
                self._title(at, title)
        return begin + 1

    def _comment(self, line: bytes) -> None:
        self.assembly.comment(line.decode("utf-8", "replace"))

    def _step(self, at: int, line: bytes) -> int:
        """Read what begins at a line, and return the line after it."""
        if line[:1] == b"%":
            self._comment(line)
            return at + 1
        if line[:1] == b"\\":
            if title := _TITLE.match(line):
                return self._title(at, title)
            if begin := _BEGIN.match(line):
                return self._begin(at, begin)
            if end := _END.match(line):
                self._end_of(end[1])
                return self._rest(at, end.end())
            if item := _ITEM.match(line):
                return self._item(at, item.end())
            if caption := _CAPTION.match(line):
                after = self._line_after(self._argument(self._start(at) + caption.end()))
                self._prose(self._start(at) + caption.end(), self._end(after))
                return max(after, at + 1)
            if _ALONE.match(line):
                return at + 1
        after = self._after_paragraph(at)
        self._prose(self._start(at), self._end(after))
        return after

    def _start(self, at: int) -> int:
        return self.starts[at] + self.indents[at]

    def _prose(self, start: int, end: int) -> None:
        self.assembly.prose(PassageKind.PARAGRAPH, start, end, clean)

    def _rest(self, at: int, offset: int) -> int:
        """Read what stands behind a command on its line, as if it began there."""
        rest = self.lines[at][offset:]
        body = rest.lstrip()
        self.indents[at] += offset + len(rest) - len(body)
        self.lines[at] = body
        return at if body else at + 1

    def _title(self, at: int, title: re.Match[bytes]) -> int:
        start = self._start(at) + title.end() - 1
        end = self._argument(start)
        text, _ = clean(FOOTNOTE.sub("", self.assembly.source[start:end].decode("utf-8", "replace")))
        found = _LABEL.match(self.assembly.source, end)
        label = found[1].decode("utf-8", "replace") if found else ""
        if text:
            self.containers.clear()
            anchor = self.slugs.unique(label or slugify(text))
            self.assembly.enter(text, _LEVELS[title[1]], self._start(at), anchor, label)
        stop = found.end() if found else end
        after = self._line_after(stop)
        last = max(at, after - 1)
        # Text may follow on the line of a title.
        return self._rest(last, stop - self._start(last)) if stop > self._start(last) else last + 1

    def _argument(self, start: int) -> int:
        """Return the byte after the argument whose brace stands at one, or the end of the line if none closes it."""
        source, depth = self.assembly.source, 0
        stop = min(len(source), start + _MAX_ARGUMENT)
        for found in re.finditer(rb"(?<!\\)[{}]", source[start:stop]):
            depth += 1 if found[0] == b"{" else -1
            if depth == 0:
                return start + found.end()
        return self._end(self._line_after(start))

    def _line_after(self, byte: int) -> int:
        """Return the line after the one that holds the byte before another."""
        return max(1, bisect_left(self.starts, byte, 0, len(self.lines)))

    def _begin(self, at: int, begin: re.Match[bytes]) -> int:
        name = begin[1]
        if name in _SKIPPED:
            after = self._until(at, name)
            if name == b"comment":
                self._comment(b"\n".join(self.lines[at + 1 : after - 1]))
            elif self.containers:
                self.assembly.cover(self._end(after))
            return after
        if name in _TABLES:
            return self._table(at, begin.end(), name)
        if name in _LISTS or name in _QUOTES:
            if not self.containers:
                self.assembly.open(PassageKind.LIST if name in _LISTS else PassageKind.QUOTE)
            self.containers.append(name)
            return at + 1 if self.lines[at][begin.end() : begin.end() + 1] == b"[" else self._rest(at, begin.end())
        argument = _COLUMNS.match(self.lines[at], begin.end())
        return self._rest(at, argument.end() if argument else begin.end())

    def _end_of(self, name: bytes) -> None:
        if name in self.containers:
            while self.containers.pop() != name:
                pass
            if not self.containers:
                self.assembly.close()

    def _until(self, at: int, name: bytes) -> int:
        """Return the line after the one that ends an environment."""
        ends = (b"\\end{" + name + b"}", b"\\end{" + name + b"*}")
        after = at
        while after < len(self.lines) and not any(end in self.lines[after] for end in ends):
            after += 1
        return min(after + 1, len(self.lines))

    def _table(self, at: int, offset: int, name: bytes) -> int:
        after = self._until(at, name)
        source, start = self.assembly.source, self._start(at) + offset
        end = source.rfind(b"\\end", start, self._end(after))
        end = self._end(after) if end < 0 else end
        if columns := _COLUMNS.match(source, start):
            start = min(columns.end(), end)
        rows: list[Run] = []
        while start < end:
            found = _ROW_END.search(source, start, end)
            stop = found.start() if found else end
            raw = source[start:stop]
            content = raw.strip()
            if content:
                first = start + raw.find(content)
                rows.append(_row(content, first))
            start = found.end() if found else end
        self.assembly.table([row for row in rows if row.text])
        return after

    def _item(self, at: int, offset: int) -> int:
        line, start = self.lines[at], self._start(at)
        if not self.containers:
            self.assembly.open(PassageKind.LIST)
            self.containers.append(b"itemize")
        self.assembly.item(start, outermost=len(self.containers) == 1)
        if (term := _TERM.match(line, offset)) and term[1].strip():
            self.assembly.term(start + term.start(1), start + term.end(1), clean)
        if term:
            offset = term.end()
        return self._rest(at, offset)

    def _end(self, after: int) -> int:
        """Return the byte after the text of the line before one."""
        return self.starts[after - 1] + self.indents[after - 1] + len(self.lines[after - 1])

    def _after_paragraph(self, at: int) -> int:
        after = at + 1
        while after < len(self.lines) and (line := self.lines[after]):
            if line[:1] == b"\\" and any(
                pattern.match(line) for pattern in (_BEGIN, _END, _ITEM, _TITLE, _CAPTION, _ALONE)
            ):
                break
            if line[:1] == b"%" and b"seealso-ignore" in line:
                break  # it is about what follows
            after += 1
        return after


def _row(raw: bytes, start: int) -> Run:
    read = [clean(_RULE.sub("", cell)) for cell in _CELL.split(raw.decode("utf-8", "replace"))]
    links = tuple(dict.fromkeys(link for _, links in read for link in links))
    return Run(start, start + len(raw), join_cells(text for text, _ in read), links, _clean_row)


def _clean_row(raw: str) -> Inline:
    return clean(_RULE.sub("", raw))
