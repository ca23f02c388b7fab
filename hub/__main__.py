"""``python -m hub``: the same as the console script."""

from __future__ import annotations

import sys

from hub.main import cli

if __name__ == "__main__":
    sys.exit(cli())
