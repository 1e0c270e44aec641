"""The aligned paragraphs that cross-lingual recall is measured with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quality.crosslingual import ranks, scores
from quality.translated_manual import aligned, read

ENGLISH = """
<p>Navigation that belongs to no section.</p>
<section id="upload"><h1>Uploading</h1>
<p>Before you upload a package, build it once more in a
 clean <code>chroot</code>.</p>
<ul><li><p>Sign the changes file with the key that is in the keyring of the project.</p></li></ul>
<section id="bugs"><p>Close bugs in the changelog of the package, one line for each of them.</p></section>
<p>Ask on the mailing list if anything is unclear about the upload of packages.</p>
</section>
<section id="short"><p>See above.</p></section>
"""
GERMAN = """
<section id="upload"><h1>Hochladen</h1>
<p>Bauen Sie ein Paket noch einmal in einem sauberen <code>chroot</code>, bevor Sie es hochladen.</p>
<ul><li><p>Sign the changes file with the key that is in the keyring of the Projekt.</p></li></ul>
<section id="bugs"><p>Schließen Sie Fehler im Protokoll des Pakets, jeden in einer Zeile für sich.</p></section>
<p>Fragen Sie auf der Mailingliste nach, wenn etwas am Hochladen von Paketen unklar ist.</p>
</section>
<section id="short"><p>Siehe oben.</p></section>
"""


def pages(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "pkgs.html").write_text(text, "utf-8")
    (folder / "developers-reference.html").write_text(text, "utf-8")
    return folder


def test_paragraphs_are_read_by_section(tmp_path: Path) -> None:
    sections = read(pages(tmp_path / "en", ENGLISH))
    assert sections.keys() == {("pkgs.html", "upload"), ("pkgs.html", "bugs"), ("pkgs.html", "short")}
    first, second, last = sections["pkgs.html", "upload"]
    assert first == "Before you upload a package, build it once more in a clean chroot."
    assert second.startswith("Sign the changes")
    assert last.startswith("Ask on the mailing list")


def test_translations_are_aligned_and_what_is_none_left_out(tmp_path: Path) -> None:
    original, translation = read(pages(tmp_path / "en", ENGLISH)), read(pages(tmp_path / "de", GERMAN))
    found = aligned(original, translation)
    assert {key: text.split()[0] for key, text in found.items()} == {
        ("pkgs.html", "upload", 0): "Bauen",
        ("pkgs.html", "upload", 2): "Fragen",
        ("pkgs.html", "bugs", 0): "Schließen",
    }


def test_sections_of_another_length_are_left_out(tmp_path: Path) -> None:
    longer = GERMAN.replace("</ul>", "</ul><p>Das steht nur in der Übersetzung und verschiebt alles Folgende.</p>")
    original, translation = read(pages(tmp_path / "en", ENGLISH)), read(pages(tmp_path / "de", longer))
    assert aligned(original, translation).keys() == {("pkgs.html", "bugs", 0)}


def test_scores() -> None:
    passages = np.eye(3, dtype=np.float32)
    queries = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0.5, 0.5]], np.float32)
    places = ranks(queries, passages)
    assert places.tolist() == [1, 2, 2]  # what is as near as the right one counts against it
    assert scores(places) == pytest.approx((1 / 3, 2 / 3))
    assert scores(np.array([11, 1])) == (0.5, 0.5)
