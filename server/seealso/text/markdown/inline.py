"""Clean prose from Markdown's inline markup.

CommonMark and GFM, and what writing tools add to them: wiki links, roles, attributes, shortcodes, inline math. Every
step is linear in the length of the text, whatever the text is: this runs over what other people wrote.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from html import unescape

from seealso.text.markdown.emphasis import Delimiter, flanking, match_emphasis
from seealso.text.markdown.patterns import AUTOLINK, DECLARATION, DESTINATION, HREF, LABEL, PHRASING, TAG
from seealso.text.prose import collapse, count_words, is_prose

MIN_FIGURE_WORDS = 5
"""An image alone in its paragraph counts as prose from this many words of alternative text on."""

_SPECIAL = b"\\`*_[]<&~$={:%"
_NOT_SPECIAL = bytes(set(range(256)) - set(_SPECIAL))
# Where the loop stops. Every alternative starts with a literal, which lets the search skip plain text at full speed.
# Underscores inside a word are no markup. The groups are the plain forms of the most frequent markup, read whole.
_TARGET = r"""\]\(([^\s()<>\\&"']++)\)"""
_PLAIN_EMPHASIS = r"([A-Za-z0-9][^\[\]\\`*_<&~$={:]*+)(?<=[A-Za-z0-9])"
_TOKEN = re.compile(
    r"`(?:(?!`)([^`]*+)`(?!`))?"
    rf"|\[`([^`\[\]]++)`{_TARGET}|\[([^\[\]\\`*_<&~$={{!]*+){_TARGET}|\["
    rf"|\*(?<!\w\*)\*{_PLAIN_EMPHASIS}\*\*(?!\*)|\*(?<!\w\*){_PLAIN_EMPHASIS}\*(?!\*)|\*\**+"
    r"|_(?:(?<![^\W_]_)(?:(?<!__)|(?<=\\__))_*+|(?<=[^\W_]_)_*+(?!\w))"
    r"|\\|<|&|\$|\]|\{|~|!\[|=(?<!==)=(?!=)|:(?://|(?<=\n:)(?=[ \t]))"
)
_COLON = re.compile(r":(?://|(?<=\n:)[ \t])")
_LINK_GROUPS = (3, 5)
_ESCAPE = re.compile(r"\\(?:([!-/:-@\[-`{-~])|\r\n?|\n)")
_TICKS = re.compile(r"`+")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_MATH = re.compile(r"\$(?![\s$])((?>(?:[^$\\]|\\.)*))(?<!\s)\$(?!\w)", re.DOTALL)
_SCHEME = re.compile(r"(?<![A-Za-z0-9])https?\Z")
_URL = re.compile(r"://[^\s<>\[\]`]*")
_URL_TAIL = "?!.,:;*_~'\""
_BRACES = re.compile(
    r"""\{(?:
          /\*[^{}]*+\}                              # comment in MDX
        | %[^{}]*+\}                                # tag of Liquid or Jinja
        | \{[<%][^{}]*+\}\}                         # shortcode of Hugo
        | :?[ \t]*[.\#][\w-][^{}\n]*+\}             # attributes of Pandoc and kramdown
        | [\w-]{1,50}=[^{}\n]*+\}
        | ([A-Za-z][\w:.+-]{0,50})\}(?=`)           # role of MyST
        )""",
    re.VERBOSE,
)
_ROLE_TARGET = re.compile(r"(.*\S)\s*<([^<>]+)>", re.DOTALL)
_TARGET_ROLES = frozenset({"any", "doc", "numref", "ref", "term"})

_ATTRIBUTES = re.compile(r"\{:?[ \t]*(?:[.#]|[\w-]{1,50}=)[^{}\n]*+\}")
# No writing opens brackets by the dozen; such runs are passed over at once.
_RUN = re.compile(r"\[{12,}+|<{12,}+")
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]{1,500}+)(?:\|([^\[\]\n]{0,500}+))?\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,200}+\]")
_ALERT = re.compile(r"\[!\w{1,50}+\][+-]?")
_MAX_LABEL = 999

