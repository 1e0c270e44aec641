"""What can go wrong in a way the user can do something about."""

from __future__ import annotations


class SeeAlsoError(Exception):
    """Say what went wrong and what to do next.

    Front ends print both; anything that is not a `SeeAlsoError` is a bug and goes to the log with its traceback.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class DocumentError(SeeAlsoError):
    """A document cannot be read; the rest of the workspace still can."""


class EmbeddingError(SeeAlsoError):
    """The embedding model is missing, damaged, or refused its input."""

    def __init__(self, message: str, *, hint: str = "", passing: bool = False) -> None:
        """Say with `passing` that it may work later without anybody doing anything."""
        super().__init__(message, hint=hint)
        self.passing = passing


class IndexUnavailableError(SeeAlsoError):
    """The workspace has no usable index, or another process is writing it."""


class NotIndexedError(IndexUnavailableError):
    """No index was ever made for the place that was named."""


class DamagedIndexError(IndexUnavailableError):
    """The index cannot be read any more and has to be built again."""


class SettingsError(SeeAlsoError):
    """A setting or an argument has a value that cannot be used."""


class CancelledError(SeeAlsoError):
    """The user stopped the work; what was finished is kept."""
