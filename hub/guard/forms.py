"""The log-in form: name, password, and the code of whoever has a second factor."""

from __future__ import annotations

import time

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User

from hub.guard import totp
from hub.guard.backend import second_factor_failed
from hub.guard.models import SecondFactor


class CodeForm(AuthenticationForm):
    """Asks for the code with the password, so that nobody learns which of both was wrong."""

    code = forms.CharField(
        label="Mã xác thực (nếu có)",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def confirm_login_allowed(self, user: User) -> None:
        """Refuse a wrong, used or missing code."""
        super().confirm_login_allowed(user)
        if not SecondFactor.objects.filter(user=user).exists():
            return
        if not totp.fits(user, self.cleaned_data.get("code") or "", time.time()):
            second_factor_failed(self.request, user.get_username())
            raise self.get_invalid_login_error()


class LoginForm(CodeForm, AdminAuthenticationForm):
    """The technicians'."""
