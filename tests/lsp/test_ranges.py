"""Ranges in texts of many scripts, in every encoding, against a computation from the bytes alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp.clients import VSCODE
from lsp.conftest import write
from lsp.wire import Json, capabilities_of, wire

SCRIPTS = {
    "emoji": "😀 The 👩‍👩‍👧 orchestra plays 🎻🎻 a symphony by Mahler on Friday evening in the old concert hall 🏛️.",
    "combining marks": (
        "Zoe\u0308 pla\u0301yed a sy\u0302mphony by Mahler on Friday e\u0301vening in the old cafe\u0301 near the "
        "ri\u0308ver."
    ),
    "CJK": "管弦乐团星期五晚上在河边的旧音乐厅演奏马勒的交响曲，之后还有一场关于音乐史的讲座，欢迎参加。𠮷野家也来。",
    "RTL": "התזמורת מנגנת סימפוניה של מאהלר ביום שישי בערב באולם הקונצרטים הישן ליד הנהר, וכולם מוזמנים לבוא ולהקשיב.",
    "mixed": (
        "Ünï😀 العربية 管弦乐团 plays a symphony by Mahler on Friday evening in the old concert hall near e\u0301very "
        "river."
    ),
}
FRAMES = {
    "paragraph": ("# 😀é管\n\nBefore e\u0301😀.\n\n{}\n\nAfter.\n", "{}"),
    "quote": ("# T\n\nx 😀\n\n> {}\n\ny\n", "> {}"),
    "after a comment": ("# T\n\n<!-- e\u0301😀管 -->\n\n{}\n", "{}"),
}
"""What stands around a passage, and what is its range: the marker of a quotation belongs to it."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_ranges_are_those_of_the_passage(tmp_path: Path, encoding: str, ending: str) -> None:
    root = write(tmp_path / "docs", {f"{name}.md": f"# {name}\n\n{text}\n" for name, text in SCRIPTS.items()})
    pushed = {**capabilities_of(VSCODE), "general": {"positionEncodings": [encoding]}}
    with wire(tmp_path / "cache") as server:
        assert server.begin(root, pushed)["positionEncoding"] == encoding
        for frame, (around, ranged) in FRAMES.items():
            for name, plain in SCRIPTS.items():
                # On two lines where it can be: white space is white space.
                passage = plain.replace(" ", "\n", 7).replace("\n", " ", 6) if frame != "quote" else plain
                text = (around.format(passage) + f"\n\n{plain[:12]} e\u0301😀管 See the [Mah").replace("\n", ending)
                uri = server.open(root / f"{frame} {name}.md", text)
                where = independent(text, ranged.format(passage).replace("\n", ending), encoding)
                [diagnostic] = server.published(uri, 1)
                assert diagnostic["range"] == where, (frame, name)
                inside = {**where["start"], "character": where["start"]["character"] + 5}
                hover = server.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": inside})
                assert hover["range"] == where, (frame, name)
                bracket = independent(text, "[Mah", encoding)
                asked = {"textDocument": {"uri": uri}, "position": bracket["end"], "context": {"triggerKind": 1}}
                items = server.request("textDocument/completion", asked)["items"]
                assert items, (frame, name)
                assert [item["textEdit"]["range"] for item in items] == [bracket] * len(items)
                server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def independent(text: str, part: str, encoding: str) -> Json:
    """Return the range of the first place where a part stands, from the bytes of the text alone."""
    source, wanted = text.encode(), part.encode()
    start = source.index(wanted)
    return {"start": _position(source[:start], encoding), "end": _position(source[: start + len(wanted)], encoding)}


def _position(before: bytes, encoding: str) -> Json:
    line = before.rsplit(b"\n", 1)[-1].decode()
    codec, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return {"line": before.count(b"\n"), "character": len(line.encode(codec)) // size}
