"""What `seealso doctor` tries."""

from __future__ import annotations

from seealso.cli.checks import readers
from seealso.text.registry import FORMATS


def test_every_reader_is_tried_that_is_on_by_default() -> None:
    assert {known.name for known in FORMATS if not known.opt_in} <= set(readers().split(", "))
