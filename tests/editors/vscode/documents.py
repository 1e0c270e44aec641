"""A folder as a writer has it: a real manual, the handbook of the tests, and notes with what the checks look for."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.markdown_docs import markdown_docs
from lsp.conftest import FILES, RESTORE

HANDBOOK = Path(__file__).parents[2] / "data" / "handbook"

NOTES = {
    "notes/music.md": FILES["notes/music.md"],
    "notes/again.md": FILES["notes/again.md"],
    "notes/draft.md": f"# Draft\n\n{RESTORE.replace('Copy', 'Then copy')}\n\n\n\n\n",
}


def make(root: Path, manual_files: int) -> Path:
    """Fill a folder, with so many documents of the manual.

    Raises `bench.fetching.FetchError` when the manual cannot be fetched.
    """
    if manual_files:
        manual = markdown_docs()
        for path in sorted(manual.rglob("*.md"))[:manual_files]:
            copy = root / "manual" / path.relative_to(manual)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    shutil.copytree(HANDBOOK, root / "handbook")
    for name, text in NOTES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    # More than is read of one file: the index names it.
    (root / "notes" / "large.md").write_text("word " * 2_100_000, "utf-8")
    return root
