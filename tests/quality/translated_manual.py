"""The Debian Developer's Reference in six languages, aligned paragraph by paragraph.

Sections keep their identifiers in every translation, and their paragraphs the order, so that a section with as many
paragraphs as the original's is aligned. What is not translated yet stands there in English, with a translated title in
it perhaps, and is left out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from bench.fetching import FetchError, cache, unpack_debian
from seealso.text.prose import count_words

PACKAGE = "developers-reference"
LANGUAGES = ("en", "de", "fr", "it", "ja", "ru")
MIN_WORDS = 8
SAME_WORDS = 0.6
"""Share of the English words from which on a paragraph is not translated; commands and names are about a quarter."""

MIN_ALIGNED = 300
"""Paragraphs of a language; fewer mean that the pages are built in another way."""

Key = tuple[str, str, int]
"""Page, section and number of a paragraph in it."""


def translated_manual() -> dict[str, dict[Key, str]]:
    """Return the paragraphs of each language that are translations of the English ones, and these, by place.

    Raises `FetchError` when a package cannot be fetched, or holds something else.
    """
    pages = {language: read(_folder(language)) for language in LANGUAGES}
    original = pages.pop("en")
    manual = {language: aligned(original, translation) for language, translation in pages.items()}
    for language, paragraphs in manual.items():
        if len(paragraphs) < MIN_ALIGNED:
            raise FetchError(f"Only {len(paragraphs)} paragraphs of {PACKAGE}-{language} can be aligned.")
    translated = set().union(*manual.values())
    return {"en": {key: text for key, text in flat(original) if key in translated}, **manual}


Sections = dict[tuple[str, str], list[str]]
"""Paragraphs by page and section."""


def read(folder: Path) -> Sections:
    """Return the paragraphs of all sections of a folder of HTML pages."""
    found: Sections = {}
    for page in sorted(set(folder.glob("*.html")) - {folder / f"{PACKAGE}.html"}):  # which holds all the others
        parser = _Paragraphs()
        parser.feed(page.read_text("utf-8"))
        for section, text in parser.paragraphs:
            found.setdefault((page.name, section), []).append(text)
    return found


def flat(sections: Mapping[tuple[str, str], list[str]]) -> Iterator[tuple[Key, str]]:
    """Yield each paragraph with its place."""
    for (page, section), texts in sections.items():
        for number, text in enumerate(texts):
            yield (page, section, number), text


def aligned(original: Sections, translation: Sections) -> dict[Key, str]:
    """Return the translated paragraphs that stand for one of the original each, long enough and said once."""
    found: dict[Key, str] = {}
    for section, texts in translation.items():
        if len(texts) == len(original.get(section, [])):
            found.update(flat({section: texts}))
    english = dict(flat(original))
    seen: set[str] = set()
    chosen = {}
    for key, text in found.items():
        long_enough = min(count_words(text), count_words(english[key])) >= MIN_WORDS
        if long_enough and _is_translated(text, english[key]) and not {text, english[key]} & seen:
            seen |= {text, english[key]}
            chosen[key] = text
    return chosen


def _is_translated(text: str, original: str) -> bool:
    words = set(original.split())
    return len(words & set(text.split())) < SAME_WORDS * len(words)


def _folder(language: str) -> Path:
    """Return the folder with the pages in a language, fetched if it is not there."""
    root = cache() / "developers-reference" / language
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
            unpack_debian(PACKAGE if language == "en" else f"{PACKAGE}-{language}", Path(temporary))
            (Path(temporary) / "usr" / "share" / PACKAGE).rename(root)
    return root if language == "en" else root / language


class _Paragraphs(HTMLParser):
    """Collects what stands in `<p>`, each with the identifier of the section around it."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[tuple[str, str]] = []
        self._sections: list[str] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._sections.append(dict(attrs).get("id") or "")
        elif tag == "p" and self._sections:
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self._sections:
            self._sections.pop()
        elif tag == "p" and self._text is not None:
            self.paragraphs.append((self._sections[-1], " ".join("".join(self._text).split())))
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
