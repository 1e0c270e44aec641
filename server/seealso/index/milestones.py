"""How far an index has come. Kept in it, since to count would take longer than to answer a question."""

from __future__ import annotations

from seealso.index.store import Store

_EMBEDDED = "complete"
_DOCUMENTS = "documents"


def is_embedded(store: Store, model: str) -> bool:
    """Tell whether all documents have been read and all their passages have vectors of a model."""
    return store.meta(_EMBEDDED) == model


def set_embedded(store: Store, model: str | None) -> None:
    """Record that they have, or with None that they may have not."""
    store.set_meta(_EMBEDDED, model or "")


def documents(store: Store) -> int:
    """Return a number that is another one whenever documents have come, changed or gone."""
    return int(store.meta(_DOCUMENTS) or 0)


def documents_changed(store: Store) -> None:
    """Make it another one; call it in the transaction of the change."""
    store.set_meta(_DOCUMENTS, str(documents(store) + 1))
