from __future__ import annotations

import pytest

from seealso.linked import Linked
from seealso.model import Heading, PassageKind, Place


@pytest.mark.parametrize(
    ("link", "wiki", "linked"),
    [
        pytest.param("../guide/backup.md#restore", False, True, id="relative path"),
        pytest.param("/guide/backup", False, True, id="from the root"),
        pytest.param("../guide/backup%2Emd?raw", False, True, id="percent encoding and query"),
        pytest.param("backup.md", False, False, id="another folder"),
        pytest.param("#restore", False, False, id="own section"),
        pytest.param("https://example.org/guide/backup.md", False, False, id="elsewhere"),
        pytest.param("how-to-restore", False, True, id="label of the section"),
        pytest.param("How-To-Restore", False, True, id="labels have no case"),
        pytest.param("backups", False, True, id="label of a section around it"),
        pytest.param("how-to", False, False, id="another label"),
        pytest.param("Backup", True, True, id="name in a wiki"),
        pytest.param("guide/backup", True, True, id="end of a path in a wiki"),
        pytest.param("up", True, False, id="part of a name"),
        pytest.param("Backup", False, False, id="a name where names are no links"),
        pytest.param("", True, False, id="empty"),
    ],
)
def test_linked(link: str, wiki: bool, linked: bool) -> None:
    headings = (Heading("Backups", 1, 0, "backups-1", "backups"), Heading("Restore", 2, 4, "restore", "how-to-restore"))
    place = Place("guide/backup.md", 5, 6, PassageKind.PARAGRAPH, "Text.", headings)
    assert Linked("notes/today.md", (link,), wiki=wiki).holds(place) is linked


def test_no_links() -> None:
    place = Place("guide/backup.md", 5, 6, PassageKind.PARAGRAPH, "Text.")
    assert not Linked("notes/today.md", (), wiki=True).holds(place)
