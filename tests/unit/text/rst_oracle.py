"""How docutils reads a document: the reference our own reading is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Directive, Parser, directives, roles

_DIRECTIVE = re.compile(r"^ *\.\. +([\w:.+-]+?) ?::(?: |$)", re.MULTILINE)
_ROLE = re.compile(r":([\w.+-]+(?::[\w.+-]+)*):`|`:([\w.+-]+(?::[\w.+-]+)*):")
# A character of a script that is written without spaces is a word: line ends between them are no spaces.
_WORD = re.compile("[\u2e80-\ua4cf\uf900-\ufaff]|[^\\W_\u2e80-\ua4cf\uf900-\ufaff]+")

# Directives of Sphinx and of the kernel's extensions.
_OPAQUE = re.compile(
    "code-block|sourcecode|literalinclude|parsed-literal|raw|highlight|math|(kernel-)?include|toctree|index|kernel-doc"
    "|kernel-feat|kernel-abi|kernel-render|maintainers-include|tabularcolumns|cssclass|contents"
)
_ADMONITION = re.compile("seealso|todo|impl-detail")
_VERSION = re.compile("version-?(added|changed|removed)|deprecated")


class _Opaque(Directive):
    has_content = True
    optional_arguments = 99

    def run(self) -> list[nodes.Node]:
        return [nodes.literal_block("", "\n".join(self.content))]


class _Body(Directive):
    """Take an argument for granted and read the content."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = {}

    def run(self) -> list[nodes.Node]:
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class _AnyOption(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return lambda argument: argument

    def __bool__(self) -> bool:
        return True


_Body.option_spec = _AnyOption()
_Opaque.option_spec = _AnyOption()


class _Admonition(_Body):
    optional_arguments = 0


class _Version(_Body):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        explained = nodes.paragraph()
        for text in self.arguments[1:]:
            explained += self.state.inline_text(text, self.lineno)[0]
        return [explained, *super().run()]


def _role(name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()) -> Any:
    if name.endswith("span"):
        return [], []
    titled = None if name in ("kbd", "file") else re.match(r"(.+?)\s*<[^<>]+>\Z", text, re.DOTALL)
    shown = titled[1] if titled else text.rpartition(".")[2] if text.startswith("~") else text
    prefix = f"{name} " if name in ("pep", "rfc") and not titled else ""
    return [nodes.inline(rawtext, utils.unescape(prefix + shown))], []


@contextmanager
def _registered(text: str) -> Iterator[None]:
    """Know every directive and role of a text for as long as it is read."""
    registries = vars(directives)["_directives"], vars(roles)["_roles"]
    builtin = vars(directives)["_directive_registry"]
    saved = [dict(registry) for registry in registries]
    for name in set(map(str.lower, _DIRECTIVE.findall(text))):
        if _OPAQUE.fullmatch(name):
            directives.register_directive(name, _Opaque)
        elif _ADMONITION.fullmatch(name):
            directives.register_directive(name, _Admonition)
        elif _VERSION.fullmatch(name):
            directives.register_directive(name, _Version)
        elif name not in builtin:
            directives.register_directive(name, _Body)
    for pair in _ROLE.findall(text):
        roles.register_local_role((pair[0] or pair[1]).lower(), _role)
    try:
        yield
    finally:
        for registry, before in zip(registries, saved, strict=True):
            registry.clear()
            registry.update(before)


def doctree(text: str) -> nodes.document:
    """Return the tree docutils makes of a text, before any transform."""
    settings = frontend.get_default_settings(Parser)
    settings.report_level = 5
    settings.halt_level = 6
    settings.file_insertion_enabled = False
    settings.raw_enabled = True
    settings.syntax_highlight = "none"
    document = utils.new_document("document.rst", settings)
    with _registered(text):
        Parser().parse(text, document)
    return document


def normalised(text: str) -> str:
    """Return the words of a text, for comparing what was read rather than how it is punctuated."""
    return " ".join(_WORD.findall(text.lower()))


@dataclass
class Reading:
    """The runs of prose in a document in order, and what is no prose."""

    paragraphs: list[str] = field(default_factory=list)
    literals: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


_PROSE = (nodes.paragraph, nodes.term, nodes.caption, nodes.attribution, nodes.line_block)
_LITERAL = (nodes.literal_block, nodes.comment, nodes.doctest_block, nodes.raw, nodes.math_block)


def read(text: str) -> Reading:
    """Return the paragraphs (terms, captions and lines of verse are some), literals and titles of a document."""
    reading = Reading()
    _walk(doctree(text), reading)
    return reading


def _walk(node: nodes.Node, reading: Reading) -> None:
    for child in node.children:
        if isinstance(child, nodes.system_message):
            continue
        if isinstance(child, _LITERAL):
            reading.literals.append(child.astext())
        elif isinstance(child, nodes.title) and isinstance(node, nodes.section):
            reading.titles.append(child.astext())
        elif isinstance(child, _PROSE):
            reading.paragraphs.append(_prose(child))
        elif not isinstance(child, (nodes.substitution_definition, nodes.target, nodes.Text, nodes.docinfo)):
            _walk(child, reading)


def _prose(node: nodes.Node) -> str:
    """Return the text of a paragraph without footnote numbers and pictures."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, (nodes.footnote_reference, nodes.image, nodes.problematic)):
        return node.astext() if isinstance(node, nodes.problematic) else ""
    return ("\n" if isinstance(node, nodes.line_block) else "").join(map(_prose, node.children))
