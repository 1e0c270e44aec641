from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget, PassageKind
from seealso.text.org import FORMAT, OrgSegmenter
from seealso.text.org.inline import clean
from unit.text.reading import Read, read

P, L, Q, T = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE, PassageKind.TABLE

LONG_ITEM = "An item with so many words that two of them are too heavy for one list passage, " * 6


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\nline.\n\n\n  Two.  \n", [p("One\nline.", "One line."), p("Two.")], id="paragraphs"),
        pytest.param("\ufeffOne.\r\ntwo.\r\n", [p("One.\r\ntwo.", "One. two.")], id="CRLF and BOM"),
        pytest.param(
            "#+TITLE: Doc\n#+DATE: x\n\nOne.\n* TODO [#A] Sub [1/2] :a:\nCLOSED: [2026-01-01]\nTwo.\n** Deep\nThree.\n",
            [
                p("One.", None, "Doc"),
                p("Two.", None, "Doc", "Sub"),
                p("Three.", None, "Doc", "Sub", "Deep"),
            ],
            id="headlines",
        ),
        pytest.param(
            "* T\n:PROPERTIES:\n:A: b\n:END:\n:LOGBOOK:\nCLOCK: x\n:END:\nOne.\n", [p("One.", None, "T")], id="drawers"
        ),
        pytest.param(
            "#+begin_src c\nx\n* no\n#+END_SRC\n#+BEGIN_EXAMPLE\ny\n#+END_EXAMPLE\n: fixed\n:\nOne.\n",
            [p("One.", None, "no")],
            id="a headline ends code",
        ),
        pytest.param("#+begin_src c\nx\n\ny\n#+end_src\n# c\n-----\nOne.\n", [p("One.")], id="code, comment, rule"),
        pytest.param(
            "#+begin: clocktable\n| a |\n#+end:\n\\begin{eq}\nx\n\\end{eq}\nOne.\n", [p("One.")], id="dynamic, LaTeX"
        ),
        pytest.param(
            "#+begin_quote\nOne.\n\n- two\n#+end_quote\nThree.\n",
            [(Q, "One.\n\n- two", "One. two", ()), p("Three.")],
            id="quote",
        ),
        pytest.param("#+begin_center\nOne.\n#+end_center\n", [p("One.")], id="center"),
        pytest.param(
            "- a\n- b\n  c\n  + d\n\n- [X] e\n", [(L, "- a\n- b\n  c\n  + d\n\n- [X] e", "a; b c; d; e", ())], id="list"
        ),
        pytest.param("One:\n1. a\n2) b\nTwo.\n", [p("One:"), (L, "1. a\n2) b", "a; b", ()), p("Two.")], id="numbers"),
        pytest.param("- a\n\n  b\n\nTwo.\n", [(L, "- a\n\n  b", "a b", ()), p("Two.")], id="paragraphs of an item"),
        pytest.param("- a\n\n\n- b\n", [(L, "- a", "a", ()), (L, "- b", "b", ())], id="two blank lines"),
        pytest.param(
            "- t :: Text.\n- u :: More\n", [(L, "- t :: Text.\n- u :: More", "t: Text. u: More", ())], id="terms"
        ),
        pytest.param(
            f"- {LONG_ITEM}\n  #+begin_src\n  x\n  #+end_src\n- {LONG_ITEM}\n",
            [
                (L, f"- {LONG_ITEM}\n  #+begin_src\n  x\n  #+end_src", LONG_ITEM.strip(), ()),
                (L, f"- {LONG_ITEM.strip()}", LONG_ITEM.strip(), ()),
            ],
            id="heavy list",
        ),
        pytest.param(
            "#+CAPTION: C\n| a | b |\n|---+---|\n| /c/ |  |\n#+TBLFM: x\nOne.\n",
            [(T, "| a | b |\n|---+---|\n| /c/ |  |", "C: a, b; c", ()), p("One.")],
            id="table",
        ),
        pytest.param(
            "One.[fn:1]\n\n[fn:1] Two.\n",
            [p("One.[fn:1]", "One."), (PassageKind.FOOTNOTE, "[fn:1] Two.", "Two.", ())],
            id="footnote",
        ),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(OrgSegmenter(), source) == expected


