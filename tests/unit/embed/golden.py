"""Vectors as the shipped model gives them; `python tests/unit/embed/golden.py` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from seealso.embed.onnx import OnnxEmbedder

if TYPE_CHECKING:
    from seealso.embed.base import EmbedKind

PATH = Path(__file__).parent / "data" / "golden.json"
TEXTS: tuple[tuple[EmbedKind, str], ...] = (
    ("query", "How do I rebuild the index?"),
    ("passage", "How do I rebuild the index?"),
    ("passage", "Der Index wird neu aufgebaut, wenn sich die Einstellungen ändern."),
    ("passage", "设置更改时会重新建立索引。"),
    ("passage", "يعاد بناء الفهرس عندما تتغير الإعدادات."),
    ("passage", ""),
    ("passage", "The kernel keeps one page table a process. " * 100),
)


def write() -> None:
    embedder = OnnxEmbedder()
    rows = [
        {"kind": kind, "text": text, "vector": [round(float(x), 3) for x in embedder.embed([text], kind)[0]]}
        for kind, text in TEXTS
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    PATH.write_text(f"[\n{lines}\n]\n", "utf-8", newline="\n")


if __name__ == "__main__":
    write()
