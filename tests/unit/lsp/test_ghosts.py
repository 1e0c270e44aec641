"""Where ghost text may stand, and what of an ending is missing there."""

from __future__ import annotations

import pytest

from seealso.lsp.beginning import Beginning
from seealso.lsp.endings import Ending
from seealso.lsp.ghosts import Ghost, fitted, goes_on
from seealso.model import PassageKind, Place


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("Stop the ser|", True, id="at the end"),
        pytest.param("Stop the ser|  ", True, id="before spaces"),
        pytest.param("(Stop the ser|).", True, id="before closing signs"),
        pytest.param("**Stop the ser|**", True, id="before the end of emphasis"),
        pytest.param("停止服务|。」", True, id="before Chinese signs"),
        pytest.param("Stop the |service", False, id="in text"),
        pytest.param("Stop the `ser|`", False, id="in code"),
        pytest.param("Stop [the ser|", False, id="in a bracket"),
        pytest.param("Stop [the ser|]", False, id="in a bracket that is closed"),
        pytest.param("Stop ![the ser|", False, id="in an image"),
        pytest.param("Stop [[the ser|", False, id="in a wiki link"),
        pytest.param("Stop [the](ser|", False, id="in a target"),
        pytest.param("Stop [the](ser|)", False, id="in a target that is closed"),
        pytest.param("Stop [the][ser|", False, id="in a label"),
        pytest.param("See https://example.org/the|", False, id="in an address"),
        pytest.param("See https://example.org/ the|", True, id="after an address"),
        pytest.param("See <https://exa|", False, id="in angle brackets"),
        pytest.param("Stop <!-- the ser|", False, id="in a comment"),
        pytest.param('Stop <a title="the ser|', False, id="in a tag"),
        pytest.param("Stop [the](x.md) ser|", True, id="after a link"),
        pytest.param("where a < b the ser|", True, id="after a sign"),
    ],
)
def test_where_text_may_go_on(line: str, expected: bool) -> None:
    prefix, suffix = line.split("|")
    assert goes_on(prefix, suffix, markdown=True) is expected


def ending(sentence: str, at: int) -> Ending:
    return Ending(sentence[at:], sentence, Place("a.md", 1, 1, PassageKind.PARAGRAPH, sentence), 1)


def begun(text: str, typed: str) -> Beginning:
    return Beginning((text,), typed, text)


@pytest.mark.parametrize(
    ("sentence", "written", "typed", "suffix", "below", "expected"),
    [
        pytest.param("Stop it now.", "Stop i", "i", "", "", Ghost("t now.", "", "Stop it now."), id="the rest"),
        pytest.param("Stop It now.", "Stop i", "i", "", "", Ghost("It now.", "i", "Stop It now."), id="another case"),
        pytest.param("stop it now.", "Stop ", "", "", "", Ghost("it now.", "", "stop it now."), id="of a word before"),
        pytest.param("Stop it now.", "Stop ", "", ".", "", Ghost("it now", "", "Stop it now"), id="a full stop"),
        pytest.param("Stop it now.", "Stop ", "", "**.", "", Ghost("it now", "", "Stop it now"), id="and emphasis"),
        pytest.param("(Stop it now.)", "(Stop ", "", ")", "", Ghost("it now.", "", "(Stop it now."), id="a bracket"),
        pytest.param("Stop it now.", "Stop ", "", ")", "", Ghost("it now.", "", "Stop it now."), id="not of it"),
        pytest.param("立即停止。", "立即", "立即", "。", "", Ghost("停止", "", "立即停止"), id="Chinese"),
        pytest.param("Stop it.", "Stop it", "it", ".", "", None, id="all of it"),
        pytest.param("Stop it now.", "Stop ", "", "", "It NOW. And go", None, id="it goes on below"),
        pytest.param("Stop it now or never.", "Stop ", "", "", "it now", None, id="it has begun below"),
        pytest.param("Stop it now.", "Stop ", "", "", "Other.", Ghost("it now.", "", "Stop it now."), id="not below"),
        pytest.param("Stop \u202eit now.", "Stop ", "", "", "", None, id="text that runs backwards"),
        pytest.param("Stop \x1b[31mit.", "Stop ", "", "", "", None, id="controls"),
        pytest.param(
            "Stop می\u200cخواهم.", "Stop ", "", "", "", Ghost("می\u200cخواهم.", "", "Stop می\u200cخواهم."), id="joiners"
        ),
    ],
)
def test_what_is_missing(
    sentence: str, written: str, typed: str, suffix: str, below: str, expected: Ghost | None
) -> None:
    assert fitted(ending(sentence, len(written)), begun(written, typed), suffix, below) == expected