@pytest.mark.parametrize(
    ("raw", "text", "links"),
    [
        pytest.param("*b* /i/ _u_ +s+ =v= ~c~", "b i u s v c", (), id="emphasis"),
        pytest.param("a*b*c 2 * 3 a/b/c snake_case =*v*=", "a*b*c 2 * 3 a/b/c snake_case *v*", (), id="no markup"),
        pytest.param(
            "[[https://a.b/c_d][T]] https://e.f.", "T https://e.f.", ("https://a.b/c_d", "https://e.f"), id="URLs"
        ),
        pytest.param("[[file:a.org::*B][c]] [[./d.org]]", "c ./d.org", ("a.org#B", "./d.org"), id="files"),
        pytest.param("[[#x][y]] [[*Z]] [[id:1-2][w]]", "y Z w", ("#x", "#Z", "#1-2"), id="inside"),
        pytest.param("[[file:a.png]] x [[https://a.b][c.png]]", "x", (), id="pictures"),
        pytest.param(
            "a[fn:1] b[fn:: Note.] [cite:@x] <<t>> <2026-01-01 Thu>", "a b (Note.) t 2026-01-01 Thu", (), id="notes"
        ),
        pytest.param("a\\nbsp{}b \\rarr c\\\\", "a b → c", (), id="entities"),
        pytest.param("{{{m(x)}}} @@html:<b>@@ a_{1}", "x a1", (), id="macros, snippets, scripts"),
    ],
)
def test_inline(raw: str, text: str, links: tuple[str, ...]) -> None:
    assert clean(raw) == (text, links)


def test_abbreviated_links() -> None:
    source = "#+LINK: bug https://b.c/\n\n[[bug:7][Seven]]\n"
    (passage,) = OrgSegmenter().segment(source.encode()).passages
    assert (passage.text, passage.links) == ("Seven", ("https://b.c/7",))


def test_anchors() -> None:
    source = "* A b\n* A b\n* C\n:PROPERTIES:\n:CUSTOM_ID: see\n:END:\n"
    headings = OrgSegmenter().segment(source.encode()).headings
    assert [(heading.anchor, heading.label) for heading in headings] == [("a-b", ""), ("a-b-1", ""), ("see", "see")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("# seealso-ignore\nOne.\n\nTwo.\n", [True, False], id="next"),
        pytest.param("#+begin_comment\nseealso-ignore\n#+end_comment\nOne.\n", [True], id="block comment"),
        pytest.param("# seealso-ignore\n\n- a\n- b\n\nTwo.\n", [True, False], id="list"),
        pytest.param("One.\n\n# seealso-ignore-file\n", [True], id="file"),
    ],
)
def test_ignored(source: str, expected: list[bool]) -> None:
    assert [passage.ignored for passage in OrgSegmenter().segment(source.encode()).passages] == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(LinkTarget("../a b.org", "Guide"), "[[file:../a b.org][Guide]]", id="document"),
        pytest.param(
            LinkTarget("a.org", "Run [it]", Heading("Run [it]", 2, 1, "run-it")),
            "[[file:a.org::*Run (it)][Run (it)]]",
            id="headline",
        ),
        pytest.param(
            LinkTarget("a.org", "T", Heading("T", 2, 1, "x", "x")), "[[file:a.org::#x][T]]", id="headline with an id"
        ),
        pytest.param(LinkTarget("a.md", "T", Heading("T", 2, 1, "x")), "[[file:a.md][T]]", id="other format"),
        pytest.param(LinkTarget("a.md", ""), "[[file:a.md][a.md]]", id="no title"),
    ],
)
def test_link(target: LinkTarget, expected: str) -> None:
    assert FORMAT.link(target) == expected
    assert clean(expected)[0] == expected.rpartition("[")[2].removesuffix("]]")


def test_quote_and_comment() -> None:
    assert FORMAT.quote("One.\n\n* two", "[[file:a.org][A]]") == (
        "#+begin_quote\nOne.\n\n\u200b* two\n\n--- [[file:a.org][A]]\n#+end_quote"
    )
    assert FORMAT.comment("a\n\nb") == "# a\n#\n# b"


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "*b*",
                "/c/",
                "=d=",
                "[[e]]",
                "-",
                "+",
                "1.",
                "|",
                "#+x:",
                "* f",
                ":g:",
                "[fn:1]",
                "~h",
                "i_{2}",
                "<3>",
            ]
        ),
        min_size=1,
    )
    .map(" ".join)
    .filter(lambda text: any(map(str.isalpha, text)))
)
def test_a_quote_is_read_back(text: str) -> None:
    (passage,) = FORMAT.segmenter().segment(FORMAT.quote(text, "source").encode()).passages
    assert (passage.kind, passage.text) == (Q, f"{text} --- source")
