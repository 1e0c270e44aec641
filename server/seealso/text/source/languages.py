"""What comments, strings and declarations of programming languages look like.

A language is one regular expression over its tokens that matter; a match of it never looks further than it takes, so
that any text is read in linear time. What stands open at the end of the source, or a string at the end of its line,
ends there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from seealso.text.base import Segmenter
from seealso.text.markdown import MarkdownSegmenter
from seealso.text.plain import PlainSegmenter
from seealso.text.rst import RstSegmenter


@dataclass(frozen=True, slots=True)
class Language:
    """How the prose of a programming language is found and read."""

    name: str
    extensions: frozenset[str]
    language_ids: frozenset[str]
    tokens: bytes
    """What `token` is compiled from. Groups: `line` and `block` are comments, `string` is a string, `indent` and `name`
    belong to a declaration, and `close` is the indentation of a brace that ends one."""
    mark: str
    """What begins a comment of one line."""
    documents: re.Pattern[bytes]
    """What a comment begins with that documents the declaration below, in the markup of `documentation`."""
    documentation: Callable[[], Segmenter]
    comments: Callable[[], Segmenter] = PlainSegmenter
    has_docstrings: bool = False

    @property
    def token(self) -> re.Pattern[bytes]:
        """What finds the tokens; compiled when it is first needed, as most users switch no language on."""
        return re.compile(self.tokens, re.MULTILINE | re.DOTALL)


def _tokens(*alternatives: str) -> bytes:
    return "|".join(alternatives).encode()


def _quoted(quote: str, *, lines: bool = False) -> str:
    if lines:
        return rf"{quote}(?>(?:[^{quote}\\]++|\\.?)*)(?:{quote}|\Z)"
    return rf"{quote}(?>(?:[^{quote}\\\n]++|\\.)*){quote}?"


def _declaration(*alternatives: str) -> str:
    return rf"^(?P<indent>[ \t]*+)(?:{'|'.join(alternatives)})(?P<name>[A-Za-z_$][\w$]{{0,200}}+)"


_LINE = r"(?P<line>//[^\n]*+)"
_CLOSE = r"^(?P<close>[ \t]*+)\}"
_BLOCK = r"(?P<block>/\*(?>(?:[^*]++|\*(?!/))*)(?:\*/|\Z))"
_DOUBLE, _SINGLE = _quoted('"'), _quoted("'")
_DOUBLE_LINES, _TEMPLATE = _quoted('"', lines=True), _quoted("`", lines=True)
_CHARACTER = r"'(?:\\[^\n]{1,10}?|[^'\\\n])'"

_C_WORDS = r"(?!(?:return|else|if|for|while|switch|do|case|goto|using|typedef|struct|union|enum)\b)"

C = Language(
    name="c",
    extensions=frozenset({".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx"}),
    language_ids=frozenset({"c", "cpp"}),
    tokens=_tokens(
        _LINE,
        _BLOCK,
        _CLOSE,
        rf"(?P<string>{_DOUBLE}|{_CHARACTER})",
        _declaration(
            r"#[ \t]*+define[ \t]++",
            r"(?:typedef[ \t]++)?(?:struct|union|enum|class|namespace)[ \t]++(?=\w++\s*+[:{])",
            rf"(?<![ \t])(?=[A-Za-z_]){_C_WORDS}[\w \t*]{{0,200}}?[ \t*](?=\w++[ \t]*+\()",
        ),
    ),
    mark="//",
    documents=re.compile(rb"/\*[*!](?!\*)|//[/!]"),
    documentation=MarkdownSegmenter,
)

GO = Language(
    name="go",
    extensions=frozenset({".go"}),
    language_ids=frozenset({"go"}),
    tokens=_tokens(
        _LINE,
        _BLOCK,
        _CLOSE,
        rf"(?P<string>{_DOUBLE}|`[^`]*+(?:`|\Z)|{_CHARACTER})",
        _declaration(r"func[ \t]++(?:\([^()\n]{0,100}\)[ \t]*+)?", r"(?<![ \t])(?:type|var|const|package)[ \t]++"),
    ),
    mark="//",
    documents=re.compile(rb"/[/*]"),
    documentation=MarkdownSegmenter,
)

_JS_MODIFIERS = r"(?:(?:public|private|protected|static|async|readonly|get|set|abstract|override)[ \t]++){0,4}"
_JS_WORDS = r"(?!(?:if|for|while|switch|catch|function|return|with)\b)"
# A slash after one of these signs divides nothing: it begins a regular expression, which may hold quotes and slashes.
_JS_REGEX = (
    r"(?:(?<=[(,=:!&|?{};\[])|(?<=[(,=:!&|?{};\[] )|(?<=return ))"
    r"/(?![*/])(?>(?:[^/\\\n\[]++|\\[^\n]|\[(?>(?:[^\]\\\n]++|\\[^\n])*)\]?)*)/?"
)

JAVASCRIPT = Language(
    name="javascript",
    extensions=frozenset({".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx"}),
    language_ids=frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"}),
    tokens=_tokens(
        _LINE,
        _BLOCK,
        _CLOSE,
        rf"(?P<string>{_DOUBLE}|{_SINGLE}|{_TEMPLATE}|{_JS_REGEX})",
        _declaration(
            r"(?:(?:export|default|declare|async|abstract)[ \t]++){0,4}"
            r"(?:function\b[ \t]*+\*?[ \t]*+|(?:class|interface|type|enum|namespace|module)[ \t]++)",
            r"(?<![ \t])(?:export[ \t]++)?(?:const|let|var)[ \t]++",
            rf"{_JS_MODIFIERS}\*?{_JS_WORDS}(?=[\w$]++[ \t]*+\([^()\n;]{{0,200}}\)[ \t]*+(?::[^\n{{;]{{1,100}})?\{{)",
        ),
    ),
    mark="//",
    documents=re.compile(rb"/\*\*(?!\*)"),
    documentation=MarkdownSegmenter,
)

_PY_TRIPLE = r'"""(?>(?:[^"\\]++|\\.?|"(?!""))*)(?:"""|\Z)|' + r"'''(?>(?:[^'\\]++|\\.?|'(?!''))*)(?:'''|\Z)"

PYTHON = Language(
    name="python",
    extensions=frozenset({".py", ".pyi"}),
    language_ids=frozenset({"python"}),
    tokens=_tokens(
        r"(?P<line>\#[^\n]*+)",
        rf"(?P<string>(?:\b[rRuUbBfF]{{1,2}})?(?:{_PY_TRIPLE}|{_DOUBLE}|{_SINGLE}))",
        _declaration(r"(?:async[ \t]++)?def[ \t]++", r"class[ \t]++"),
    ),
    mark="#",
    documents=re.compile(rb"(?!)"),
    documentation=RstSegmenter,
    has_docstrings=True,
)


def _raw_string(hashes: int) -> str:
    signs = "#" * hashes
    inside = rf'(?:[^"]++|"(?!{signs}))' if signs else r'[^"]'
    return rf'\bb?r{signs}"(?>{inside}*)(?:"{signs}|\Z)'


RUST = Language(
    name="rust",
    extensions=frozenset({".rs"}),
    language_ids=frozenset({"rust"}),
    tokens=_tokens(
        _LINE,
        _BLOCK,
        _CLOSE,
        rf"(?P<string>{'|'.join(map(_raw_string, range(3)))}|{_DOUBLE_LINES}|{_CHARACTER})",
        _declaration(
            r"(?:pub(?:\([^()\n]{0,40}\))?[ \t]++)?"
            r'(?:(?:default|const|async|unsafe|extern(?:[ \t]++"[^"\n]{0,20}")?)[ \t]++){0,4}'
            r"(?:fn|struct|enum|trait|mod|type|union|static(?:[ \t]++mut)?|const|macro_rules!)[ \t]++",
            r"(?:unsafe[ \t]++)?impl(?:<[^\n{]{0,100}?>)?[ \t]++(?:[^\n{]{0,100}?[ \t]for[ \t]++)?",
        ),
    ),
    mark="//",
    documents=re.compile(rb"//[/!]|/\*[*!](?!\*)"),
    documentation=MarkdownSegmenter,
)

LANGUAGES = (C, GO, JAVASCRIPT, PYTHON, RUST)
