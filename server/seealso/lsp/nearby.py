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

    def of(self, subject: str, path: str, workspace: Workspace) -> Sequence[Match]:
        """Return what has been written about a subject in other documents than that at `path`."""
        if not subject:
            return ()
        known, asked = self._known, (subject[-QUERY_CHARACTERS:], path, workspace.opened_beside(path))
        if asked in known:
            return known[asked]
        answer = workspace.related_to_text(asked[0], MATCHES, exclude=path)
        known.clear()
        if answer.complete or any(match.dense is not None for match in answer.matches):
            known[asked] = answer.matches  # else the model was away, and may be back for the next letter
        return answer.matches
