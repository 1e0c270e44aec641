"""What is written of a sentence."""

from __future__ import annotations

import time

import pytest

from seealso.lsp.beginning import MAX_PARAGRAPH, beginning
from seealso.text import markdown, plain, rst
from seealso.text.base import Format

MD, RST, PLAIN = markdown.FORMAT, rst.FORMAT, plain.FORMAT


@pytest.mark.parametrize(
    ("syntax", "paragraph", "expected"),
    [
        pytest.param(MD, "First. Stop the ser", "Stop the ser", id="the last sentence"),
        pytest.param(MD, "Stop the ", "Stop the ", id="a space stays"),
        pytest.param(MD, "Stop \t the\n", "Stop the ", id="white space is one space, and so is the end of a line"),
        pytest.param(MD, "**Stop the** serv", "Stop the serv", id="emphasis"),
        pytest.param(MD, "Stop **the ser", "Stop the ser", id="emphasis that is open"),
        pytest.param(MD, "_Stop the ser", "Stop the ser", id="at the beginning"),
        pytest.param(MD, "- [ ] Stop the ser", "Stop the ser", id="a task"),
        pytest.param(MD, "      1. Stop the ser", "Stop the ser", id="an item far in"),
        pytest.param(MD, "> > Stop the\n> > ser", "Stop the ser", id="a quote in a quote"),
        pytest.param(MD, "## Stop the ser", "Stop the ser", id="a title"),
        pytest.param(MD, "Run `make all` in [the](x.md) fol", "Run make all in the fol", id="code and links"),
        pytest.param(RST, "*Stop* the :ref:`server <s>` n", "Stop the server n", id="roles"),
        pytest.param(RST, "#. Stop the ser", "Stop the ser", id="an item that numbers itself"),
        pytest.param(RST, "See the extended_", "See the extended_", id="a name cut where it looks like a reference"),
        pytest.param(PLAIN, "(a) Stop the ser", "Stop the ser", id="an item of plain text"),
        pytest.param(PLAIN, "a b c -------", "a b c -------", id="a drawing, perhaps"),
        pytest.param(MD, "安装。停止服务\n之前", "停止服务之前", id="Chinese"),
        pytest.param(MD, "See setup.", "See setup.", id="it may go on behind a full stop"),
    ],
)
def test_what_is_written(syntax: Format, paragraph: str, expected: str) -> None:
    found = beginning(paragraph.split("\n"), syntax)
    assert found is not None
    assert expected in found.texts


@pytest.mark.parametrize(
    ("syntax", "paragraph"),
    [
        pytest.param(MD, "", id="nothing"),
        pytest.param(MD, "Run `ls the fol", id="in code"),
        pytest.param(MD, "Run ``ls ` the fol", id="in code that holds a backtick"),
        pytest.param(MD, "Run `ls\nthe fol", id="in code that began above"),
        pytest.param(RST, "See :ref:`the fol", id="in a role"),
        pytest.param(MD, "a" * (MAX_PARAGRAPH + 1), id="longer than anything that is written"),
    ],
)
def test_where_nothing_is_written_or_in_code(syntax: Format, paragraph: str) -> None:
    assert beginning(paragraph.split("\n"), syntax) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Stop the ser", True, id="three words, twelve characters"),
        pytest.param("Stop the se", False, id="eleven"),
        pytest.param("Stopping the s", False, id="a letter is no word yet"),
        pytest.param("Stopping the ", False, id="two words"),
        pytest.param("Internationalisation", False, id="one word"),
        pytest.param("Stopping is a ", True, id="a finished word of one letter"),
        pytest.param("**Stop** the", False, id="markup does not count"),
        pytest.param("停止服务之前", True, id="six characters of Chinese"),
        pytest.param("停止服务之", False, id="five"),
        pytest.param("データを保存", True, id="Japanese"),
        pytest.param("서버를 다시 시작", True, id="Korean"),
        pytest.param("😀😀😀😀😀😀😀", False, id="no words"),
    ],
)
def test_how_much_is_enough(text: str, expected: bool) -> None:
    found = beginning([text], MD)
    assert found is not None
    assert found.is_long_enough is expected


@pytest.mark.parametrize("unit", ["*", "`", "_a", "<", "[", "a", "a.", "e.g. ", ") ", "> ", "- ", "安", "\\"])
@pytest.mark.parametrize("syntax", [MD, RST, PLAIN], ids=["markdown", "rst", "plain"])
def test_hostile_text_is_read_in_no_time(syntax: Format, unit: str) -> None:
    text = (unit * MAX_PARAGRAPH)[:MAX_PARAGRAPH]
    started = time.process_time()
    beginning([text], syntax)
    assert time.process_time() - started < 0.25
