"""``python -m kiosk``."""

import sys

from kiosk.main import cli

sys.exit(cli())
