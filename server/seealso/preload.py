"""Native libraries, loaded before threads begin."""

from __future__ import annotations


def preload() -> None:
    """Import what questions and updates need, in the caller's thread.

    A front end with several threads calls it before they begin: native libraries imported side by side by two threads
    have been seen to crash the interpreter, and so does a wrong order (see `load_usearch`).
    """
    import seealso.indexer
    import seealso.questions  # noqa: F401
    from seealso.index.vectors import load_usearch

    load_usearch()
