"""One's own account: the password, and the second factor."""

from __future__ import annotations

import io
import time
from urllib.parse import parse_qs, urlsplit

import qrcode
import qrcode.image.svg
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe

from hub.desk.pages import OWNER, STAFF, VOLUNTEER, page, show
from hub.errors import BadUsage, NotAllowed
from hub.guard import totp
from hub.guard.models import SecondFactor
from hub.intake.audit import record
from hub.intake.transactions import durable


@page(*STAFF, OWNER, VOLUNTEER)
def account(request: HttpRequest) -> HttpResponse:
    """Change the password; take a second factor, which only a technician takes away."""
    user = request.user
    factor = SecondFactor.objects.filter(user=user).first()
    # One whose code was never typed was not taken into use: whoever lost it begins again.
    has = factor is not None and factor.step > 0
    facts: dict[str, object] = {"has": has, "unit": request.role.unit}
    if request.method == "POST":
        asked = request.POST.get("do")
        if asked in ("factor", "confirm") and has:
            raise NotAllowed("There is a second factor already: hub second-factor removes it.")
        if asked == "factor":
            _proven(request)
            made = totp.give(user, actor=user.get_username())
            return show(request, "desk_account.html", facts | _drawn(made))
        if asked == "confirm":
            given = request.POST.get("code", "")
            if factor is None or not totp.fits(user, given, time.time()):
                SecondFactor.objects.filter(user=user, step=0).delete()
                raise BadUsage("The code does not fit: nothing was changed. Start again.")
            return redirect("desk:account")
        if asked != "password":
            raise BadUsage("Nothing of an account is changed that way.")
        _proven(request)
        _password(request)
        facts["changed"] = True
    return show(request, "desk_account.html", facts)


def _proven(request: HttpRequest) -> None:
    if not request.user.check_password(request.POST.get("password", "")):
        raise NotAllowed("The present password is wrong.")


def _password(request: HttpRequest) -> None:
    fresh = request.POST.get("fresh", "")
    if fresh != request.POST.get("again", ""):
        raise BadUsage("The two new passwords differ.")
    try:
        validate_password(fresh, request.user)
    except ValidationError as error:
        raise BadUsage(" ".join(error.messages)) from error
    with durable():
        request.user.set_password(fresh)
        request.user.save()
        record("password", actor=request.user.get_username(), subject=request.user.get_username())
    update_session_auth_hash(request, request.user)


def _drawn(address: str) -> dict[str, object]:
    """Return the authenticator's code as a picture, and the secret to type."""
    image = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, box_size=12)
    target = io.BytesIO()
    image.save(target)
    svg = target.getvalue().decode("utf-8")
    svg = svg[svg.index("<svg") :].replace("<svg", '<svg role="img" aria-label="QR"', 1)
    secret = parse_qs(urlsplit(address).query)["secret"][0]
    # Drawn here of squares alone: nothing of it was typed by anybody.
    return {"svg": mark_safe(svg), "secret": " ".join(  # noqa: S308
        secret[n : n + 4] for n in range(0, len(secret), 4)
    )}  # fmt: skip
