from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.model import LinkTarget, PassageKind
from seealso.text.registry import FORMATS
from seealso.text.source import FORMATS as SOURCES
from seealso.text.source.code import is_code, says_enough
from unit.text.reading import check

P, L, Q = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE

A = "The first words of a comment that says enough."
B = "Other words of a comment that says enough too."
BY_NAME = {known.name: known for known in SOURCES}

Said = tuple[str, str]
"""Clean text, and the declarations it stands in, joined by dots."""


def said(language: str, source: str) -> list[Said]:
    found = BY_NAME[language].segmenter().segment(source.encode())
    check(source.encode(), found)
    return [(passage.text, ".".join(heading.title for heading in passage.headings)) for passage in found.passages]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(f'"""{A}\n\n    {B}\n"""\nx = 1\n', [(A, ""), (B, "")], id="module"),
        pytest.param(f'#!/usr/bin/python\n# {A}\n"""{B}"""', [(A, ""), (B, "")], id="module below comments"),
        pytest.param(f"import x\n'''{A}'''\n", [], id="a string that is no docstring"),
        pytest.param(
            f'class A(B):\n    """{A}"""\n\n    async def f(\n        self, x: dict = {{"a": 1}}  # :\n    ) -> None:\n'
            f"        r'''{B}'''\n",
            [(A, "A"), (B, "A.f")],
            id="class and method",
        ),
        pytest.param(f'def f():\n    x = {{\n        "a":\n        "{A}"\n    }}\n', [], id="string in a body"),
        pytest.param(f'def f():\n    # no\n\n    """{A}"""\n', [(A, "f")], id="docstring below a comment"),
        pytest.param(f'def f():\n    "{A}"\n    "{B}"\n', [(A, "f")], id="one docstring only"),
        pytest.param(f"def f():\n    x = 1\n    # {A}\n# {B}\n", [(A, "f"), (B, "")], id="comments in scopes"),
        pytest.param(
            f"class A:\n    def f():\n        # {A}\n    def g(): pass\n", [(A, "A.f")], id="last in its scope"
        ),
        pytest.param(f"x = '# {A}'  # {B}\ny = '''\n# {A}\n'''\n", [], id="signs in strings, comments behind code"),
        pytest.param(f"# {A}\n# {B}\n\n# {A}\n", [(f"{A} {B}", ""), (A, "")], id="lines that belong together"),
        pytest.param(f"# {A}\n  # {B}\n", [(A, ""), (B, "")], id="another column"),
        pytest.param(f"# {A}\n# noqa: E501\n# {B}\n", [(A, ""), (B, "")], id="lines for tools"),
        pytest.param(f"# Copyright 2020 Someone\n#\n# {A}\n\n# {B}\n", [(A, ""), (B, "")], id="copyright"),
        pytest.param(
            f"# {A}\n#\n# Permission is hereby granted to all of you.\n#\n# It goes on with conditions.\n\n# {B}\n",
            [(A, ""), (B, "")],
            id="licence",
        ),
        pytest.param(
            f'def f():\n    """{A}\n\n    :param x: the first word\n    :returns: the other one\n\n'
            "    >>> f(1)\n    2\n"
            '    """\n',
            [(A, "f"), ("param x: the first word; returns: the other one", "f")],
            id="fields and doctests",
        ),
        pytest.param(
            f'def f():\n    """ {A}\n\n    Raises\n    ------\n    ValueError\n        If {B}\n\n'
            f'    So::\n\n        x = {{}}\n    """\n',
            [(A, "f"), (f"ValueError: If {B}", "f.Raises")],
            id="sections and literal blocks",
        ),
        pytest.param(f'def f(:\n    """{A}""" + "\n"""{B}', [], id="broken"),
    ],
)
def test_python(source: str, expected: list[Said]) -> None:
    assert said("python", source) == expected


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        pytest.param("c", f"/* {A} */\nint main(void)\n{{\n\t// {B}\n}}\n", [(A, "main"), (B, "main")], id="C"),
        pytest.param("c", f'char *s = "/* {A} */"; char c = \'"\'; // {B}\n', [], id="C strings"),
        pytest.param("c", f"/*\n * {A}\n *\n * {B}\n */\n#define X 1\n", [(A, "X"), (B, "X")], id="C, stars"),
        pytest.param("c", f"/******\n  {A}\n  {B}\n ******/\n", [(f"{A} {B}", "")], id="C, box"),
        pytest.param(
            "c",
            "/**\n * f - do all that has to be done\n * @a: the first of the words\n * @b: another\n *      word\n *\n"
            f" * {A}\n */\nint f(int a, int b);\n",
            [
                ("f - do all that has to be done", "f"),
                ("a: the first of the words; b: another word", "f"),
                (A, "f"),
            ],
            id="kernel-doc",
        ),
        pytest.param(
            "c",
            f"/**\n * \\brief {A}\n * \\param[in] a the first of the words\n * \\return nothing\n */\nvoid f(int a);\n",
            [(A, "f"), ("a: the first of the words; return: nothing", "f")],
            id="Doxygen",
        ),
        pytest.param("c", f"/* {A} */\n\nint f(void);\n", [(A, "")], id="C, a blank line below"),
        pytest.param("c", f"/*{A}", [(A, "")], id="C, open to the end"),
        pytest.param("c", f"/**/\n/* */\nint f(void)\n/* {A}\n*/\n", [(A, "")], id="C, empty comments"),
        pytest.param(
            "javascript",
            f"/**\n * {A}\n * @param {{string}} [name=x] - The name of it.\n"
            f" * @returns {{Promise<{{a: 1}}>}} See {{@link A b}}.\n"
            f" * @example\n * not this one here, nor that\n */\nexport default async function f(name) {{}}\n",
            [(A, "f"), ("name: The name of it. returns: See A.", "f")],
            id="JSDoc",
        ),
        pytest.param(
            "javascript",
            f"class A extends B {{\n  /** {A} */\n  @decorated()\n  static get x() {{\n    // {B}\n  }}\n}}\n",
            [(A, "A.x"), (B, "A.x")],
            id="methods",
        ),
        pytest.param(
            "javascript",
            f"const a = '// {A}', b = `\n// {A}\n`, c = /['\"`]/; // {A}\n// {B}\n",
            [(B, "")],
            id="JS strings",
        ),
        pytest.param("rust", f"fn f() {{\n}}\nm! {{\n    // {A}\n}}\n", [(A, "")], id="behind a declaration"),
        pytest.param("javascript", f"// {A}\nif (a) {{ b() }}\n", [(A, "")], id="no declaration"),
        pytest.param(
            "rust",
            f"//! {A}\n\n/// {B}\n///\n/// # Errors\n///\n/// If {A}\n///\n"
            f"/// ```\n/// let x = no_prose_at_all();\n/// ```\n"
            "#[must_use]\npub(crate) async fn f() {}\n",
            [(A, ""), (B, "f"), (f"If {A}", "f.Errors")],
            id="Rust",
        ),
        pytest.param(
            "rust",
            f"impl<'a> Read for File<'a> {{\n    /// {A}\n"
            f"    fn read(&self) {{ let s = r#\"\n// \"{B}\n\"#; let c = '\"'; }}\n}}\n",
            [(A, "File.read")],
            id="Rust strings and lifetimes",
        ),
        pytest.param(
            "go",
            f"// Package p is here. {A}\npackage p\n\n//go:build linux\n\n"
            f"// {B}\n//\n//\tx := code()\nfunc (r *T) F() {{\n}}\n",
            [(f"Package p is here. {A}", "p"), (B, "F")],
            id="Go",
        ),
        pytest.param("go", f"func f() {{\n\tvar x int\n\tif x {{\n\t\t// {A}\n\t}}\n}}\n", [(A, "f")], id="variables"),
        pytest.param("go", f"var s = `\n// {A}\n`\n", [], id="Go strings"),
        pytest.param(
            "go",
            f"// Code generated by x from y. DO NOT EDIT.\n\n// {A}\nfunc f() {{}}\n",
            [],
            id="generated",
        ),
    ],
)  # fmt: skip
def test_languages(language: str, source: str, expected: list[Said]) -> None:
    assert said(language, source) == expected


