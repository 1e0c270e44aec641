from __future__ import annotations

import pytest

from seealso.model import PassageKind
from seealso.text.asciidoc import AsciiDocSegmenter
from seealso.text.asciidoc.inline import clean
from unit.text.reading import Read, read

P, L, Q, T = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE, PassageKind.TABLE

LONG_ITEM = "An item with so many words that two of them are too heavy for one list passage, " * 6


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


def q(raw: str, text: str | None = None) -> Read:
    return (Q, raw, raw if text is None else text, ())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\nline.\n\n\nTwo.  \n", [p("One\nline.", "One line."), p("Two.")], id="paragraphs"),
        pytest.param("\ufeffOne.\r\ntwo.\r\n", [p("One.\r\ntwo.", "One. two.")], id="CRLF and BOM"),
        pytest.param("", [], id="empty"),
        # Titles
        pytest.param(
            "= Doc\nAn Author <a@b.c>\nv1, 2026\n:x: y\n\nOne.\n\n== Sub\n\nTwo.\n",
            [p("One.", None, "Doc"), p("Two.", None, "Doc", "Sub")],
            id="header",
        ),
        pytest.param(
            "git-x(1)\n========\n\nNAME\n----\ngit-x - Do it\n\nDeep\n~~~~\n\nTwo.\n",
            [p("git-x - Do it", None, "git-x(1)", "NAME"), p("Two.", None, "git-x(1)", "NAME", "Deep")],
            id="underlined",
        ),
        pytest.param("One.\n\nCode\n----------\nint x;\n----------\n", [p("One."), p("Code")], id="no underline"),
        pytest.param("== A ==\n\nOne.\n", [p("One.", None, "A")], id="closed title"),
        # What is no prose
        pytest.param(
            "One.\n\n----\ncode\n\n* code\n----\n\n....\nlit\n....\n\n++++\n<b>\n++++\n\n```c\nx\n```\nTwo.\n",
            [p("One."), p("Two.")],
            id="verbatim blocks",
        ),
        pytest.param("----\ncode that\n\nnobody closes\n", [], id="open listing"),
        pytest.param("One.\n\n literal\n text\n\nTwo.\n", [p("One."), p("Two.")], id="literal paragraph"),
        pytest.param("[source,ruby]\nputs 1\n\n[stem]\nx\n\nOne.\n", [p("One.")], id="styles of code"),
        pytest.param("[plantuml]\n--\na -> b\n--\n\nOne.\n", [p("One.")], id="diagram"),
        pytest.param("// one\n////\ntwo\n\nthree\n////\nOne.\n", [p("One.")], id="comments"),
        pytest.param(
            "ifdef::x[]\ninclude::a.adoc[]\nendif::[]\nimage::a.png[b]\n\n'''\n<<<\n:a: b \\\nc\n\nOne.\n",
            [p("One.")],
            id="directives, macros, breaks, attributes",
        ),
        pytest.param("One\n// not this\ntwo.\n", [p("One\n// not this\ntwo.", "One two.")], id="comment inside"),
        pytest.param(
            "SYNOPSIS\n--------\n[verse]\nx [-a]\n\nPOEM\n----\n[verse]\nRoses\n",
            [(Q, "Roses", "Roses", ("POEM",))],
            id="synopsis",
        ),
        # Blocks
        pytest.param("NOTE: Mind\nit.\n", [p("NOTE: Mind\nit.", "Mind it.")], id="admonition"),
        pytest.param("[NOTE]\n====\nMind.\n\nIt.\n====\n", [p("Mind."), p("It.")], id="admonition block"),
        pytest.param("Before\n====\nIn.\n====\nAfter.\n", [p("Before"), p("In."), p("After.")], id="example"),
        pytest.param(
            "====\nOuter.\n\n--\nInner.\n====\n\nAfter.\n", [p("Outer."), p("Inner."), p("After.")], id="ends of blocks"
        ),
        pytest.param("____\nOne.\n\n* two\n____\n", [q("One.\n\n* two", "One. two")], id="quote block"),
        pytest.param("[quote, Me]\nOne.\n", [q("One.")], id="quote paragraph"),
        pytest.param("> One\n> two.\n", [q("> One\n> two.", "One two.")], id="Markdown quote"),
        # Lists
        pytest.param(
            "* a\n* b\n  c\n** d\n\n* [x] e\n",
            [(L, "* a\n* b\n  c\n** d\n\n* [x] e", "a; b c; d; e", ())],
            id="list",
        ),
        pytest.param(". a\n.. b\n. c\n", [(L, ". a\n.. b\n. c", "a; b; c", ())], id="ordered"),
        pytest.param(
            "One.\n\n* a\n+\nmore\n+\n----\ncode\n----\n* b\n\nTwo.\n",
            [p("One."), (L, "* a\n+\nmore\n+\n----\ncode\n----\n* b", "a more; b", ()), p("Two.")],
            id="continuation",
        ),
        pytest.param(
            f"* {LONG_ITEM}\n+\nMore.\n* {LONG_ITEM}\n",
            [
                (L, f"* {LONG_ITEM}\n+\nMore.", f"{LONG_ITEM.strip()} More.", ()),
                (L, f"* {LONG_ITEM.strip()}", LONG_ITEM.strip(), ()),
            ],
            id="heavy list",
        ),
        pytest.param("* a\n\n\n literal\n\nOne.\n", [(L, "* a", "a", ()), p("One.")], id="literal in a list"),
        pytest.param(
            "-n::\n--dry-run::\n\tDo not.\n+\nReally.\n\nz:: Two.\n",
            [
                (
                    L,
                    "-n::\n--dry-run::\n\tDo not.\n+\nReally.\n\nz:: Two.",
                    "-n: --dry-run: Do not. Really. z: Two.",
                    (),
                )
            ],
            id="descriptions",
        ),
        pytest.param(
            "t::\n\nText.\n\nOne.\n", [(L, "t::\n\nText.", "t: Text.", ()), p("One.")], id="blank after a term"
        ),
        pytest.param(
            "* a\n+\n--\nb\n\n* c\n--\n* d\n",
            [(L, "* a\n+\n--\nb\n\n* c\n--\n* d", "a b; c; d", ())],
            id="block in a list",
        ),
        pytest.param("* a\n\n[[x]]\n* b\n", [(L, "* a", "a", ()), (L, "* b", "b", ())], id="attributes end a list"),
        # Tables
        pytest.param(
            ".T\n|===\n|a |b\n\n|c\n|d *e*\n|===\n\nOne.\n",
            [(T, ".T\n|===\n|a |b\n\n|c\n|d *e*", "T: a, b; c, d e", ()), p("One.")],
            id="table",
        ),
        pytest.param(
            '[cols="1,2a"]\n|===\n|a\n|* b\n* c\n|2+d |e\n2+|f\n|===\n',
            [(T, "|a\n|* b\n* c\n|2+d |e\n2+|f", "a, b c; 2+d, e; f", ())],
            id="columns and spans",
        ),
        pytest.param("|===\n|===\n\n|===\nno cell\n|===\n", [], id="empty tables"),
        pytest.param(',===\na,"b, c"\nd,e\n,===\n', [(T, 'a,"b, c"\nd,e', "a, b, c; d, e", ())], id="CSV"),
        pytest.param("[format=dsv]\n|===\na:b\n|===\n", [(T, "a:b", "a, b", ())], id="DSV"),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(AsciiDocSegmenter(), source) == expected


