"""What has been written about what is being written, kept while the writer types what does not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from seealso.model import Match
    from seealso.workspace import Workspace

MATCHES = 12

QUERY_CHARACTERS = 250
"""The end of the subject that is embedded; more would cost time and blur what is being said now."""


class Nearby:
    """The last answer for one workspace: clients ask again with each letter of a word, mostly about the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Sequence[Match]] = {}

    def forget(self) -> None:
        """Look anew: the index or the settings have changed."""
        self._known = {}  # another one, so that a question that is being asked leaves its answer in the old one

    def of(self, subject: str, path: str, others: Hashable, workspace: Workspace) -> Sequence[Match]:
        """Return what has been written about a subject in other documents than that at `path`.

        `others` is another value whenever one of the other open documents has changed.
        """
        known, asked = self._known, (subject[-QUERY_CHARACTERS:], path, others)
        if asked not in known:
            matches = workspace.related_to_text(asked[0], MATCHES, exclude=path).matches if subject else ()
            known.clear()
            known[asked] = matches
        return known[asked]