def test_positions_are_those_of_the_source() -> None:
    source = f"int x;\n\n/**\n * {A}\n * {B}\n * @return what has been asked for\n */\nint f(void);\n"
    found = BY_NAME["c"].segmenter().segment(source.encode())
    ranges = [source.encode()[one.start_byte : one.end_byte].decode() for one in found.passages]
    assert ranges == [f"{A}\n * {B}", "@return what has been asked for"]
    assert [(one.kind, one.start_line, one.end_line) for one in found.passages] == [(P, 3, 4), (L, 5, 5)]
    # A section begins with the comment, which stands above the declaration.
    assert [(heading.title, heading.level, heading.line) for heading in found.headings] == [("f", 1, 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x = compute(a, b)\nreturn x", True, id="statements"),
        pytest.param("if (a == b) {\n  c();\n}", True, id="block"),
        pytest.param("for name in names:\n    print(name)", True, id="Python"),
        pytest.param("import os", True, id="import"),
        pytest.param("#ifdef CONFIG_A\nint a;\n#endif", True, id="preprocessor"),
        pytest.param("foo.bar->baz(a, b);", True, id="call"),
        pytest.param("If the name is missing, raise an error; it cannot be guessed.", False, id="prose"),
        pytest.param(
            "Return the value when a == b, otherwise\nnothing is returned and the\ncaller has to ask again.",
            False,
            id="prose with code",
        ),
        pytest.param("for each of the names in this list, do it again:", False, id="prose with a colon"),
        pytest.param("The call foo(bar) is used here.", False, id="a name of a function"),
        pytest.param("return early, because the lock is held.", False, id="a keyword"),
    ],
)  # fmt: skip
def test_code_is_no_prose(text: str, expected: bool) -> None:
    assert is_code(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Too few words here", False, id="short"),
        pytest.param("There are just enough words.", True, id="long enough"),
        pytest.param("0x01 0x02 0x03 0x04 0x05 a", False, id="numbers"),
        pytest.param("打开文件并读取全部内容。", True, id="Chinese"),
    ],
)
def test_a_few_words_are_not_enough(text: str, expected: bool) -> None:
    assert says_enough(text) is expected


