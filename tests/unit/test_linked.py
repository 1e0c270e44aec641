from __future__ import annotations

import pytest

from seealso.linked import Linked
from seealso.model import Heading, PassageKind, Place


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        pytest.param("../guide/backup.md#restore", True, id="relative path"),
        pytest.param("/guide/backup", True, id="from the root"),
        pytest.param("../guide/backup%2Emd?raw", True, id="percent encoding and query"),
        pytest.param("backup.md", False, id="another folder"),
        pytest.param("#restore", False, id="own section"),
        pytest.param("https://example.org/guide/backup.md", False, id="elsewhere"),
        pytest.param("how-to-restore", True, id="label of the section"),
        pytest.param("How-To-Restore", True, id="labels have no case"),
        pytest.param("backups", True, id="label of a section around it"),
        pytest.param("how-to", False, id="another label"),
        pytest.param("[[Backup]]", True, id="name in a wiki"),
        pytest.param("[[guide/Backup#Restore]]", True, id="end of a path in a wiki"),
        pytest.param("[[up]]", False, id="part of a name"),
        pytest.param("Backup", False, id="a name is no link elsewhere"),
        pytest.param("[[Backup.md]]", True, id="name with extension"),
        pytest.param("[[Backup.old]]", False, id="name with a full stop"),
        pytest.param("", False, id="nothing"),
        pytest.param("[[#Restore]]", False, id="empty"),
    ],
)
def test_linked(link: str, linked: bool) -> None:
    headings = (Heading("Backups", 1, 0, "backups-1", "backups"), Heading("Restore", 2, 4, "restore", "how-to-restore"))
    place = Place("guide/backup.md", 5, 6, PassageKind.PARAGRAPH, "Text.", headings)
    assert Linked("notes/today.md", (link,)).holds(place) is linked


def test_no_links() -> None:
    place = Place("guide/backup.md", 5, 6, PassageKind.PARAGRAPH, "Text.")
    assert not Linked("notes/today.md", ()).holds(place)
