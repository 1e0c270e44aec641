from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seealso.model import Heading, LinkTarget, PassageKind
from seealso.text.html import FORMAT, HtmlSegmenter
from seealso.text.pieces import MAX_OVERLAP_WEIGHT, MAX_PASSAGE_WEIGHT, weight
from unit.text.reading import Read, check, read

P, L, Q, T = PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.QUOTE, PassageKind.TABLE

WORDS = "Some words of a sentence that is long enough to be cut into two when it is said often. " * 4


def p(raw: str, text: str | None = None, *headings: str) -> Read:
    return (P, raw, raw if text is None else text, headings)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "<p>One.<p>Two\n  words.</p>Three.", [p("One."), p("Two\n  words.", "Two words."), p("Three.")], id="p"
        ),
        pytest.param("One.", [p("One.")], id="no tags"),
        pytest.param("<div>One.<div>Two.</div>Three.</div>", [p("One."), p("Two."), p("Three.")], id="div"),
        pytest.param(
            '<p><b>O</b>ne <a href="x">two</a>.<br>Three',
            [p('<b>O</b>ne <a href="x">two</a>.<br>Three', "One two. Three")],
            id="inline tags",
        ),
        pytest.param("<p>A <em>b</em></p>", [p("A <em>b</em>", "A b")], id="ends with a tag"),
        pytest.param(
            "<p>a &lt; b &amp;amp; c&nbsp;d &#x41;&#66; &bogus; &#99999999999;</p>",
            [
                p(
                    "a &lt; b &amp;amp; c&nbsp;d &#x41;&#66; &bogus; &#99999999999;",
                    "a < b &amp; c d AB &bogus; &#99999999999;",
                )
            ],
            id="entities",
        ),
        pytest.param("\ufeff<p>co&shy;operate</p>", [p("co&shy;operate", "cooperate")], id="BOM and soft hyphen"),
        pytest.param("a < b and c > d", [p("a < b and c > d")], id="signs that are no tags"),
        pytest.param(
            "<p>A <b title='x > y'>b</b> <i title=it's>c</i>",
            [p("A <b title='x > y'>b</b> <i title=it's>c</i>", "A b c")],
            id="attributes",
        ),
        pytest.param("", [], id="empty"),
        # What is no prose
        pytest.param(
            "<script>if (a < b) '<p>no</p>'</script><style>p {}</style><p>One <!-- <p>no --> two<svg><text>no</svg>.",
            [p("One <!-- <p>no --> two<svg><text>no</svg>.", "One two .")],
            id="script, style, comment, svg",
        ),
        pytest.param("<pre>no <pre>no</pre> no</pre>One.", [p("One.")], id="nested pre"),
        pytest.param(
            "<nav>no</nav><aside><p>no</p></aside><footer>no</footer><header>no</header>One.", [p("One.")], id="around"
        ),
        pytest.param(
            '<div class="x toc"><div>no</div></div><ul role=navigation><li>no</ul>One.', [p("One.")], id="navigation"
        ),
        pytest.param("<div>no</div><main><p>One.</main><div>no</div>", [p("One.")], id="main"),
        pytest.param(
            '<p><a href="a">Next page</a></p><ul><li><a href="b">B</a><li><a href="c">C</a> | </ul>', [], id="menus"
        ),
        pytest.param("<p>One.</p><script>no", [p("One.")], id="open to the end"),
        pytest.param("<!--><p>One.", [p("One.")], id="empty comment"),
        # Headings
        pytest.param(
            "<title>T</title><h1>A <i>b</i></h1>One.<h2>C</h2><p>Two.<h1>D</h1>Three.",
            [p("One.", None, "A b"), p("Two.", None, "A b", "C"), p("Three.", None, "D")],
            id="headings",
        ),
        pytest.param(
            "<head><title>T &amp; U</title></head>One.<h2>C</h2>Two.",
            [p("One.", None, "T & U"), p("Two.", None, "T & U", "C")],
            id="title of the page",
        ),
        pytest.param("<title>C - Site</title><h2>C</h2>Two.", [p("Two.", None, "C")], id="title twice"),
        pytest.param("<header><h1>A</h1><p>no</header>One.", [p("One.", None, "A")], id="title in a header"),
        pytest.param(
            '<h2>A<a class="headerlink" href="#a">x</a> <a href="#a">¶</a></h2>One.',
            [p("One.", None, "A")],
            id="links to itself",
        ),
        pytest.param(f"<h2>{WORDS}</h2>", [p(WORDS.strip())], id="too long for a title"),
        # Lists
        pytest.param(
            "<ul><li>a<li>b<ul><li>c</li></ul></li></ul>d", [(L, "a<li>b<ul><li>c", "a; b; c", ()), p("d")], id="list"
        ),
        pytest.param(
            "<dl><dt>a<dt>b<dd>c<dd>d<dt>e?<dd>f</dl>",
            [(L, "a<dt>b<dd>c<dd>d<dt>e?<dd>f", "a, b: c d; e? f", ())],
            id="definitions",
        ),
        pytest.param(
            f"<ol><li>{WORDS}<p>{WORDS}</p></li><li>{WORDS}</li></ol>",
            [(L, f"{WORDS}<p>{WORDS.strip()}", f"{WORDS}{WORDS.strip()}", ()), (L, WORDS.strip(), WORDS.strip(), ())],
            id="long list by items",
        ),
        pytest.param("<ul><li>a</ul></ul>b</li>", [(L, "a", "a", ()), p("b")], id="one end too many"),
        pytest.param("<ul><li>a", [(L, "a", "a", ())], id="no end"),
        pytest.param(
            "<ul><li><h2>A</h2><p>b</p></li><li>c</ul>", [p("b", None, "A"), p("c", None, "A")], id="list that lays out"
        ),
        # Tables and quotations
        pytest.param(
            "<table><caption>T</caption><tr><th>a<th>b<tr><td>c</td><td><p>d</p>e</td></tr></table>",
            [(T, "T</caption><tr><th>a<th>b<tr><td>c</td><td><p>d</p>e", "T; a, b; c, d e", ())],
            id="table",
        ),
        pytest.param(
            "<table><tr><td>One.<td><table><tr><td>a<td>b</table>Two.</table>",
            [p("One."), p("a"), p("b"), p("Two.")],
            id="table that lays out",
        ),
        pytest.param(
            "<blockquote><p>One.</p><p>Two.</blockquote>", [(Q, "One.</p><p>Two.", "One. Two.", ())], id="quotation"
        ),
        pytest.param("<p>Copyright 2020 Someone</p><p>One.", [p("One.")], id="licence"),
    ],
)
def test_blocks(source: str, expected: list[Read]) -> None:
    assert read(HtmlSegmenter(), source) == expected
    check(source.encode(), HtmlSegmenter().segment(source.encode()))


