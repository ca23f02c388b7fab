"""Every error the kiosk raises, as a tree that says what to do about it.

::

    KioskError                 one plain sentence, ready to be shown
    ├── Retry                  passing fault: try again later, nothing is lost
    │   ├── CameraGone         the camera gives no frames
    │   ├── HubUnreachable     no network, a timeout, a refused connection
    │   ├── NoReceipt          something answered, but not with a signed receipt
    │   └── StickRefused       a USB stick is full, gone, write-protected or not ours
    ├── Refuse                 this input will never be accepted
    │   ├── BadConfig          a key or value of the configuration file
    │   ├── BadInput           a file, a picture or a text that a person gave
    │   └── BadEnrolment       an enrolment code that is used, foreign, cut or expired
    └── Stop                   the kiosk cannot go on; a restart or a person is the cure
        ├── OutboxBusy         another process owns these data
        ├── OutboxDamaged      the database file is not what we wrote
        ├── OutboxNewer        the database was written by a newer program
        ├── DiskRefused        the disk does not take a write
        ├── NotEnrolled        no place, no keys: enrol first
        └── HubRefused         the hub does not know this kiosk any more
"""

from __future__ import annotations


class KioskError(Exception):
    """Something went wrong; the message is one plain sentence for a person."""


class Retry(KioskError):
    """Try again later; nothing is lost."""


class CameraGone(Retry):
    """The camera gives no pictures."""


class HubUnreachable(Retry):
    """The hub cannot be reached."""


class NoReceipt(Retry):
    """The answer carries no receipt signed by our hub."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StickRefused(Retry):
    """The stick cannot be used; ``word`` names the sentence that a screen shows."""

    def __init__(self, message: str, *, word: str) -> None:
        super().__init__(message)
        self.word = word


class Refuse(KioskError):
    """This will not be accepted, however often it is tried."""


class BadConfig(Refuse):
    """The configuration cannot be used."""


class BadInput(Refuse):
    """What was given cannot be used."""


class BadEnrolment(Refuse):
    """The enrolment code cannot be used."""


class Stop(KioskError):
    """The kiosk cannot go on."""


class OutboxBusy(Stop):
    """Another kiosk process is using these data."""


class OutboxDamaged(Stop):
    """The outbox file is damaged."""


class OutboxNewer(Stop):
    """The outbox was written by a newer version of this program."""


class DiskRefused(Stop):
    """The disk does not take what must be written."""


class NotEnrolled(Stop):
    """This kiosk belongs to no place yet."""


class HubRefused(Stop):
    """The hub does not recognise this kiosk."""