@pytest.mark.parametrize(
    ("raw", "text", "links"),
    [
        pytest.param("*b* _i_ `m` #h# ~s~ ^u^", "b i m h s u", (), id="constrained"),
        pytest.param("a**b**c __d__e ``f``g ##h##", "abc de fg h", (), id="unconstrained"),
        pytest.param("`_<file_name>_` and *`x`*", "<file_name> and x", (), id="nested"),
        pytest.param("snake_case_name a*b*c 2 * 3 * 4", "snake_case_name a*b*c 2 * 3 * 4", (), id="no markup"),
        pytest.param("+*a*+ `+_b_+` ++c++ +++<d>+++ pass:c[*e*] $$f_$$", "*a* _b_ c <d> *e* f_", (), id="passed"),
        pytest.param("C++ \\*kept* {plus}{nbsp}{unknown}", "C++ *kept* + {unknown}", (), id="signs"),
        pytest.param(
            "\"`smart`\" '`quotes`' [.role]#text#", "\"smart\" 'quotes' text", (), id="smart quotes and roles"
        ),
        pytest.param("line +\nbreak &#8212; &lt;", "line break — <", (), id="break and entities"),
        pytest.param(
            "https://a.b/c_d_e. http://x.y[Z^]", "https://a.b/c_d_e. Z", ("https://a.b/c_d_e", "http://x.y"), id="URLs"
        ),
        pytest.param("link:a/b.html[Text,window=_blank] link:c[]", "Text c", ("a/b.html", "c"), id="link"),
        pytest.param('xref:a.adoc#x["A = b",role=y]', "A = b", ("a.adoc#x",), id="attributes of a link"),
        pytest.param(
            "<<a,Text>> <<b.adoc#c>> <<x-y>>", "Text b.adoc#c x-y", ("#a", "b.adoc#c", "#x-y"), id="references"
        ),
        pytest.param("see linkgit:git-add[1].", "see git-add(1).", ("git-add",), id="pages of manuals"),
        pytest.param("a((term))s (((one, two)))b [[id]]c", "aterms b c", (), id="index terms and anchors"),
        pytest.param("Press kbd:[Ctrl+C], menu:File[Save > As].", "Press Ctrl+C, File > Save > As.", (), id="keys"),
        pytest.param("image:a.png[Alt]x footnote:[Two *b*.]", "x (Two b.)", (), id="image and footnote"),
        pytest.param("std::vector a::b[0] x:y[z]", "std::vector a::b[0] z", (), id="colons"),
        pytest.param("a `b` c_d_ (((", "a b c_d_ (((", (), id="unbalanced"),
    ],
)
def test_inline(raw: str, text: str, links: tuple[str, ...]) -> None:
    assert clean(raw) == (text, links)


