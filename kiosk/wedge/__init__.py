"""Hand scanners that act as keyboards: from keys to a code, mended where it is provable.

:class:`Keystrokes` tells a scanner's keys from a person's; :class:`Scans` joins what
arrives in pieces; :func:`repair` undoes what a wrong keyboard layout, Caps Lock or a wrong
encoding did to a code, and says how the scanner should be set. All pure: time is passed in.
"""

from kiosk.wedge.keystrokes import Heard, Keystrokes
from kiosk.wedge.repair import HINTS, Reading, Scans, repair

__all__ = ["HINTS", "Heard", "Keystrokes", "Reading", "Scans", "repair"]