Definitions = Mapping[str, str]
"""Link reference definitions of a document: normalised label to target."""


def normalise_label(label: str) -> str:
    """Return the form in which labels of reference links are compared."""
    return " ".join(label.split()).casefold()


def specials(raw: bytes) -> bytes:
    """Return the bytes of a text that may be markup, in order; a text without any is clean already."""
    return raw.translate(None, _NOT_SPECIAL)


def clean(raw: str, definitions: Definitions) -> tuple[str, tuple[str, ...]]:
    """Return the clean text of an inline run, and the targets it links to.

    An image alone (a badge, a logo) is no text, unless its alternative text reads like a caption.
    """
    # Tenfold faster than a regular expression that looks for the first of them.
    special = raw.encode("utf-8", "surrogatepass").translate(None, _NOT_SPECIAL)
    if not special:
        return collapse(raw), ()
    if not special.strip(b"`:") and "``" not in raw and special.count(b"`") % 2 == 0 and not _COLON.search(raw):
        # Nothing but plain code spans.
        return collapse(raw.replace("`", "")), ()
    # Most runs have nothing but markup in plain form; from the first that is not, the reader goes on.
    parts: list[str] = []
    links: list[str] = []
    at = 0
    for token in _TOKEN.finditer(raw):
        group = token.lastindex
        if group is None:
            return _Reader(raw, definitions, parts, links).read(at)
        start, end = token.span()
        parts.append(raw[at:start])
        if group in _LINK_GROUPS:
            parts.append(token[group - 1])
            links.append(token[group])
        else:
            parts.append(token[group])
        at = end
    parts.append(raw[at:])
    return collapse("".join(parts)), tuple(dict.fromkeys(links)) if links else ()


