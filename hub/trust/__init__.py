"""What the hub asks kiosks to believe: its keys, the passes it took back; signed settings.

- :mod:`hub.trust.settings` the settings in force, and the object a kiosk gets
- :mod:`hub.trust.signer` with which of the hub's keys a kiosk is spoken to
- :mod:`hub.trust.rotation` new keys, and when an old one is no longer needed
- :mod:`hub.trust.escrow` the copy of the keys that is locked away
- :mod:`hub.trust.passes` personal passes: issued, listed, taken back
"""
