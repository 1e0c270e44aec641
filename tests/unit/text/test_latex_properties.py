"""What holds for any text, however hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seealso.text.latex import LatexSegmenter
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from seealso.text.prose import is_prose
from unit.text.hostile import hostile, read_in_linear_time
from unit.text.reading import check

# Lines that start, end, nest and break every construct.
_LINES = st.sampled_from(
    [
        *(
            "",
            "",
            "",
            "text",
            "more text.",
            r"\section{Title}",
            r"\chapter[a]{B}\label{c} text",
            r"\title{T}",
            r"\section{",
        ),
        *(r"\begin{itemize}", r"\end{itemize}", r"\item one", r"\item[term] text", r"\item", r"\begin{quote}"),
        *(r"\end{quote}", r"\begin{verbatim}", r"\end{verbatim}", r"\begin{tabular}{ll}", r"a & b \\", r"\hline"),
        *(r"\end{tabular}", r"\begin{figure}[h]", r"\caption{A caption}", r"\end{figure}", r"\begin{document}"),
        *(r"\end{document}", r"\begin{equation}", r"\end{equation}", r"\begin{x} y \end{x}", "% comment", "a % b"),
        *("% seealso-ignore", "% seealso-ignore-file", r"\maketitle", r"\par", r"\textbf{a \emph{b}} $x^2$ \(y\)"),
        *(r"\href{a.tex}{b} \url{http://a.b} \ref{c} \footnote{d}", r"\verb|x| \'e \"{o} \ss{} ~ -- ``q''", "{", "}"),
        *("$$", r"\[", r"\]", "漢字。", "\x00", "\ufeff", "\u2028", "\x0b", "é", "--- me", "\\"),
    ]
)
_INDENTS = st.sampled_from(["", "", "", "  ", "    ", "\t"])
_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
_DOCUMENTS = st.lists(st.tuples(_INDENTS, _LINES, _ENDS).map("".join), max_size=30).map("".join)


@given(_DOCUMENTS)
def test_ranges_are_ordered_disjoint_and_exact(text: str) -> None:
    source = text.encode()
    segmentation = LatexSegmenter().segment(source)
    check(source, segmentation)
    for passage in segmentation.passages:
        assert is_prose(passage.text)
        assert weight(passage.text) <= MAX_PASSAGE_WEIGHT + MAX_OVERLAP_WEIGHT
    anchors = [heading.anchor for heading in segmentation.headings]
    assert len(set(anchors)) == len(anchors)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(source: bytes) -> None:
    segmentation = LatexSegmenter().segment(source)
    assert all(0 <= p.start_byte < p.end_byte <= len(source) for p in segmentation.passages)


_WORD = st.text("abcdefgh", min_size=1, max_size=5)
_PARAGRAPH = st.lists(st.lists(_WORD, min_size=2, max_size=8).map(" ".join), min_size=1, max_size=4)
_WRAPPED = st.sampled_from(
    [
        ("", ""),
        ("\\begin{itemize}\n\\item ", "\n\\end{itemize}"),
        ("\\begin{quote}\n", "\n\\end{quote}"),
        ("\\begin{center} ", "\n\\end{center}"),
        ("\\caption{", "}"),
        ("\\section{T}\n", ""),
    ]
)


@given(st.lists(st.tuples(_WRAPPED, _PARAGRAPH), max_size=8))
def test_no_word_is_lost(blocks: list[tuple[tuple[str, str], list[str]]]) -> None:
    source = "Start here.\n\n"
    for (before, after), lines in blocks:
        source += before + "\n".join(lines) + after + "\n\n\n"
    said = " ".join(passage.text for passage in LatexSegmenter().segment(source.encode()).passages)
    expected = [word for _, lines in blocks for line in lines for word in line.split()]
    assert [word for word in said.replace(";", " ").split() if word not in ("Start", "here.")] == expected


@given(_DOCUMENTS, _DOCUMENTS)
def test_after_an_edit_the_answer_is_that_of_a_fresh_reading(before: str, after: str) -> None:
    warm = LatexSegmenter()
    warm.segment(before.encode())
    assert warm.segment(after.encode()) == LatexSegmenter().segment(after.encode())


_HOSTILE = hostile(
    ["\\", "{", "}", "%", "$", "&", "~", "-", "`", "'", "[", " ", "\t", "\n", "漢"],
    [
        *(
            "\\a",
            "\\a{",
            "\\a[",
            "\\a{b",
            "\\a[b]{",
            "{a",
            "$a",
            "$$a",
            "\\[a",
            "\\(a",
            "\\verb|a",
            "\\verb{",
            "\\item ",
        ),
        *(
            "\\href{a",
            "\\href{a}{",
            "\\hyperref[a",
            "\\ref{a",
            "\\footnote{",
            "\\footnote{{a}",
            "\\'",
            "\\label{",
            "\\def",
        ),
        *("\\newcommand", "\\cite[a", "\\multicolumn{1}{", "\\begin{a} ", "\\section{", "\\section[a", "\\caption{a"),
    ],
    [
        *(
            "\\section{a}",
            "\\section{",
            "\\item a",
            "\\item",
            "\\begin{itemize}",
            "\\begin{quote}",
            "\\begin{verbatim}",
        ),
        *("\\begin{tabular}{l}", "\\begin{tabular}{l}\na\\\\\n\\end{tabular}", "a & b \\\\", "%", "% a", "\\caption{"),
        *("\\caption{a}", "\\begin{a}", "\\end{a}", "\\end{itemize}", "\\title{", "\\begin{a}[", "a\n\\par"),
    ],
)


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in _HOSTILE.items()])
def test_hostile_text_is_read_in_linear_time(source: bytes) -> None:
    read_in_linear_time(LatexSegmenter, source)