class _Reader:
    """One pass over one inline run."""

    __slots__ = (
        "alternatives",
        "brackets",
        "closed_below",
        "comment_end",
        "definitions",
        "delimiters",
        "linked_image",
        "links",
        "math_end",
        "parts",
        "raw",
        "role",
        "ticks",
    )

    def __init__(self, raw: str, definitions: Definitions, parts: list[str], links: list[str]) -> None:
        self.raw = raw
        self.definitions = definitions
        self.parts = parts
        """What the text will be made of, so far."""
        self.links = links
        self.brackets: list[tuple[int, int, bool]] = []
        """Open brackets: index in parts, offset after the bracket, whether it opens an image."""
        self.closed_below = 0
        """Brackets below this index cannot open a link any more: a link holds no link."""
        self.delimiters: list[Delimiter] = []
        self.alternatives: list[tuple[int, int]] = []
        """The range of parts that is the text of each image."""
        self.linked_image = False
        self.ticks: dict[int, list[int]] | None = None
        self.comment_end = self.math_end = 0
        """Where a search for the end of a comment or of display math last found nothing to find (or -1)."""
        self.role: str | None = None

    def read(self, at: int) -> tuple[str, tuple[str, ...]]:
        """Read on from an offset and return the clean text and the links."""
        raw, parts = self.raw, self.parts
        search = _TOKEN.search
        while token := search(raw, at):
            start = token.start()
            if start > at:
                parts.append(raw[at:start])
            group = token.lastindex
            if group is not None and self.role is None:
                at = token.end()
                if group in _LINK_GROUPS:
                    parts.append(token[group - 1])
                    self.links.append(token[group])
                    self.closed_below = len(self.brackets)
                else:
                    parts.append(token[group])
            else:
                at = _HANDLERS[raw[start]](self, start, token.end())
        parts.append(raw[at:])
        self._settle(0)
        text = collapse("".join(parts))
        if self.alternatives and not self._has_prose():
            text = ""
        return text, tuple(dict.fromkeys(self.links))

    def _settle(self, part: int) -> None:
        """Match the emphasis that opens and closes from a part on; no emphasis crosses the edge of a link."""
        inner = self.delimiters
        if inner and inner[0].part < part:
            first = bisect_left(inner, part, key=lambda delimiter: delimiter.part)
            inner = inner[first:]
            del self.delimiters[first:]
        else:
            self.delimiters = []
        if len(inner) > 1:
            match_emphasis(inner)
        for delimiter in inner:
            self.parts[delimiter.part] = delimiter.char * delimiter.count

    def _has_prose(self) -> bool:
        """Tell whether there is text beside the images, or one image with a caption."""
        at = 0
        for start, end in sorted(self.alternatives):
            if is_prose("".join(self.parts[at:start])):
                return True
            at = max(at, end)
        if is_prose("".join(self.parts[at:])):
            return True
        if len(self.alternatives) > 1 or self.linked_image:
            return False
        start, end = self.alternatives[0]
        return count_words("".join(self.parts[start:end])) >= MIN_FIGURE_WORDS

    def literal(self, start: int, end: int) -> int:
        self.parts.append(self.raw[start:end])
        return end

    def escape(self, start: int, end: int) -> int:
        match = _ESCAPE.match(self.raw, start)
        if match is None:
            return self.literal(start, end)
        self.parts.append(match[1] or " ")
        return match.end()

    def code(self, start: int, end: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for run in _TICKS.finditer(self.raw):
                self.ticks.setdefault(len(run[0]), []).append(run.start())
        end = start + len(_TICKS.match(self.raw, start)[0])  # type: ignore[index]
        closers = self.ticks.get(end - start, ())
        at = bisect_right(closers, start)
        role, self.role = self.role, None
        if at == len(closers):
            return self.literal(start, end)
        content = self.raw[end : closers[at]]
        if role is not None:
            content = self.role_text(role, content)
        self.parts.append(content)
        return closers[at] + end - start

    def role_text(self, role: str, content: str) -> str:
        """Return what a role of MyST shows, and record where it leads."""
        if match := _ROLE_TARGET.fullmatch(content.strip()):
            self.links.append(match[2].strip())
            return match[1]
        if role.rpartition(":")[2] in _TARGET_ROLES:
            self.links.append(content.strip())
        return content

    def angle(self, start: int, end: int) -> int:
        raw = self.raw
        if match := _RUN.match(raw, start):
            return self.literal(start, match.end())
        if raw.startswith("<!--", start):
            if self.comment_end >= 0 and self.comment_end <= start:
                self.comment_end = raw.find("-->", start)
            if self.comment_end >= 0:
                return self.comment_end + 3
            return self.literal(start, end)
        if match := AUTOLINK.match(raw, start):
            self.parts.append(match[1])
            self.links.append(match[1])
            return match.end()
        if match := TAG.match(raw, start):
            name = (match[1] or match[2]).lower()
            if name not in PHRASING:
                self.parts.append(" ")
            elif name == "a" and match[3] and (href := HREF.search(match[3])):
                self.links.append(unescape(href[1]))
            return match.end()
        if match := DECLARATION.match(raw, start):
            return match.end()
        return self.literal(start, end)

    def entity(self, start: int, end: int) -> int:
        match = _ENTITY.match(self.raw, start)
        if match is None:
            return self.literal(start, end)
        self.parts.append(unescape(match[0]))
        return match.end()

    def math(self, start: int, end: int) -> int:
        raw = self.raw
        if raw.startswith("$$", start):
            if self.math_end >= 0 and self.math_end < start + 2:
                self.math_end = raw.find("$$", start + 2)
            return self.literal(start, start + 2) if self.math_end < 0 else self.math_end + 2
        match = _MATH.match(raw, start)
        if match is None:
            return self.literal(start, end)
        self.parts.append(match[1])
        return match.end()

    def braces(self, start: int, end: int) -> int:
        match = _BRACES.match(self.raw, start)
        if match is None:
            return self.literal(start, end)
        self.role = match[1]
        return match.end()

    def colon(self, start: int, end: int) -> int:
        """Read the rest of a bare URL, or drop the colon that opens a definition in a definition list."""
        if end - start == 1:
            return end
        scheme = _SCHEME.search(self.parts[-1][-6:]) if self.parts else None
        if scheme is None:
            return self.literal(start, end)
        match = _URL.match(self.raw, start)
        assert match is not None
        rest = match[0].rstrip(_URL_TAIL)
        if rest.endswith(")") and "(" not in rest:
            rest = rest.rstrip(")").rstrip(_URL_TAIL)
        if len(rest) <= 3:
            return self.literal(start, end)
        self.links.append(scheme[0] + rest)
        return self.literal(start, start + len(rest))

    def open_bracket(self, start: int, end: int) -> int:
        raw = self.raw
        following = raw[end : end + 1]
        if following == "[" and (match := _RUN.match(raw, start)):
            return self.literal(start, match.end())
        if following == "[" and (match := _WIKI.match(raw, start)):
            target, shown = match[1].strip(), match[2]
            self.links.append(f"[[{target}]]")
            if end - start == 1:
                self.parts.append(shown if shown else target.replace("#", " ").strip())
            return match.end()
        if following == "^" and (match := _FOOTNOTE.match(raw, end - 1)):
            return match.end()
        if (
            following == "!"
            and start < 8
            and raw[:start].isspace() | (start == 0)
            and (match := _ALERT.match(raw, start))
        ):
            return match.end()
        self.brackets.append((len(self.parts), end, end - start == 2))
        return self.literal(start, end)

    def close_bracket(self, start: int, end: int) -> int:
        if not self.brackets:
            return self.literal(start, end)
        part, inside, image = self.brackets.pop()
        active = image or len(self.brackets) >= self.closed_below
        self.closed_below = min(self.closed_below, len(self.brackets))
        if not active:
            return self.literal(start, end)
        target, after = self._target(inside, start, end)
        if after == 0:
            return self.literal(start, end)
        # What stands for the bracket goes; what is between becomes plain text.
        self.parts[part] = ""
        self._settle(part)
        if image:
            self.alternatives.append((part, len(self.parts)))
        elif target is not None:
            self.links.append(target)
            self.closed_below = len(self.brackets)
            self.linked_image |= bool(self.alternatives) and self.alternatives[-1][0] > part
        return after

    def _target(self, inside: int, start: int, end: int) -> tuple[str | None, int]:
        """Return where the brackets lead and the offset behind that, which is 0 if they are no link."""
        raw = self.raw
        following = raw[end : end + 1]
        if following == "(" and (match := DESTINATION.match(raw, end)):
            target = match[1] if match[1] is not None else match[2] or ""
            return unescape(_ESCAPE.sub(r"\1", target)), match.end()
        if following == "[" and (match := LABEL.match(raw, end)):
            label = normalise_label(match[1]) or self._own_label(inside, start)
            # With a label behind it that leads nowhere, the text is not its own label.
            return (self.definitions[label], match.end()) if label in self.definitions else (None, 0)
        if following == "{" and (match := _ATTRIBUTES.match(raw, end)):
            return None, match.end()
        label = self._own_label(inside, start)
        return (self.definitions[label], end) if label in self.definitions else (None, 0)

    def _own_label(self, inside: int, start: int) -> str:
        if not self.definitions or start - inside > _MAX_LABEL:
            return ""
        return normalise_label(self.raw[inside:start])

    def emphasis(self, start: int, end: int) -> int:
        raw = self.raw
        char = raw[start]
        if char == "~":
            while end < len(raw) and raw[end] == "~":
                end += 1
            if end - start > 2:
                return self.literal(start, end)
        before = raw[start - 1] if start else " "
        after = raw[end] if end < len(raw) else " "
        opens, closes = flanking(before, after, char)
        if opens or closes:
            self.delimiters.append(Delimiter(len(self.parts), char, end - start, opens, closes))
        return self.literal(start, end)


_HANDLERS: dict[str, Callable[[_Reader, int, int], int]] = {
    "\\": _Reader.escape,
    "`": _Reader.code,
    "<": _Reader.angle,
    "&": _Reader.entity,
    "$": _Reader.math,
    "{": _Reader.braces,
    "[": _Reader.open_bracket,
    "!": _Reader.open_bracket,
    "]": _Reader.close_bracket,
    "*": _Reader.emphasis,
    "_": _Reader.emphasis,
    "~": _Reader.emphasis,
    "=": _Reader.emphasis,
    ":": _Reader.colon,
}
