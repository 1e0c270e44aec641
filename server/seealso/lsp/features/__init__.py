"""What the server can do, one feature a file. Each has a `register(server)`."""

from __future__ import annotations

from seealso.lsp.features import (
    commands,
    completion,
    configuration,
    diagnostics,
    folders,
    hover,
    lifecycle,
    progress,
    pull,
    status,
    sync,
    watching,
)

FEATURES = (
    lifecycle,
    configuration,
    folders,
    sync,
    watching,
    progress,
    status,
    hover,
    diagnostics,
    pull,
    completion,
    commands,
)
"""Registered in this order; two handlers for one method raise."""
