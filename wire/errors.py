"""What can be wrong with something that crossed the wire.

::

    WireError
    ├── Malformed       not the bytes of such an object
    ├── WrongKind       a sound object, but of another kind (a receipt is no batch)
    ├── UnknownKey      signed by a key that we do not know
    ├── BadSignature    the signature does not fit
    └── CannotOpen      sealed to another key, or altered
"""

from __future__ import annotations


class WireError(Exception):
    """Something that crossed the wire cannot be used."""


class Malformed(WireError):
    """These bytes are not an object of this kind."""


class WrongKind(WireError):
    """The object is of another kind than the one asked for."""


class UnknownKey(WireError):
    """The signer's key is not known here."""


class BadSignature(WireError):
    """The signature does not fit the object."""


class CannotOpen(WireError):
    """The sealed part cannot be opened with this key."""
