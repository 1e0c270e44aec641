"""What errors of a connection or a server mean: try again, take the texts apart, or let the user mend it."""

from __future__ import annotations

from seealso.embed import wire
from seealso.embed.http import BrokenError, StatusError, UnreachableError
from seealso.errors import EmbeddingError

SERVER_ERRORS = (StatusError, wire.AnswerError, BrokenError, UnreachableError)

_REFUSALS = (400, 413, 422)
_BUSY = (429, 503)


class RefusedError(Exception):
    """The server is well and does not take these texts."""

    def __init__(self, reason: str, *, too_long: bool = False) -> None:
        super().__init__(reason)
        self.too_long = too_long


class FailedError(Exception):
    """A request failed in a way that may pass."""

    def __init__(
        self,
        reason: str,
        *,
        away: bool = False,
        lost: bool = False,
        busy: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.away = away
        """Nobody listened: the texts are not to blame."""
        self.lost = lost or away
        """The connection is gone; whoever answers next may be another model."""
        self.busy = busy
        """The server asks for time."""
        self.retry_after_s = retry_after_s


def translated(error: Exception, url: str) -> RefusedError | FailedError | EmbeddingError:
    """Return what one of `SERVER_ERRORS` means for the request to the server at `url`."""
    if isinstance(error, UnreachableError):
        return FailedError(f"No embedding server answers at {url} ({error}).", away=True)
    if isinstance(error, wire.BadVectorsError):
        return RefusedError(str(error))
    if isinstance(error, wire.AnswerError):
        return FailedError(f"The embedding server at {url} gave no proper answer. {error}")
    if isinstance(error, StatusError):
        return _of_status(error, url)
    return FailedError(f"The embedding server at {url} did not answer ({error}).", lost=True)


def _of_status(error: StatusError, url: str) -> RefusedError | FailedError | EmbeddingError:
    said = f" It says: {error.message}" if error.message else ""
    if wire.says_too_long(error.message) and error.status in (*_REFUSALS, 500):
        return RefusedError(error.message, too_long=True)
    if error.status in _REFUSALS:
        return RefusedError(error.message or f"status {error.status}", too_long=error.status == 413)
    if error.status in (401, 403):
        return EmbeddingError(
            f"The embedding server at {url} refuses the API key.{said}",
            hint="Set the environment variable SEEALSO_API_KEY, or `seealso.embedding.apiKey` in your own settings.",
        )
    if error.status in (404, 405):
        return EmbeddingError(
            f"The embedding server at {url} has no such model, or no embeddings.{said}",
            hint="Check `seealso.embedding.endpoint` and `seealso.embedding.model`.",
        )
    if 300 <= error.status < 400:
        return EmbeddingError(
            f"The embedding server at {url} sends requests elsewhere: {error.message}.",
            hint="seealso does not follow; if you trust that address, set it as `seealso.embedding.endpoint`.",
        )
    return FailedError(
        f"The embedding server at {url} failed with status {error.status}.{said}",
        busy=error.status in _BUSY,
        retry_after_s=error.retry_after_s,
    )
