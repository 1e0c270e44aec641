"""How far an index has come. Kept in it, since to count would take longer than to answer a question."""

from __future__ import annotations

import json

from seealso.index.store import Store

_EMBEDDED = "complete"
_DOCUMENTS = "documents"


def is_embedded(store: Store, model: str) -> bool:
    """Tell whether all documents have been read and all their passages have vectors of a model."""
    return model in _embedded(store)


def set_embedded(store: Store, model: str | None) -> None:
    """Record that they have, or with None that they may have not, whatever the model."""
    names = sorted({*_embedded(store), model}) if model is not None else []
    store.set_meta(_EMBEDDED, json.dumps(names))


def _embedded(store: Store) -> list[str]:
    try:
        names = json.loads(store.meta(_EMBEDDED) or "[]")
    except ValueError:  # one name, as it was written before there could be several
        return []
    return names if isinstance(names, list) else []


def documents(store: Store) -> int:
    """Return a number that is another one whenever documents have come, changed or gone."""
    return int(store.meta(_DOCUMENTS) or 0)


def documents_changed(store: Store) -> None:
    """Make it another one; call it in the transaction of the change."""
    store.set_meta(_DOCUMENTS, str(documents(store) + 1))
