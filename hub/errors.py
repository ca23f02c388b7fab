"""What stops a hub command, each with the exit code that says whose turn it is.

::

    HubError            1  something is wrong; the message says what to do
    ├── BadUsage        2  an argument, an address, a database or a file that cannot be used
    └── NotAllowed      3  refused by policy
"""

from __future__ import annotations


class HubError(Exception):
    """Something went wrong; the message is one plain sentence for a person."""

    exit_code = 1


class BadUsage(HubError):
    """What was given cannot be used."""

    exit_code = 2


class NotAllowed(HubError):
    """The rules of this hub do not allow it."""

    exit_code = 3
