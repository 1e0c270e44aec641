"""What can be done about a passage: each change is applied, and what comes out is compared as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.lsp import rewrites
from seealso.lsp.writing import Change, RefusedChangeError, Writing
from seealso.model import Passage
from seealso.text.registry import format_for

A = "The first passage says where the keys of the archive are kept at night."
B = "The second passage tells who is to be called when the archive is on fire."
C = "The third passage is about the coffee machine on the ground floor of the house."
LINK = {
    "adoc": "xref:keys.adoc[Keys]",
    "md": "[Keys](keys.md)",
    "tex": "\\href{keys.tex}{Keys}",
    "org": "[[file:keys.org][Keys]]",
    "rst": ":doc:`Keys <keys>`",
    "txt": "Keys (keys.txt)",
}
LONG = " ".join([A, B, C] * 16)


def writing(text: str, extension: str) -> Writing:
    syntax = format_for(f"x.{extension}")
    assert syntax is not None
    source = text.encode()
    return Writing(source, syntax, syntax.segmenter().segment(source))


def passage(document: Writing, words: str) -> Passage:
    return next(found for found in document.segmentation.passages if words in found.text)


def applied(document: Writing, change: Change) -> str:
    return document.changed(change).source.decode()


@pytest.mark.parametrize(
    ("extension", "text", "expected"),
    [
        pytest.param("md", f"# T\n\n{A}\n\n{B}\n", "# T\n\n{link}\n\n" + B + "\n", id="paragraph"),
        pytest.param("md", f"# T\n{A}\n# U\n{B}\n", "# T\n{link}\n# U\n" + B + "\n", id="right under a title"),
        pytest.param("md", f"😀 {A}\r\n\r\n{B}\r\n", "{link}\r\n\r\n" + B + "\r\n", id="CRLF, emoji"),
        pytest.param("md", f"> {A}\n> {A}\n\n{B}", "> {link}\n\n" + B, id="quote"),
        pytest.param("md", f"> > {A}\n\n{B}", "> > {link}\n\n" + B, id="quote in a quote"),
        pytest.param("md", f"* {A}\n\n{B}\n", "* {link}\n\n" + B + "\n", id="list of one item"),
        pytest.param("md", f"3. [ ] {A}\n\n{B}\n", "3. [ ] {link}\n\n" + B + "\n", id="task"),
        pytest.param("md", f"See[^1].\n\n[^1]: {A}\n\n{B}\n", "See[^1].\n\n[^1]: {link}\n\n" + B + "\n", id="footnote"),
        pytest.param("md", f"- {A}\n" + f"- {B}\n" * 12, "- {link}\n" + f"- {B}\n" * 12, id="item of a long list"),
        pytest.param("md", f"\ufeff{A}\n\n{B}\n", "\ufeff{link}\n\n" + B + "\n", id="byte order mark"),
        pytest.param("adoc", f"== T\n\n{A}\n\n{B}\n", "== T\n\n{link}\n\n" + B + "\n", id="AsciiDoc paragraph"),
        pytest.param("adoc", f"* {A}\n\n{B}\n", "* {link}\n\n" + B + "\n", id="AsciiDoc list"),
        pytest.param("adoc", f"____\n{A}\n____\n\n{B}\n", "____\n{link}\n____\n\n" + B + "\n", id="AsciiDoc quote"),
        pytest.param("adoc", f"|===\n|{A}\n|===\n\n{B}\n", None, id="AsciiDoc table"),
        pytest.param("adoc", f"term:: {A}\n\n{B}\n", None, id="AsciiDoc term"),
        pytest.param("tex", f"\\section{{T}}\n{A}\n\n{B}\n", "\\section{T}\n{link}\n\n" + B + "\n", id="LaTeX"),
        pytest.param("org", f"* T\n{A}\n\n{B}\n", "* T\n{link}\n\n" + B + "\n", id="Org paragraph"),
        pytest.param("org", f"- {A}\n\n{B}\n", "- {link}\n\n" + B + "\n", id="Org list"),
        pytest.param("rst", f"T\n=\n\n{A}\n\n{B}\n", "T\n=\n\n{link}\n\n" + B + "\n", id="rst paragraph"),
        pytest.param("rst", f"* {A}\n\n{B}\n", "* {link}\n\n" + B + "\n", id="rst list"),
        pytest.param("rst", f"   {A}\n\n{B}\n", "   {link}\n\n" + B + "\n", id="rst quote"),
        pytest.param("rst", f".. note::\n\n   {A}\n\n{B}\n", ".. note::\n\n   {link}\n\n" + B + "\n", id="rst note"),
        pytest.param(
            "rst",
            f"#. {B}\n#. {A}\n   {C}\n" * 9,
            f"#. {B}\n#. {{link}}\n" + f"#. {B}\n#. {A}\n   {C}\n" * 8,
            id="rst item",
        ),
        pytest.param("txt", f"{A}\n\n{B}\n", "{link}\n\n" + B + "\n", id="plain text"),
        pytest.param("rst", f"term\n   {A}\n\n{B}\n", None, id="definition"),
        pytest.param("md", f"{LONG}\n\n{B}\n", None, id="piece of a long paragraph"),
    ],
)
def test_a_link_takes_the_place_of_a_passage(extension: str, text: str, expected: str | None) -> None:
    document = writing(text, extension)
    link = LINK[extension]
    if expected is None:
        with pytest.raises(RefusedChangeError):
            rewrites.replaced(document, passage(document, "keys of the archive"), link)
    else:
        change = rewrites.replaced(document, passage(document, "keys of the archive"), link)
        assert applied(document, change) == expected.replace("{link}", link)


@pytest.mark.parametrize(
    ("extension", "text", "expected"),
    [
        pytest.param("md", f"# T\n\n{A}\n\n{B}\n", f"# T\n\n{B}\n", id="between others"),
        pytest.param("md", f"# T\n\n{B}\n\n{A}\n", f"# T\n\n{B}\n", id="at the end"),
        pytest.param("md", f"# T\n\n{B}\n\n{A}\n\n\n", f"# T\n\n{B}\n\n\n", id="before blank lines"),
        pytest.param("md", f"{A}\n\n{B}\n", f"{B}\n", id="at the top"),
        pytest.param("md", f"{B}\r\n\r\n😀 {A}\r\n\r\n{C}", f"{B}\r\n\r\n{C}", id="CRLF, emoji, no last line end"),
        pytest.param("md", f"# T\n{A}\n# U\n", "# T\n# U\n", id="no blank lines around"),
        pytest.param("md", f"- {A}\n" + f"- {B}\n" * 12, f"- {B}\n" * 12, id="item of a long list"),
        pytest.param("md", f"> {A}\n> {A}\n\n{B}\n", f"{B}\n", id="quote of two lines"),
        pytest.param("adoc", f"== T\n\n{A}\n\n{B}\n", f"== T\n\n{B}\n", id="AsciiDoc"),
        pytest.param("adoc", f"____\n{A}\n____\n\n{B}\n", None, id="AsciiDoc quote"),
        pytest.param("rst", f"T\n=\n\n{A}\n\n{B}\n", f"T\n=\n\n{B}\n", id="rst"),
        pytest.param("txt", f"{A}\n\n{B}\n", f"{B}\n", id="plain text"),
        pytest.param("rst", f".. _here:\n\n{A}\n\nT\n=\n\n{B}\n", None, id="a label that would name something else"),
        pytest.param("md", f"See[^1].\n\n[^1]: {A}\n", None, id="footnote"),
        pytest.param("md", f"{LONG}\n\n{B}\n", None, id="piece of a long paragraph"),
    ],
)
def test_a_copy_is_removed_with_one_of_the_blank_lines(extension: str, text: str, expected: str | None) -> None:
    document = writing(text, extension)
    if expected is None:
        with pytest.raises(RefusedChangeError):
            rewrites.removed(document, passage(document, "keys of the archive"))
    else:
        assert applied(document, rewrites.removed(document, passage(document, "keys of the archive"))) == expected


@pytest.mark.parametrize(
    ("extension", "text", "expected"),
    [
        pytest.param("md", f"# T\n\n{A}\n", "# T\n\n<!-- seealso-ignore -->\n\n" + A + "\n", id="paragraph"),
        pytest.param("md", f"# T\r\n{A}", f"# T\r\n<!-- seealso-ignore -->\r\n\r\n{A}", id="CRLF"),
        pytest.param("md", f"> {A}\n> {A}\n", f"<!-- seealso-ignore -->\n\n> {A}\n> {A}\n", id="quote"),
        pytest.param("md", f"- {A}\n- {B}\n", f"<!-- seealso-ignore -->\n\n- {A}\n- {B}\n", id="whole list"),
        pytest.param(
            "md",
            f"- {B}\n" * 12 + f"- {A}\n",
            f"- {B}\n" * 12 + f"- <!-- seealso-ignore -->\n  {A}\n",
            id="item of a long list",
        ),
        pytest.param("adoc", f"== T\n\n{A}\n", f"== T\n\n// seealso-ignore\n\n{A}\n", id="AsciiDoc"),
        pytest.param(
            "adoc",
            f"* {A}\n".join([f"* {B}\n" * 9] * 2),
            f"// seealso-ignore\n\n* {A}\n".join([f"* {B}\n" * 9] * 2),
            id="AsciiDoc item",
        ),
        pytest.param("tex", f"{B}\n\n{A}\n", f"{B}\n\n% seealso-ignore\n\n{A}\n", id="LaTeX"),
        pytest.param("org", f"* T\n{A}\n", f"* T\n# seealso-ignore\n\n{A}\n", id="Org"),
        pytest.param("rst", f"T\n=\n\n{A}\n", f"T\n=\n\n.. seealso-ignore\n\n{A}\n", id="rst"),
        pytest.param("rst", f"   {A}\n", f"   .. seealso-ignore\n\n   {A}\n", id="rst quote"),
        pytest.param("rst", f".. note::\n\n   {A}\n", f".. note::\n\n   .. seealso-ignore\n\n   {A}\n", id="rst note"),
        pytest.param("txt", f"T\n=\n\n{A}\n", f"T\n=\n\n[seealso-ignore]\n\n{A}\n", id="plain text"),
        pytest.param(
            "rst",
            f".. note:: {A}\n",
            f".. note:: .. seealso-ignore\n\n          {A}\n",
            id="on the line of a directive",
        ),
        pytest.param("rst", f"{B} {LONG}\n", None, id="piece of a long paragraph"),
    ],
)
def test_a_comment_makes_seealso_leave_a_passage_alone(extension: str, text: str, expected: str | None) -> None:
    document = writing(text, extension)
    if expected is None:
        with pytest.raises(RefusedChangeError):
            rewrites.ignored(document, document.segmentation.passages[1])
    else:
        change = rewrites.ignored(document, passage(document, "keys of the archive"))
        assert applied(document, change) == expected
        after = document.changed(change).segmentation.passages
        assert [found.ignored for found in after] == ["keys of" in found.text for found in after]


@pytest.mark.parametrize(
    ("extension", "text", "expected"),
    [
        pytest.param("md", f"# T\n\n{A}\n", f"<!-- seealso-ignore-file -->\n\n# T\n\n{A}\n", id="at the top"),
        pytest.param(
            "md",
            f"---\ntitle: x\n---\n\n{A}\n",
            f"---\ntitle: x\n---\n\n<!-- seealso-ignore-file -->\n\n{A}\n",
            id="under front matter",
        ),
        pytest.param(
            "md", f"\ufeff{A}\r\n", f"\ufeff<!-- seealso-ignore-file -->\r\n\r\n{A}\r\n", id="byte order mark"
        ),
        pytest.param(
            "rst",
            f".. SPDX-License-Identifier: GPL-2.0\n\n=\nT\n=\n\n{A}\n",
            f".. SPDX-License-Identifier: GPL-2.0\n\n.. seealso-ignore-file\n\n=\nT\n=\n\n{A}\n",
            id="under a licence",
        ),
        pytest.param(
            "rst", f".. _x:\n\nT\n=\n\n{A}\n", f".. seealso-ignore-file\n\n.. _x:\n\nT\n=\n\n{A}\n", id="label"
        ),
        pytest.param("txt", f"{A}\n", f"[seealso-ignore-file]\n\n{A}\n", id="plain text"),
    ],
)
def test_a_comment_makes_seealso_leave_a_document_alone(extension: str, text: str, expected: str) -> None:
    document = writing(text, extension)
    assert applied(document, rewrites.file_ignored(document)) == expected


@pytest.mark.parametrize(
    ("extension", "text", "expected"),
    [
        pytest.param("md", "The keys | are in the safe.", "The keys [K](k.md) are in the safe.", id="after a space"),
        pytest.param("md", "The keys| are in the safe.", "The keys [K](k.md) are in the safe.", id="after a word"),
        pytest.param("md", "The ke|ys are in the safe.", "The keys [K](k.md) are in the safe.", id="inside a word"),
        pytest.param("md", "The keys are in the safe.|", "The keys are in the safe. [K](k.md)", id="at the end"),
        pytest.param("md", "The keys (|) are in the safe.", "The keys ([K](k.md)) are in the safe.", id="in brackets"),
        pytest.param("md", "钥匙在保险箱里，|不在抽屉里。", "钥匙在保险箱里，[K](k.md)不在抽屉里。", id="Chinese"),
        pytest.param("md", "😀 The keys | are safe.", "😀 The keys [K](k.md) are safe.", id="emoji"),
        pytest.param("adoc", "The keys | are in the safe.", "The keys xref:k.adoc[K] are in the safe.", id="AsciiDoc"),
        pytest.param("rst", "The keys | are in the safe.", "The keys :doc:`K <k>` are in the safe.", id="rst"),
        pytest.param("md", "The `keys |are` in the safe.", None, id="code"),
        pytest.param("md", "The [keys](a|.md) are in the safe.", None, id="the target of a link"),
        pytest.param("md", "At https://exa|mple.org there are keys.", None, id="an address"),
        pytest.param("md", "The <b cl|ass='x'>keys</b> are in the safe.", None, id="a tag"),
        pytest.param("rst", "The ``keys |are`` in the safe.", None, id="rst literal"),
    ],
)
def test_a_link_is_inserted_between_words(extension: str, text: str, expected: str | None) -> None:
    at = len(text[: text.index("|")].encode())
    document = writing(text.replace("|", ""), extension)
    (found,) = document.segmentation.passages
    link = {"adoc": "xref:k.adoc[K]", "md": "[K](k.md)"}.get(extension, ":doc:`K <k>`")
    if expected is None:
        with pytest.raises(RefusedChangeError):
            rewrites.inserted(document, found, at, link)
    else:
        assert applied(document, rewrites.inserted(document, found, at, link)) == expected


@pytest.mark.parametrize("at", [-1, 0, 2, 10**9])
def test_a_byte_that_is_no_place_in_the_passage_is_refused(at: int) -> None:
    document = writing(f"# T\n\n😀 {A}\n", "md")
    with pytest.raises(RefusedChangeError):
        rewrites.inserted(document, passage(document, "keys"), at, "[K](k.md)")
    with pytest.raises(RefusedChangeError):
        rewrites.inserted(document, passage(document, "keys"), 6, "[K](k.md)")  # inside the emoji


def test_a_program_stays_a_program() -> None:
    source = f'#!/usr/bin/python\ndef f():\n    """{A}\n\n    {B}\n    """\n'
    document = writing(source, "py")
    one = passage(document, "keys")
    assert applied(document, rewrites.replaced(document, one, "K (k.py)")) == source.replace(A, "K (k.py)")
    with pytest.raises(RefusedChangeError):
        rewrites.removed(document, one)
    with pytest.raises(RefusedChangeError):
        rewrites.ignored(document, one)
    start = "#!/usr/bin/python\n"
    ignored = applied(document, rewrites.file_ignored(document))
    assert ignored.startswith(f"{start}\n# seealso-ignore-file\n")


def test_a_notebook_stays_json() -> None:
    cell = f'["# T\\n",\n"{A}\\n",\n"\\n",\n"{B}"]'
    document = writing(f'{{"cells": [{{"cell_type": "markdown", "source": {cell}}}]}}', "ipynb")
    source, one = document.source.decode(), passage(document, "keys")
    assert applied(document, rewrites.replaced(document, one, "[K](k.md)")) == source.replace(A, "[K](k.md)")
    assert applied(document, rewrites.removed(document, one)) == source.replace(f'"{A}\\n",\n', "")
    # A line end in a string would end the document.
    with pytest.raises(RefusedChangeError, match="could not be read"):
        rewrites.ignored(document, one)
    with pytest.raises(RefusedChangeError):
        rewrites.file_ignored(document)


BLOCKS = st.sampled_from(
    [
        A, B, C, LONG, f"- {A}\n- {B}", f"- {A}\n\n  {C}\n- {B}", f"1. {A}\n   > {B}", f"> {A}\n>\n> {B}",
        "```\ncode\n```",
        f"| a | b |\n|---|---|\n| {A} | {B} |", "# Title", f"Title\n=====\n{A}", f"[^1]: {A}", f"<div>\n{A}\n</div>",
        f"    {A}", ".. note::\n\n   " + A, f"term\n   {A}\n   {B}", "***", f"* {A}\n" * 14, f"{A}\n{B}::\n\n   code",
        "![x](y.png)", f"😀 {A}", f"x\n  - {B}\n", "<!-- seealso-ignore -->", "[x]: y.md", f":field: {A}", "....", "|",
    ]
)  # fmt: skip


@given(
    st.lists(BLOCKS, min_size=1, max_size=6),
    st.sampled_from(["\n\n", "\n", "\r\n\r\n"]),
    st.sampled_from(["adoc", "md", "org", "rst", "tex", "txt"]),
    st.sampled_from(
        [rewrites.removed, rewrites.ignored, lambda document, one: rewrites.replaced(document, one, "Link")]
    ),
)
def test_whatever_is_changed_everything_else_still_says_the_same(
    blocks: list[str], gap: str, extension: str, rewrite: Callable[[Writing, Passage], Change]
) -> None:
    document = writing(gap.join(blocks), extension)
    before = document.segmentation
    for number, one in enumerate(before.passages):
        try:
            change = rewrite(document, one)
        except RefusedChangeError:
            continue
        after = document.changed(change).segmentation
        assert [heading.title for heading in after.headings] == [heading.title for heading in before.headings]
        others = [found.text for at, found in enumerate(before.passages) if at != number]
        text = " ".join(re.findall(r"\w+", " ".join(found.text for found in after.passages)))
        assert all(" ".join(re.findall(r"\w+", other)) in text for other in others)


@pytest.mark.parametrize(
    ("extension", "text"),
    [
        pytest.param("md", f"- {A}\n\n  ```sh\n  rm important\n  ```\n\n- {C}\n", id="code in a list"),
        pytest.param("md", f"{A} <!-- keep this -->\n", id="comment"),
        pytest.param("md", f"{A} ![](map.png)\n", id="image"),
        pytest.param("md", f"<a id='here'></a>{A}\n", id="anchor"),
        pytest.param("md", f"- {A}\n\n  <div id=x>More of it.</div>\n", id="HTML in an item"),
        pytest.param("adoc", f"* {A}\n+\n----\nrm important\n----\n", id="listing in an item"),
        pytest.param("org", f"- {A}\n  #+begin_src sh\n  rm important\n  #+end_src\n", id="source in an item"),
        pytest.param("rst", f"* {A} So::\n\n     rm important\n", id="literal block in an item"),
        pytest.param("rst", f"* {A}\n\n  .. image:: map.png\n", id="image in an item"),
    ],
)
def test_what_was_not_compared_is_not_lost(extension: str, text: str) -> None:
    document = writing(f"{text}\n{B}\n", extension)
    found = passage(document, "keys of the archive")
    with pytest.raises(RefusedChangeError, match=r"holds more than its text|cannot be"):
        rewrites.removed(document, found)
    with pytest.raises(RefusedChangeError, match=r"holds more than its text|cannot be"):
        rewrites.replaced(document, found, LINK[extension])


@pytest.mark.parametrize(
    ("extension", "text"),
    [
        pytest.param(
            "md", '**The first** passage _says_ where [the keys](keys.md "Keys") of the `archive` are.', id="md"
        ),
        pytest.param("md", "The keys of [the archive][a] are at <https://example.org/x>.", id="references"),
        pytest.param("rst", "The *keys* of the :term:`archive` are ``there``, see :doc:`the list <keys>`.", id="rst"),
    ],
)
def test_markup_of_prose_goes_with_it(extension: str, text: str) -> None:
    document = writing(f"{text}\n\n{B}\n", extension)
    assert applied(document, rewrites.removed(document, document.segmentation.passages[0])) == f"{B}\n"