def test_long_tables_repeat_their_head() -> None:
    rows = "".join(f"<tr><td>{number}<td>{WORDS}" for number in range(9))
    found = HtmlSegmenter().segment(f"<table><tr><th>No<th>What{rows}</table>".encode()).passages
    assert len(found) > 2
    assert all(passage.text.startswith("No, What; ") for passage in found)


@pytest.mark.parametrize(
    ("source", "anchor"),
    [
        pytest.param('<h2 id="a">T</h2>', "a", id="of the heading"),
        pytest.param("<h2 data-id=no id='a&amp;b'>T</h2>", "a&b", id="entity"),
        pytest.param('<section id="a"><h2>T</h2>', "a", id="of the section"),
        pytest.param('<div id="a">One.</div><h2>T</h2>', "", id="of what is over"),
        pytest.param('<h2><a name="a"></a>T</h2>', "a", id="inside"),
        pytest.param('<a id="a"></a><h2>T</h2>', "a", id="before"),
        pytest.param('<h2 id="a">S</h2><h2 id="a">T</h2>', "", id="twice"),
        pytest.param("<h2>T</h2>", "", id="none"),
    ],
)
def test_anchors(source: str, anchor: str) -> None:
    assert HtmlSegmenter().segment(source.encode()).headings[-1].anchor == anchor


def test_links_and_lines() -> None:
    source = "<html>\n<p>See <a class=x HREF=\"a&amp;b\">a</a>,\n<a href='c'>c</a>, <a href=d>d</a>.\n<h2>\nT</h2>"
    found = HtmlSegmenter().segment(source.encode())
    assert found.passages[0].links == ("a&b", "c", "d")
    assert (found.passages[0].start_line, found.passages[0].end_line) == (1, 2)
    assert found.headings == (Heading("T", 2, 4, ""),)


