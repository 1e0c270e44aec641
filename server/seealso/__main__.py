"""`python -m seealso` is the same as the `seealso` command."""

from __future__ import annotations

import sys

from seealso.cli import main

if __name__ == "__main__":
    sys.exit(main())
