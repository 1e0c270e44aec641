"""Read headings and the title in front matter."""

from __future__ import annotations

import re

from seealso.text.markdown.draft import Title
from seealso.text.markdown.inline import Definitions, clean

_ATX_CLOSE = re.compile(r"(?:(?<=[ \t])|\A)#+\Z")
_ID = re.compile(r"[ \t]*\{:?[ \t]*#([^\s{}]+)[^{}]*\}\Z")
_YAML_TITLE = re.compile(rb"^title[ \t]*:[ \t]+(.+)$", re.MULTILINE)
_TOML_TITLE = re.compile(rb"^title[ \t]*=[ \t]*(.+)$", re.MULTILINE)
_QUOTED = re.compile(r"""\A(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')""")
_ESCAPED = re.compile(r"\\(.)")


def read_title(raw: bytes, atx: bool, definitions: Definitions) -> Title:
    """Return a heading of either style; its text is empty if it has none (or only a logo)."""
    text = raw.decode("utf-8", "replace").strip()
    if atx:
        level = len(text) - len(text.lstrip("#"))
        text = text[level:].strip()
        if text.endswith("#"):
            text = _ATX_CLOSE.sub("", text).strip()
    else:
        text, _, underline = text.replace("\r", "\n").rpartition("\n")
        level = 1 if "=" in underline else 2
        text = text.strip()
    anchor = _ID.search(text) if text.endswith("}") else None
    if anchor:
        text = text[: anchor.start()]
    return Title(clean(text, definitions)[0], level, anchor[1] if anchor else None)


def front_matter_title(raw: bytes) -> Title | None:
    """Return the title that YAML or TOML front matter names, as a heading of level 1 without an anchor."""
    match = (_TOML_TITLE if raw.lstrip().startswith(b"+++") else _YAML_TITLE).search(raw)
    if match is None:
        return None
    text = match[1].decode("utf-8", "replace").strip()
    if quoted := _QUOTED.match(text):
        text = _ESCAPED.sub(r"\1", quoted[1]) if quoted[1] is not None else quoted[2].replace("''", "'")
    else:
        text = text.split(" #")[0]
    text = " ".join(text.split())
    # A block scalar has its text on the lines after.
    return Title(text, 1, "", match.start()) if text.strip("|>-+") else None
