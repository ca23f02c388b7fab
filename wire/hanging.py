"""Which boards of a place hold now, as its hub tells the kiosks there, who judge boards by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wire.errors import Malformed
from wire.fields import get

MAX_GATES = 200


@dataclass(frozen=True, slots=True)
class Hanging:
    """The place's ``name`` as its boards bear it, and when each gate's newest one was issued.

    ``newest`` is in seconds, by gate ("" for the place's own); a gate that is missing has no
    board that holds.
    """

    name: str
    newest: Mapping[str, int] = field(default_factory=dict)

    def pack(self) -> dict[str, Any]:
        """Return the payload."""
        return {"name": self.name, "newest": dict(self.newest)}

    @classmethod
    def unpack(cls, payload: Any) -> Hanging:
        """Read a payload; raises :class:`~wire.errors.Malformed`."""
        name, newest = get(payload, "name", str), get(payload, "newest", dict)
        if len(newest) > MAX_GATES:
            raise Malformed("The boards of a place are more than one may have.")
        for gate, issued in newest.items():
            if not isinstance(gate, str) or type(issued) is not int or issued < 0:
                raise Malformed("A board of the place is not what it should be.")
        return cls(name, newest)
