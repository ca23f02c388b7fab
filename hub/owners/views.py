"""The owners' pages: one's place and share, history, roster, corrections, the board."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from django.contrib.auth.views import LoginView
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from hub.compliance.figures import Span, figures
from hub.desk.pages import given_day
from hub.errors import BadUsage, NotAllowed
from hub.guard.forms import CodeForm
from hub.home import Home
from hub.intake.masked import masked_line
from hub.intake.models import Claim, Entry, Place
from hub.lists import MAX_BYTES
from hub.owners import changes, rosters
from hub.owners.models import Change, Member
from hub.owners.pages import every, owner, show, words
from hub.places import boards
from hub.places.kinds import kinds
from hub.places.lifecycle import profile_of
from hub.places.models import Stage
from hub.tracing.pairing import VIETNAM
from hub.tracing.tables import moment
from hub.trust import roster
from hub.trust.passes import Wish
from hub.visitors.office import office
from hub.visitors.pages import language_of
from hub.visitors.pages import show as show_public

SHOWN_DAYS = 14
ROSTER_DAYS = 7
LATEST = 100
PRINTABLE = (Stage.VERIFIED, Stage.ACTIVE)


class Door(LoginView):
    """The log-in page; after it, one's place."""

    authentication_form = CodeForm
    next_page = "owners:home"

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        """Show it as a page of ours."""
        facts = {"failed": bool(context["form"].errors), "next": context.get("next", ""),
                 "o": every()[language_of(self.request)]}  # fmt: skip
        return show_public(self.request, "owners/login.html", facts)


def today() -> dt.date:
    """Return the day it is here."""
    return dt.datetime.now(VIETNAM).date()


@owner
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One's place: how it stands, today's figures, and the share of each day."""
    place, day = request.place, today()
    listed = []
    for back in range(SHOWN_DAYS):
        that = day - dt.timedelta(days=back)
        found = figures([place.pk], Span(that, that))[place.pk]
        share = found.share
        listed.append(
            {
                "day": f"{that:%d/%m}",
                "scanned": found.scanned,
                "by_hand": found.by_hand,
                "unscanned": found.unscanned,
                "share": "–" if share is None else f"{share:.0%}",
                "counted": words(request)["counted"][found.counted_by],
            }
        )
    profile = profile_of(place)
    facts = {
        "profile": profile,
        "stage": words(request)["stage"][profile.stage],
        "good": profile.stage == Stage.ACTIVE,
        "days": listed,
        "now": listed[0],
        "waiting": Change.objects.filter(place=place, state=Change.State.WAITING).count(),
        "refused": Change.objects.filter(place=place, state=Change.State.REFUSED)
        .order_by("-decided")
        .first(),
    }
    return show(request, "owners/home.html", facts)


@owner
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who passed on a day, masked, the latest first."""
    day = given_day(request.GET.get("day", ""), default=today())
    span = Span(day, day)
    rows = Entry.objects.filter(
        place=request.place.pk, at_ms__gte=span.since_ms, at_ms__lt=span.until_ms
    ).exclude(claim__in=Claim.objects.filter(status=Claim.Status.HELD).values("pk"))
    entries = [
        {
            "time": moment(entry.at_ms),
            "gate": entry.gate,
            "direction": entry.direction,
            "who": masked_line(entry.pk, entry.mask),
        }
        for entry in rows.order_by("-at_ms")[:LATEST]
    ]
    facts = {"iso": day.isoformat(), "day": f"{day:%d/%m/%Y}", "entries": entries,
             "all": rows.count(), "most": LATEST}  # fmt: skip
    return show(request, "owners/history.html", facts)


@owner
def roster_page(request: HttpRequest) -> HttpResponse:
    """Of one's own people: expected, scanned, missing; and the list to bring anew."""
    if request.method == "POST":
        wishes = _wishes(request.FILES.get("file"))
        rosters.replace(request.place, wishes, actor=request.user.get_username())
        return redirect("owners:roster")
    listed = rosters.days(request.place, today(), ROSTER_DAYS)
    facts = {
        "members": Member.objects.filter(place=request.place).count(),
        "days": listed,
        "now": listed[0],
    }
    return show(request, "owners/roster.html", facts)


def _wishes(sent: UploadedFile | None) -> list[Wish]:
    """Read a list that was sent."""
    if sent is None:
        raise BadUsage("Choose a file: XLSX or CSV.")
    if sent.size > MAX_BYTES:
        raise BadUsage("The file is larger than 20 MB; split it.")
    return roster.read_bytes(sent.read())


@owner
def correct(request: HttpRequest) -> HttpResponse:
    """Correct what is known of one's place; an official confirms it."""
    given = changes.of(request.place)
    troubles: dict[str, str] = {}
    if request.method == "POST":
        given, troubles = changes.read({key: request.POST.get(key, "") for key in changes.FACTS})
        if not troubles:
            changes.correct(request.user, request.place, given)
            return redirect("owners:home")
    facts = {
        "given": given,
        "troubles": troubles,
        "kinds": [(kind.id, kind.name) for kind in kinds().values() if not kind.temporary],
    }
    return show(request, "owners/correct.html", facts, status=400 if troubles else 200)


@owner
def board(request: HttpRequest) -> HttpResponse:
    """The board to print, read back before it is offered."""
    place = request.place
    printable = profile_of(place).stage in PRINTABLE
    if request.method == "POST":
        if not printable:
            raise NotAllowed(words(request)["board_not_yet"])
        return _printed(place, request)
    return show(request, "owners/board.html", {"printable": printable})


def _printed(place: Place, request: HttpRequest) -> HttpResponse:
    size = request.POST.get("size", "A4")
    if size not in ("A4", "A5"):
        raise BadUsage("A board is A4 or A5.")
    url = Home.from_environment().remembered_url()[0]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "board.pdf"
        boards.draw(
            [place], target, url=url, size=size, hotline=office()["hotline"],
            gate=request.POST.get("gate", "").strip()[:80], actor=request.user.get_username(),
        )  # fmt: skip
        data = target.read_bytes()
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="board-{place.pk}-{size}.pdf"'
    return answer