@pytest.mark.parametrize("language", BY_NAME)
def test_ignore_comments(language: str) -> None:
    known = BY_NAME[language]
    ignore, one, other = (known.comment(text) for text in ("seealso-ignore", A, B))
    for source, ignored in (
        (f"{ignore}\n\n{one}\n\n{other}\n", [True, False]),
        (f"{one}\n\n{ignore}-file\n\n{other}\n", [True, True]),
    ):
        found = known.segmenter().segment(source.encode()).passages
        assert [passage.ignored for passage in found] == ignored


@pytest.mark.parametrize("language", BY_NAME)
def test_what_is_written(language: str) -> None:
    known = BY_NAME[language]
    quoted = known.quote(f"{A}\n{B}", known.link(LinkTarget("b.py", "B")))
    (passage,) = known.segmenter().segment(quoted.encode()).passages
    assert (passage.kind, passage.text, passage.ignored) == (Q, f"{A} {B} -- B (b.py)", True)


FRAGMENTS = [
    *("//", "///", "//!", "/*", "/**", "*/", "#", '"""', "'''", '"', "'", "`", "\\", "\n", "\n", "\n", "    ", " * "),
    *("def f(x):\n", "class A:\n", "fn f() {\n", "func f() {\n", "function f() {\n", "int f(void)\n{\n", "#define X\n"),
    *("@param {x} y ", "@brief ", "@a: ", "\\return ", "@see ", "{@link x}", ":param x: ", "seealso-ignore", "# T\n"),
    *(f"{A} ", f"{B}\n", "```\n", "- a ", "x = 1;\n", 'r#"', '"#', "é", "漢字。", "\0", "\ufeff", "\r\n", "\r", "@x\n"),
    *("noqa\n", "Copyright 2020 x\n", "}\n", "----\n", "/", "impl A for B {\n", "const x = "),
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)


@settings(max_examples=400)
@given(st.sampled_from(list(BY_NAME)), DOCUMENTS)
def test_ranges_hold_for_any_source(language: str, text: str) -> None:
    source = text.encode()
    check(source, BY_NAME[language].segmenter().segment(source))


@settings(max_examples=150)
@given(st.sampled_from(list(BY_NAME)), st.binary(max_size=200))
def test_bytes_that_are_no_text(language: str, source: bytes) -> None:
    found = BY_NAME[language].segmenter().segment(source)
    assert all(0 <= one.start_byte < one.end_byte <= len(source) for one in found.passages)


@settings(max_examples=150)
@given(st.sampled_from(list(BY_NAME)), st.lists(DOCUMENTS, min_size=2, max_size=4))
def test_an_edited_source_reads_like_a_new_one(language: str, versions: list[str]) -> None:
    warm = BY_NAME[language].segmenter()
    for text in versions:
        assert warm.segment(text.encode()) == BY_NAME[language].segmenter().segment(text.encode())


UNITS = [
    "/*",
    "//",
    "/**/",
    "#",
    '"',
    '"""',
    "'",
    "`",
    "`\\",
    '"\\',
    "//a\n",
    "/**a*/\n",
    "def f(",
    "def f():\n",
    "\n",
    " ",
]
UNITS += [
    'r#"',
    "a ",
    "a* ",
    "struct a\n",
    "@param {",
    "/** @a {",
    "{@link ",
    "*",
    "/*a\n",
    "\\",
    "(/",
    "#a\n",
    " /**/",
    "a(",
]
UNITS += [f"// {A}\n\n", "def f():\n '''a'''\n", "x = (", "'''a", "impl<", "\t//a\n", "[", "a=/["]


@pytest.mark.parametrize("language", BY_NAME)
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_sources_take_linear_time(language: str, unit: str) -> None:
    def seconds(size: int) -> float:
        source = (unit * (size // len(unit))).encode()
        start = time.thread_time()
        BY_NAME[language].segmenter().segment(source)
        return time.thread_time() - start

    seconds(1_000)
    small = min(seconds(20_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < 10 * max(small, 0.01)


def test_all_are_read_when_one_setting_is_on() -> None:
    assert {known.name for known in FORMATS if known.opt_in == "source_comments"} == set(BY_NAME)
