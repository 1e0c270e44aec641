"""What the server can do, one feature a file. Each has a `register(server)`."""

from __future__ import annotations

from seealso.lsp.features import (
    code_actions,
    commands,
    completion,
    configuration,
    diagnostics,
    folders,
    hover,
    lifecycle,
    progress,
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
    hover,
    diagnostics,
    completion,
    code_actions,
    commands,
)
"""Registered in this order; two handlers for one method raise."""
