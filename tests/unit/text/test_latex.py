from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget, PassageKind
from seealso.text.latex import FORMAT, LatexSegmenter
from seealso.text.latex.inline import clean
from unit.text.reading import Read, read

P, L, Q, T = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE, PassageKind.TABLE


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("One\nline.\n\n\n  Two.  \n", [p("One\nline.", "One line."), p("Two.")], id="paragraphs"),
        pytest.param(
            "\\documentclass{a}\n\\title{Doc}\nNo.\n\\begin{document}\n\\maketitle\nOne.\n\\end{document}\nNo.\n",
            [p("One.", None, "Doc")],
            id="document",
        ),
        pytest.param(
            "\\chapter{A}\n\\section[b]{B \\emph{c}\n d}\\label{x}\nOne.\n\\subsection*{E\\footnote{No.}} Two.\n",
            [p("One.", None, "A", "B c d"), p("Two.", None, "A", "B c d", "E")],
            id="sections",
        ),
        pytest.param("One.\n% no\nTwo. % no\n\n% no\n", [p("One.\n% no\nTwo. % no", "One. Two.")], id="comments"),
        pytest.param(
            "One.\n\\begin{verbatim}\nx\n\n\\section{No}\n\\end{verbatim}\n\\begin{equation*}\ny\n\\end{equation*}\nTwo.\n",
            [p("One."), p("Two.")],
            id="verbatim and math",
        ),
        pytest.param("\\begin{lstlisting}\nnobody ends it\n\nx\n", [], id="open listing"),
        pytest.param(
            "\\begin{itemize}\n\\item a\n  b\n\n  c\n\\begin{enumerate}\n\\item d\n\\end{enumerate}\n"
            "\\item e\n\\end{itemize}\nOne.\n",
            [
                (
                    L,
                    "\\item a\n  b\n\n  c\n\\begin{enumerate}\n\\item d\n\\end{enumerate}\n\\item e",
                    "a b c; d; e",
                    (),
                ),
                p("One."),
            ],
            id="lists",
        ),
        pytest.param(
            "\\begin{description}\n\\item[t] Text.\n\\end{description}\n",
            [(L, "\\item[t] Text.", "t: Text.", ())],
            id="terms",
        ),
        pytest.param(
            "\\begin{quote}\nOne.\n\nTwo.\n\\end{quote}\n", [(Q, "One.\n\nTwo.", "One. Two.", ())], id="quote"
        ),
        pytest.param(
            "\\begin{table}[h]\n\\centering\n\\begin{tabular}{l|r}\n\\hline\na & b \\\\\n\\hline c & \\textbf{d} \\\\\n"
            "\\end{tabular}\n\\caption{A caption.}\\label{t}\n\\end{table}\n",
            [
                (T, "\\hline\na & b \\\\\n\\hline c & \\textbf{d}", "a, b; c, d", ()),
                p("{A caption.}\\label{t}", "A caption."),
            ],
            id="table",
        ),
        pytest.param("\\begin{center} One. \\end{center}\n", [p("One. \\end{center}", "One.")], id="on one line"),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(LatexSegmenter(), source) == expected


@pytest.mark.parametrize(
    ("raw", "text", "links"),
    [
        pytest.param("\\textbf{a \\emph{b}} {\\it c} \\foo d", "a b c d", (), id="commands"),
        pytest.param("a~b \\% \\& \\_ \\# \\$ \\{c\\}", "a b % & _ # $ {c}", (), id="signs"),
        pytest.param("caf\\'e na\\\"{\\i}ve Stra\\ss{}e \\c{c} \\v{S}", "café naïve Straße ç Š", (), id="accents"),
        pytest.param("``a'' b---c 1--2 \\LaTeX{} x\\ldots", '"a" b—c 1–2 LaTeX x…', (), id="typography"),
        pytest.param(
            "so $a_1 = \\frac{1}{2}$ and \\(b\\) $$c$$ \\[d\\].", "so a_1 = \\frac{1}{2} and b .", (), id="math"
        ),
        pytest.param("\\verb|\\x{%}| a", "\\x{%} a", (), id="verb"),
        pytest.param("see \\cite[p.~1]{k}\\label{l} \\index{a!b}c", "see c", (), id="dropped"),
        pytest.param("as in Section~\\ref{sec:x}.", "as in Section.", ("sec:x",), id="reference"),
        pytest.param("\\hyperref[sec:x]{T} \\href{a\\_b.tex}{U \\emph{v}}", "T U v", ("sec:x", "a_b.tex"), id="links"),
        pytest.param("\\url{http://a.b/c_d%20e}.", "http://a.b/c_d%20e.", ("http://a.b/c_d%20e",), id="URL"),
        pytest.param("a\\footnote{Two \\emph{b}.} c", "a (Two b.) c", (), id="footnote"),
        pytest.param("\\beginnumbering a \\begin{x}b\\end{x}", "a b", (), id="names that begin the same"),
    ],
)
def test_inline(raw: str, text: str, links: tuple[str, ...]) -> None:
    assert clean(raw) == (text, links)


def test_labels() -> None:
    source = "\\section{A b}\\label{sec:a}\n\\section{C d}\n\\label{sec:c}\n\\section{C d}\n"
    headings = LatexSegmenter().segment(source.encode()).headings
    assert [(heading.anchor, heading.label) for heading in headings] == [
        ("sec:a", "sec:a"),
        ("sec:c", "sec:c"),
        ("c-d", ""),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("% seealso-ignore\nOne.\n\nTwo.\n", [True, False], id="next"),
        pytest.param("One.\n\n% seealso-ignore-file\n", [True], id="file"),
        pytest.param("% seealso-ignore-file\n\\begin{document}\nOne.\n\\end{document}\n", [True], id="preamble"),
        pytest.param("\\begin{comment}\nseealso-ignore\n\\end{comment}\nOne.\n", [True], id="environment"),
    ],
)
def test_ignored(source: str, expected: list[bool]) -> None:
    assert [passage.ignored for passage in LatexSegmenter().segment(source.encode()).passages] == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(LinkTarget("../a#b.tex", "R&D"), "\\href{../a\\#b.tex}{R\\&D}", id="document"),
        pytest.param(
            LinkTarget("a.tex", "T", Heading("T", 2, 1, "sec:t", "sec:t")), "\\hyperref[sec:t]{T}", id="label"
        ),
        pytest.param(LinkTarget("a.org", "T", Heading("T", 2, 1, "t", "t")), "\\href{a.org}{T}", id="their label"),
        pytest.param(LinkTarget("a_b.tex", ""), "\\href{a_b.tex}{a\\_b.tex}", id="no title"),
    ],
)
def test_link(target: LinkTarget, expected: str) -> None:
    assert FORMAT.link(target) == expected


@given(
    st.lists(st.sampled_from(["a", "b_c", "50%", "R&D", "$d", "{e}", "\\f", "~g", "#h", "^i", "[j]", "*k"]), min_size=1)
    .map(" ".join)
    .filter(lambda text: any(map(str.isalpha, text)))
)
def test_a_quote_is_read_back(text: str) -> None:
    (passage,) = FORMAT.segmenter().segment(FORMAT.quote(text, "source").encode()).passages
    assert (passage.kind, passage.text) == (Q, f"{text} — source")


def test_comment() -> None:
    assert FORMAT.comment("a\n\nb") == "% a\n%\n% b"
