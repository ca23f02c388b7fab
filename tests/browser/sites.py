"""Every page of the hub: at which address, and for whom; what of the hub is no page, and why.

A test walks the hub's addresses: a page that stands in neither list below fails it, so that no
page is left unlooked at. ``{…}`` are facts of the hub that a browser's test makes.
"""

from __future__ import annotations

PUBLIC = {
    "home": "/", "board": "/B/{board}", "forged": "/B/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "place": "/p/{ticket}", "in": "/p/{ticket}/in", "out": "/p/{ticket}/out",
    "declare": "/p/{ticket}/declare", "report-place": "/p/{ticket}/report",
    "kept": "/declaration/{kept}", "expired": "/p/long-ago", "notice": "/notice",
    "report": "/report", "find-report": "/report/find", "no-report": "/report/2222-2222-2222",
    "reported": "/report/{report}", "my-data": "/my-data", "find-request": "/my-data/find",
    "asked": "/my-data/{request}", "forgotten": "/forgotten", "nowhere": "/khong-co-trang-nay",
    "owner-login": "/owner/login", "apply": "/owner/apply",
}  # fmt: skip
"""What anybody opens, by name."""

OWNER = ("", "history", "roster", "correct", "board")
"""Below ``/owner/``, as a place's owner; ``waiting`` is another's, who has no place yet."""

DESK = (
    ("", ("login",)),
    ("an", (
        "", "today", "places", "places?signs=1", "places/new", "places/{market}",
        "places/{market}/board", "boards", "visits", "visits/{visit}", "report",
        "report?week=1&tree=body", "report/letters", "cases", "cases/{case}", "account",
        "residents", "residents/{report}", "changes", "changes/{change}", "sticks",
        "sticks/{stick}", "fleet", "passes",
    )),
    ("tinh", ("", "requests", "requests/{request}")),
    ("di", ("", "street", "street/new", "street/{cafe}", "boards", "account")),
    ("ky", ("", "places", "report", "fleet")),
)  # fmt: skip
"""Below ``/desk/``: an account of :class:`~tests.browser.commune.Commune` and what it opens."""

NOT_PAGES = {
    "healthz": "a word for monitors",
    "v1": "what kiosks speak",
    "admin": "Django's own, for technicians",
    "requests:photo": "a picture", "desk:visit-photo": "a picture",
    "desk:hours": "a chart", "desk:week": "a chart", "desk:progress": "a chart",
    "desk:days": "a chart",
    "desk:stick-answers": "a file", "desk:board-unit": "a file", "desk:worksheet": "a file",
    "desk:logout": "a button", "owners:logout": "a button", "desk:language": "a button",
    "desk:claim": "a button", "desk:board-revoke": "a button", "visitors:forget": "a button",
    "desk:trace": "a button that answers with the case's page, which another test looks at",
    "owners:waiting": "opened by the test of the owner who applies",
}  # fmt: skip
"""Addresses by name (or their group's), and why no list above has them."""


def addresses(facts: dict[str, str]) -> list[str]:
    """Return every page's address with the facts put in."""
    return [
        *(one.format(**facts) for one in PUBLIC.values()),
        *(f"/owner/{one}" for one in OWNER),
        *(f"/desk/{one.format(**facts)}" for _who, ones in DESK for one in ones),
    ]
