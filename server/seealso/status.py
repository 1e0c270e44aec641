"""What can be said of an index without opening the model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from seealso.index import milestones
from seealso.index.compare import is_compared
from seealso.index.embeddings import Space
from seealso.index.store import Store
from seealso.model import DocumentProblem, IndexStatus

NO_MODEL = "none"


def index_status(
    root: Path,
    directory: Path,
    store: Store | None,
    space_of: Callable[[Store], Space | None],
    model: str | None,
    *,
    building: bool,
) -> IndexStatus:
    """Return how far the index of a workspace is; `store` is None while there is none.

    `building` says that somebody is writing it, which only the caller can know.
    """
    documents = passages = embedded = refused = 0
    errors: tuple[DocumentProblem, ...] = ()
    updated_at: str | None = None
    complete = False
    if store is not None:
        with store.snapshot():
            documents, passages = store.counts()
            space = space_of(store)
            errors = store.problems()
            if space is not None:
                model = space.name
                embedded = store.embeddings.embedded_passages(space.id)
                refusals = store.embeddings.refusals(space.id)
                refused = len(refusals)
                errors += refusals
                complete = milestones.is_embedded(store, space.name) and is_compared(store, space)
            updated_at = store.meta("updated_at")
    return IndexStatus(
        root=str(root),
        directory=str(directory),
        documents=documents,
        passages=passages,
        embedded=embedded,
        pending=passages - embedded - refused,
        errors=errors,
        model=model or NO_MODEL,
        index_bytes=_folder_bytes(directory) if store is not None else 0,
        state=_state(documents, complete=complete, building=building, ever=updated_at is not None),
        updated_at=float(updated_at) if updated_at is not None else None,
    )


def _state(documents: int, *, complete: bool, building: bool, ever: bool) -> str:
    if building:
        return "building"
    if not ever and not documents:
        return "empty"
    return "ready" if complete else "partial"


def _folder_bytes(folder: Path) -> int:
    """Return the size of the files in a folder, some of which may vanish meanwhile."""
    total = 0
    for file in folder.iterdir():
        with suppress(OSError):
            total += file.stat().st_size
    return total
