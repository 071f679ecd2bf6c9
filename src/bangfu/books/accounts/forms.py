"""Forms of accounts."""

from __future__ import annotations

from django import forms

from bangfu.web.forms import Form
from bangfu.web.speech import later


class LoginForm(Form):
    username = forms.CharField(
        label=later("用户名", "User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=later("密码", "Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