@pytest.mark.parametrize(
    ("source", "ignored"),
    [
        pytest.param("<!-- seealso-ignore --><p>One.<p>Two.", [True, False], id="next passage"),
        pytest.param(
            "<p>One.<p>Two.<!-- seealso-ignore --> More.<p>Three.", [False, False, False], id="inside a passage"
        ),
        pytest.param("<p>One.<p>Two.<!-- seealso-ignore-file -->", [True, True], id="file"),
        pytest.param("<p>seealso-ignore<p>One.", [False, False], id="in prose"),
    ],
)
def test_ignore_comments(source: str, ignored: list[bool]) -> None:
    found = HtmlSegmenter().segment(source.encode()).passages
    assert [passage.ignored for passage in found] == ignored


def test_what_is_written() -> None:
    target = LinkTarget("a b/c&d.html", "B & <c>", Heading("T", 1, 0, "x y"))
    assert FORMAT.link(target) == '<a href="a%20b/c&amp;d.html#x%20y">B &amp; &lt;c&gt;</a>'
    quoted = FORMAT.quote("One < two.\nThree.", FORMAT.link(LinkTarget("b.html", "B")))
    (passage,) = HtmlSegmenter().segment(quoted.encode()).passages
    assert (passage.kind, passage.text, passage.ignored) == (Q, "One < two. Three. — B", True)


FRAGMENTS = [
    *("<p>", "</p>", "<div>", "</div>", '<div class="toc">', "<ul>", "</ul>", "<li>", "<dl>", "<dt>", "<dd>", "</dl>"),
    *("<table>", "</table>", "<tr>", "<td>", "<th>", "<caption>", "<blockquote>", "</blockquote>", "<h1>", "</h1>"),
    *('<h2 id="x">', "</h2>", "<pre>", "</pre>", "<script>", "</script>", "<!--", "-->", "<!-- seealso-ignore -->"),
    *(
        "<title>",
        "</title>",
        "<header>",
        "</header>",
        "<main>",
        "</main>",
        "<b>",
        "</b>",
        '<a href="x">',
        "</a>",
        "<br>",
    ),
    *("<nav>", "</nav>", "<", ">", "&amp;", "&#", '"', "'", "\n", " ", "word ", "é", "漢字。", "\0", "\ufeff", WORDS),
    *("<!-- seealso-ignore-file -->", "</", "<?x", "<![CDATA[", "Copyright 2020 x", "\u00a0", "</P >", "<LI/>"),
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_ranges_hold_for_any_page(text: str) -> None:
    source = text.encode()
    found = HtmlSegmenter().segment(source)
    check(source, found)
    assert all(weight(passage.text) <= MAX_PASSAGE_WEIGHT + MAX_OVERLAP_WEIGHT for passage in found.passages)
    anchors = [heading.anchor for heading in found.headings if heading.anchor]
    assert len(anchors) == len(set(anchors))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_text(source: bytes) -> None:
    found = HtmlSegmenter().segment(source)
    assert all(0 <= one.start_byte < one.end_byte <= len(source) for one in found.passages)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from(["p", "div", "li", "td", "h2", "dd", "section"]), st.text("abc ", min_size=1)))
)
def test_no_word_is_lost(blocks: list[tuple[str, str]]) -> None:
    source = "".join(f"<{name}>{text}</{name}>" for name, text in blocks)
    found = HtmlSegmenter().segment(source.encode())
    said = [*(heading.title for heading in found.headings), *(passage.text for passage in found.passages)]
    assert sorted(" ".join(said).split()) == sorted(" ".join(text for _, text in blocks).split())


UNITS = [
    "<",
    "<a ",
    '<a "',
    "<a '\"",
    "<p>",
    "<ul>",
    "</ul>",
    "<ul><li>a",
    "<table><tr><td>a",
    "<!--",
    "-->",
    "&#1",
    "<b>a",
]
UNITS += [
    "a ",
    "<pre>",
    "</pre>",
    "<script>",
    "<title>",
    "<h1>a",
    "<h1>",
    "<nav>",
    "<div class=toc>",
    "<a href=",
    "<b",
    "\n",
]
UNITS += [
    "<main>",
    "<!-- seealso-ignore --><p>a",
    "<dt>a",
    "<header>",
    "<a href=x>a",
    "<b>",
    "</b>",
    "<a id=x>",
    "<p>a.</p>",
]


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_pages_take_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        source = (unit * (size // len(unit))).encode()
        start = time.thread_time()
        HtmlSegmenter().segment(source)
        return time.thread_time() - start

    seconds(1_000)
    small = min(seconds(20_000) for _ in range(3))
    assert min(seconds(80_000) for _ in range(3)) < 10 * max(small, 0.01)
