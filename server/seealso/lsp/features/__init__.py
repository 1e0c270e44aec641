"""What the server can do, one feature a file. Each has a `register(server)`."""

from __future__ import annotations

from seealso.lsp.features import (
    code_actions,
    code_lens,
    commands,
    completion,
    configuration,
    content,
    diagnostics,
    document_links,
    folders,
    hover,
    inline_completion,
    lifecycle,
    progress,
    pull,
    references,
    status,
    symbols,
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
    inline_completion,
    commands,
    symbols,
    references,
    document_links,
    content,
    code_lens,
    code_actions,
)
"""Registered in this order; two handlers for one method raise."""