def test_attributes_are_put_in() -> None:
    defined = ":name: Ship\n:docs: https://a.b/c\n:Both: {name}yard\n"
    source = f"{defined}\n{{NAME}} in {{docs}}[the {{both}}] {{other}}.\n\n:!name:\n\n{{name}}\n"
    found = AsciiDocSegmenter().segment(source.encode()).passages
    assert [(passage.text, passage.links) for passage in found] == [
        ("Ship in the Shipyard {other}.", ("https://a.b/c",)),
        ("{name}", ()),
    ]


@pytest.mark.parametrize(
    ("source", "anchors"),
    [
        pytest.param("= Doc\n\n== Install it\n\n== Install it\n", ["_doc", "_install_it", "_install_it_2"], id="made"),
        pytest.param("[[a]]\n== T\n\n[#b.c]\n== T\n\n[id=d]\n== T\n\n== T [[e]]\n", ["a", "b", "d", "e"], id="given"),
        pytest.param(":idprefix:\n:idseparator: -\n\n== Install _it_\n", ["install-it"], id="attributes"),
        pytest.param("== C++ & .net: v1.2 -- x\n", ["_c_net_v1_2_x"], id="signs"),
        pytest.param("[[a]]\nText.\n\n== T\n", ["_t"], id="of a paragraph"),
    ],
)
def test_anchors(source: str, anchors: list[str]) -> None:
    assert [heading.anchor for heading in AsciiDocSegmenter().segment(source.encode()).headings] == anchors


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("// seealso-ignore\nOne.\n\nTwo.\n", [True, False], id="next"),
        pytest.param("////\nseealso-ignore\n////\n\nOne.\n\nTwo.\n", [True, False], id="block comment"),
        pytest.param("// seealso-ignore\n\n* a\n* b\n\nTwo.\n", [True, False], id="list"),
        pytest.param(f"* {LONG_ITEM}\n// seealso-ignore\n* {LONG_ITEM}\n", [False, True], id="item"),
        pytest.param("One.\n\nTwo.\n\n// seealso-ignore-file\n", [True, True], id="file"),
        pytest.param("____\nOne.\n\n-- xref:a.adoc[A]\n____\n", [True], id="quotation with its source"),
    ],
)
def test_ignored(source: str, expected: list[bool]) -> None:
    assert [passage.ignored for passage in AsciiDocSegmenter().segment(source.encode()).passages] == expected


def test_a_key_is_no_document() -> None:
    source = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBGVx7a0BCADZ\n-----END PGP PRIVATE KEY BLOCK-----\n"
    assert AsciiDocSegmenter().segment(source.encode()).passages == ()
    assert AsciiDocSegmenter().segment(f"Text.\n\n{source}".encode()).passages != ()


def test_a_licence_at_the_top_is_no_passage() -> None:
    source = "= Doc\n\nLicensed under the Apache License, Version 2.0.\n\nOne.\n"
    assert [passage.text for passage in AsciiDocSegmenter().segment(source.encode()).passages] == ["One."]
